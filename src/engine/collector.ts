import type { Displaced } from "../compare/pair-moved.ts";
import type { Drift, Fold, KnownGap, Unchecked } from "../model/drift.ts";
import type { ClassifiedDrift, Resolution } from "../model/finding.ts";
import type { UncheckedReason } from "../model/observation.ts";
import type { ResourceRef } from "../model/resource.ts";
import type { FoldCount } from "../model/scan-result.ts";
import { Listings } from "./listings.ts";

/** What a scan of one target has concluded so far. Grows with drift and gaps, never with what is in sync. */
export class Collector {
  readonly target: string;
  readonly unchecked: Unchecked[] = [];
  readonly knownGaps: KnownGap[] = [];
  readonly folds: (Fold & { readonly target: string })[] = [];
  readonly listings = new Listings();
  /** Drift by finding id. */
  readonly drifts = new Map<string, ClassifiedDrift>();
  /** How findings that do not drift any more ended, by id. */
  readonly settled = new Map<string, Resolution>();
  readonly missing = new Map<string, DisplacedFinding[]>();
  readonly orphaned = new Map<string, DisplacedFinding[]>();
  checked = 0;
  readonly #foldCounts = new Map<string, number>();
  readonly #keepFolds: boolean;

  constructor(target: string, options: { readonly keepFolds: boolean }) {
    this.target = target;
    this.#keepFolds = options.keepFolds;
  }

  addFolds(folds: readonly Fold[]): void {
    for (const fold of folds) {
      this.#foldCounts.set(fold.reason, (this.#foldCounts.get(fold.reason) ?? 0) + 1);
      if (this.#keepFolds) this.folds.push({ ...fold, target: this.target });
    }
  }

  addUnchecked(
    resource: ResourceRef,
    why: { readonly path: string | null; readonly reason: UncheckedReason; readonly detail: string },
  ): void {
    this.unchecked.push({ target: this.target, kind: resource.kind, at: resource.at, resource: resource.id, ...why });
  }

  addGap(resource: ResourceRef, gap: { readonly path: string; readonly reason: string }): void {
    this.knownGaps.push({ target: this.target, kind: resource.kind, at: resource.at, resource: resource.id, ...gap });
  }

  foldCounts(): FoldCount[] {
    const counts = Array.from(this.#foldCounts, ([reason, count]) => ({ reason, count }));
    return counts.sort((left, right) => right.count - left.count || (left.reason < right.reason ? -1 : 1));
  }

  get foldedCount(): number {
    return [...this.#foldCounts.values()].reduce((sum, count) => sum + count, 0);
  }
}

/** A missing or unmanaged resource that may turn out to be half of a move. */
export interface DisplacedFinding extends Displaced {
  readonly findingId: string;
  readonly drift: Drift;
}
