import type { Json, JsonObject } from "./json.ts";
import type { UncheckedReason } from "./observation.ts";
import type { Pointer } from "./pointer.ts";
import type { ResourceRef } from "./resource.ts";
import type { Instant } from "./time.ts";

export const CAUSES = [
  "out-of-band",
  "elapsed",
  "undeployed",
  "conflict",
  "unrecorded",
  "external",
  "orphaned",
] as const;
export type Cause = (typeof CAUSES)[number];

export const DRIFT_KINDS = ["changed", "missing", "unmanaged", "moved"] as const;
export type DriftKind = (typeof DRIFT_KINDS)[number];

/**
 * One attribute of a drift. A member that is left out has no value there: no `desired` means undeclared, no `baseline` never
 * recorded, no `actual` not there. `desired` shows a constraint as it is written in a document. Sensitive values are digests.
 */
export interface Change {
  /** `""` for the presence of the resource itself (missing, unmanaged, moved, or there although declared absent). */
  readonly path: Pointer;
  readonly desired?: Json;
  readonly baseline?: Json;
  readonly actual?: Json;
  readonly cause: Cause;
  /** Of a set: what the actual state has more and less than it should, each in canonical order. */
  readonly added?: readonly Json[];
  readonly removed?: readonly Json[];
}

/** The divergence of one resource. `changes` is never empty and is sorted by path; a presence change comes first. */
export interface Drift {
  readonly resource: ResourceRef;
  readonly drift: DriftKind;
  /** Of the presence change where there is one, else of the first change by path that is not `external`, else `external`. */
  readonly cause: Cause;
  readonly changes: readonly Change[];
  readonly observedAt: Instant;
  /** What else was observed that is never compared but tells people more: the attributes with the role `evidence`. */
  readonly evidence?: JsonObject;
  /** Of a moved resource: the reference it was found under; `resource` is the declared one. */
  readonly movedTo?: ResourceRef;
}

/** A difference that is not reported as drift, and why. */
export interface Fold {
  readonly resource: ResourceRef;
  readonly path: Pointer;
  /** `computed`, `volatile`, `default`, `evidence`, `same set`, `same version`, `owned by hpa`, `ignored: REASON`, `changed by its package`, … */
  readonly reason: string;
  /** What is particular to this one: differences are counted by reason. */
  readonly detail?: string;
}

/** A resource, a listing or (with a path) one attribute that could not be checked. */
export interface Unchecked {
  readonly target: string;
  readonly kind: string;
  readonly at: string;
  /** The id, or the glob of what a listing could not see. */
  readonly resource: string;
  readonly path: Pointer | null;
  readonly reason: UncheckedReason;
  readonly detail: string;
}

/** Something that can never be compared, or that a person listed as not watched, with the reason. Not incomplete. */
export interface KnownGap {
  readonly target: string;
  readonly kind: string;
  readonly at: string;
  readonly resource: string;
  readonly path: Pointer | null;
  readonly reason: string;
}
