import { type Displaced, pairMoved } from "../compare/pair-moved.ts";
import type { Drift } from "../model/drift.ts";
import type { KindFacts } from "../model/facts.ts";
import type { JsonObject } from "../model/json.ts";
import type { Collector, DisplacedFinding } from "./collector.ts";
import { findingId } from "./identity.ts";
import type { ScanContext } from "./scan-context.ts";

/** One missing and one unmanaged resource that are the same become one that moved. */
export function foldMoves(context: ScanContext): void {
  const { catalog, collector } = context;
  for (const { kind } of catalog.kinds) {
    const missing = collector.missing.get(kind) ?? [];
    const orphaned = collector.orphaned.get(kind) ?? [];
    const facts = catalog.facts(kind);
    if (missing.length === 0 || orphaned.length === 0 || facts === undefined) continue;
    foldMovesOf(facts.kind, { missing, orphaned, context });
  }
}

interface Halves {
  readonly missing: readonly DisplacedFinding[];
  readonly orphaned: readonly DisplacedFinding[];
  readonly context: ScanContext;
}

function foldMovesOf(kind: KindFacts, { missing, orphaned, context }: Halves): void {
  const { moved, explained } = pairMoved(missing, orphaned, kind);
  dropExplained([...missing, ...orphaned], { explained, collector: context.collector });
  const attributesOf = new Map(missing.map(({ drift, attributes }) => [drift.resource, attributes]));
  for (const drift of moved) addMove(drift, attributesOf.get(drift.resource) ?? {}, context);
}

function dropExplained(
  displaced: readonly DisplacedFinding[],
  by: { readonly explained: ReadonlySet<Drift>; readonly collector: Collector },
): void {
  for (const { findingId: id, drift } of displaced) {
    if (!by.explained.has(drift)) continue;
    by.collector.drifts.delete(id);
    // The finding that an unmanaged half had of its own ends; the missing half's becomes the move.
    if (drift.drift === "unmanaged") by.collector.settled.set(id, "vanished");
  }
}

function addMove(drift: Drift, attributes: Displaced["attributes"], context: ScanContext): void {
  const { collector } = context;
  const { resource } = drift;
  const id = findingId(context.target, resource);
  const ignored = context.ignore({ resource, path: "", drift: "moved" });
  if (ignored !== undefined) {
    collector.addFolds([{ resource, path: "", reason: `ignored: ${ignored}` }]);
    collector.settled.set(id, "ignored");
    return;
  }
  const states = { desired: attributes, baseline: NOTHING, actual: attributes };
  collector.drifts.set(id, context.classify(drift, states, context.index.find(resource)?.declared));
}

const NOTHING: JsonObject = {};
