import { describe, expect, it } from "vitest";
import { toByteText } from "../bytes.ts";
import { stacksOf } from "./pam-stacks.ts";
import { parsePamConf, parsePamFile } from "./parse-pam.ts";

const linesOf = (text: string) => toByteText(Buffer.from(text)).split("\n");
const parse = (text: string) => parsePamFile(linesOf(text));
const UNIX = { type: "auth", quiet: false, control: "required", module: "pam_unix.so", args: [] };

describe("parsePamFile", () => {
  it.each([
    ["auth required pam_unix.so", [UNIX]],
    ["  AUTH\tRequired   pam_unix.so # why\n\n# all\n", [UNIX]],
    ["-auth required pam_unix.so", [{ ...UNIX, quiet: true }]],
    ["auth required \\\n  pam_unix.so nullok \\\n try_first_pass", [{ ...UNIX, args: ["nullok", "try_first_pass"] }]],
    ["auth required pam_unix.so # no \\\nauth required pam_unix.so", [UNIX, UNIX]],
    ["auth [success=1  default = IGNORE ] pam_unix.so", [{ ...UNIX, control: "[success=1 default=ignore]" }]],
    ["auth required pam_unix.so [a=b \\] c] d", [{ ...UNIX, args: ["a=b ] c", "d"] }]],
    ["@include common-auth", [{ quiet: false, control: "@include", module: "common-auth", args: [] }]],
    ["auth substack password-auth", [{ ...UNIX, control: "substack", module: "password-auth" }]],
    ["", []],
  ])("reads %j", (text, rules) => {
    expect(parse(text)).toEqual(rules);
  });

  it.each([
    "auth",
    "auth required",
    "auth needed pam_unix.so",
    "author required pam_unix.so",
    "auth [success] pam_unix.so",
    "auth [success=1 pam_unix.so",
    "@include",
    "@include a b",
    "sshd auth required pam_unix.so",
  ])("says that %j is malformed instead of passing over it", (line) => {
    expect(parse(`auth required pam_unix.so\n${line}\n`)).toEqual({ malformedLine: 2 });
  });
});

describe("parsePamConf", () => {
  it("reads the rules of each service, and says which one has a malformed line", () => {
    const services = parsePamConf(
      linesOf(
        "SSHD auth required pam_unix.so\nlogin auth needed x\nlogin auth required y\nsshd auth required pam_unix.so\n",
      ),
    );
    expect(Object.fromEntries(services)).toEqual({ sshd: [UNIX, UNIX], login: { malformedLine: 2 } });
  });
});

describe("stacksOf", () => {
  const stacks = (texts: Readonly<Record<string, string>>) => {
    const services = Object.entries(texts).map(([name, text]) => {
      const lines = parse(text);
      if ("malformedLine" in lines) throw new Error(`Cannot read ${name}`);
      return [name, { file: `/etc/pam.d/${name}`, lines }] as const;
    });
    const { entries, gaps } = stacksOf(new Map(services));
    const actual = Array.from(entries, ([id, entry]) => [
      id,
      entry.status === "present" ? entry.actual["order"] : entry,
    ]);
    return { orders: Object.fromEntries(actual), gaps };
  };

  it("puts an included file into the stacks of the types that it has rules of, however deep they stand", () => {
    const { orders, gaps } = stacks({
      sshd: "@include outer\nauth required pam_b.so\n@include /etc/pam.d/account-rules\n",
      outer: "@include inner\n",
      inner: "auth required pam_a.so\n",
      "account-rules": "account required pam_c.so\n",
    });
    expect(gaps).toEqual([]);
    expect(orders).toMatchObject({
      "sshd#auth": ["outer", "pam_b.so"],
      "sshd#account": ["/etc/pam.d/account-rules"],
      "outer#auth": ["inner"],
    });
    expect(orders).not.toHaveProperty("sshd#session");
  });

  it("numbers the uses of one module, and ends where files include each other", () => {
    const { orders } = stacks({
      a: "@include b\nauth required pam_env.so one\nauth required pam_env.so two\n",
      b: "@include a\n",
    });
    expect(orders).toMatchObject({ "a#auth": ["b", "pam_env.so", "pam_env.so#2"] });
  });

  it("puts a file that is not there into every stack, for each of them fails by it", () => {
    const { orders } = stacks({ sshd: "@include nothing\n" });
    expect(Object.keys(orders)).toEqual(["sshd#auth", "sshd#account", "sshd#password", "sshd#session"]);
  });

  it("leaves a gap for a service that includes what stands elsewhere", () => {
    expect(stacks({ sshd: "@include /srv/rules\n" }).gaps).toEqual([
      {
        glob: "sshd#*",
        reason: "unsupported",
        detail: 'Cannot tell what rules "/srv/rules" adds: it stands outside the folders of PAM',
      },
    ]);
  });
});
