import { KnownError } from "../errors.ts";
import type { Decision, DecisionVerb, Finding, FindingStep, Status, TransitionKind } from "../model/finding.ts";
import type { Instant } from "../model/time.ts";
import { coveredChanges, type Digest } from "./covers.ts";

/** What a person decides on a finding. `until` is required for `snooze` and `accept`; with `ack` it is optional. */
export interface DecisionInput {
  readonly verb: DecisionVerb | "reopen";
  readonly by: string;
  readonly reason: string;
  readonly at: Instant;
  readonly until?: Instant;
  readonly owner?: string;
}

const MADE: Readonly<Record<DecisionVerb, { readonly status: Status; readonly transition: TransitionKind }>> = {
  ack: { status: "acknowledged", transition: "acknowledged" },
  snooze: { status: "snoozed", transition: "snoozed" },
  accept: { status: "accepted", transition: "accepted" },
};

/**
 * What a finding becomes by a person's decision. A decision replaces an earlier one and covers exactly the changes that the
 * finding has now; `reopen` takes it back.
 * @throws KnownError `USAGE` when the finding is resolved, there is no decision to take back, the reason is empty, or the
 *   time until which it holds is missing or over
 */
export function decide(finding: Finding, decision: DecisionInput, digest: Digest): FindingStep {
  checkDecision(finding, decision);
  const { verb, by, reason, at } = decision;
  const { status, transition } = verb === "reopen" ? REOPENED : MADE[verb];
  return {
    finding: {
      ...finding,
      status,
      decision: verb === "reopen" ? null : record(finding, { ...decision, verb }, digest),
    },
    transitions: [{ finding: finding.id, transition, from: finding.status, to: status, at, by, detail: reason.trim() }],
  };
}

const REOPENED = { status: "open", transition: "reopened" } as const;

function record(finding: Finding, input: DecisionInput & { readonly verb: DecisionVerb }, digest: Digest): Decision {
  const { verb, by, reason, at, until, owner } = input;
  return {
    verb,
    by,
    reason: reason.trim(),
    at,
    ...(until === undefined ? {} : { until }),
    ...(owner === undefined ? {} : { owner }),
    covers: coveredChanges(finding.changes, digest),
  };
}

function checkDecision(finding: Finding, { verb, reason, at, until }: DecisionInput): void {
  const refuse = (why: string, hint: string) =>
    new KnownError("USAGE", `Cannot ${verb} "${finding.id}": ${why}`, { hint });
  if (finding.status === "resolved") {
    throw refuse("it is resolved", "Run `leeway findings` for those that are not");
  }
  if (reason.trim() === "") throw refuse("the reason is empty", "Say why with --reason");
  if (verb === "reopen" && finding.decision === null) {
    throw refuse("no decision was made on it", `It is ${finding.status} already`);
  }
  if ((verb === "snooze" || verb === "accept") && until === undefined) {
    throw refuse("it is not said until when", "Give a date or a duration with --until, such as 2027-03-01 or 30d");
  }
  if (until !== undefined && until <= at) {
    throw refuse(`"${until}" is over`, "Give a later time with --until");
  }
}
