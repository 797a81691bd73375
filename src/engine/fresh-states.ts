import type { Comparison } from "../compare/comparison.ts";
import { dependsOnTime } from "../compare/constraints/holds.ts";
import { takesSecret } from "../compare/constraints/nested.ts";
import type { DeclaredResource } from "../model/declared.ts";
import { KnownRecords } from "../model/known-states.ts";
import type { Observation } from "../model/observation.ts";
import type { Instant } from "../model/time.ts";
import type { Known } from "../store/store.ts";
import type { Confirmed } from "./confirm.ts";
import type { IndexEntry } from "./declared-index.ts";
import { digestWords } from "./identity.ts";

/** Whether there is nothing more to say of a resource than that it is in sync. */
export function isClean({ drift, folds, uncheckedPaths, gaps }: Comparison): boolean {
  return drift === undefined && folds.length === 0 && uncheckedPaths.length === 0 && gaps.length === 0;
}

/** Whether the same document may ask for something else at another time. */
function isUnsteady({ desired }: DeclaredResource): boolean {
  if (desired.presence === "absent") return false;
  return dependsOnTime(desired.attributes) || takesSecret(desired.attributes);
}

/** What one scan observed in sync, to be confirmed by the next one. */
export class FreshStates {
  readonly #records = new KnownRecords();
  /** Whether anything was recorded that is not declared. */
  recordsUndeclared = false;

  /** Of a resource that is in sync. What may be other than in sync at another time, or with another secret, is not kept. */
  add(observation: Observation, entry: IndexEntry | undefined): void {
    if (observation.status !== "present" || observation.fingerprint === undefined) return;
    if (entry?.declared === undefined || isUnsteady(entry.declared)) return;
    this.#records.add(digestWords(observation.resource), observation.fingerprint);
  }

  /** What is known after the scan; undefined where that is what was known before. */
  known(scan: ScanForKnown): Known | undefined {
    const { confirmed, knownAs, startedAt } = scan;
    const added = this.#records.size;
    if (confirmed === undefined && added === 0) return undefined;
    const size = added + (confirmed?.count ?? 0);
    const head = {
      ...knownAs,
      size,
      isComplete: size === scan.declared && !scan.recordsUndeclared && !this.recordsUndeclared,
      provenAt: confirmed === undefined || confirmed.isProven ? startedAt : confirmed.head.provenAt,
    };
    const isSame = confirmed !== undefined && added === 0 && confirmed.count === confirmed.head.size;
    return isSame ? { head } : { head, records: this.#all(confirmed) };
  }

  *#all(confirmed: Confirmed | undefined): Generator<Uint32Array> {
    if (confirmed !== undefined) yield* confirmed.known.parts();
    if (this.#records.size > 0) yield this.#records.take();
  }
}

interface ScanForKnown {
  readonly confirmed: Confirmed | undefined;
  readonly knownAs: { readonly basis: string; readonly revision: string; readonly desiredHash: string };
  readonly startedAt: Instant;
  /** How many resources are declared. */
  readonly declared: number;
  readonly recordsUndeclared: boolean;
}
