import type { Json } from "../../../../model/json.ts";
import type { PathFact } from "../../../../model/observation.ts";
import { type ByteText, valueText } from "../bytes.ts";
import type { UnitProperties } from "./parse-properties.ts";
import { unitFiles } from "./unit-details.ts";
import type { UnitDetails } from "./unit-table.ts";

export const TIMER_PROPERTIES =
  "TimersCalendar,TimersMonotonic,OnClockChange,OnTimezoneChange,Unit,Persistent,WakeSystem,AccuracyUSec,RandomizedDelayUSec,FragmentPath,DropInPaths";

/** When it goes off next stands behind the semicolon and changes by itself. */
const CALENDAR = /^\{ OnCalendar=(.*) ; next_elapse=.* \}$/;
const MONOTONIC = /^\{ (On[A-Za-z]+)USec=(.*) ; next_elapse=.* \}$/;

/** How a timer is set up, of what systemd has loaded; what is missing or malformed is unchecked. A masked one has nothing to show. */
export function timerDetails(unit: UnitProperties): UnitDetails {
  if (unit.value("LoadState") !== "loaded") return { actual: {}, facts: [] };
  const parts = Object.entries(timerParts(unit));
  const known = parts.filter((part): part is [string, Json] => part[1] !== undefined);
  return {
    actual: { ...Object.fromEntries(known), ...unitFiles(unit) },
    facts: parts.flatMap(([name, value]) => (value === undefined ? [malformed(name)] : [])),
  };
}

function timerParts(unit: UnitProperties): Readonly<Record<string, Json | undefined>> {
  const flag = (property: string) => ({ yes: true, no: false })[unit.value(property)];
  const text = (property: string) => (unit.value(property) === "" ? undefined : valueText(unit.value(property)));
  return {
    on_calendar: timesOf(unit.values("TimersCalendar"), calendarTime),
    monotonic: timesOf(unit.values("TimersMonotonic"), monotonicTime),
    on_clock_change: flag("OnClockChange"),
    on_timezone_change: flag("OnTimezoneChange"),
    unit: text("Unit"),
    persistent: flag("Persistent"),
    wake_system: flag("WakeSystem"),
    accuracy: text("AccuracyUSec"),
    randomized_delay: text("RandomizedDelayUSec"),
  };
}

function timesOf(lines: readonly ByteText[], timeOf: (line: ByteText) => ByteText | undefined): Json | undefined {
  const set = lines.filter((line) => line !== "");
  const times = set.flatMap((line) => timeOf(line) ?? []);
  return times.length === set.length ? times.map(valueText) : undefined;
}

function calendarTime(line: ByteText): ByteText | undefined {
  return CALENDAR.exec(line)?.[1];
}

/** systemd names in microseconds what unit files write in seconds. */
function monotonicTime(line: ByteText): ByteText | undefined {
  const [, name, span] = MONOTONIC.exec(line) ?? [];
  return name === undefined || span === undefined ? undefined : `${name}Sec=${span}`;
}

function malformed(name: string): PathFact {
  const detail = `Cannot read what "systemctl show" prints: ${name} is missing or malformed`;
  return { path: `/${name}`, fact: "unchecked", reason: "failed", detail };
}
