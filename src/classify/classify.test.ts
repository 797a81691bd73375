import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Change, DRIFT_KINDS, type Drift } from "../model/drift.ts";
import type { KindFacts } from "../model/facts.ts";
import { FINDING_TYPES, SEVERITIES } from "../model/finding.ts";
import type { Rule } from "../model/rule.ts";
import { type ClassifyContext, classify, type RuleFailure } from "./classify.ts";
import { loadRules } from "./rule-set.ts";

const FACTS: KindFacts = {
  kind: "t/thing",
  summary: "a thing",
  id: { description: "a name", example: "x" },
  attributes: ["/a", "/b", "/c"].map((path) => ({ path, type: "string", description: path })),
  emptyIs: "value",
  read: "nothing",
};
const OTHER: KindFacts = { ...FACTS, kind: "t/other" };
const STATES = { desired: {}, baseline: {}, actual: {} };

function rule(more: Partial<Rule>): Rule {
  return { id: "r", kinds: ["t/thing"], severity: "warning", type: "functional", title: "A title", ...more };
}

function change(path: string, more: Partial<Change> = {}): Change {
  return { path, cause: "out-of-band", ...more };
}

function drift(changes: readonly Change[], more: Partial<Drift> = {}): Drift {
  return {
    resource: { kind: "t/thing", at: "here", id: "x" },
    drift: "changed",
    cause: "out-of-band",
    observedAt: "2026-01-01T00:00:00.000Z",
    changes,
    ...more,
  };
}

function context(rules: readonly Rule[], more: Partial<ClassifyContext> = {}): ClassifyContext {
  return {
    target: { name: "edge", connector: "t", criticality: "normal" },
    actor: null,
    rules: loadRules(rules, [FACTS, OTHER], { functions: { versionOrder: () => undefined } }),
    declaredAt: null,
    ...more,
  };
}

describe("classify", () => {
  it.each([
    ["changed", "/a", "warning"],
    ["missing", "", "warning"],
    ["unmanaged", "", "informational"],
    ["moved", "", "informational"],
  ] as const)("gives what is %s and matches no rule its default: %s %s/functional", (kind, path, severity) => {
    const classified = classify(drift([change(path)], { drift: kind }), STATES, context([]));
    expect(classified).toMatchObject({ severity, type: "functional", rule: null, controls: [] });
    expect(classified.title).not.toBe("");
  });

  it("lets the first rule that matches a change decide it", () => {
    const rules = [
      rule({ id: "not-this-path", paths: ["/b"], severity: "critical" }),
      rule({ id: "not-this-drift", drift: ["missing"], severity: "critical" }),
      rule({ id: "not-this-kind", kinds: ["t/other"], severity: "critical" }),
      rule({ id: "not-so", when: "change.after == 'y'", severity: "critical" }),
      rule({ id: "this", when: "change.after == 'x'", severity: "informational" }),
      rule({ id: "too-late", severity: "critical" }),
    ];
    expect(classify(drift([change("/a", { actual: "x" })]), STATES, context(rules))).toMatchObject({
      rule: "this",
      severity: "informational",
    });
  });

  it("decides each change by itself, and takes the highest for the whole", () => {
    const rules = [
      rule({ id: "low", paths: ["/a"], severity: "informational" }),
      rule({ id: "high", paths: ["/b"], severity: "critical", controls: [{ framework: "F", id: "1" }] }),
    ];
    const classified = classify(drift([change("/a"), change("/b"), change("/c")]), STATES, context(rules));
    expect(classified.changes.map((one) => [one.path, one.rule, one.severity])).toEqual([
      ["/a", "low", "informational"],
      ["/b", "high", "critical"],
      ["/c", null, "warning"],
    ]);
    expect(classified).toMatchObject({ rule: "high", severity: "critical", controls: [{ framework: "F", id: "1" }] });
  });

  it("takes security before functional before cost at equal severity, then the first by path", () => {
    const rules = [
      rule({ id: "cost", paths: ["/a"], type: "cost" }),
      rule({ id: "security", paths: ["/b"], type: "security" }),
      rule({ id: "security-too", paths: ["/c"], type: "security" }),
    ];
    expect(classify(drift(["/a", "/b", "/c"].map((path) => change(path))), STATES, context(rules)).rule).toBe(
      "security",
    );
  });

  it("carries what the drift says of itself, and where it is declared", () => {
    const declaredAt = { file: "x.yaml", line: 3 };
    const movedTo = { kind: "t/thing", at: "here", id: "y" };
    const moved = drift([change("", { cause: "unrecorded" })], { drift: "moved", cause: "unrecorded", movedTo });
    expect(classify(moved, STATES, context([], { declaredAt }))).toMatchObject({
      target: "edge",
      kind: "t/thing",
      at: "here",
      resource: "x",
      drift: "moved",
      cause: "unrecorded",
      declaredAt,
      observedAt: moved.observedAt,
      movedTo: "y",
    });
    expect(classify(drift([change("/a")]), STATES, context([]))).not.toHaveProperty("movedTo");
  });

  it("goes on to the next rule, and tells, where a condition cannot be evaluated", () => {
    const failures: RuleFailure[] = [];
    const rules = [rule({ id: "broken", when: "int(change.after) > 3" }), rule({ id: "next" })];
    const told = context(rules, { onRuleFailure: (failure) => failures.push(failure) });
    expect(classify(drift([change("/a", { actual: "x" })]), STATES, told).rule).toBe("next");
    expect(failures).toEqual([
      { rule: "broken", kind: "t/thing", at: "here", resource: "x", path: "/a", message: expect.stringMatching(/int/) },
    ]);
  });

  it("lets a rule ask who did it and on which target", () => {
    const rules = [rule({ id: "who", when: 'actor == "eve" && target.criticality == "high"' })];
    const target = { name: "edge", connector: "t", criticality: "high" };
    expect(classify(drift([change("/a")]), STATES, context(rules, { actor: "eve", target })).rule).toBe("who");
    expect(classify(drift([change("/a")]), STATES, context(rules, { target })).rule).toBeNull();
  });

  it("classifies a kind that no rule was loaded for", () => {
    const foreign = drift([change("/a")], { resource: { kind: "u/thing", at: "here", id: "x" } });
    expect(classify(foreign, STATES, context([rule({})])).rule).toBeNull();
  });

  const anyRule = fc.record({
    paths: fc.option(fc.subarray(["/a", "/b", "/c", ""], { minLength: 1 }), { nil: undefined }),
    drift: fc.option(fc.subarray([...DRIFT_KINDS], { minLength: 1 }), { nil: undefined }),
    severity: fc.constantFrom(...SEVERITIES),
    type: fc.constantFrom(...FINDING_TYPES),
  });
  const someRules = fc.array(anyRule, { maxLength: 6 }).map((parts) =>
    parts.map(({ paths, drift: drifts, severity, type }, index) =>
      rule({
        ...{ id: `r${index}`, severity, type },
        ...(paths === undefined ? {} : { paths }),
        ...(drifts === undefined ? {} : { drift: drifts }),
      }),
    ),
  );
  const someDrift = fc
    .tuple(fc.subarray(["", "/a", "/b", "/c"], { minLength: 1 }), fc.constantFrom(...DRIFT_KINDS))
    .map(([paths, kind]) =>
      drift(
        paths.map((path) => change(path)),
        { drift: kind },
      ),
    );

  it("never gives the whole less than one of its changes, and keeps every change as it was", () => {
    fc.assert(
      fc.property(someRules, someDrift, (rules, drifted) => {
        const classified = classify(drifted, STATES, context(rules));
        const worst = Math.min(...classified.changes.map(({ severity }) => SEVERITIES.indexOf(severity)));
        expect(SEVERITIES.indexOf(classified.severity)).toBe(worst);
        expect(classified.changes.map(({ path, cause }) => ({ path, cause }))).toEqual(drifted.changes);
      }),
    );
  });

  it("gives the same answer with the rules that cannot match left out", () => {
    fc.assert(
      fc.property(someRules, someDrift, (rules, drifted) => {
        const others = rules.map((one) => ({ ...one, id: `other-${one.id}`, kinds: ["t/other"] }));
        expect(classify(drifted, STATES, context([...others, ...rules]))).toEqual(
          classify(drifted, STATES, context(rules)),
        );
      }),
    );
  });
});
