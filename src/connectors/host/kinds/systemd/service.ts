import type { JsonObject } from "../../../../model/json.ts";
import type { PathFact } from "../../../../model/observation.ts";
import type { HostKind } from "../../kind.ts";
import { commandFacts } from "../secret-text.ts";
import { answerFrom } from "../table.ts";
import type { UnitProperties } from "./parse-properties.ts";
import { type RunningUnits, unitPermissions } from "./read-units.ts";
import { serviceFacts } from "./service.facts.ts";
import { unitDetails } from "./unit-details.ts";
import { DEFAULT_LIMIT_PROPERTIES, unitLimits } from "./unit-limits.ts";
import { readUnitTable, type UnitKind } from "./unit-table.ts";

const SERVICES: UnitKind = {
  facts: serviceFacts,
  query: { managerProperties: DEFAULT_LIMIT_PROPERTIES },
  details: (unit, manager) => {
    const actual = unitDetails(unit);
    const { limits, facts } = limitDetails(unit, manager);
    return { actual: { ...actual, ...limits }, facts: [...secretFacts(actual), ...facts] };
  },
};

/** Units of systemd, also where it is installed but does not run (a container, an image). */
export const serviceKind: HostKind = {
  facts: serviceFacts,
  permissions: unitPermissions(serviceFacts.kind, SERVICES.query, "every service"),
  async *read(request, transport) {
    const table = await readUnitTable(SERVICES, request, transport);
    // Another system than systemd may run services there.
    yield* answerFrom(serviceFacts.kind, request, table.status === "none" ? table.why : table);
  },
};

/** Whoever may read a unit may read what it runs with; here it must go no further. */
function secretFacts({ exec_start: commands }: JsonObject): readonly PathFact[] {
  return Array.isArray(commands) ? commandFacts("/exec_start", commands.map(String)) : [];
}

/** Only services that are loaded have limits; which are their own, systemd's defaults tell. */
function limitDetails(
  unit: UnitProperties,
  manager: RunningUnits["manager"],
): { readonly limits: JsonObject; readonly facts: readonly PathFact[] } {
  const hasLimits = unit.value("Id").endsWith(".service") && unit.value("LoadState") === "loaded";
  if (!hasLimits || manager === undefined) return { limits: {}, facts: [] };
  if (!("status" in manager)) return { limits: { limits: unitLimits(unit, manager) }, facts: [] };
  const { reason, detail } = manager;
  return { limits: {}, facts: [{ path: "/limits", fact: "unchecked", reason, detail }] };
}
