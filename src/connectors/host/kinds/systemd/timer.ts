import type { HostKind } from "../../kind.ts";
import { answerFrom, type Table } from "../table.ts";
import { unitPermissions } from "./read-units.ts";
import { timerFacts } from "./timer.facts.ts";
import { TIMER_PROPERTIES, timerDetails } from "./timer-details.ts";
import { readUnitTable, type UnitKind } from "./unit-table.ts";

const TIMERS: UnitKind = {
  facts: timerFacts,
  query: { type: "timer", properties: TIMER_PROPERTIES },
  details: timerDetails,
};

const NO_TIMERS: Table = { status: "read", entries: new Map(), gaps: [] };

/** Timers of systemd, also where it is installed but does not run. A host without systemd has none. */
export const timerKind: HostKind = {
  facts: timerFacts,
  permissions: unitPermissions(timerFacts.kind, TIMERS.query, "every timer"),
  async *read(request, transport) {
    const table = await readUnitTable(TIMERS, request, transport);
    yield* answerFrom(timerFacts.kind, request, table.status === "none" ? NO_TIMERS : table);
  },
};
