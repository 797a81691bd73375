import { type ClassifyContext, classify, type RuleFailure } from "../classify/classify.ts";
import { loadRules, type RuleSet } from "../classify/rule-set.ts";
import { comparerOf } from "../compare/semantics/comparer.ts";
import type { DeclaredResource } from "../model/declared.ts";
import type { Drift } from "../model/drift.ts";
import type { ClassifiedDrift } from "../model/finding.ts";
import type { States } from "./scan-context.ts";
import type { NamedTarget, Workspace } from "./workspace.ts";

const versions = comparerOf("version");

/** What the built-in functions of rules compare versions with. */
export const RULE_FUNCTIONS = { versionOrder: (left: string, right: string) => versions.order(left, right) };

/**
 * The rules in force for a target: a person's own first, then its connector's pack.
 * @throws KnownError `RULE_INVALID` with every mistake and its position
 */
export function rulesFor(workspace: Workspace, { connector }: NamedTarget): RuleSet {
  const own = workspace.loaded.config.rules;
  const kinds = [...workspace.connectors.values()].flatMap((one) => [...(one.kinds?.values() ?? [])]);
  const pack = connector.rules ?? [];
  return loadRules([...own, ...pack], kinds, {
    functions: RULE_FUNCTIONS,
    shipped: pack.length,
    origin: (rule, index) => (index < own.length ? workspace.loaded.ruleOrigin(index) : { file: rule.id }),
  });
}

/** Classifies the drift of one target. */
export function classifierFor(
  named: NamedTarget,
  rules: RuleSet,
  onRuleFailure: (failure: RuleFailure) => void,
): (drift: Drift, states: States, declared: DeclaredResource | undefined) => ClassifiedDrift {
  const target = { name: named.name, connector: named.connector.name, criticality: named.target.criticality };
  return (drift, states, declared) => {
    const context: ClassifyContext = {
      target,
      actor: null,
      rules,
      declaredAt: declared?.declaredAt ?? null,
      onRuleFailure,
    };
    return classify(drift, states, context);
  };
}
