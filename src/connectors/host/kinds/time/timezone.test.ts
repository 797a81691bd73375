import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Machine, startMachine } from "../../../../testing/machine.ts";
import { expectOnly, observeIn } from "../../../../testing/observe-in.ts";
import { describeWith } from "../../../../testing/requirements.ts";
import { hardwareClockOf, ruleOf, zoneOfFile, zoneOfLink } from "./parse-timezone.ts";

const KIND = "host/timezone";
const ID = "system";

describe("a zone", () => {
  it.each([
    ["/usr/share/zoneinfo/Europe/Berlin", "Europe/Berlin"],
    ["../usr/share/zoneinfo/Etc/UTC", "Etc/UTC"],
    ["/usr/share/zoneinfo/posix/UTC", "UTC"],
    ["/usr/share/zoneinfo/right/UTC", "right/UTC"],
    ["/srv/zone", undefined],
  ])("that is linked to as %s is %s", (target, name) => {
    expect(zoneOfLink(target)).toBe(name);
  });

  it.each([
    ["Europe/Berlin\n", "Europe/Berlin"],
    ["# by hand\n\n Etc/UTC # why", "Etc/UTC"],
    ["", undefined],
  ])("that stands in %j is %s", (text, name) => {
    expect(zoneOfFile(Buffer.from(text))).toBe(name);
  });

  it.each([
    ["TZif2\0\0\nCET-1CEST,M3.5.0,M10.5.0/3\n", "CET-1CEST,M3.5.0,M10.5.0/3"],
    ["TZif3\n\n\n", ""],
    ["TZif\0\0\n", undefined],
    ["CET\n", undefined],
  ])("in the bytes %j has the rule %j", (text, rule) => {
    expect(ruleOf(Buffer.from(text, "latin1"))).toBe(rule);
  });
});

describe("the hardware clock", () => {
  it.each([
    ["0.0 0 0.0\n0\nUTC\n", "utc"],
    ["0.0 0 0.0\n0\nLOCAL\n", "local"],
    ["0.0 0 0.0\n", "utc"],
    ["0.0 0 0.0\n0\nMARS\n", undefined],
  ])("of %j runs in %s", (text, runsIn) => {
    expect(hardwareClockOf(Buffer.from(text))).toBe(runsIn);
  });
});

describeWith("machine", "timezoneKind", () => {
  let machine: Machine;
  const sh = (script: string) => machine.must(["sh", "-c", script]);
  const link = (zone: string) => sh(`ln -sfn /usr/share/zoneinfo/${zone} /etc/localtime`);
  const read = async (user?: string) => {
    const request = { asked: [{ id: ID }], ...(user === undefined ? {} : { user }) };
    return (await observeIn(machine, KIND, request)).observations.get(ID);
  };
  beforeAll(async () => {
    machine = await startMachine();
  });
  beforeEach(async () => {
    await sh("rm -f /etc/timezone /etc/adjtime");
    await link("Etc/UTC");
  });
  afterAll(() => machine[Symbol.asyncDispose]());

  it.each([
    ["/name", "Etc/Zulu", "ln -sfn /usr/share/zoneinfo/Etc/Zulu /etc/localtime"],
    ["/timezone_file", "Asia/Tokyo", "echo Asia/Tokyo > /etc/timezone"],
    ["/hardware_clock", "local", "printf '0.0 0 0.0\\n0\\nLOCAL\\n' > /etc/adjtime"],
  ])("shows that %s changes alone", async (path, becomes, script) => {
    await expectOnly(machine, { kind: KIND, id: ID, path, becomes }, () => sh(script));
  });

  it("shows the rule of a copy alone when that changes", async () => {
    await sh("cp --remove-destination /usr/share/zoneinfo/Etc/UTC /etc/localtime");
    const rule = { kind: KIND, id: ID, path: "/rule", becomes: "CET-1CEST,M3.5.0,M10.5.0/3" };
    await expectOnly(machine, rule, () => sh("cp /usr/share/zoneinfo/Europe/Berlin /etc/localtime"));
  });

  it.each([
    ["UTC where the zone leads nowhere", "ln -sfn /usr/share/zoneinfo/No/Where /etc/localtime", "UTC", "UTC0"],
    ["UTC where there is no zone", "rm /etc/localtime", "UTC", "UTC0"],
    [
      "/etc/timezone where the zone is a copy",
      "cp --remove-destination /usr/share/zoneinfo/Asia/Tokyo /etc/localtime; echo Asia/Tokyo > /etc/timezone",
      "Asia/Tokyo",
      "JST-9",
    ],
  ])("goes by %s", async (_, script, name, rule) => {
    await sh(script);
    expect(await read()).toMatchObject({ status: "present", actual: { name, rule, hardware_clock: "utc" } });
  });

  it("keeps unchecked what is malformed or may not be read, and that alone", async () => {
    await sh(
      "printf '0.0 0 0.0\\n0\\nMARS\\n' > /etc/adjtime; echo x > /etc/localtime.new; mv /etc/localtime.new /etc/localtime",
    );
    expect(await read()).toMatchObject({
      facts: [
        { path: "/rule", reason: "failed" },
        { path: "/hardware_clock", reason: "failed" },
      ],
    });
    await link("Etc/UTC");
    await sh("echo Asia/Tokyo > /etc/timezone; chmod 0600 /etc/timezone /etc/adjtime");
    expect(await read("nobody")).toMatchObject({
      actual: { name: "Etc/UTC", rule: "UTC0" },
      facts: [
        { path: "/timezone_file", fact: "unchecked", reason: "denied" },
        { path: "/hardware_clock", fact: "unchecked", reason: "denied" },
      ],
    });
  });
});
