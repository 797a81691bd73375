import { describe, expect, it } from "vitest";
import { loadRules } from "../../../classify/rule-set.ts";
import { runExamples } from "../../../classify/run-examples.ts";
import { compare } from "../../../compare/compare.ts";
import { compileFacts } from "../../../compare/compile-facts.ts";
import { parseExpected } from "../../../compare/constraints/parse-expected.ts";
import { orderVersions } from "../../../compare/semantics/version.ts";
import type { Drift } from "../../../model/drift.ts";
import type { ExpectedObject } from "../../../model/expected.ts";
import { kindCatalog } from "../../../model/facts.ts";
import type { JsonObject } from "../../../model/json.ts";
import type { RuleExample } from "../../../model/rule.ts";
import { hostKindFacts } from "../kinds/facts.ts";
import { hostRules } from "./index.ts";

const rules = loadRules(hostRules, hostKindFacts, { functions: { versionOrder: orderVersions } });
const catalog = kindCatalog(hostKindFacts);
const NOW = "2026-02-01T00:00:00.000Z";

/** Declared attributes as a document's reader makes them. */
function expected(attributes: JsonObject): ExpectedObject {
  const report = (problem: { readonly message: string }) => expect.fail(problem.message);
  return Object.fromEntries(Object.entries(attributes).map(([name, value]) => [name, parseExpected(value, report)]));
}

/** The drift that the engine's own comparison finds. */
function compareExample(example: RuleExample): Drift | undefined {
  const facts = catalog.get(example.kind);
  if (facts === undefined) throw new Error(`The example's kind ${example.kind} is not known`);
  const { desired, baseline, actual } = example;
  const resource = { kind: example.kind, at: "local", id: example.id };
  const comparison = compare(
    {
      resource,
      ...(desired === undefined
        ? {}
        : {
            declared: {
              resource,
              desired: { presence: "present", attributes: expected(desired) },
              declaredAt: { file: "x.yaml", line: 1 },
            },
          }),
      ...(baseline === undefined
        ? {}
        : {
            baseline: {
              presence: "present",
              attributes: baseline,
              recordedAt: NOW,
              held: {},
              unobserved: [],
              factsVersion: "1",
            },
          }),
      formerlyDeclared: false,
      knownAbsent: false,
      observation:
        actual === null
          ? { resource, observedAt: NOW, status: "absent" }
          : { resource, observedAt: NOW, status: "present", actual },
    },
    compileFacts(facts, "1"),
    { ignore: () => undefined, now: NOW, accepted: () => false },
  );
  return comparison.drift;
}

describe("the host rule pack", () => {
  const results = runExamples(rules, { compare: compareExample, examplesRequired: true });

  it.each(results.map((result) => [result.rule, result] as const))(
    "%s decides its examples and no others",
    (_, result) => {
      expect(result.missing).toEqual([]);
      expect(result.examples.filter(({ passed }) => !passed)).toEqual([]);
    },
  );

  it("evaluates every rule on every example without an error", () => {
    expect(results.flatMap(({ examples }) => examples.flatMap(({ failures }) => failures))).toEqual([]);
  });

  it("finds drift in every example, so that a silent one is silent for a reason", () => {
    const silent = results.flatMap(({ examples }) => examples.filter(({ matched }) => matched.length === 0));
    expect(silent).toEqual([]);
  });

  it("covers each of the ten kinds with rules of its own", () => {
    const covered = new Set(hostRules.flatMap(({ kinds }) => kinds));
    expect(covered).toEqual(new Set(hostKindFacts.map(({ kind }) => kind)));
    expect(hostRules.length).toBeGreaterThanOrEqual(50);
  });
});
