import { idText } from "../bytes.ts";
import type { UnitProperties } from "../systemd/parse-properties.ts";
import type { Entry } from "../table.ts";
import { latentEntry } from "./latent-source.ts";

/** What a judgement needs of each unit. */
export const JUDGED_PROPERTIES =
  "Id,FragmentPath,ActiveState,SubState,UnitFileState,Type,RemainAfterExit,ConditionResult,ConditionTimestampMonotonic,TriggeredBy,WantedBy,RequiredBy,BoundBy,UpheldBy,BusName,Job,NeedDaemonReload";

/** Those that start by themselves at a start; devices, mounts and scopes follow from other things. */
const JUDGED = /\.(?:service|socket|timer|path)$/;
const PULLED_BY = ["WantedBy", "RequiredBy", "BoundBy", "UpheldBy"];

/**
 * Units that a start of the host would leave in another state than they are in, by id:
 * - enabled, wanted by a unit that is active, and not active itself;
 * - active, but disabled or masked, and neither wanted by anything active nor started on demand (by a socket, a timer, the bus);
 * - masked until the next start alone;
 * - changed on disk since systemd read it.
 * Left alone: what is just starting or stopping, what has a condition that was looked at and did not hold, and services of the type
 * `oneshot` that end by themselves. Of static and generated units nothing is set up to differ from.
 */
export function judgeUnits(units: readonly UnitProperties[]): ReadonlyMap<string, Entry> {
  const active = new Set(units.filter(isActive).map((unit) => unit.value("Id")));
  const entries = new Map<string, Entry>();
  for (const unit of units) {
    const name = unit.value("Id");
    if (!JUDGED.test(name) || unit.value("Job") !== "") continue;
    const state = judgeState(unit, active);
    if (state !== undefined) entries.set(`service:${idText(name)}`, state);
    else if (unit.value("NeedDaemonReload") === "yes")
      entries.set(`service:${idText(name)}`, latentEntry("as last loaded", "changed on disk", "restart"));
  }
  return entries;
}

function isActive(unit: UnitProperties): boolean {
  return /^(?:active|reloading|refreshing)$/.test(unit.value("ActiveState"));
}

function judgeState(unit: UnitProperties, active: ReadonlySet<string>): Entry | undefined {
  const running = unit.value("ActiveState");
  switch (unit.value("UnitFileState")) {
    case "enabled":
      return mustRun(unit, active) ? latentEntry(running, "enabled") : undefined;
    case "disabled":
    case "linked":
      return mustNotRun(unit, active) ? latentEntry("active", "disabled") : undefined;
    case "masked":
      return isActive(unit) ? latentEntry("active", "masked") : undefined;
    case "masked-runtime":
      // One of the kernel's command line comes again with every start.
      return unit.value("FragmentPath").includes("/generator") ? undefined : latentEntry("masked", "not masked");
    default:
      return undefined;
  }
}

function mustRun(unit: UnitProperties, active: ReadonlySet<string>): boolean {
  if (!/^(?:inactive|failed)$/.test(unit.value("ActiveState")) || endsByItself(unit)) return false;
  const wasRefused = unit.value("ConditionResult") === "no" && unit.value("ConditionTimestampMonotonic") !== "0";
  return !wasRefused && unit.value("TriggeredBy") === "" && isPulledIn(unit, active);
}

function mustNotRun(unit: UnitProperties, active: ReadonlySet<string>): boolean {
  const onDemand = unit.value("TriggeredBy") !== "" || unit.value("BusName") !== "";
  return isActive(unit) && !endsByItself(unit) && !onDemand && !isPulledIn(unit, active);
}

function endsByItself(unit: UnitProperties): boolean {
  return unit.value("Type") === "oneshot" && unit.value("RemainAfterExit") !== "yes";
}

function isPulledIn(unit: UnitProperties, active: ReadonlySet<string>): boolean {
  return PULLED_BY.some((property) => unit.words(property).some((name) => active.has(name)));
}
