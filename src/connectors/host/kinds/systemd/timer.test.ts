import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Machine, startMachine } from "../../../../testing/machine.ts";
import { attributesIn, expectOnly, observeIn } from "../../../../testing/observe-in.ts";
import { describeWith } from "../../../../testing/requirements.ts";
import { parseProperties } from "./parse-properties.ts";
import { timerFacts } from "./timer.facts.ts";
import { timerDetails } from "./timer-details.ts";

const KIND = "host/timer";
const FOLDER = "/etc/systemd/system";
const TIMER = "[Timer]\nOnCalendar=daily\nOnBootSec=15min\n";
const SHOWN = `Id=a.timer
LoadState=loaded
TimersMonotonic={ OnBootUSec=15min ; next_elapse=0 }
TimersCalendar={ OnCalendar=*-*-* 00:00:00 ; next_elapse=Thu 2026-11-26 00:00:00 UTC }
TimersCalendar={ OnCalendar=Mon *-*-* 04:00:00 Europe/Berlin ; next_elapse=(null) }
OnClockChange=no
OnTimezoneChange=yes
Unit=a.service
AccuracyUSec=1min
RandomizedDelayUSec=0
Persistent=yes
WakeSystem=no
FragmentPath=/x
`;

function detailsOf(text: string) {
  const [unit] = parseProperties(Buffer.from(text));
  return unit === undefined ? undefined : timerDetails(unit);
}

describe("timerDetails", () => {
  it("reads how a timer is set up, and not when it goes off next", () => {
    expect(detailsOf(SHOWN)).toEqual({
      actual: {
        on_calendar: ["*-*-* 00:00:00", "Mon *-*-* 04:00:00 Europe/Berlin"],
        monotonic: ["OnBootSec=15min"],
        on_clock_change: false,
        on_timezone_change: true,
        unit: "a.service",
        accuracy: "1min",
        randomized_delay: "0",
        persistent: true,
        wake_system: false,
        fragment_path: "/x",
        drop_ins: [],
      },
      facts: [],
    });
  });

  it.each([
    ["TimersCalendar={ OnCalendar=*-*-* 00:00:00 ; next", "/on_calendar", "TimersCalendar={ OnCalendar=* }\n{ next"],
    ["TimersMonotonic={ OnBootUSec=15min ;", "/monotonic", "TimersMonotonic={ OnBoot=15min ;"],
    ["Persistent=yes", "/persistent", "Persistent=perhaps"],
    ["Unit=a.service\n", "/unit", ""],
  ])("leaves what is malformed unchecked: %j", (part, path, malformed) => {
    const details = detailsOf(SHOWN.replace(part, malformed));
    expect(details?.facts).toMatchObject([{ path, fact: "unchecked", reason: "failed" }]);
    expect(details?.actual).not.toHaveProperty(path.slice(1));
  });

  it("has nothing of a masked timer", () => {
    expect(detailsOf("Id=a.timer\nLoadState=masked\nUnit=\n")).toEqual({ actual: {}, facts: [] });
  });
});

describeWith("machine", "timerKind", () => {
  let machine: Machine;
  const sh = (script: string) => machine.must(["sh", "-c", script]);
  const write = async (name: string, text: string) => {
    await machine.must(["tee", `${FOLDER}/${name}`], { input: text });
    await machine.must(["systemctl", "daemon-reload"]);
  };
  beforeAll(async () => {
    machine = await startMachine();
    await write("tide.service", "[Service]\nType=oneshot\nExecStart=/bin/true\n");
    await write("tide.timer", `${TIMER}[Install]\nWantedBy=timers.target\n`);
  });
  afterAll(() => machine[Symbol.asyncDispose]());

  const SETTINGS: Readonly<Record<string, readonly [setting: string, becomes: unknown]>> = {
    "/on_calendar": ["OnCalendar=Mon 04:00", expect.arrayContaining(["*-*-* 00:00:00", "Mon *-*-* 04:00:00"])],
    "/monotonic": ["OnUnitActiveSec=90min", expect.arrayContaining(["OnBootSec=15min", "OnUnitActiveSec=1h 30min"])],
    "/on_clock_change": ["OnClockChange=yes", true],
    "/on_timezone_change": ["OnTimezoneChange=yes", true],
    "/unit": ["Unit=ebb.service", "ebb.service"],
    "/persistent": ["Persistent=yes", true],
    "/wake_system": ["WakeSystem=yes", true],
    "/accuracy": ["AccuracySec=1s", "1s"],
    "/randomized_delay": ["RandomizedDelaySec=300", "5min"],
  };

  it("is tested for each of its attributes", () => {
    const others = ["/enabled", "/running", "/masked", "/fragment_path", "/drop_ins"];
    expect([...Object.keys(SETTINGS), ...others].sort()).toEqual(timerFacts.attributes.map(({ path }) => path).sort());
  });

  it("shows a change of each setting alone", async () => {
    const names = Object.entries(SETTINGS).map(([path, [setting]]) => [`deck${path.slice(1)}.timer`, setting] as const);
    for (const [name, setting] of [["deck.timer", ""] as const, ...names])
      await machine.must(["tee", `${FOLDER}/${name}`], { input: `${TIMER}${setting}\nUnit=deck.service\n` });
    await sh("systemctl daemon-reload");
    const asked = ["deck.timer", ...names.map(([name]) => name)].map((id) => ({ id }));
    const { observations } = await observeIn(machine, KIND, { asked });
    const actualOf = (id: string) => {
      const each = observations.get(id);
      return each?.status === "present" ? { ...each.actual, fragment_path: "" } : {};
    };
    for (const [path, [, becomes]] of Object.entries(SETTINGS)) {
      const actual = actualOf(`deck${path.slice(1)}.timer`);
      expect(actual).toEqual({ ...actualOf("deck.timer"), [path.slice(1)]: becomes });
      expect(actual).not.toEqual(actualOf("deck.timer"));
    }
  });

  it("shows when it is started, enabled, changed by another file, moved and masked", async () => {
    const id = "tide.timer";
    const only = (path: string, becomes: unknown, script: string) =>
      expectOnly(machine, { kind: KIND, id, path, becomes }, () => sh(`${script} && systemctl daemon-reload`));
    await only("/enabled", true, `systemctl enable ${id}`);
    await only("/running", true, `systemctl start ${id}`);
    const file = `${FOLDER}/${id}.d/x.conf`;
    await only("/drop_ins", [file], `mkdir ${FOLDER}/${id}.d && echo > ${file}`);
    await sh(`systemctl stop ${id} && systemctl disable ${id}`);
    await only("/fragment_path", `/run/systemd/system/${id}`, `mv ${FOLDER}/${id} /run/systemd/system/`);
    await sh(`mv /run/systemd/system/${id} /usr/lib/systemd/system/ && systemctl mask ${id}`);
    expect(await attributesIn(machine, KIND, id)).toEqual({ enabled: false, masked: true, running: false });
  });

  it("lists timers alone, and says the same of one that is asked for", async () => {
    await write("deck.timer", TIMER);
    const listed = await observeIn(machine, KIND, { inScope: true });
    const ids = [...listed.observations.keys()];
    expect(ids).toContain("deck.timer");
    expect(ids).toContain("systemd-tmpfiles-clean.timer");
    expect(ids.filter((id) => !id.endsWith(".timer"))).toEqual([]);
    expect(listed.listing).toMatchObject({ status: "listed" });
    expect(listed.listing).not.toHaveProperty("gaps");
    const asked = await observeIn(machine, KIND, { asked: ids.map((id) => ({ id })) });
    const answersOf = ({ observations }: typeof listed) =>
      ids.map((id) => ({ ...observations.get(id), observedAt: undefined }));
    expect(answersOf(asked)).toEqual(answersOf(listed));
  });

  it("says the same after a timer went off, and to a user without rights", async () => {
    await write("ebb.service", "[Service]\nType=oneshot\nExecStart=/bin/true\n");
    await write("ebb.timer", "[Timer]\nOnActiveSec=1ms\nOnUnitActiveSec=1d\nAccuracySec=1ms\n");
    await sh("systemctl start dbus.service ebb.timer");
    const before = await attributesIn(machine, KIND, "ebb.timer");
    await sh('until [ -n "$(systemctl show -P LastTriggerUSec ebb.timer)" ]; do sleep 0.1; done');
    expect(await attributesIn(machine, KIND, "ebb.timer")).toEqual(before);
    const { observations } = await observeIn(machine, KIND, { asked: [{ id: "ebb.timer" }], user: "nobody" });
    expect(observations.get("ebb.timer")).toMatchObject({ status: "present", actual: { running: true } });
  });

  it("tells timers that are not there from templates, instances and units of other types", async () => {
    await write("gauge@.timer", TIMER);
    const ids = ["none.timer", "tide.service", "g*.timer", "none@.timer", "gauge@.timer", "gauge@a.timer"];
    const { observations } = await observeIn(machine, KIND, { asked: ids.map((id) => ({ id })) });
    expect(ids.map((id) => observations.get(id)?.status)).toEqual([...Array(4).fill("absent"), "present", "present"]);
    expect(observations.get("gauge@.timer")).toMatchObject({ actual: { enabled: true, masked: false } });
    expect(observations.get("gauge@a.timer")).toMatchObject({ actual: { unit: "gauge@a.service", running: false } });
  });

  it("does not list a timer that somebody made at run time, and knows it by name", async () => {
    await sh("systemd-run --quiet --unit=passing --on-active=1h /bin/true");
    const { observations } = await observeIn(machine, KIND, { inScope: true });
    expect(observations.has("passing.timer")).toBe(false);
    const asked = await observeIn(machine, KIND, { asked: [{ id: "passing.timer" }] });
    expect(asked.observations.get("passing.timer")).toMatchObject({
      status: "present",
      actual: { running: true, monotonic: ["OnActiveSec=1h"], unit: "passing.service" },
    });
  });

  it("says what it cannot tell where it is denied, systemd does not run, or is not there", async () => {
    await using stopped = await startMachine();
    const read = (user?: string) =>
      observeIn(stopped, KIND, {
        asked: [{ id: "fstrim.timer", attributes: { enabled: true, persistent: true } }, { id: "none.timer" }],
        inScope: true,
        ...(user === undefined ? {} : { user }),
      });
    // Without a bus of the system only root can ask.
    await stopped.must(["sh", "-c", "systemctl stop dbus.socket dbus.service; rm -rf /run/dbus"]);
    const denied = await read("nobody");
    expect(denied.observations.get("none.timer")).toMatchObject({ status: "unchecked" });
    expect(denied.listing).toMatchObject({ status: "unlisted" });

    await stopped.must(["mv", "/run/systemd/system", "/run/systemd/elsewhere"]);
    const offline = await read();
    expect(offline.observations.get("fstrim.timer")).toMatchObject({
      status: "present",
      actual: { enabled: true, masked: false },
      facts: [{ path: "/persistent", fact: "unchecked", reason: "unsupported" }],
    });
    expect(offline.observations.get("none.timer")).toMatchObject({ status: "absent" });
    expect(offline.listing).toMatchObject({ status: "listed" });

    await stopped.must(["rm", "/usr/bin/systemctl"]);
    const missing = await read();
    expect(missing.observations.get("fstrim.timer")).toMatchObject({ status: "unchecked", reason: "unsupported" });
    expect(missing.listing).toMatchObject({ status: "unlisted", reason: "unsupported" });

    await stopped.must(["rm", "-r", "/etc/systemd/system", "/usr/lib/systemd/system"]);
    const none = await read();
    expect(none.observations.get("fstrim.timer")).toMatchObject({ status: "absent" });
    expect(none.listing).toMatchObject({ status: "listed" });
  });
});
