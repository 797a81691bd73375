import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Baseline } from "../model/baseline.ts";
import { canonicalJson } from "../model/canonical-json.ts";
import { constraint, type ExpectedObject } from "../model/expected.ts";
import type { AttributeFacts, KindFacts } from "../model/facts.ts";
import type { Json, JsonObject } from "../model/json.ts";
import type { PathFact } from "../model/observation.ts";
import { compare } from "./compare.ts";
import type { ComparisonContext } from "./comparison.ts";
import { compileFacts } from "./compile-facts.ts";

const RESOURCE = { kind: "test/thing", at: "here", id: "one" };
const NOW = "2026-02-01T00:00:00.000Z";

const attribute = (path: string, more: Partial<AttributeFacts> = {}): AttributeFacts => ({
  path,
  type: "any",
  description: "",
  ...more,
});

const KIND: KindFacts = {
  kind: "test/thing",
  summary: "a thing",
  id: { description: "a name", example: "one" },
  attributes: [attribute("/hash", { shownBy: "/settings" }), attribute("/settings"), attribute("/mode")],
  emptyIs: "value",
  read: "nothing",
};
const FACTS = compileFacts(KIND, "1");

interface Given {
  readonly declared?: ExpectedObject;
  readonly recorded?: JsonObject;
  readonly actual: JsonObject;
  readonly facts?: readonly PathFact[];
  readonly unobserved?: Baseline["unobserved"];
  readonly context?: Partial<ComparisonContext>;
}

function run({ declared, recorded, actual, facts, unobserved = [], context }: Given) {
  const desired = { presence: "present", attributes: declared ?? {} } as const;
  const baseline: Baseline = {
    presence: "present",
    attributes: recorded ?? {},
    recordedAt: NOW,
    held: {},
    unobserved,
    factsVersion: "1",
  };
  return compare(
    {
      resource: RESOURCE,
      ...(declared === undefined
        ? {}
        : { declared: { resource: RESOURCE, desired, declaredAt: { file: "x", line: 1 } } }),
      formerlyDeclared: false,
      ...(recorded === undefined ? {} : { baseline }),
      knownAbsent: false,
      observation: {
        resource: RESOURCE,
        observedAt: NOW,
        status: "present",
        actual,
        ...(facts === undefined ? {} : { facts }),
      },
    },
    FACTS,
    { ignore: () => undefined, now: NOW, accepted: () => false, ...context },
  );
}

function told(given: Given) {
  const { drift, folds } = run(given);
  return {
    changes: (drift?.changes ?? []).map(({ path }) => path).filter((path) => path !== ""),
    folds: folds.map(({ path, reason }) => `${path} ${reason}`),
  };
}

const only = (members: ExpectedObject) => constraint([{ op: "only", members }]);
const SAME = { changes: [], folds: ["/hash same settings"] };
const STRICT = { changes: ["/hash"], folds: [] };

describe("a difference that another attribute shows", () => {
  const before = { hash: "1", settings: { a: "x", b: { c: "y" } } };
  const seen = (settings: JsonObject) => ({ hash: "2", settings });

  it.each<[string, Given, ReturnType<typeof told>]>([
    ["declared, all of it the same", { declared: before, actual: seen(before.settings) }, SAME],
    [
      "declared exactly, all of it the same",
      { declared: { hash: "1", settings: only({ a: "x", b: only({ c: "y" }) }) }, actual: seen(before.settings) },
      SAME,
    ],
    [
      "declared, and something differs",
      { declared: before, actual: seen({ a: "z", b: { c: "y" } }) },
      { changes: ["/settings/a"], folds: ["/hash shown by /settings"] },
    ],
    [
      "declared without what shows it",
      { declared: { hash: "1" }, recorded: before, actual: seen(before.settings) },
      STRICT,
    ],
    [
      "declared without what shows it, which differs",
      { declared: { hash: "1" }, recorded: before, actual: seen({}) },
      { changes: ["/hash", "/settings/a", "/settings/b"], folds: [] },
    ],
    [
      "declared, and more is there than is declared or recorded",
      { declared: before, actual: seen({ a: "x", b: { c: "y", d: "new" } }) },
      STRICT,
    ],
    [
      "declared, and an element of a list has more than is declared",
      { declared: { hash: "1", settings: [{}] }, actual: { hash: "2", settings: [{ a: "x" }] } },
      STRICT,
    ],
    [
      "declared by a constraint in a list, and an element of it has more than is declared",
      {
        declared: { hash: "1", settings: [{ a: constraint([{ op: "absent", absent: true }]) }] },
        actual: { hash: "2", settings: [{ b: "x" }] },
      },
      STRICT,
    ],
    [
      "declared exactly, and more is there",
      { declared: { hash: "1", settings: only({ a: "x" }) }, actual: seen({ a: "x", n: "1" }) },
      { changes: ["/settings/n"], folds: ["/hash shown by /settings"] },
    ],
    [
      "declared, and a member is not there that may be missing",
      {
        declared: { hash: "1", settings: only({ a: "x", n: constraint([{ op: "absent", absent: true }]) }) },
        actual: seen({ a: "x" }),
      },
      SAME,
    ],
    [
      "declared, and what shows it is not there",
      { declared: before, actual: { hash: "2" } },
      { changes: ["/hash", "/settings"], folds: [] },
    ],
    ["undeclared, all of it the same", { declared: {}, recorded: before, actual: seen(before.settings) }, SAME],
    [
      "undeclared, and something differs",
      { declared: {}, recorded: before, actual: seen({ a: "x", b: { c: "z" } }) },
      { changes: ["/settings/b/c"], folds: ["/hash shown by /settings"] },
    ],
    ["unmanaged, all of it the same", { recorded: before, actual: seen(before.settings) }, SAME],
    [
      "undeclared, and what shows it was never recorded",
      { declared: {}, recorded: { hash: "1" }, actual: { hash: "2" } },
      STRICT,
    ],
    [
      "undeclared, and what shows it was not read then",
      { declared: {}, recorded: { hash: "1" }, unobserved: ["/settings"], actual: seen(before.settings) },
      STRICT,
    ],
    [
      "undeclared, and a part of what shows it cannot be read",
      {
        declared: {},
        recorded: before,
        actual: seen({ a: "x", b: {} }),
        facts: [{ path: "/settings/b/c", fact: "unchecked", reason: "denied" }],
      },
      STRICT,
    ],
  ])("%s", (_, given, outcome) => {
    expect(told(given)).toEqual(outcome);
  });

  it("is not told again where what shows it was accepted", () => {
    const { drift, baseline } = run({
      declared: {},
      recorded: before,
      actual: seen({ a: "z", b: { c: "y" } }),
      context: { accepted: (path) => path === "/settings/a" },
    });
    expect(drift).toBeUndefined();
    expect(baseline?.attributes).toEqual(seen({ a: "z", b: { c: "y" } }));
  });

  it("is not told where what shows it is ignored", () => {
    const { drift } = run({
      declared: before,
      actual: seen({ a: "z", b: { c: "y" } }),
      context: { ignore: ({ path }) => (path === "/settings/a" ? "known" : undefined) },
    });
    expect(drift).toBeUndefined();
  });

  it("stays behind in the baseline with what shows it", () => {
    const { baseline } = run({ declared: {}, recorded: before, actual: seen({ a: "z", b: { c: "y" } }) });
    expect(baseline?.attributes ?? before).toEqual(before);
  });

  const value: fc.Arbitrary<Json> = fc.letrec<{ value: Json }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 2 },
      fc.constantFrom<Json>(1, "x", null),
      fc.dictionary(fc.constantFrom("a", "b"), tie("value")) as fc.Arbitrary<Json>,
      fc.array(tie("value"), { maxLength: 2 }),
    ),
  })).value;
  const state = fc.record(
    { hash: fc.constantFrom("1", "2"), settings: value, mode: fc.constantFrom("1", "2") },
    { requiredKeys: [] },
  ) as fc.Arbitrary<JsonObject>;

  it("compared with itself gives nothing", () => {
    fc.assert(
      fc.property(state, (actual) => {
        expect(told({ declared: actual, recorded: actual, actual })).toEqual({ changes: [], folds: [] });
        expect(told({ recorded: actual, actual })).toEqual({ changes: [], folds: [] });
      }),
    );
  });

  it("leaves no drift where there was one", () => {
    fc.assert(
      fc.property(state, state, fc.boolean(), (before, actual, isDeclared) => {
        const given = isDeclared ? { declared: before, actual } : { declared: {}, recorded: before, actual };
        const { changes, folds } = told(given);
        const isFolded = folds.some((fold) => fold.startsWith("/hash"));
        const isShown = changes.some((path) => path.startsWith("/settings"));
        const differs = before["hash"] !== actual["hash"] && (!isDeclared || before["hash"] !== undefined);
        const [was, is] = [before["settings"], actual["settings"]];
        const isSame = was !== undefined && is !== undefined && canonicalJson(was) === canonicalJson(is);
        if (differs) expect(changes.includes("/hash") || (isFolded && (isShown || isSame))).toBe(true);
      }),
    );
  });
});
