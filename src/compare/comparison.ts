import type { Baseline } from "../model/baseline.ts";
import type { DeclaredResource } from "../model/declared.ts";
import type { Drift, Fold } from "../model/drift.ts";
import type { KindFacts } from "../model/facts.ts";
import type { Json } from "../model/json.ts";
import type { Observation, UncheckedReason } from "../model/observation.ts";
import type { Pointer } from "../model/pointer.ts";
import type { ResourceRef } from "../model/resource.ts";
import type { Instant } from "../model/time.ts";

/** Turns a sensitive value into `hmac-sha256:KEYID:HEX` with the key of this store; the value is made canonical before. */
export type Digest = (canonicalText: string) => string;

/** What is known of one resource when it is compared: plain data, already sealed (no sensitive value is in the clear). */
export interface ComparisonInput {
  readonly resource: ResourceRef;
  /** Missing when nobody declares it now. */
  readonly declared?: DeclaredResource;
  /** Whether this target declared it at an earlier scanned revision. */
  readonly formerlyDeclared: boolean;
  readonly baseline?: Baseline;
  /** The kind's facts as they were when the baseline was recorded, where they have another version now. */
  readonly baselineFacts?: KindFacts;
  /** Whether an earlier complete listing of its kind and place did not hold it. */
  readonly knownAbsent: boolean;
  readonly observation: Observation;
}

/** The part of a comparison that needs no drift: what was folded, what could not be compared, what to remember. */
export interface Comparison {
  /** Missing when in sync, or when nothing could be concluded. */
  readonly drift?: Drift;
  /** The resource as a whole could not be checked: everything known of it stays as it is. */
  readonly unchecked?: { readonly reason: UncheckedReason; readonly detail: string };
  readonly uncheckedPaths: readonly UncheckedPath[];
  readonly folds: readonly Fold[];
  /** Declared attributes that can never be read. */
  readonly gaps: readonly { readonly path: Pointer; readonly reason: string }[];
  /** What the baseline becomes: `undefined` when it stays, `null` when it is retired. */
  readonly baseline: Baseline | null | undefined;
}

export interface UncheckedPath {
  readonly path: Pointer;
  readonly reason: UncheckedReason;
  readonly detail: string;
}

/** Decides whether a rule of the configuration folds a difference; says with which reason. */
export type Ignore = (subject: {
  readonly resource: ResourceRef;
  readonly path: Pointer;
  readonly drift: Drift["drift"];
}) => string | undefined;

/** What a comparison is made with. */
export interface ComparisonContext {
  readonly ignore: Ignore;
  /** The time at which constraints on time are judged: that of the observation. */
  readonly now: Instant;
  /** Whether a person accepted this value of an undeclared attribute: then it becomes the baseline. */
  readonly accepted: (path: Pointer, actual: Json | undefined) => boolean;
}
