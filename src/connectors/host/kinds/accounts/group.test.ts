import { afterAll, beforeAll, expect, it } from "vitest";
import { type Machine, startMachine } from "../../../../testing/machine.ts";
import { expectOnly, observeIn } from "../../../../testing/observe-in.ts";
import { describeWith } from "../../../../testing/requirements.ts";
import { groupFacts } from "./account.facts.ts";

describeWith("machine", "groupKind", () => {
  let machine: Machine;
  beforeAll(async () => {
    machine = await startMachine();
    await machine.must(["groupadd", "crew"]);
    await machine.must(["useradd", "--groups", "crew", "ada"]);
    await machine.must(["useradd", "bob"]);
  });
  afterAll(() => machine[Symbol.asyncDispose]());

  const CASES: Readonly<Record<string, readonly [argv: readonly [string, ...string[]], becomes: unknown]>> = {
    "/gid": [["groupmod", "--gid", "4321", "crew"], 4321],
    "/members": [
      ["gpasswd", "--add", "bob", "crew"],
      ["ada", "bob"],
    ],
    "/administrators": [["gpasswd", "--administrators", "ada", "crew"], ["ada"]],
  };

  it("is tested for each of its attributes", () => {
    expect(Object.keys(CASES)).toEqual(groupFacts.attributes.map(({ path }) => path));
  });

  it.each(Object.entries(CASES))("shows a change of %s alone", async (path, [argv, becomes]) => {
    await expectOnly(machine, { kind: "host/group", id: "crew", path, becomes }, () => machine.must(argv));
  });

  it("lists the host's own groups and tells those that are not there", async () => {
    const { observations, listing } = await observeIn(machine, "host/group", {
      asked: [{ id: "none" }],
      inScope: true,
    });
    expect(observations.get("none")).toMatchObject({ status: "absent" });
    expect(observations.get("root")).toMatchObject({ status: "present", actual: { gid: 0 } });
    expect(listing).toMatchObject({ status: "listed" });
  });

  it("finds a declared group that only a name service knows, and never lists it", async () => {
    await machine.must([
      "systemd-run",
      "--quiet",
      "--unit=visitors",
      "--property=DynamicUser=yes",
      "sleep",
      "infinity",
    ]);
    const { observations } = await observeIn(machine, "host/group", { asked: [{ id: "visitors" }] });
    expect(observations.get("visitors")).toMatchObject({ status: "present", actual: { members: [] } });
    const listed = await observeIn(machine, "host/group", { inScope: true });
    expect(listed.observations.has("visitors")).toBe(false);
  });

  it("keeps the groups of a user unchecked, and nothing else of it, when a line of the file is malformed", async () => {
    await using broken = await startMachine();
    await broken.must(["sh", "-c", "echo 'crew:x' >> /etc/group"]);
    const groups = await observeIn(broken, "host/group", { asked: [{ id: "crew" }, { id: "root" }] });
    expect(groups.observations.get("crew")).toMatchObject({ status: "unchecked", reason: "failed" });
    expect(groups.observations.get("root")).toMatchObject({ status: "present" });
    const users = await observeIn(broken, "host/user", { asked: [{ id: "root" }] });
    expect(users.observations.get("root")).toMatchObject({
      status: "present",
      actual: { uid: 0 },
      facts: [{ path: "/groups", fact: "unchecked", reason: "failed" }],
    });
  });

  it("keeps administrators unchecked where gshadow is denied and they are declared, and says nothing of the others", async () => {
    const asked = [{ id: "crew", attributes: { administrators: ["ada"] } }, { id: "root" }];
    const { observations } = await observeIn(machine, "host/group", { asked, user: "nobody" });
    expect(observations.get("crew")).toMatchObject({
      facts: [{ path: "/administrators", fact: "unchecked", reason: "denied" }],
    });
    expect(observations.get("root")).toMatchObject({ status: "present", actual: { gid: 0 } });
    expect(observations.get("root")).not.toHaveProperty("facts");
  });
});
