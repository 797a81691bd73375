import type { SourceLocation } from "../model/declared.ts";
import type { Change, Drift } from "../model/drift.ts";
import {
  type Classification,
  type ClassifiedChange,
  type ClassifiedDrift,
  FINDING_TYPES,
  SEVERITIES,
} from "../model/finding.ts";
import type { Pointer } from "../model/pointer.ts";
import type { CompiledRule, RuleSet } from "./rule-set.ts";
import {
  type CelContext,
  changeVariable,
  type ResourceStates,
  type RuleTarget,
  resourceVariable,
  targetVariable,
} from "./subject.ts";
import { fillTitle, genericTitle } from "./title.ts";

export type { ResourceStates, RuleTarget } from "./subject.ts";

/** What classification takes besides the drift itself. */
export interface ClassifyContext {
  readonly target: RuleTarget;
  /** Who did it, where known. */
  readonly actor: string | null;
  readonly rules: RuleSet;
  readonly declaredAt: SourceLocation | null;
  /** Told of every rule that could not be evaluated on a change; such a rule does not match. */
  readonly onRuleFailure?: (failure: RuleFailure) => void;
}

/** A rule whose condition could not be evaluated on one change: an attribute was null, a text was no number. */
export interface RuleFailure {
  readonly rule: string;
  readonly kind: string;
  readonly at: string;
  readonly resource: string;
  readonly path: Pointer;
  readonly message: string;
}

/**
 * Says of each change what it means: the first rule that matches it decides. Where none does, changed and missing are
 * warning/functional, unmanaged and moved informational/functional. The drift takes its highest change; at equal severity
 * security before functional before cost, then the first by path. Pure, and changes none of its arguments.
 */
export function classify(drift: Drift, states: ResourceStates, context: ClassifyContext): ClassifiedDrift {
  const rules = context.rules.forKind(drift.resource.kind);
  const evaluation = createEvaluation(drift, states, context);
  const changes = drift.changes.map((change): ClassifiedChange => {
    const rule = rules.find((candidate) => matches(candidate, change, evaluation));
    return { ...change, ...(rule === undefined ? byDefault(drift, change) : byRule(rule, drift, change)) };
  });
  const { severity, type, title, rule, controls } = highest(changes);
  return {
    target: context.target.name,
    kind: drift.resource.kind,
    at: drift.resource.at,
    resource: drift.resource.id,
    drift: drift.drift,
    cause: drift.cause,
    ...{ severity, type, title, rule, controls },
    changes,
    declaredAt: context.declaredAt,
    observedAt: drift.observedAt,
    ...(drift.evidence === undefined ? {} : { evidence: drift.evidence }),
    ...(drift.movedTo === undefined ? {} : { movedTo: drift.movedTo.id }),
  };
}

interface Evaluation {
  readonly drift: Drift;
  readonly contextOf: (change: Change) => CelContext;
  readonly fail: (rule: string, change: Change, message: string) => void;
}

/** Variables are made when the first rule needs them: most changes are decided by kind and path alone. */
function createEvaluation(drift: Drift, states: ResourceStates, context: ClassifyContext): Evaluation {
  const { kind, at, id } = drift.resource;
  let shared: Pick<CelContext, "resource" | "target" | "actor"> | undefined;
  const contexts = new Map<Change, CelContext>();
  return {
    drift,
    contextOf: (change) => {
      const known = contexts.get(change);
      if (known !== undefined) return known;
      shared ??= {
        resource: resourceVariable(drift, states, context.rules.schemaOf(kind)),
        target: targetVariable(context.target),
        actor: context.actor,
      };
      const made = { ...shared, change: changeVariable(change) };
      contexts.set(change, made);
      return made;
    },
    fail: (rule, { path }, message) => context.onRuleFailure?.({ rule, kind, at, resource: id, path, message }),
  };
}

function matches({ rule, matchesPath, expression }: CompiledRule, change: Change, evaluation: Evaluation): boolean {
  if (rule.drift !== undefined && !rule.drift.includes(evaluation.drift.drift)) return false;
  if (!matchesPath(change.path)) return false;
  if (expression === undefined) return true;
  const outcome = expression.evaluate(evaluation.contextOf(change));
  if (typeof outcome === "boolean") return outcome;
  evaluation.fail(rule.id, change, outcome.error);
  return false;
}

function byRule({ rule }: CompiledRule, drift: Drift, change: Change): Classification {
  return {
    severity: rule.severity,
    type: rule.type,
    title: fillTitle(rule.title, drift, change),
    rule: rule.id,
    controls: rule.controls ?? [],
  };
}

function byDefault(drift: Drift, change: Change): Classification {
  const severe = drift.drift === "changed" || drift.drift === "missing";
  return {
    severity: severe ? "warning" : "informational",
    type: "functional",
    title: genericTitle(drift, change),
    rule: null,
    controls: [],
  };
}

/** Changes are sorted by path, so the first of equals is the first by path. */
function highest(changes: readonly ClassifiedChange[]): ClassifiedChange {
  return changes.reduce((best, change) => (rank(change) < rank(best) ? change : best));
}

/** Lower is more severe. */
function rank({ severity, type }: Classification): number {
  return SEVERITIES.indexOf(severity) * FINDING_TYPES.length + FINDING_TYPES.indexOf(type);
}
