import { describe, expect, it } from "vitest";
import { loadRules } from "../../../classify/rule-set.ts";
import { runExamples } from "../../../classify/run-examples.ts";
import { orderVersions } from "../../../compare/semantics/version.ts";
import { exampleComparer } from "../../../engine/compare-example.ts";
import { kindCatalog } from "../../../model/facts.ts";
import { hostKindFacts } from "../kinds/facts.ts";
import { hostRules } from "./index.ts";

const rules = loadRules(hostRules, hostKindFacts, { functions: { versionOrder: orderVersions } });
describe("the host rule pack", () => {
  const results = runExamples(rules, { compare: exampleComparer(kindCatalog(hostKindFacts)), examplesRequired: true });

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

  it("covers each kind with rules of its own", () => {
    const covered = new Set(hostRules.flatMap(({ kinds }) => kinds));
    expect(covered).toEqual(new Set(hostKindFacts.map(({ kind }) => kind)));
    expect(hostRules.length).toBeGreaterThanOrEqual(50);
  });
});
