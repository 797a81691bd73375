import { afterAll, beforeAll, expect, it } from "vitest";
import { type Machine, startMachine } from "../../../../testing/machine.ts";
import { expectOnly, observeIn } from "../../../../testing/observe-in.ts";
import { describeWith } from "../../../../testing/requirements.ts";
import { userFacts } from "./account.facts.ts";

/** Stands for the hash of a password. */
const CANARY = "canary5f1e0c";
const chage = (...options: readonly string[]) => ["chage", ...options, "ada"] as const;

describeWith("machine", "userKind", () => {
  let machine: Machine;
  beforeAll(async () => {
    machine = await startMachine();
    await machine.must(["groupadd", "crew"]);
    await machine.must(["useradd", "--create-home", "--shell", "/bin/sh", "--groups", "audio,video", "ada"]);
    await machine.must(["usermod", "--password", `$6$salt$${CANARY}`, "ada"]);
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
    "/comment": [["usermod", "--comment", "Ada L.", "ada"], "Ada L."],
    "/password": [["usermod", "--lock", "ada"], "locked"],
    "/password_digest": [["usermod", "--password", `!$6$salt$${CANARY}2`, "ada"], `$6$salt$${CANARY}2`],
    "/password_min_days": [chage("--mindays", "3"), 3],
    "/password_max_days": [chage("--maxdays", "90"), 90],
    "/password_warn_days": [chage("--warndays", "9"), 9],
    "/password_inactive_days": [chage("--inactive", "30"), 30],
    "/expires": [chage("--expiredate", "2031-01-31"), "2031-01-31"],
    "/last_change": [chage("--lastday", "2020-02-29"), "2020-02-29"],
  };
  /** What a password was made with is part of its hash. */
  const WITH_THE_HASH = "/password_algorithm";

  it("is tested for each of its attributes", () => {
    const paths = userFacts.attributes.map(({ path }) => path);
    expect([...Object.keys(CASES), WITH_THE_HASH].sort()).toEqual(paths.sort());
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

  it("leaves out what only shadow knows where that is denied, but keeps it unchecked where it is declared or was read", async () => {
    const recorded = { root: { uid: 0, password: "set", password_max_days: 99_999 } };
    const asked = [{ id: "daemon", attributes: { password: "none" } }, { id: "bin" }];
    const { observations } = await observeIn(machine, "host/user", { asked, recorded, inScope: true, user: "nobody" });
    const why = { fact: "unchecked", reason: "denied" };
    expect(observations.get("root")).toMatchObject({
      facts: [
        { path: "/password", ...why },
        { path: "/password_max_days", ...why },
      ],
    });
    expect(observations.get("daemon")).toMatchObject({ actual: { uid: 1 }, facts: [{ path: "/password", ...why }] });
    expect(observations.get("bin")).not.toHaveProperty("facts");
    expect(observations.get("bin")).not.toHaveProperty("actual.password");
  });

  it("takes a password that stands in passwd for the one in force", async () => {
    await using old = await startMachine();
    await old.must([
      "sh",
      "-c",
      "echo 'eve::7300:100::/:/bin/sh' >> /etc/passwd; echo 'eve:*:19000:::::: ' >> /etc/shadow",
    ]);
    await old.must(["sh", "-c", "echo 'bob:x:7301:100::/:/bin/sh' >> /etc/passwd"]);
    const { observations } = await observeIn(old, "host/user", { asked: [{ id: "eve" }, { id: "bob" }] });
    expect(observations.get("eve")).toMatchObject({ actual: { password: "empty", last_change: "2022-01-08" } });
    expect(observations.get("bob")).toMatchObject({ actual: { password: "none" } });
  });

  it("keeps the password of a user unchecked whose line of shadow is malformed, and quotes nothing of it", async () => {
    await using broken = await startMachine();
    const line = `eve:$6$salt$${CANARY}:not a day::::::`;
    await broken.must(["sh", "-c", `echo 'eve:x:7300:100::/:/bin/sh' >> /etc/passwd; echo '${line}' >> /etc/shadow`]);
    const asked = [
      { id: "eve", attributes: { password: "set" } },
      { id: "root", attributes: { password: "set" } },
    ];
    const { observations } = await observeIn(broken, "host/user", { asked });
    expect(observations.get("eve")).toMatchObject({
      actual: { uid: 7300 },
      facts: [{ path: "/password", fact: "unchecked", reason: "failed" }],
    });
    expect(observations.get("root")).not.toHaveProperty("facts");
    expect(JSON.stringify([...observations.values()])).not.toContain(CANARY);
  });
});
