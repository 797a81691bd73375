import type { Drift } from "../model/drift.ts";
import type { Pointer } from "../model/pointer.ts";
import type { Rule, RuleExample } from "../model/rule.ts";
import { classify, type RuleFailure } from "./classify.ts";
import type { RuleSet } from "./rule-set.ts";

export interface RunExamplesOptions {
  /** The drift that the real engine finds in an example; undefined when it finds none. */
  readonly compare: (example: RuleExample) => Drift | undefined;
  /** Whether a rule without both a firing and a silent example fails, as in a built-in pack. */
  readonly examplesRequired?: boolean;
}

/** How one rule did on its examples. */
export interface RuleExamplesResult {
  readonly rule: string;
  readonly passed: boolean;
  /** Why it fails besides its examples: `it has no example that fires`. */
  readonly missing: readonly string[];
  readonly examples: readonly ExampleResult[];
}

export interface ExampleResult {
  readonly expected: "fires" | "silent";
  readonly example: RuleExample;
  readonly passed: boolean;
  /** What decided each change instead, or as expected: a rule's id, or null for the defaults. Empty when nothing drifted. */
  readonly matched: readonly { readonly path: Pointer; readonly rule: string | null }[];
  /** Rules that could not be evaluated on it. */
  readonly failures: readonly RuleFailure[];
}

/**
 * Runs every rule's examples through comparison and classification by the whole set, in the order of the rules. A rule passes
 * when it decides at least one change of each example that must fire and none of any that must be silent. Rules that come
 * first shadow later ones here as they do in a scan, so a pack is judged by loading it alone.
 */
export function runExamples(rules: RuleSet, options: RunExamplesOptions): readonly RuleExamplesResult[] {
  return rules.rules.map((rule) => {
    const { fires = [], silent = [] } = rule.examples ?? {};
    const examples = [
      ...fires.map((example) => runExample({ rule, example, expected: "fires" }, rules, options)),
      ...silent.map((example) => runExample({ rule, example, expected: "silent" }, rules, options)),
    ];
    const missing: string[] = [];
    if (options.examplesRequired === true && fires.length === 0) missing.push("it has no example that fires");
    if (options.examplesRequired === true && silent.length === 0) missing.push("it has no example that is silent");
    return { rule: rule.id, passed: missing.length === 0 && examples.every(({ passed }) => passed), missing, examples };
  });
}

interface ExampleRun {
  readonly rule: Rule;
  readonly example: RuleExample;
  readonly expected: "fires" | "silent";
}

function runExample(
  { rule, example, expected }: ExampleRun,
  rules: RuleSet,
  options: RunExamplesOptions,
): ExampleResult {
  const failures: RuleFailure[] = [];
  const drift = options.compare(example);
  const changes = drift === undefined ? [] : classifyExample(drift, example, { rules, failures });
  const fired = changes.some((change) => change.rule === rule.id);
  return { expected, example, passed: fired === (expected === "fires"), matched: changes, failures };
}

function classifyExample(
  drift: Drift,
  example: RuleExample,
  { rules, failures }: { readonly rules: RuleSet; readonly failures: RuleFailure[] },
): readonly { readonly path: Pointer; readonly rule: string | null }[] {
  const states = {
    desired: example.desired ?? {},
    baseline: example.baseline ?? {},
    actual: example.actual ?? {},
  };
  const classified = classify(drift, states, {
    target: { name: "example", connector: "example", criticality: example.target?.criticality ?? "normal" },
    actor: null,
    rules,
    declaredAt: null,
    onRuleFailure: (failure) => failures.push(failure),
  });
  return classified.changes.map(({ path, rule }) => ({ path, rule }));
}
