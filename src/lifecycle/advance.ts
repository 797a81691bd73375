import {
  type ClassifiedDrift,
  type Finding,
  type FindingStep,
  type Resolution,
  SEVERITIES,
  type Status,
  type Transition,
  type TransitionKind,
} from "../model/finding.ts";
import type { Instant } from "../model/time.ts";
import { coveredChanges, type Digest, presenceTurned, uncoveredPaths } from "./covers.ts";
import { countReturn, FLAPPING_FROM, flapScore, STEADY_BELOW } from "./flapping.ts";

/**
 * What one scan says about one resource. `drifting`: a fresh answer shows drift. `settled`: a fresh answer, or a complete
 * listing, shows none. `frozen`: it could not be checked, so nothing is known of it that was not known before.
 */
export type Outcome =
  | { readonly is: "drifting"; readonly id: string; readonly drift: ClassifiedDrift }
  | { readonly is: "settled"; readonly resolution: Resolution }
  | { readonly is: "frozen" };

export interface AdvanceInput {
  /** The finding as it is stored; undefined when the resource never had one. */
  readonly stored: Finding | undefined;
  readonly outcome: Outcome;
  readonly policy: { readonly graceMs: number };
  readonly now: Instant;
  readonly digest: Digest;
}

/**
 * What a finding becomes when a scan has looked at its resource. Pure: the same input gives the same step, and a step
 * repeated gives no further transition.
 * @returns undefined when nothing of the finding moves, its times included
 */
export function advance(input: AdvanceInput): FindingStep | undefined {
  const { stored, outcome } = input;
  switch (outcome.is) {
    case "frozen":
      return undefined;
    case "settled":
      return stored === undefined ? undefined : settle(stored, outcome.resolution, input.now);
    case "drifting":
      if (stored === undefined) return first(outcome, input);
      return stored.status === "resolved"
        ? comeBack(stored, outcome.drift, input)
        : remain(stored, outcome.drift, input);
  }
}

/** A finding on its way, with the transitions made so far. */
class Progress {
  finding: Finding;
  readonly #transitions: Transition[] = [];
  readonly #now: Instant;

  constructor(finding: Finding, now: Instant) {
    this.finding = finding;
    this.#now = now;
  }

  /** Moves to `patch` and notes it. Nothing in `detail` may be a value of an attribute. */
  move(transition: TransitionKind, detail: string, patch: Partial<Finding> = {}): void {
    const from = this.finding.status;
    this.finding = { ...this.finding, ...patch };
    const { id, status } = this.finding;
    this.#transitions.push({ finding: id, transition, from, to: status, at: this.#now, by: null, detail });
  }

  get isStill(): boolean {
    return this.#transitions.length === 0;
  }

  /** @param drift where one was seen: whether a resource moved, and what else is known, a spread would only add */
  step({ movedTo, evidence }: Pick<Finding, "movedTo" | "evidence"> = this.finding): FindingStep {
    const { movedTo: _, evidence: __, ...rest } = this.finding;
    const finding = {
      ...rest,
      ...(movedTo === undefined ? {} : { movedTo }),
      ...(evidence === undefined ? {} : { evidence }),
    };
    return { finding, transitions: this.#transitions };
  }
}

function settle(stored: Finding, resolution: Resolution, now: Instant): FindingStep | undefined {
  const progress = new Progress(stored, now);
  if (stored.status !== "resolved") {
    progress.move("resolved", resolution, { status: "resolved", resolution, resolvedAt: now, decision: null });
  }
  steady(progress, now);
  return progress.isStill ? undefined : progress.step();
}

function first(
  { id, drift }: { readonly id: string; readonly drift: ClassifiedDrift },
  { policy, now }: AdvanceInput,
): FindingStep {
  const status = policy.graceMs > 0 ? "pending" : "open";
  const { observedAt } = drift;
  const finding: Finding = {
    ...stateOf(drift),
    id,
    status,
    flapping: false,
    recurrence: 0,
    flaps: { score: 0, at: observedAt },
    firstSeenAt: observedAt,
    lastSeenAt: observedAt,
    sinceAt: observedAt,
    resolvedAt: null,
    resolution: null,
    occurredAt: null,
    latencySeconds: null,
    actor: null,
    decision: null,
  };
  const transition = status === "pending" ? "pending" : "opened";
  return {
    finding,
    transitions: [{ finding: id, transition, from: null, to: status, at: now, by: null, detail: finding.title }],
  };
}

/** Drift of a resource whose finding was resolved: it starts anew, grace included, and counts as a return. */
function comeBack(stored: Finding, drift: ClassifiedDrift, { policy, now }: AdvanceInput): FindingStep {
  const progress = new Progress(stored, now);
  steady(progress, now);
  const status: Status = policy.graceMs > 0 ? "pending" : "open";
  progress.move(status === "pending" ? "pending" : "reopened", `back after it was ${stored.resolution ?? "resolved"}`, {
    ...stateOf(drift),
    status,
    recurrence: stored.recurrence + 1,
    flaps: isCircular(stored.resolution) ? countReturn(stored.flaps, now) : stored.flaps,
    lastSeenAt: later(stored.lastSeenAt, drift.observedAt),
    sinceAt: drift.observedAt,
    resolvedAt: null,
    resolution: null,
    occurredAt: null,
    latencySeconds: null,
    actor: null,
    decision: null,
  });
  const { flapping, flaps } = progress.finding;
  if (!flapping && flaps.score >= FLAPPING_FROM) {
    progress.move("flapping", `came back ${progress.finding.recurrence} times`, { flapping: true });
  }
  return progress.step(drift);
}

/** Whether production itself came and went, not only what people watch or declare. */
function isCircular(resolution: Resolution | null): boolean {
  return resolution === "reverted" || resolution === "adopted" || resolution === "vanished";
}

/** Drift of a resource whose finding is not resolved. */
function remain(stored: Finding, drift: ClassifiedDrift, { policy, now, digest }: AdvanceInput): FindingStep {
  const progress = new Progress(stored, now);
  steady(progress, now);
  expire(progress, now);
  endGrace(progress, policy.graceMs, now);
  takeState(progress, drift, digest);
  return progress.step(drift);
}

function expire(progress: Progress, now: Instant): void {
  const { decision, status } = progress.finding;
  if (decision?.until === undefined || decision.until > now) return;
  progress.move("expired", `${status} until ${decision.until}`, { status: "open", decision: null });
}

function endGrace(progress: Progress, graceMs: number, now: Instant): void {
  const { status, sinceAt, recurrence, title } = progress.finding;
  if (status !== "pending" || Date.parse(now) - Date.parse(sinceAt) < graceMs) return;
  progress.move(recurrence > 0 ? "reopened" : "opened", title, { status: "open" });
}

/** Replaces the state by the one seen now, and notes what a person has to know of the difference. */
function takeState(progress: Progress, drift: ClassifiedDrift, digest: Digest): void {
  const before = progress.finding;
  const now = coveredChanges(drift.changes, digest);
  const turned = presenceTurned(before, drift);
  const seen = { ...stateOf(drift), lastSeenAt: later(before.lastSeenAt, drift.observedAt) };
  const rank = SEVERITIES.indexOf(drift.severity) - SEVERITIES.indexOf(before.severity);
  if (before.decision !== null) {
    const fresh = turned ? drift.changes.map(({ path }) => path) : uncoveredPaths(now, before.decision.covers);
    if (fresh.length > 0) progress.move("reopened", paths(fresh), { ...seen, status: "open", decision: null });
  }
  if (rank !== 0) {
    progress.move(rank < 0 ? "worsened" : "eased", `${before.severity} to ${drift.severity}`, seen);
  } else if (before.decision === null) {
    const earlier = coveredChanges(before.changes, digest);
    const differing = new Set([...uncoveredPaths(now, earlier), ...uncoveredPaths(earlier, now)]);
    if (turned || differing.size > 0) progress.move("changed", paths([...differing]), seen);
  }
  progress.finding = { ...progress.finding, ...seen };
}

function paths(list: readonly string[]): string {
  const named = list.map((path) => (path === "" ? "presence" : path));
  return named.length === 0 ? "presence" : named.join(", ");
}

function steady(progress: Progress, now: Instant): void {
  const { flapping, flaps } = progress.finding;
  const score = flapScore(flaps, now);
  if (!flapping || score >= STEADY_BELOW) return;
  progress.move("steadied", "no longer comes and goes", { flapping: false, flaps: { score, at: now } });
}

/** What of a drift a finding keeps: all but the time, which has members of its own. */
function stateOf(drift: ClassifiedDrift): Omit<ClassifiedDrift, "observedAt"> {
  const { observedAt: _, ...state } = drift;
  return state;
}

function later(left: Instant, right: Instant): Instant {
  return left > right ? left : right;
}
