import { describe, expect, it } from "vitest";
import type { Drift } from "../model/drift.ts";
import type { KindFacts } from "../model/facts.ts";
import { getOwn } from "../model/json.ts";
import type { Rule, RuleExample } from "../model/rule.ts";
import { loadRules } from "./rule-set.ts";
import { runExamples } from "./run-examples.ts";

const FACTS: KindFacts = {
  kind: "t/thing",
  summary: "a thing",
  id: { description: "a name", example: "x" },
  attributes: [{ path: "/a", type: "string", description: "a" }],
  emptyIs: "value",
  read: "nothing",
};

const example = (a: string): RuleExample => ({ kind: "t/thing", id: "x", desired: { a: "good" }, actual: { a } });
const bad: Rule = {
  ...{ id: "bad", kinds: ["t/thing"], severity: "critical", type: "security", title: "bad" },
  when: 'resource.desired.a == "good" && change.after == "bad"',
  examples: { fires: [example("bad")], silent: [example("worse"), example("good")] },
};

function compare({ desired, actual }: RuleExample): Drift | undefined {
  const [before, after] = [getOwn(desired ?? {}, "a"), getOwn(actual ?? {}, "a")];
  if (before === undefined || after === undefined || before === after) return undefined;
  return {
    resource: { kind: "t/thing", at: "here", id: "x" },
    drift: "changed",
    cause: "out-of-band",
    observedAt: "2026-01-01T00:00:00.000Z",
    changes: [{ path: "/a", desired: before, actual: after, cause: "out-of-band" }],
  };
}

function run(rules: readonly Rule[], examplesRequired?: true) {
  const set = loadRules(rules, [FACTS], { functions: { versionOrder: () => undefined } });
  return runExamples(set, { compare, ...(examplesRequired === undefined ? {} : { examplesRequired }) });
}

describe("running examples", () => {
  it("passes a rule that decides its examples and no others", () => {
    expect(run([bad])).toMatchObject([
      {
        rule: "bad",
        passed: true,
        missing: [],
        examples: [
          { expected: "fires", passed: true, matched: [{ path: "/a", rule: "bad" }] },
          { expected: "silent", passed: true, matched: [{ path: "/a", rule: null }] },
          { expected: "silent", passed: true, matched: [] },
        ],
      },
    ]);
  });

  it("fails a rule that another one comes before, and names that one", () => {
    const first: Rule = { ...bad, id: "first", examples: { fires: [], silent: [] } };
    expect(run([first, bad])[1]).toMatchObject({
      passed: false,
      examples: [{ passed: false, matched: [{ rule: "first" }] }, { passed: true }, { passed: true }],
    });
  });

  it("fails a rule that fires where it must not", () => {
    const [result] = run([{ ...bad, examples: { fires: [], silent: [example("bad")] } }]);
    expect(result).toMatchObject({ passed: false, examples: [{ expected: "silent", passed: false }] });
  });

  it("shows that a condition could not be evaluated on an example", () => {
    const [result] = run([{ ...bad, when: "int(change.after) > 1" }]);
    expect(result?.examples[0]?.failures).toHaveLength(1);
  });

  it("demands a firing and a silent example of a pack alone", () => {
    const { examples: _, ...bare } = bad;
    expect(run([bare])).toMatchObject([{ passed: true, missing: [] }]);
    expect(run([bare], true)).toMatchObject([
      { passed: false, missing: ["it has no example that fires", "it has no example that is silent"] },
    ]);
  });
});
