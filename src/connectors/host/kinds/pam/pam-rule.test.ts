import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { type Machine, startMachine } from "../../../../testing/machine.ts";
import { attributesIn, expectOnly, observeIn } from "../../../../testing/observe-in.ts";
import { describeWith } from "../../../../testing/requirements.ts";

const KIND = "host/pam-rule";
const FILE = "/etc/pam.d/door";
const RULES = `# who may enter
auth [success=1 default=ignore] pam_unix.so nullok try_first_pass
auth requisite pam_deny.so
auth required pam_permit.so
@include common-account
`;
const ID = "door#auth";

describeWith("machine", "pamRuleKind", () => {
  let machine: Machine;
  const write = (text: string, file = FILE) => machine.must(["tee", file], { input: text });
  beforeAll(async () => {
    machine = await startMachine();
  });
  beforeEach(() => write(RULES));
  afterAll(() => machine[Symbol.asyncDispose]());

  const quiet = false;
  const STACK = {
    "pam_unix.so": { control: "[success=1 default=ignore]", args: ["nullok", "try_first_pass"], quiet },
    "pam_deny.so": { control: "requisite", args: [], quiet },
    "pam_permit.so": { control: "required", args: [], quiet },
  };

  it("reads the rules of a service by their modules, and their order", async () => {
    expect(await attributesIn(machine, KIND, ID)).toEqual({
      rules: STACK,
      order: ["pam_unix.so", "pam_deny.so", "pam_permit.so"],
      file: FILE,
    });
    expect(await attributesIn(machine, KIND, "door#account")).toMatchObject({
      rules: { "common-account": { control: "@include", args: [] } },
    });
  });

  it("reads the same from other lines: comments, blanks, case, continued lines", async () => {
    const before = await attributesIn(machine, KIND, ID);
    await write(`auth\t[ success=1   default = ignore ] \\
   pam_unix.so  nullok try_first_pass # both
@include common-account
AUTH Requisite pam_deny.so

auth required pam_permit.so`);
    expect(await attributesIn(machine, KIND, ID)).toEqual(before);
  });

  it.each([
    [
      "control",
      ["requisite pam_deny", "sufficient pam_deny"],
      { "pam_deny.so": { control: "sufficient", args: [], quiet } },
    ],
    ["args", ["pam_deny.so", "pam_deny.so x"], { "pam_deny.so": { control: "requisite", args: ["x"], quiet } }],
    [
      "quiet",
      ["auth requisite", "-auth requisite"],
      { "pam_deny.so": { control: "requisite", args: [], quiet: true } },
    ],
  ] as const)("shows that a changed %s changes that of the one rule", async (_, [before, after], becomes) => {
    await expectOnly(machine, { kind: KIND, id: ID, path: "/rules", becomes: { ...STACK, ...becomes } }, () =>
      write(RULES.replace(before, after)),
    );
  });

  it("shows that the order of rules changes alone", async () => {
    const [comment, unix, deny, permit, account] = RULES.split("\n");
    const becomes = ["pam_unix.so", "pam_permit.so", "pam_deny.so"];
    await expectOnly(machine, { kind: KIND, id: ID, path: "/order", becomes }, () =>
      write(`${[comment, unix, permit, deny, account].join("\n")}\n`),
    );
  });

  it("lists the services of Debian, and passes over what packagers leave behind", async () => {
    await write("nonsense\n", "/etc/pam.d/door.dpkg-dist");
    const { observations, listing } = await observeIn(machine, KIND, { asked: [{ id: "none#auth" }], inScope: true });
    expect(observations.get("su#auth")).toMatchObject({ actual: { order: ["pam_rootok.so", "common-auth"] } });
    expect(observations.get("systemd-user#session")).toMatchObject({ actual: { file: "/usr/lib/pam.d/systemd-user" } });
    expect(observations.get("none#auth")).toMatchObject({ status: "absent" });
    expect(observations.has("su#password")).toBe(false);
    expect(listing).toMatchObject({ status: "listed" });
    expect(listing).not.toHaveProperty("gaps");
    await machine.must(["rm", "/etc/pam.d/door.dpkg-dist"]);
  });

  it("marks arguments that may hold a password", async () => {
    await write("auth required pam_mysql.so user=pam passwd=sesame\n");
    const { observations } = await observeIn(machine, KIND, { asked: [{ id: ID }] });
    expect(observations.get(ID)).toMatchObject({ facts: [{ path: "/rules/pam_mysql.so/args", fact: "sensitive" }] });
  });

  it("keeps a service unchecked that has a malformed line, and whoever includes it", async () => {
    await write("auth needed pam_unix.so\n");
    await write("@include door\n", "/etc/pam.d/porch");
    const asked = [{ id: ID }, { id: "porch#auth" }, { id: "su#auth" }];
    const { observations, listing } = await observeIn(machine, KIND, { asked, inScope: true });
    const why = { reason: "failed", detail: 'Cannot read "/etc/pam.d/door": line 1 is malformed' };
    expect(observations.get(ID)).toMatchObject({ status: "unchecked", ...why });
    expect(observations.get("porch#auth")).toMatchObject({ status: "unchecked", ...why });
    expect(observations.get("su#auth")).toMatchObject({ status: "present" });
    expect(listing).toMatchObject({ status: "listed", gaps: [{ glob: "door#*" }, { glob: "porch#*" }] });
    await machine.must(["rm", "/etc/pam.d/porch"]);
  });

  it("keeps a service unchecked whose file is denied, and all of them where the folder is", async () => {
    await machine.must(["chmod", "0600", FILE]);
    const asked = [{ id: ID }, { id: "su#auth" }];
    const denied = await observeIn(machine, KIND, { asked, inScope: true, user: "nobody" });
    expect(denied.observations.get(ID)).toMatchObject({ status: "unchecked", reason: "denied" });
    expect(denied.observations.get("su#auth")).toMatchObject({ status: "present" });
    await machine.must(["chmod", "0700", "/etc/pam.d"]);
    const all = await observeIn(machine, KIND, { asked, inScope: true, user: "nobody" });
    expect(all.observations.get("su#auth")).toMatchObject({ status: "unchecked", reason: "denied" });
    expect(all.listing).toMatchObject({ gaps: [expect.objectContaining({ glob: "**", reason: "denied" })] });
    await machine.must(["chmod", "0755", "/etc/pam.d"]);
    await machine.must(["chmod", "0644", FILE]);
  });

  it("reads pam.conf only where there is no folder, and nothing where there is no PAM", async () => {
    await using bare = await startMachine();
    await bare.must(["tee", "/etc/pam.conf"], { input: "Door auth required pam_deny.so\n" });
    const ids = async () => [...(await observeIn(bare, KIND, { inScope: true })).observations.keys()];
    expect(await ids()).not.toContain(ID);
    await bare.must(["rm", "-r", "/etc/pam.d", "/usr/lib/pam.d"]);
    expect(await ids()).toEqual([ID]);
    await bare.must(["rm", "/etc/pam.conf"]);
    const none = await observeIn(bare, KIND, { asked: [{ id: ID }], inScope: true });
    expect(none.observations.get(ID)).toMatchObject({ status: "absent" });
    expect(none.listing).toMatchObject({ status: "listed" });
  });
});
