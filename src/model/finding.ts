import type { SourceLocation } from "./declared.ts";
import type { Cause, Change, DriftKind } from "./drift.ts";
import type { JsonObject } from "./json.ts";
import type { Pointer } from "./pointer.ts";
import type { Instant } from "./time.ts";

/** Most severe first. */
export const SEVERITIES = ["critical", "warning", "informational"] as const;
export type Severity = (typeof SEVERITIES)[number];

/** At equal severity, the first of these wins. */
export const FINDING_TYPES = ["security", "functional", "cost"] as const;
export type FindingType = (typeof FINDING_TYPES)[number];

export const STATUSES = ["pending", "open", "acknowledged", "snoozed", "accepted", "resolved"] as const;
export type Status = (typeof STATUSES)[number];

/**
 * How a finding ended. `reverted`: production is as declared again. `adopted`: the declaration is as production is.
 * `vanished`: an unmanaged resource is gone. `undeclared`: nobody declares it any more. `ignored`: a rule folds it.
 * `out-of-scope`: it is no longer looked for.
 */
export type Resolution = "reverted" | "adopted" | "vanished" | "undeclared" | "ignored" | "out-of-scope";

/** A control of a published benchmark that a rule checks, such as `{ framework: "CIS Debian 12", id: "5.1.20" }`. */
export interface Control {
  readonly framework: string;
  readonly id: string;
}

/** What a rule says of one change. */
export interface Classification {
  readonly severity: Severity;
  readonly type: FindingType;
  readonly title: string;
  /** Id of the rule; null where none matched and the defaults apply. */
  readonly rule: string | null;
  readonly controls: readonly Control[];
}

export type ClassifiedChange = Change & Classification;

/** Drift with what it means; what the lifecycle turns into a finding. */
export interface ClassifiedDrift {
  readonly target: string;
  readonly kind: string;
  readonly at: string;
  /** The id within kind and place. */
  readonly resource: string;
  readonly drift: DriftKind;
  readonly cause: Cause;
  readonly severity: Severity;
  readonly type: FindingType;
  readonly title: string;
  readonly rule: string | null;
  readonly controls: readonly Control[];
  readonly changes: readonly ClassifiedChange[];
  readonly declaredAt: SourceLocation | null;
  readonly observedAt: Instant;
  readonly evidence?: JsonObject;
  readonly movedTo?: string;
}

export type DecisionVerb = "ack" | "snooze" | "accept";

/** What a person decided on a finding. It covers exactly the changes it was made on; anything else reopens. */
export interface Decision {
  readonly verb: DecisionVerb;
  readonly by: string;
  readonly reason: string;
  readonly at: Instant;
  /** When it ends; always there for `snooze` and `accept`. */
  readonly until?: Instant;
  readonly owner?: string;
  readonly covers: readonly CoveredChange[];
}

export interface CoveredChange {
  readonly path: Pointer;
  /** SHA-256 of the canonical actual value; of the empty text where there is none. */
  readonly digest: string;
}

/** Drift with a stable identity and a life over time. */
export interface Finding extends Omit<ClassifiedDrift, "observedAt"> {
  /** `f_` and 12 base32 characters of sha256(target, kind, at, id). */
  readonly id: string;
  readonly status: Status;
  /** Circular drift: it goes and comes back. While set, nothing is reconciled. */
  readonly flapping: boolean;
  /** How often it came back after it was resolved. */
  readonly recurrence: number;
  /** Decaying count of returns, with the time it was last brought up to date. */
  readonly flaps: { readonly score: number; readonly at: Instant };
  readonly firstSeenAt: Instant;
  readonly lastSeenAt: Instant;
  /** Since when it is the present drift: first seen, or seen again after a resolution. */
  readonly sinceAt: Instant;
  readonly resolvedAt: Instant | null;
  readonly resolution: Resolution | null;
  /** When the drift occurred, where an authenticated source says so. */
  readonly occurredAt: Instant | null;
  readonly latencySeconds: number | null;
  readonly actor: string | null;
  readonly decision: Decision | null;
}

/** What people are told about: transitions, not states. */
export type TransitionKind =
  | "pending"
  | "opened"
  | "worsened"
  | "eased"
  | "changed"
  | "reopened"
  | "resolved"
  | "flapping"
  | "steadied"
  | "acknowledged"
  | "snoozed"
  | "accepted"
  | "expired";

/** One step in the life of a finding. */
export interface Transition {
  readonly finding: string;
  readonly transition: TransitionKind;
  readonly from: Status | null;
  readonly to: Status;
  readonly at: Instant;
  /** Who decided, for a person's decision; null for what a scan saw. */
  readonly by: string | null;
  /** The reason given, the resolution, or what changed. */
  readonly detail: string;
}

/** A finding as it becomes, with the transitions that took it there; none when only its bookkeeping moved. */
export interface FindingStep {
  readonly finding: Finding;
  readonly transitions: readonly Transition[];
}
