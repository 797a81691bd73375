import { describe, expect, it } from "vitest";
import type { Baseline } from "../model/baseline.ts";
import { canonicalJson } from "../model/canonical-json.ts";
import type { Desired } from "../model/declared.ts";
import { constraint, type ExpectedObject } from "../model/expected.ts";
import type { AttributeFacts, KindFacts } from "../model/facts.ts";
import type { Json, JsonObject } from "../model/json.ts";
import type { Observation, PathFact } from "../model/observation.ts";
import { compare } from "./compare.ts";
import type { Comparison, ComparisonContext, ComparisonInput } from "./comparison.ts";
import { compileFacts } from "./compile-facts.ts";

const RESOURCE = { kind: "test/thing", at: "here", id: "one" };
const THEN = "2026-01-01T00:00:00.000Z";
const NOW = "2026-02-01T00:00:00.000Z";

function kind(attributes: readonly AttributeFacts[], more: Partial<KindFacts> = {}): KindFacts {
  return {
    kind: "test/thing",
    summary: "a thing",
    id: { description: "a name", example: "one" },
    attributes,
    emptyIs: "value",
    read: "nothing",
    ...more,
  };
}

function attribute(path: string, more: Partial<AttributeFacts> = {}): AttributeFacts {
  return { path, type: "any", description: "", ...more };
}

function facts(attributes: readonly AttributeFacts[] = [], more: Partial<KindFacts> = {}) {
  const described = kind(attributes, more);
  return compileFacts(described, canonicalJson(JSON.parse(JSON.stringify(described)) as Json));
}

const PLAIN = facts();

function declare(desired: Desired): Pick<ComparisonInput, "declared"> {
  return { declared: { resource: RESOURCE, desired, declaredAt: { file: "x.yaml", line: 1 } } };
}

function declared(attributes: ExpectedObject): Pick<ComparisonInput, "declared"> {
  return declare({ presence: "present", attributes });
}

function recorded(attributes: JsonObject, more: Partial<Baseline> = {}): Pick<ComparisonInput, "baseline"> {
  return {
    baseline: {
      presence: "present",
      attributes,
      recordedAt: THEN,
      held: {},
      unobserved: [],
      factsVersion: PLAIN.version,
      ...more,
    },
  };
}

function present(actual: JsonObject, pathFacts?: readonly PathFact[]): Observation {
  return {
    resource: RESOURCE,
    observedAt: NOW,
    status: "present",
    actual,
    ...(pathFacts === undefined ? {} : { facts: pathFacts }),
  };
}

const ABSENT: Observation = { resource: RESOURCE, observedAt: NOW, status: "absent" };

const CONTEXT: ComparisonContext = { ignore: () => undefined, now: NOW, accepted: () => false };

function run(
  input: Partial<ComparisonInput> & Pick<ComparisonInput, "observation">,
  compiled = PLAIN,
  context: Partial<ComparisonContext> = {},
): Comparison {
  const whole = { resource: RESOURCE, formerlyDeclared: false, knownAbsent: false, ...input };
  return compare(whole, compiled, { ...CONTEXT, ...context });
}

function causes(comparison: Comparison): Record<string, string> {
  return Object.fromEntries((comparison.drift?.changes ?? []).map(({ path, cause }) => [path, cause]));
}

describe("the three-way table", () => {
  const notAfter = (durationMs: number) => constraint([{ op: "expiresAfter", durationMs }]);
  const DAY = 86_400_000;

  it("finds no drift where actual is as desired, and moves the baseline there", () => {
    const result = run({ ...declared({ a: 1 }), ...recorded({ a: 2 }), observation: present({ a: 1 }) });
    expect(result.drift).toBeUndefined();
    expect(result.baseline).toMatchObject({ attributes: { a: 1 }, recordedAt: NOW });
  });

  it("calls it out-of-band where desired is as recorded and actual is not", () => {
    const result = run({ ...declared({ a: 1 }), ...recorded({ a: 1 }), observation: present({ a: 2 }) });
    expect(result.drift).toMatchObject({ drift: "changed", cause: "out-of-band" });
    expect(result.drift?.changes).toEqual([{ path: "/a", desired: 1, baseline: 1, actual: 2, cause: "out-of-band" }]);
    expect(result.baseline).toBeUndefined();
  });

  it("calls it elapsed where the value stands still and only time made it fail", () => {
    const expiry = "2026-02-20T00:00:00.000Z";
    const timestamp = facts([attribute("/not_after", { semantics: "timestamp" })]);
    const record = recorded({ not_after: expiry }, { factsVersion: timestamp.version });
    const result = run(
      { ...declared({ not_after: notAfter(30 * DAY) }), ...record, observation: present({ not_after: expiry }) },
      timestamp,
    );
    expect(causes(result)).toEqual({ "/not_after": "elapsed" });
  });

  it("calls it undeployed where actual is as recorded and desired moved on", () => {
    const result = run({ ...declared({ a: 2 }), ...recorded({ a: 1 }), observation: present({ a: 1 }) });
    expect(causes(result)).toEqual({ "/a": "undeployed" });
  });

  it("calls it a conflict where desired, baseline and actual all differ", () => {
    const result = run({ ...declared({ a: 3 }), ...recorded({ a: 1 }), observation: present({ a: 2 }) });
    expect(causes(result)).toEqual({ "/a": "conflict" });
  });

  it("calls it unrecorded where it was never seen in sync, and records nothing for it", () => {
    const result = run({ ...declared({ a: 1 }), observation: present({ a: 2, b: 3 }) });
    expect(causes(result)).toEqual({ "/a": "unrecorded" });
    expect(result.baseline).toMatchObject({ attributes: { b: 3 }, unobserved: ["/a"] });
  });

  it("calls it external where nobody declares the attribute and it moved", () => {
    const result = run({ ...declared({ a: 1 }), ...recorded({ a: 1, b: 1 }), observation: present({ a: 1, b: 2 }) });
    expect(result.drift?.changes).toEqual([{ path: "/b", baseline: 1, actual: 2, cause: "external" }]);
    expect(result.drift?.cause).toBe("external");
  });

  it.each([
    ["out-of-band", "it was there", { ...recorded({ a: 1 }) }],
    ["undeployed", "a complete listing did not show it before it was declared", { knownAbsent: true }],
    ["undeployed", "its baseline is that it was absent", { ...recorded({}, { presence: "absent" }) }],
    ["unrecorded", "nothing is known", {}],
  ])("calls a missing resource %s where %s", (cause, _, known) => {
    const result = run({ ...declared({ a: 1 }), ...known, observation: ABSENT });
    expect(result.drift).toMatchObject({ drift: "missing", cause, changes: [{ path: "", cause }] });
  });

  it("keeps a missing resource undeployed on the next scan", () => {
    const first = run({ ...declared({ a: 1 }), knownAbsent: true, observation: ABSENT });
    expect(first.baseline?.presence).toBe("absent");
  });

  it("calls a resource that an earlier revision declared unmanaged and undeployed", () => {
    const result = run({ formerlyDeclared: true, ...recorded({ a: 1 }), observation: present({ a: 1 }) });
    expect(result.drift).toMatchObject({ drift: "unmanaged", cause: "undeployed" });
  });

  it("calls a resource that was never declared unmanaged and orphaned, and records it at first sight", () => {
    const result = run({ observation: present({ a: 1 }) });
    expect(result.drift).toMatchObject({ drift: "unmanaged", cause: "orphaned", changes: [{ path: "" }] });
    expect(result.baseline).toMatchObject({ attributes: { a: 1 } });
  });

  it("judges an orphan's attributes against its baseline from then on", () => {
    const result = run({ ...recorded({ a: 1 }), observation: present({ a: 2 }) });
    expect(causes(result)).toEqual({ "": "orphaned", "/a": "external" });
    expect(result.baseline).toBeUndefined();
  });

  it("retires the baseline of what is neither declared nor there", () => {
    const result = run({ ...recorded({ a: 1 }), observation: ABSENT });
    expect(result.drift).toBeUndefined();
    expect(result.baseline).toBeNull();
  });

  it("is in sync where a resource must not exist and does not", () => {
    const result = run({ ...declare({ presence: "absent" }), observation: ABSENT });
    expect(result.drift).toBeUndefined();
    expect(result.baseline?.presence).toBe("absent");
  });

  it.each([
    ["out-of-band", recorded({}, { presence: "absent" })],
    ["undeployed", recorded({ a: 1 })],
    ["unrecorded", {}],
  ])("calls a resource that must not exist %s by what was recorded", (cause, known) => {
    const result = run({ ...declare({ presence: "absent" }), ...known, observation: present({ a: 1 }) });
    expect(result.drift).toMatchObject({
      drift: "changed",
      changes: [{ path: "", desired: { $absent: true }, cause }],
    });
  });
});

describe("a failed read", () => {
  it("stays unchecked and leaves the baseline alone", () => {
    const observation: Observation = {
      resource: RESOURCE,
      observedAt: NOW,
      status: "unchecked",
      reason: "denied",
      detail: "no",
    };
    const result = run({ ...declared({ a: 1 }), ...recorded({ a: 1 }), observation });
    expect(result).toMatchObject({ unchecked: { reason: "denied" }, baseline: undefined });
    expect(result.drift).toBeUndefined();
  });

  it("of one attribute is unchecked there and compared elsewhere", () => {
    const denied: PathFact = { path: "/a", fact: "unchecked", reason: "denied", detail: "no" };
    const result = run({
      ...declared({ a: 1, b: 1 }),
      ...recorded({ a: 1, b: 1 }),
      observation: present({ b: 2 }, [denied]),
    });
    expect(causes(result)).toEqual({ "/b": "out-of-band" });
    expect(result.uncheckedPaths).toEqual([{ path: "/a", reason: "denied", detail: "no" }]);
  });

  it("of an attribute nobody declares is told as well", () => {
    const denied: PathFact = { path: "/c", fact: "unchecked", reason: "denied" };
    const result = run({
      ...declared({ a: 1 }),
      ...recorded({ a: 1, c: 7 }),
      observation: present({ a: 1 }, [denied]),
    });
    expect(result.uncheckedPaths).toHaveLength(1);
    expect(result.drift).toBeUndefined();
    expect(result.baseline).toBeUndefined();
  });
});

describe("declared and undeclared", () => {
  it("holds a declared null, empty list, empty object or empty text against a value", () => {
    for (const empty of [null, [], ""] as const) {
      expect(causes(run({ ...declared({ a: empty }), observation: present({ a: 1 }) }))).toEqual({
        "/a": "unrecorded",
      });
    }
  });

  it("tells null, absent and empty apart unless the kind says they are the same", () => {
    const input = { ...declared({ a: null }), observation: present({}) };
    expect(causes(run(input))).toEqual({ "/a": "unrecorded" });
    expect(run(input, facts([], { emptyIs: "absent" })).drift).toBeUndefined();
  });

  it("closes lists and objects that say $only, and leaves other objects open", () => {
    const only = constraint([{ op: "only", members: { x: 1 } }]);
    const actual = present({ a: { x: 1, y: 2 } });
    expect(run({ ...declared({ a: { x: 1 } }), observation: actual }).drift).toBeUndefined();
    expect(causes(run({ ...declared({ a: only }), observation: actual }))).toEqual({ "/a/y": "unrecorded" });
    expect(causes(run({ ...declared({ a: [1] }), observation: present({ a: [1, 2] }) }))).toEqual({
      "/a": "unrecorded",
    });
  });

  it("records undeclared attributes at first sight and moves them only by acceptance", () => {
    const input = { ...declared({ a: 1 }), ...recorded({ a: 1, b: 1 }), observation: present({ a: 1, b: 2 }) };
    const accepted = run(input, PLAIN, { accepted: (path, actual) => path === "/b" && actual === 2 });
    expect(accepted.drift).toBeUndefined();
    expect(accepted.baseline).toMatchObject({ attributes: { a: 1, b: 2 } });
  });

  it.each<[string, JsonObject, JsonObject, Record<string, string>]>([
    ["of the resource", { a: 1, b: 1 }, { a: 1 }, { "/b": "external" }],
    ["all there was", { b: 1 }, {}, { "/b": "external" }],
    ["of an object", { a: { x: 1, y: 2 } }, { a: { x: 1 } }, { "/a/y": "external" }],
    ["of an element with a key", { k: [{ n: "a", y: 1 }] }, { k: [{ n: "a" }] }, { "/k/n=a/y": "external" }],
    ["of an element without one", { a: [{ x: 1, y: 2 }] }, { a: [{ x: 1 }] }, {}],
    ["nothing, but a list grew shorter", { a: [{ x: 1 }, { y: 2 }] }, { a: [{ y: 2 }] }, {}],
    ["nothing, but the order of keys", { a: { x: 1, y: 2 } }, { a: { y: 2, x: 1 } }, {}],
  ])("tells what vanished undeclared where all that is declared is as declared: %s", (_, before, now, changes) => {
    const keyed = facts([attribute("/k", { semantics: { keyed: ["n"] } })]);
    const input = { ...declared(now), ...recorded(before, { factsVersion: keyed.version }), observation: present(now) };
    expect(causes(run(input, keyed))).toEqual(changes);
  });

  it("has no baseline for an attribute that is compared differently since", () => {
    const before = kind([attribute("/a"), attribute("/b")]);
    const after = facts([attribute("/a"), attribute("/b", { semantics: "set" })]);
    const result = run(
      {
        ...declared({ a: 1 }),
        ...recorded({ a: 1, b: [1] }, { factsVersion: "old" }),
        baselineFacts: before,
        observation: present({ a: 2, b: [2] }),
      },
      after,
    );
    expect(causes(result)).toEqual({ "/a": "out-of-band" });
    expect(result.baseline).toMatchObject({ attributes: { a: 1, b: [2] }, factsVersion: after.version });
  });

  it("keeps the time of an attribute that stays behind while others move", () => {
    const result = run({
      ...declared({ a: 1, b: 2 }),
      ...recorded({ a: 1, b: 1 }),
      observation: present({ a: 9, b: 2 }),
    });
    expect(result.baseline).toMatchObject({ attributes: { a: 1, b: 2 }, recordedAt: NOW, held: { "/a": THEN } });
  });
});

describe("folding", () => {
  it.each<[string, AttributeFacts, ExpectedObject, JsonObject, string]>([
    ["a set in another order", attribute("/a", { semantics: "set" }), { a: [1, 2] }, { a: [2, 1] }, "same set"],
    [
      "a version written otherwise",
      attribute("/a", { semantics: "version" }),
      { a: "1.0" },
      { a: "0:1.0" },
      "same version",
    ],
    ["a declared volatile attribute", attribute("/a", { roles: ["volatile"] }), { a: 1 }, { a: 2 }, "volatile"],
    ["declared evidence", attribute("/a", { roles: ["evidence"] }), { a: 1 }, { a: 2 }, "evidence"],
    ["a default that is not there", attribute("/a", { default: 5 }), { a: 5 }, {}, "default"],
  ])("counts %s with its reason", (_, about, desired, actual, reason) => {
    const result = run({ ...declared(desired), observation: present(actual) }, facts([about]));
    expect(result.drift).toBeUndefined();
    expect(result.folds).toEqual([{ resource: RESOURCE, path: "/a", reason }]);
  });

  it("folds an undeclared computed attribute and compares a declared one", () => {
    const computed = facts([attribute("/a", { roles: ["computed"] })]);
    const record = recorded({ a: 1 }, { factsVersion: computed.version });
    expect(run({ ...declared({}), ...record, observation: present({ a: 2 }) }, computed).folds).toMatchObject([
      { reason: "computed" },
    ]);
    expect(causes(run({ ...declared({ a: 1 }), ...record, observation: present({ a: 2 }) }, computed))).toEqual({
      "/a": "out-of-band",
    });
  });

  it("folds what a controller owns and what a rule ignores, each with who or why", () => {
    const owned: PathFact = { path: "/a", fact: "owned-by", owner: "hpa" };
    expect(run({ ...declared({ a: 1 }), observation: present({ a: 2 }, [owned]) }).folds).toMatchObject([
      { reason: "owned by hpa" },
    ]);
    const ignored = run({ ...declared({ a: 1, b: 1 }), observation: present({ a: 2, b: 2 }) }, PLAIN, {
      ignore: ({ path }) => (path === "/a" ? "on purpose" : undefined),
    });
    expect(ignored.folds).toMatchObject([{ path: "/a", reason: "ignored: on purpose" }]);
    expect(causes(ignored)).toEqual({ "/b": "unrecorded" });
  });

  it("counts a declared write-only attribute as a known gap", () => {
    const result = run(
      { ...declared({ a: 1 }), observation: present({}) },
      facts([attribute("/a", { roles: ["write-only"] })]),
    );
    expect(result.gaps).toEqual([{ path: "/a", reason: "write-only: it can never be read" }]);
    expect(result.drift).toBeUndefined();
  });
});

describe("lists", () => {
  const keyed = facts([
    attribute("/rules", { semantics: { keyed: ["port", "proto"] } }),
    attribute("/rules/*/from", { semantics: "set" }),
  ]);

  it("matches keyed elements by key, wherever they stand", () => {
    const result = run(
      {
        ...declared({
          rules: [
            { port: 22, proto: "tcp", from: ["a", "b"] },
            { port: 80, proto: "tcp" },
          ],
        }),
        observation: present({
          rules: [
            { port: 80, proto: "tcp" },
            { port: 22, proto: "tcp", from: ["b", "c"] },
          ],
        }),
      },
      keyed,
    );
    expect(result.drift?.changes).toMatchObject([
      { path: "/rules/port=22,proto=tcp/from", added: ["c"], removed: ["a"] },
    ]);
  });

  it("pairs duplicates of a key where they are equal, and tells the rest by position", () => {
    const one = { port: 22, proto: "tcp" };
    const result = run(
      { ...declared({ rules: [one, one] }), observation: present({ rules: [one, { ...one, from: [] }, one] }) },
      keyed,
    );
    expect(Object.keys(causes(result))).toEqual(["/rules/port=22,proto=tcp#2"]);
  });

  it("reports a set as a whole, with what was added and removed", () => {
    const result = run(
      { ...declared({ s: [1, 2] }), observation: present({ s: [3, 2] }) },
      facts([attribute("/s", { semantics: "set" })]),
    );
    expect(result.drift?.changes).toEqual([
      { path: "/s", desired: [1, 2], actual: [3, 2], added: [3], removed: [1], cause: "unrecorded" },
    ]);
  });

  it("assigns constraints among set elements so that each finds its own", () => {
    const either = constraint([{ op: "oneOf", options: ["a", "b"] }]);
    const onlyA = constraint([{ op: "matches", text: "^a$" }]);
    const set = facts([attribute("/s", { semantics: "set" })]);
    expect(
      run({ ...declared({ s: [either, onlyA] }), observation: present({ s: ["a", "b"] }) }, set).drift,
    ).toBeUndefined();
    expect(
      run({ ...declared({ s: [either, onlyA] }), observation: present({ s: ["b", "c"] }) }, set).drift,
    ).toBeDefined();
  });

  it.each<[what: string, actual: readonly string[], change: object]>([
    ["an element in front", ["x", "a", "b", "a"], { added: ["x"], removed: [] }],
    ["an element less", ["a", "a"], { added: [], removed: ["b"] }],
    ["an element for another", ["a", "x", "a"], { added: ["x"], removed: ["b"] }],
    ["another order", ["b", "a", "a"], {}],
    ["one of two equal ones less", ["a", "b"], {}],
  ])("reports a sequence as a whole: %s", (_, actual, change) => {
    const list = ["a", "b", "a"];
    const result = run(
      { ...declared({ rules: list }), observation: present({ rules: actual }) },
      facts([attribute("/rules", { semantics: "sequence" })]),
    );
    expect(result.drift?.changes).toEqual([{ path: "/rules", desired: list, actual, cause: "unrecorded", ...change }]);
  });

  it("finds no difference in a sequence that is the same, or that a constraint in it allows", () => {
    const sequence = facts([attribute("/rules", { semantics: "sequence" })]);
    for (const rules of [
      ["a", "b"],
      ["a", constraint([{ op: "startsWith", text: "b" }])],
    ])
      expect(
        run({ ...declared({ rules }), observation: present({ rules: ["a", "b"] }) }, sequence).drift,
      ).toBeUndefined();
  });

  it("compares ordered lists by position, and as a whole when their length differs", () => {
    expect(Object.keys(causes(run({ ...declared({ l: [1, 2] }), observation: present({ l: [1, 3] }) })))).toEqual([
      "/l/1",
    ]);
    expect(Object.keys(causes(run({ ...declared({ l: [1, 2] }), observation: present({ l: [1] }) })))).toEqual(["/l"]);
  });
});

describe("keys and numbers", () => {
  it.each(["constructor", "__proto__", "toString", "hasOwnProperty"])("treats %s as an ordinary key", (key) => {
    const withKey = (value: Json) => Object.fromEntries([[key, value]]) as JsonObject;
    const own = JSON.parse(`{ "${key}": {} }`) as JsonObject;
    expect(run({ ...declared(own), observation: present({}) }).drift?.changes).toMatchObject([{ path: `/${key}` }]);
    expect(run({ ...declared({}), ...recorded({}), observation: present(own) }).drift?.changes).toMatchObject([
      { path: `/${key}`, cause: "external" },
    ]);
    expect(run({ ...declared(own), observation: present({ other: 1 }) }).drift?.changes).toMatchObject([
      { path: `/${key}` },
    ]);
    expect(run({ ...declared(own), ...recorded(own), observation: present(own) }).drift).toBeUndefined();
    expect(withKey(1)).toBeDefined();
  });

  it("compares integers beyond 2^53 exactly", () => {
    const result = run({ ...declared({ a: 9007199254740993n }), observation: present({ a: 9007199254740992n }) });
    expect(result.drift?.changes).toMatchObject([{ desired: 9007199254740993n, actual: 9007199254740992n }]);
  });
});
