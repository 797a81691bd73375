import type { JsonObject } from "../../../../model/json.ts";
import type { PathFact } from "../../../../model/observation.ts";
import type { HostKind } from "../../kind.ts";
import { commandFacts } from "../secret-text.ts";
import { answerFrom } from "../table.ts";
import { unitPermissions } from "./read-units.ts";
import { serviceFacts } from "./service.facts.ts";
import { DETAIL_PROPERTIES, unitDetails } from "./unit-details.ts";
import { readUnitTable, type UnitKind } from "./unit-table.ts";

const SERVICES: UnitKind = {
  facts: serviceFacts,
  query: { properties: DETAIL_PROPERTIES },
  details: (unit) => {
    const actual = unitDetails(unit);
    return { actual, facts: secretFacts(actual) };
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
