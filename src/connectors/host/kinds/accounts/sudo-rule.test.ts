import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { type Machine, startMachine } from "../../../../testing/machine.ts";
import { attributesIn, expectOnly, observeIn } from "../../../../testing/observe-in.ts";
import { describeWith } from "../../../../testing/requirements.ts";

const KIND = "host/sudo-rule";
const ID = "ada ALL=(root) /usr/bin/apt update";
const BEFORE = "ada ALL=(root) /usr/bin/apt update, !/bin/su\nDefaults:ada timestamp_timeout=5\n";

describeWith("machine", "sudoRuleKind", () => {
  let machine: Machine;
  const dropIn = (text: string, name = "ada") => machine.must(["tee", `/etc/sudoers.d/${name}`], { input: text });
  beforeAll(async () => {
    machine = await startMachine();
  });
  beforeEach(async () => {
    await machine.must(["sh", "-c", "rm -f /etc/sudoers.d/*"]);
    await dropIn(BEFORE);
  });
  afterAll(() => machine[Symbol.asyncDispose]());

  const CASES: readonly (readonly [line: string, path: string, becomes: unknown])[] = [
    ["ada ALL=(root) NOPASSWD: /usr/bin/apt update", "/nopasswd", true],
    ["ada ALL=(root) SETENV: /usr/bin/apt update", "/setenv", true],
    ["ada ALL=(root) NOEXEC: /usr/bin/apt update", "/noexec", true],
    ["ada ALL=(root) LOG_INPUT: /usr/bin/apt update", "/options", { log_input: "true" }],
    ["ada ALL=(root) CWD=/tmp /usr/bin/apt update", "/options", { runcwd: "/tmp" }],
    [`ada ALL=(root) sha224:${"0a".repeat(28)} /usr/bin/apt update`, "/digests", [`sha224:${"0a".repeat(28)}`]],
    ["ada ALL=(root) /usr/bin/apt update, NOPASSWD: ALL", "/overridden", true],
  ];

  it.each(CASES)("shows that %j changes %s alone", async (line, path, becomes) => {
    await expectOnly(machine, { kind: KIND, id: ID, path, becomes }, () => dropIn(`${line}\n`));
  });

  it("reads the same rules from other lines: aliases, other files, comments, another order", async () => {
    const before = await observeIn(machine, KIND, { inScope: true });
    await dropIn("# nothing but names\nUser_Alias  OPS = ada\nCmnd_Alias UPDATE = /usr/bin/apt update\n", "00-names");
    await dropIn("Defaults:ada \\\n  timestamp_timeout = 5\nOPS ALL = UPDATE\nOPS ALL = (root) !/bin/su # no\n");
    const after = await observeIn(machine, KIND, { inScope: true });
    const actualOf = ({ observations }: typeof before) =>
      Array.from(observations.values(), (each) => [
        each.resource.id,
        "actual" in each ? each.actual : each.status,
      ]).sort();
    expect(actualOf(after)).toEqual(actualOf(before));
    expect(before.observations.has("ada ALL=(root) !/bin/su")).toBe(true);
    expect(before.listing).toMatchObject({ status: "listed" });
  });

  it("reads the rules and Defaults that Debian ships, and tells those that are not there", async () => {
    const { observations } = await observeIn(machine, KIND, { asked: [{ id: "eve ALL=(root) ALL" }], inScope: true });
    expect(observations.get("group:sudo ALL=(ALL:ALL) ALL")).toMatchObject({
      actual: { nopasswd: false, user: "%sudo" },
    });
    expect(await attributesIn(machine, KIND, "defaults")).toMatchObject({
      settings: { env_reset: "true", use_pty: "true" },
    });
    expect(await attributesIn(machine, KIND, "defaults:ada")).toEqual({ settings: { timestamp_timeout: "5" } });
    expect(observations.get("eve ALL=(root) ALL")).toMatchObject({ status: "absent" });
  });

  it.each([
    ["has a syntax error", "ada ALL=(root\n", /sudoers\.d\/ada:\d.*syntax error/],
    ["names an alias that is not defined", "OPS ALL=(root) ALL\n", /an alias is not defined/],
  ])("keeps everything unchecked, with the words of sudo, where a file %s", async (_, text, words) => {
    await dropIn(text);
    const { observations, listing } = await observeIn(machine, KIND, { asked: [{ id: ID }], inScope: true });
    const why = { reason: "failed", detail: expect.stringMatching(words) };
    expect([...observations.values()]).toEqual([expect.objectContaining({ status: "unchecked", ...why })]);
    expect(listing).toMatchObject({ status: "unlisted", ...why });
  });

  it("keeps everything unchecked for users without rights, also where all they may not read is one file", async () => {
    const denied = await observeIn(machine, KIND, { asked: [{ id: ID }], user: "nobody" });
    expect(denied.observations.get(ID)).toMatchObject({ status: "unchecked", reason: "denied" });
    await machine.must(["chmod", "0444", "/etc/sudoers"]);
    await machine.must(["chmod", "0755", "/etc/sudoers.d"]);
    await machine.must(["chmod", "0400", "/etc/sudoers.d/ada"]);
    const partly = await observeIn(machine, KIND, { asked: [{ id: ID }], inScope: true, user: "nobody" });
    expect(partly.observations.get(ID)).toMatchObject({ status: "unchecked", reason: "denied" });
    expect(partly.listing).toMatchObject({ status: "unlisted", reason: "denied" });
  });

  it("has no rules where there is no sudo, and none that it can tell where only its program is missing", async () => {
    await using bare = await startMachine();
    await bare.must(["rm", "/usr/bin/cvtsudoers"]);
    const untold = await observeIn(bare, KIND, { asked: [{ id: ID }], inScope: true });
    expect(untold.observations.get(ID)).toMatchObject({ status: "unchecked", reason: "unsupported" });
    expect(untold.listing).toMatchObject({ status: "unlisted", reason: "unsupported" });
    await bare.must(["rm", "/etc/sudoers"]);
    const none = await observeIn(bare, KIND, { asked: [{ id: ID }], inScope: true });
    expect(none.observations.get(ID)).toMatchObject({ status: "absent" });
    expect(none.listing).toMatchObject({ status: "listed" });
  });
});
