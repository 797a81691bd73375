import type { Baseline } from "../../model/baseline.ts";
import type { Change, Fold } from "../../model/drift.ts";
import type { Expected } from "../../model/expected.ts";
import type { Json } from "../../model/json.ts";
import type { PathFact } from "../../model/observation.ts";
import { isWithin, type Pointer } from "../../model/pointer.ts";
import type { ResourceRef } from "../../model/resource.ts";
import type { Instant } from "../../model/time.ts";
import type { Digest, UncheckedPath } from "../comparison.ts";
import type { FactNode } from "../compile-facts.ts";
import type { Path } from "./path.ts";
import type { ProvenanceSession } from "./provenance.ts";

/** No baseline is known here: the path was not observed then, or compared differently. Other than `undefined`: not there. */
export const UNKNOWN: unique symbol = Symbol("unknown");

export type Base = Json | undefined | typeof UNKNOWN;

/** One place in the walk over desired, baseline and actual. */
export interface Point {
  /** `undefined`: it must not be there (a closed object, list or set declares so by leaving it out). */
  readonly expected: Expected | undefined;
  readonly base: Base;
  readonly actual: Json | undefined;
  readonly node: FactNode;
  readonly path: Path | undefined;
  /** Nobody declared it: `expected` is what the baseline has, and what differs is `external`. */
  readonly undeclared: boolean;
}

/** What one comparison collects while it walks. Lives as long as that comparison. */
export interface DiffSession {
  readonly resource: ResourceRef;
  readonly emptyIs: "absent" | "value";
  readonly now: Instant;
  readonly pathFacts: readonly PathFact[];
  readonly baseline: BaselineView | undefined;
  /** Missing where the kind has none. */
  readonly provenance: ProvenanceSession | undefined;
  /** Undeclared values that a person accepted: they become the baseline. */
  readonly accepted: (path: Pointer, actual: Json | undefined) => boolean;
  /** Roles and defaults fold nothing: asks only whether two values are the same. */
  readonly strict: boolean;
  /** Given where values are still in the clear: what a declared digest is held against. */
  readonly digest: Digest | undefined;
  readonly changes: Change[];
  /** Every path at which two values differ, whether that is told, folded or accepted. */
  readonly differing: Pointer[];
  /** Differences of attributes that another one shows, to be judged once all else was visited. */
  readonly shown: ShownDifference[];
  readonly folds: Fold[];
  readonly unchecked: UncheckedPath[];
  readonly gaps: { readonly path: Pointer; readonly reason: string }[];
  /** Attributes whose baseline must not move, as stable steps. */
  readonly held: (readonly string[])[];
}

/** A difference at a path which the attribute at `shownBy` may say better; `tell` makes the change of it. */
export interface ShownDifference {
  readonly point: Point;
  readonly shownBy: Pointer;
}

/** A baseline as far as it can be compared with what is observed now. */
export interface BaselineView {
  readonly record: Baseline;
  /** First steps of attributes whose facts changed since; `*` for all. */
  readonly incomparable: ReadonlySet<string>;
}

/** The baseline's value at a path that lies below `steps[0]`, or UNKNOWN. */
export function isKnown(view: BaselineView | undefined, pointer: Pointer, firstStep: string): boolean {
  if (view === undefined || view.record.presence === "absent") return false;
  if (view.incomparable.size > 0 && (view.incomparable.has("*") || view.incomparable.has(firstStep))) return false;
  return !view.record.unobserved.some((unobserved) => isWithin(pointer, unobserved));
}

/** The time of the baseline's value at a path: that of the closest attribute around it which stayed behind. */
export function baselineTime({ held, recordedAt }: Pick<Baseline, "held" | "recordedAt">, pointer: Pointer): Instant {
  let closest: readonly [Pointer, Instant] | undefined;
  for (const entry of Object.entries(held)) {
    if (isWithin(pointer, entry[0]) && (closest === undefined || closest[0].length < entry[0].length)) closest = entry;
  }
  return closest?.[1] ?? recordedAt;
}
