import { afterAll, beforeAll, expect, it } from "vitest";
import { getOwn } from "../../../../model/json.ts";
import { type Machine, startMachine } from "../../../../testing/machine.ts";
import { attributesIn, expectOnly, observeIn } from "../../../../testing/observe-in.ts";
import { describeWith } from "../../../../testing/requirements.ts";
import { serviceFacts } from "./service.facts.ts";

const KIND = "host/service";
const UNIT = `[Service]
ExecStart=/usr/bin/sleep infinity
[Install]
WantedBy=multi-user.target
Alias=watch.service
`;

async function addUnit(machine: Machine, name: string, text: string): Promise<void> {
  await machine.must(["tee", `/etc/systemd/system/${name}`], { input: text });
  await machine.must(["systemctl", "daemon-reload"]);
}

describeWith("machine", "serviceKind", () => {
  let machine: Machine;
  beforeAll(async () => {
    machine = await startMachine();
    await addUnit(machine, "lookout.service", UNIT);
    await addUnit(machine, "crew@.service", UNIT.replace("Alias=watch.service\n", ""));
  });
  afterAll(() => machine[Symbol.asyncDispose]());

  const CASES: Readonly<Record<string, readonly [on: string, off: string]>> = {
    "/enabled": ["enable", "disable"],
    "/running": ["start", "stop"],
  };

  const SETTINGS: Readonly<Record<string, readonly [setting: string, becomes: unknown]>> = {
    "/exec_start": ["ExecStart=-/usr/bin/sleep 9", ["/usr/bin/sleep infinity", "-/usr/bin/sleep 9"]],
    "/user": ["User=nobody", "nobody"],
    "/no_new_privileges": ["NoNewPrivileges=yes", true],
    "/private_tmp": ["PrivateTmp=yes", true],
    "/protect_system": ["ProtectSystem=full", "full"],
    "/protect_home": ["ProtectHome=read-only", "read-only"],
    "/limits": [
      "LimitNOFILE=100:200\nLimitCORE=infinity\nLimitNPROC=50",
      { nofile: "100:200", core: "infinity:infinity", nproc: "50:50" },
    ],
  };

  it("is tested for each of its attributes", () => {
    const tested = [
      ...Object.keys(CASES),
      ...Object.keys(SETTINGS),
      "/masked",
      "/fragment_path",
      "/drop_ins",
      "/limits/*",
    ];
    expect(tested.sort()).toEqual(serviceFacts.attributes.map(({ path }) => path).sort());
  });

  it.each(Object.entries(SETTINGS))("shows a change of %s alone", async (path, [setting, becomes]) => {
    const text = "[Service]\nType=oneshot\nExecStart=/usr/bin/sleep infinity\n";
    await addUnit(machine, "deck.service", text);
    const what = { kind: KIND, id: "deck.service", path, becomes };
    await expectOnly(machine, what, () => addUnit(machine, "deck.service", `${text}${setting}\n`));
  });

  it("shows a file that is added to a unit, and the one that replaces it", async () => {
    await addUnit(machine, "deck.service", UNIT);
    await machine.must(["mkdir", "-p", "/etc/systemd/system/deck.service.d"]);
    const file = "/etc/systemd/system/deck.service.d/a b.conf";
    await expectOnly(machine, { kind: KIND, id: "deck.service", path: "/drop_ins", becomes: [file] }, () =>
      addUnit(machine, "deck.service.d/a b.conf", "[Service]\nNice=0\n"),
    );
    const moved = {
      kind: KIND,
      id: "deck.service",
      path: "/fragment_path",
      becomes: "/run/systemd/system/deck.service",
    };
    await expectOnly(machine, moved, () =>
      machine.must(["sh", "-c", "mv /etc/systemd/system/deck.service /run/systemd/system/ && systemctl daemon-reload"]),
    );
  });

  it("says of a masked unit that it is, and nothing of what it would run", async () => {
    await addUnit(machine, "deck2.service", UNIT);
    await machine.must([
      "sh",
      "-c",
      "mv /etc/systemd/system/deck2.service /usr/lib/systemd/system/ && systemctl mask deck2.service",
    ]);
    expect(await attributesIn(machine, KIND, "deck2.service")).toEqual({
      enabled: false,
      masked: true,
      running: false,
    });
    const { observations } = await observeIn(machine, KIND, { inScope: true });
    expect(observations.get("deck2.service")).toMatchObject({ actual: { masked: true, running: false } });
  });

  it("reads the same of a unit whether it is asked for or listed", async () => {
    const listed = await observeIn(machine, KIND, { inScope: true });
    const ids = [...listed.observations.keys()];
    const asked = await observeIn(machine, KIND, { asked: ids.map((id) => ({ id })) });
    const actualOf = (id: string, { observations }: typeof listed) => {
      const each = observations.get(id);
      return each?.status === "present" ? each.actual : each?.status;
    };
    expect(ids.map((id) => [id, actualOf(id, listed)])).toEqual(ids.map((id) => [id, actualOf(id, asked)]));
  });

  it.each(Object.entries(CASES))("shows a change of %s alone", async (path, [on, off]) => {
    const what = { kind: KIND, id: "lookout.service", path };
    await expectOnly(machine, { ...what, becomes: true }, () => machine.must(["systemctl", on, "lookout.service"]));
    await expectOnly(machine, { ...what, becomes: false }, () => machine.must(["systemctl", off, "lookout.service"]));
  });

  it("shows it when a static unit is masked", async () => {
    await machine.must(["systemctl", "mask", "systemd-hostnamed.service"]);
    const after = await attributesIn(machine, KIND, "systemd-hostnamed.service");
    expect(after).toEqual({ enabled: false, masked: true, running: false });
  });

  it("says of each unit file what systemctl is-enabled says", async () => {
    const { observations, listing } = await observeIn(machine, KIND, { inScope: true });
    const enabled = [...observations.values()].flatMap((each) => {
      const value = each.status === "present" ? getOwn(each.actual, "enabled") : undefined;
      return value === undefined ? [] : [[each.resource.id, value]];
    });
    const said = await machine.run([
      "sh",
      "-c",
      'for unit; do if systemctl --quiet is-enabled -- "$unit" >&2; then echo true; else echo false; fi; done',
      "sh",
      ...enabled.map(([id]) => String(id)),
    ]);
    expect(enabled.map(([, value]) => String(value))).toEqual(said.stdout.trim().split("\n"));
    expect(enabled.length).toBeGreaterThan(100);
    expect(listing).toMatchObject({ status: "listed" });
  });

  it("answers under another name of a unit where that is asked for, and lists each unit once", async () => {
    await machine.must(["systemctl", "enable", "lookout.service"]);
    const asked = await observeIn(machine, KIND, { asked: [{ id: "watch.service" }] });
    expect(asked.observations.get("watch.service")).toMatchObject({ status: "present", actual: { running: false } });
    const listed = await observeIn(machine, KIND, { inScope: true });
    expect(listed.observations.has("watch.service")).toBe(false);
    expect(listed.observations.has("lookout.service")).toBe(true);
    await machine.must(["systemctl", "disable", "lookout.service"]);
  });

  it("answers for instances of a template, running or not", async () => {
    await machine.must(["systemctl", "start", "crew@ada.service"]);
    expect(await attributesIn(machine, KIND, "crew@ada.service")).toMatchObject({ enabled: false, running: true });
    expect(await attributesIn(machine, KIND, "crew@bob.service")).toMatchObject({ enabled: false, running: false });
    expect(await attributesIn(machine, KIND, "crew@.service")).toEqual({ enabled: false, masked: false });
    await machine.must(["systemctl", "stop", "crew@ada.service"]);
  });

  it("tells units that are not there, among others that are", async () => {
    const ids = ["none.service", "lookout.service", "a*.service", "nöne.service", "none@.service", "none@x.service"];
    const { observations } = await observeIn(machine, KIND, { asked: ids.map((id) => ({ id })) });
    expect(ids.map((id) => observations.get(id)?.status)).toEqual(["absent", "present", ...Array(4).fill("absent")]);
  });

  it("does not list what others made at run time", async () => {
    await machine.must(["systemd-run", "--quiet", "--unit=passing", "sleep", "infinity"]);
    const { observations } = await observeIn(machine, KIND, { inScope: true });
    expect(observations.has("passing.service")).toBe(false);
    const asked = await observeIn(machine, KIND, { asked: [{ id: "passing.service" }] });
    expect(asked.observations.get("passing.service")).toMatchObject({ status: "present", actual: { running: true } });
  });

  it("lists nothing that only shows who is logged in, unless it is asked for", async () => {
    await machine.must(["systemctl", "start", "user-runtime-dir@0.service"]);
    const { observations } = await observeIn(machine, KIND, { inScope: true });
    expect([...observations.keys()].filter((id) => /^user.*@/.test(id))).toEqual([
      "user-runtime-dir@.service",
      "user@.service",
    ]);
    const asked = await observeIn(machine, KIND, { asked: [{ id: "user-runtime-dir@0.service" }] });
    // Nobody is logged in, so that systemd may have stopped it again.
    expect(asked.observations.get("user-runtime-dir@0.service")).toMatchObject({ status: "present" });
  });

  it("reads the same as a user without rights", async () => {
    await machine.must(["systemctl", "start", "dbus.service"]);
    const root = await observeIn(machine, KIND, { inScope: true });
    const nobody = await observeIn(machine, KIND, { inScope: true, user: "nobody" });
    const actualOf = ({ observations }: typeof root) =>
      [...observations.values()].map((each) => [
        each.resource.id,
        each.status === "present" ? each.actual : each.status,
      ]);
    expect(actualOf(nobody)).toEqual(actualOf(root));
  });

  it("knows what is enabled and not what runs where systemd does not run", async () => {
    await using stopped = await startMachine();
    await addUnit(stopped, "lookout.service", UNIT);
    await stopped.must(["systemctl", "enable", "lookout.service"]);
    await stopped.must(["mv", "/run/systemd/system", "/run/systemd/elsewhere"]);
    const asked = [
      { id: "lookout.service", attributes: { enabled: true } },
      { id: "cron.service", attributes: { running: true } },
      { id: "dbus.service", attributes: { user: "root", masked: false } },
      { id: "none.service" },
    ];
    const { observations, listing } = await observeIn(stopped, KIND, { asked, inScope: true });
    expect(observations.get("lookout.service")).toMatchObject({ status: "present", actual: { enabled: true } });
    expect(observations.get("lookout.service")).not.toHaveProperty("facts");
    expect(observations.get("cron.service")).toMatchObject({
      facts: [{ path: "/running", fact: "unchecked", reason: "unsupported" }],
    });
    expect(observations.get("dbus.service")).toMatchObject({
      actual: { masked: false },
      facts: [{ path: "/user", fact: "unchecked", reason: "unsupported" }],
    });
    expect(observations.get("none.service")).toMatchObject({ status: "absent" });
    expect([...observations.values()].filter((each) => "actual" in each && "running" in each.actual)).toEqual([]);
    expect(listing).toMatchObject({ status: "listed" });
  });
});
