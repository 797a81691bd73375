import { execFileSync } from "node:child_process";
import { chmod, copyFile, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Observation } from "../../../../../model/observation.ts";
import { describeWith } from "../../../../../testing/requirements.ts";
import { makeScratch, type Scratch } from "../../../../../testing/scratch.ts";
import { asUnprivileged } from "../../../../../testing/unprivileged.ts";
import { kindScope } from "../../../kind-scope.ts";
import { eachOf } from "../../../streams.ts";
import type { Transport } from "../../../transport.ts";
import { openLocalTransport } from "../../../transport-local.ts";
import { readTree } from "../tree.ts";
import { beyondMode, decodeAcl } from "./decode-acl.ts";
import { decodeCapabilities } from "./decode-capabilities.ts";
import { parseComplaints, parseGetfattr } from "./parse-getfattr.ts";

const bytes = (text: string) => Buffer.from(text.replaceAll(" ", ""), "hex");

describe("file capabilities", () => {
  it.each([
    ["01000002 00200000 00000000 00000000 00000000", "cap_net_raw=ep"],
    ["00000002 00200000 00000000 00000000 00000000", "cap_net_raw=p"],
    ["01000002 00300000 00000000 00000000 00000000", "cap_net_admin,cap_net_raw=ep"],
    ["01000002 01000000 00200000 00000000 00000000", "cap_chown=ep cap_net_raw=ei"],
    ["01000002 ffffffff 00000000 ff010000 00000000", "=ep"],
    ["01000002 00000000 00000000 00010000 00000000", "cap_checkpoint_restore=ep"],
    ["01000002 00000000 00000000 00020000 00000000", "cap_41=ep"],
    ["00000002 00000000 00000000 00000000 00000000", "="],
    ["01000003 00200000 00000000 00000000 00000000 e8030000", "cap_net_raw=ep [rootid=1000]"],
    ["01000001 00200000 00000000", "cap_net_raw=ep"],
  ])("%s are %s", (value, text) => {
    expect(decodeCapabilities(bytes(value))).toBe(text);
  });

  it.each(["", "0100", "01000009 00200000 00000000", "01000002 00200000"])("%s are not understood", (value) => {
    expect(decodeCapabilities(bytes(value))).toBeUndefined();
  });
});

describe("an access list", () => {
  const value = bytes(
    "02000000 01000600ffffffff 02000600feff0000 04000400ffffffff 0800040004000000 10000600ffffffff 20000400ffffffff",
  );

  it("has its entries in order", () => {
    expect(decodeAcl(value)?.map(({ tag, id, permissions }) => `${tag}:${id ?? ""}:${permissions}`)).toEqual([
      "user::rw-",
      "user:65534:rw-",
      "group::r--",
      "group:4:r--",
      "mask::rw-",
      "other::r--",
    ]);
  });

  it("says beyond the mode what the mode does not", () => {
    expect(beyondMode(decodeAcl(value) ?? []).map(({ tag, id }) => `${tag}:${id ?? ""}`)).toEqual([
      "user:65534",
      "group:",
      "group:4",
    ]);
  });

  it.each(["", "01000000", "02000000 0100", "02000000 40000600ffffffff"])("%s is not understood", (text) => {
    expect(decodeAcl(bytes(text))).toBeUndefined();
  });
});

describe("what getfattr prints", () => {
  it("is the attributes of each path, whatever its name", () => {
    const { byPath, isWhole } = parseGetfattr(
      Buffer.from("# file: /a b\nuser.x=0x68\nuser.y\n\n# file: /n\\012l\nuser.a=b=0xff00\n\n"),
    );
    expect(isWhole).toBe(true);
    expect(
      [...byPath].map(([path, raw]) => [path, ...[...raw].map(([name, value]) => `${name} ${value.toString("hex")}`)]),
    ).toEqual([
      ["/a b", "user.x 68", "user.y "],
      ["/n\nl", "user.a=b ff00"],
    ]);
  });

  it.each(["user.x=0x68\n", "# file: /a\nuser.x=68\n", "# file: /a\nuser.x=0x6\n"])(
    "is not whole where it holds %j",
    (text) => {
      expect(parseGetfattr(Buffer.from(text)).isWhole).toBe(false);
    },
  );

  it("tells what it could not read from what is not there", () => {
    const asked = new Set(["/nope", "/tmp/a: b", "/root/x", "/p", "/loop/x"]);
    const { byPath, others } = parseComplaints(
      Buffer.from(
        "getfattr: /nope: No such file or directory\n/tmp/a: b: user.x: Permission denied\ngetfattr: /root/x: Permission denied\ngetfattr: /p: Operation not supported\ngetfattr: /loop/x: Too many levels of symbolic links\ngetfattr: /other: Input/output error\nKilled\n",
      ),
      (path) => asked.has(path),
    );
    expect([...byPath]).toEqual([
      ["/tmp/a: b", "Permission denied"],
      ["/root/x", "Permission denied"],
      ["/loop/x", "Too many levels of symbolic links"],
    ]);
    expect(others).toEqual(["getfattr: /other: Input/output error", "Killed"]);
  });
});

let scratch: Scratch;
const at = (name: string) => join(scratch.path, name);
beforeEach(async () => {
  scratch = await makeScratch();
  await chmod(scratch.path, 0o755);
});
afterEach(() => scratch[Symbol.asyncDispose]());

interface Wanted {
  readonly asked?: readonly string[];
  readonly declared?: Readonly<Record<string, string>>;
  readonly recorded?: Readonly<Record<string, string>>;
}

async function observe(
  kind: "host/file" | "host/directory",
  wanted: Wanted,
  transport: Transport = openLocalTransport(),
) {
  const { asked, declared, recorded } = wanted;
  const request = {
    at: "here",
    asked: (asked ?? []).map((id) => ({
      resource: { kind, at: "here", id },
      ...(declared === undefined ? {} : { desired: { presence: "present" as const, attributes: declared } }),
    })),
    ...(asked === undefined ? kindScope(kind, { include: [`${kind}:${scratch.path}/**`], exclude: [] }) : {}),
    ...(recorded === undefined ? {} : { lastRecorded: async () => recorded }),
    now: () => "2026-01-02T03:04:05.000Z",
    signal: new AbortController().signal,
  };
  const found = new Map<string, Observation>();
  for await (const answer of eachOf(readTree({ [kind]: request }, transport)))
    if ("resource" in answer) found.set(answer.resource.id, answer);
  return found;
}

function attribute(observation: Observation | undefined, name: string) {
  return observation?.status === "present" ? observation.actual[name] : "not there";
}

describeWith("extended-attributes", "extended attributes of files", () => {
  it("are seen of what is asked for and of whatever else stands in scope, and only where there are some", async () => {
    await writeFile(at("plain"), "");
    await writeFile(at("listed\nfile"), "");
    execFileSync("setfacl", ["-m", "u:nobody:rw,g:adm:r", at("listed\nfile")]);
    await copyFile("/bin/true", at("program"));
    execFileSync("setcap", ["cap_net_raw=ep", at("program")]);
    execFileSync("setfattr", ["-n", "user.note", "-v", "grün", at("program")]);
    execFileSync("setfattr", ["-n", "user.raw", "-v", "0xff00", at("program")]);
    await mkdir(at("folder"));
    execFileSync("setfacl", ["-d", "-m", "u:nobody:rwx", at("folder")]);
    for (const asked of [undefined, [at("plain"), at("listed%0Afile"), at("program")]]) {
      const found = await observe("host/file", asked === undefined ? {} : { asked });
      expect(attribute(found.get(at("listed%0Afile")), "acl")).toEqual([
        "user:nobody:rw-",
        "group::r--",
        "group:adm:r--",
      ]);
      expect(attribute(found.get(at("program")), "capabilities")).toBe("cap_net_raw=ep");
      expect(attribute(found.get(at("program")), "xattrs")).toEqual({ "user.note": "grün", "user.raw": "base64:/wA=" });
      const plain = found.get(at("plain"));
      for (const name of ["acl", "capabilities", "selinux", "xattrs"])
        expect([name, attribute(plain, name)]).toEqual([name, undefined]);
    }
    expect(attribute((await observe("host/directory", {})).get(at("folder")), "default_acl")).toEqual([
      "user::rwx",
      "user:nobody:rwx",
      "group::r-x",
      "mask::rwx",
      "other::r-x",
    ]);
  });

  it("are read for many files by few processes", async () => {
    for (let index = 0; index < 1500; index += 1) await writeFile(at(`f${index}`), "");
    let processes = 0;
    const local = openLocalTransport();
    const counting: Transport = {
      ...local,
      run: (argv, options) => {
        if (argv[0] === "getfattr") processes += 1;
        return local.run(argv, options);
      },
    };
    expect((await observe("host/file", {}, counting)).size).toBe(1500);
    expect(processes).toBeLessThanOrEqual(3);
  });

  it("are unchecked of a file whose attributes may not be read", async () => {
    await writeFile(at("f"), "");
    execFileSync("setfattr", ["-n", "user.x", "-v", "1", at("f")]);
    await chmod(at("f"), 0o600);
    const observation = await asUnprivileged(async () =>
      (await observe("host/file", { asked: [at("f")] })).get(at("f")),
    );
    const facts = observation?.status === "present" ? (observation.facts ?? []) : [];
    expect(facts.map(({ path, fact, ...more }) => [path, fact, "reason" in more && more.reason])).toEqual(
      ["/acl", "/capabilities", "/selinux", "/xattrs"]
        .map((path) => [path, "unchecked", "denied"])
        .concat([["/sha256", "unchecked", "denied"]]),
    );
  });

  it("are unchecked where the program says what nobody understands", async () => {
    await writeFile(at("f"), "");
    const local = openLocalTransport();
    const odd: Transport = {
      ...local,
      run: (argv, options) =>
        argv[0] === "getfattr"
          ? local.run(["sh", "-c", "echo nonsense; echo 'getfattr: /x: Input/output error' >&2; exit 1"], options)
          : local.run(argv, options),
    };
    const observation = (await observe("host/file", { asked: [at("f")] }, odd)).get(at("f"));
    expect(observation).toMatchObject({
      facts: expect.arrayContaining([expect.objectContaining({ path: "/capabilities", reason: "failed" })]),
    });
  });

  it("are unchecked without the program that reads them only where they are declared or were recorded", async () => {
    await writeFile(at("f"), "");
    const bare = openLocalTransport({ programFolders: [at("none")] });
    const unchecked = async (wanted: Omit<Wanted, "asked">) => {
      const observation = (await observe("host/file", { asked: [at("f")], ...wanted }, bare)).get(at("f"));
      return observation?.status === "present"
        ? (observation.facts ?? []).filter(({ fact }) => fact === "unchecked")
        : undefined;
    };
    expect(await unchecked({})).toEqual([]);
    expect(await unchecked({ declared: { capabilities: "x" } })).toEqual([
      { path: "/capabilities", fact: "unchecked", reason: "unsupported", detail: expect.stringContaining("attr") },
    ]);
    expect(await unchecked({ recorded: { selinux: "x" } })).toMatchObject([
      { path: "/selinux", reason: "unsupported" },
    ]);
  });
});
