import { afterAll, beforeAll, expect, it } from "vitest";
import { type Machine, startMachine } from "../../../../testing/machine.ts";
import { expectOnly, observeIn } from "../../../../testing/observe-in.ts";
import { describeWith } from "../../../../testing/requirements.ts";
import { userFacts } from "./account.facts.ts";

describeWith("machine", "userKind", () => {
  let machine: Machine;
  beforeAll(async () => {
    machine = await startMachine();
    await machine.must(["groupadd", "crew"]);
    await machine.must(["useradd", "--create-home", "--shell", "/bin/sh", "--groups", "audio,video", "ada"]);
  });
  afterAll(() => machine[Symbol.asyncDispose]());

  /** For each attribute a command that changes it alone, and what it becomes. */
  const CASES: Readonly<Record<string, readonly [argv: readonly [string, ...string[]], becomes: unknown]>> = {
    "/uid": [["usermod", "--uid", "4321", "ada"], 4321],
    "/gid": [["usermod", "--gid", "crew", "ada"], expect.any(Number)],
    "/home": [["usermod", "--home", "/srv/ada", "ada"], "/srv/ada"],
    "/shell": [["usermod", "--shell", "/usr/sbin/nologin", "ada"], "/usr/sbin/nologin"],
    "/groups": [
      ["usermod", "--append", "--groups", "games", "ada"],
      ["audio", "games", "video"],
    ],
  };

  it("is tested for each of its attributes", () => {
    expect(Object.keys(CASES)).toEqual(userFacts.attributes.map(({ path }) => path));
  });

  it.each(Object.entries(CASES))("shows a change of %s alone", async (path, [argv, becomes]) => {
    await expectOnly(machine, { kind: "host/user", id: "ada", path, becomes }, () => machine.must(argv));
  });

  it("lists the host's own users and tells those that are not there", async () => {
    const { observations, listing } = await observeIn(machine, "host/user", {
      asked: [{ id: "nobody-such" }],
      inScope: true,
    });
    expect(observations.get("nobody-such")).toMatchObject({ status: "absent" });
    expect(observations.get("root")).toMatchObject({ status: "present", actual: { uid: 0, home: "/root" } });
    expect(listing).toMatchObject({ status: "listed" });
  });

  it("finds a declared user that only a name service knows, and never lists it", async () => {
    // systemd answers for the users that it makes for running services.
    await machine.must(["systemd-run", "--quiet", "--unit=visitor", "--property=DynamicUser=yes", "sleep", "infinity"]);
    const { observations } = await observeIn(machine, "host/user", { asked: [{ id: "visitor" }], inScope: true });
    expect(observations.get("visitor")).toMatchObject({ status: "present", actual: { home: "/", groups: [] } });
    const listed = await observeIn(machine, "host/user", { inScope: true });
    expect(listed.observations.has("visitor")).toBe(false);
    expect(listed.observations.has("root")).toBe(true);
  });

  it("keeps a user unchecked whose line is malformed, and whoever a nameless line may hide", async () => {
    await using broken = await startMachine();
    await broken.must(["sh", "-c", "echo 'eve:x:zero:0::/root:/bin/sh' >> /etc/passwd"]);
    const named = await observeIn(broken, "host/user", { asked: [{ id: "eve" }, { id: "mallory" }], inScope: true });
    expect(named.observations.get("eve")).toMatchObject({ status: "unchecked", reason: "failed" });
    expect(named.observations.get("mallory")).toMatchObject({ status: "absent" });
    expect(named.listing).not.toHaveProperty("gaps");

    await broken.must(["sh", "-c", "echo 'no colon at all' >> /etc/passwd"]);
    const nameless = await observeIn(broken, "host/user", { asked: [{ id: "mallory" }], inScope: true });
    expect(nameless.observations.get("mallory")).toMatchObject({ status: "unchecked", reason: "failed" });
    expect(nameless.listing).toMatchObject({ status: "listed", gaps: [{ glob: "**", reason: "failed" }] });
  });

  it("keeps all users unchecked when the file is denied", async () => {
    await using locked = await startMachine();
    await locked.must(["chmod", "0600", "/etc/passwd"]);
    const request = { asked: [{ id: "root" }], inScope: true, user: "65534" };
    const { observations, listing } = await observeIn(locked, "host/user", request);
    expect(observations.get("root")).toMatchObject({ status: "unchecked", reason: "denied" });
    expect(listing).toMatchObject({ status: "unlisted", reason: "denied" });
  });
});
