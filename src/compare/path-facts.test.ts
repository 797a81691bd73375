import { describe, expect, it } from "vitest";
import type { Baseline } from "../model/baseline.ts";
import { constraint, type ExpectedObject } from "../model/expected.ts";
import type { AttributeFacts } from "../model/facts.ts";
import type { JsonObject } from "../model/json.ts";
import type { PathFact } from "../model/observation.ts";
import { compare } from "./compare.ts";
import type { Comparison } from "./comparison.ts";
import { type CompiledFacts, compileFacts } from "./compile-facts.ts";

const RESOURCE = { kind: "test/thing", at: "here", id: "one" };
const THEN = "2026-01-01T00:00:00.000Z";
const NOW = "2026-02-01T00:00:00.000Z";

function facts(...attributes: (Pick<AttributeFacts, "path"> & Partial<AttributeFacts>)[]): CompiledFacts {
  const described = attributes.map((one) => ({ type: "any" as const, description: "", ...one }));
  const id = { description: "", example: "" };
  return compileFacts(
    { kind: "test/thing", summary: "", id, attributes: described, emptyIs: "value", read: "" },
    "version",
  );
}

interface Seen {
  readonly desired?: ExpectedObject;
  readonly baseline?: JsonObject | Baseline;
  readonly actual: JsonObject;
  readonly pathFacts?: readonly PathFact[];
  readonly facts?: CompiledFacts;
}

function isBaseline(value: JsonObject | Baseline): value is Baseline {
  return Object.hasOwn(value, "factsVersion");
}

function recorded(attributes: JsonObject): Baseline {
  return { presence: "present", attributes, recordedAt: THEN, held: {}, unobserved: [], factsVersion: "version" };
}

function look({ desired, baseline, actual, pathFacts = [], ...more }: Seen): Comparison {
  const declaredAt = { file: "x.yaml", line: 1 };
  return compare(
    {
      resource: RESOURCE,
      ...(desired === undefined
        ? {}
        : { declared: { resource: RESOURCE, desired: { presence: "present", attributes: desired }, declaredAt } }),
      ...(baseline === undefined ? {} : { baseline: isBaseline(baseline) ? baseline : recorded(baseline) }),
      formerlyDeclared: false,
      knownAbsent: false,
      observation: {
        resource: RESOURCE,
        observedAt: NOW,
        status: "present",
        actual,
        ...(pathFacts.length === 0 ? {} : { facts: pathFacts }),
      },
    },
    more.facts ?? facts(),
    { ignore: () => undefined, now: NOW, accepted: () => false },
  );
}

const unread = (path: string): PathFact => ({ path, fact: "unchecked", reason: "denied", detail: "no" });
const unreadPaths = ({ uncheckedPaths }: Comparison) => uncheckedPaths.map(({ path }) => path);
const changed = ({ drift }: Comparison) => drift?.changes.map(({ path, cause }) => `${path} ${cause}`) ?? [];

describe("an attribute that could not be read", () => {
  it.each<[string, Seen, string[]]>([
    ["of a declared resource, though nobody declares or recorded it", { desired: { a: 1 }, actual: { a: 1 } }, ["/x"]],
    ["of an orphan at first sight", { actual: { a: 1 } }, ["/x"]],
    ["of a recorded orphan", { baseline: { a: 1 }, actual: { a: 1 } }, ["/x"]],
  ])("is told %s", (_, seen, paths) => {
    const result = look({ ...seen, pathFacts: [unread("/x")] });
    expect(unreadPaths(result)).toEqual(paths);
    const baseline = result.baseline ?? recorded({ a: 1 });
    const next = look({ ...seen, baseline, actual: { a: 1, x: 5 } });
    if (result.baseline !== undefined) expect(next.drift?.changes.filter(({ path }) => path !== "") ?? []).toEqual([]);
  });

  const below = (path: string): readonly PathFact[] => [unread(path)];
  const only = constraint([{ op: "only", members: { x: 1 } }]);

  it.each<[string, Seen, string]>([
    [
      "a constraint judges it as a whole",
      { desired: { a: constraint([{ op: "not", option: { x: 2 } }]) }, actual: { a: {} }, pathFacts: below("/a/x") },
      "/a",
    ],
    [
      "a constraint asks for a part",
      {
        desired: { a: constraint([{ op: "contains", part: { x: 1 } }]) },
        actual: { a: { y: 1 } },
        pathFacts: below("/a/x"),
      },
      "/a",
    ],
    ["nothing else may be there", { desired: { a: only }, actual: { a: { x: 1 } }, pathFacts: below("/a/y") }, "/a/y"],
    [
      "the object is closed",
      {
        desired: { a: { x: 1 } },
        actual: { a: { x: 1 } },
        pathFacts: below("/a/y"),
        facts: facts({ path: "/a", closed: true }),
      },
      "/a/y",
    ],
    [
      "it is an element of a set",
      {
        desired: { a: [1] },
        actual: { a: [1] },
        pathFacts: below("/a/1"),
        facts: facts({ path: "/a", semantics: "set" }),
      },
      "/a",
    ],
    [
      "the list is longer than it should be",
      { desired: { a: [1] }, actual: { a: [1, 2] }, pathFacts: below("/a/0") },
      "/a",
    ],
    ["the object around it is not there", { desired: { a: { x: 1 } }, actual: {}, pathFacts: below("/a/x") }, "/a"],
    [
      "the value is compared as text",
      {
        desired: { a: "{}" },
        actual: { a: "{ }" },
        pathFacts: below("/a/x"),
        facts: facts({ path: "/a", semantics: "json" }),
      },
      "/a",
    ],
    [
      "it is an element of a keyed list that nobody declares",
      {
        desired: { a: [{ k: 1 }] },
        actual: { a: [{ k: 1 }] },
        pathFacts: below("/a/k=2"),
        facts: facts({ path: "/a", semantics: { keyed: ["k"] } }),
      },
      "/a/k=2",
    ],
  ])("leaves unchecked, not in sync and not drifted, what it lies in where %s", (_, seen, path) => {
    const result = look(seen);
    expect(unreadPaths(result)).toEqual([path]);
    expect(result.drift).toBeUndefined();
  });

  it("keeps what was recorded of it, and of what lies around it in a list", () => {
    const keyed = facts({ path: "/a", semantics: { keyed: ["k"] } });
    const seen = { desired: { a: [{ k: 1 }], b: 2 }, facts: keyed };
    const { baseline } = look({
      ...seen,
      baseline: { a: [{ k: 1, x: 1 }], b: 1 },
      actual: { a: [{ k: 1 }], b: 2 },
      pathFacts: [unread("/a/k=1/x")],
    });
    expect(baseline).toMatchObject({ attributes: { a: [{ k: 1, x: 1 }], b: 2 }, held: { "/a": THEN } });
    const later = look({ ...seen, baseline: baseline ?? {}, actual: { a: [{ k: 1, x: 2 }], b: 2 } });
    expect(changed(later)).toEqual(["/a/k=1/x external"]);
  });

  it("has no baseline still after the object around it stayed behind", () => {
    const first = look({ desired: { a: { x: 1 } }, actual: { a: { x: 1 } }, pathFacts: [unread("/a/y")] });
    const second = look({
      desired: { a: { x: 1 }, b: 2 },
      baseline: first.baseline ?? {},
      actual: { a: 5, b: 2 },
    });
    expect(changed(second)).toEqual(["/a out-of-band"]);
    const third = look({
      desired: { a: { x: 1 } },
      baseline: second.baseline ?? {},
      actual: { a: { x: 1, y: 2 }, b: 2 },
    });
    expect(third.drift).toBeUndefined();
  });
});

describe("what a controller owns", () => {
  const owned: PathFact = { path: "/a", fact: "owned-by", owner: "hpa" };

  it.each<[string, ExpectedObject, string]>([
    ["declared", { a: 1 }, "/a out-of-band"],
    ["undeclared", {}, "/a external"],
  ])("is not absorbed by the baseline where it is %s", (_, desired, change) => {
    const folded = look({ desired, baseline: { a: 1, b: 1 }, actual: { a: 2, b: 1 }, pathFacts: [owned] });
    expect(folded.drift).toBeUndefined();
    const free = look({ desired, baseline: folded.baseline ?? { a: 1, b: 1 }, actual: { a: 2, b: 1 } });
    expect(changed(free)).toEqual([change]);
  });
});

describe("first sight", () => {
  it("is all that an undeclared member has in an object that is newly there", () => {
    const nested = look({ desired: { a: { x: 1 } }, baseline: {}, actual: { a: { x: 1, y: 2 } } });
    expect(nested.drift).toBeUndefined();
    expect(nested.baseline).toMatchObject({ attributes: { a: { x: 1, y: 2 } } });
    const keyed = look({
      desired: { a: [{ k: 1 }, { k: 2 }] },
      baseline: { a: [{ k: 1 }] },
      actual: { a: [{ k: 1 }, { k: 2, id: "made" }] },
      facts: facts({ path: "/a", semantics: { keyed: ["k"] } }),
    });
    expect(keyed.drift).toBeUndefined();
  });

  it("is what an orphan has of an attribute that is compared differently since", () => {
    const before = facts({ path: "/a" });
    const after = compileFacts({ ...before.kind, attributes: [{ ...attribute("/a"), semantics: "set" }] }, "2");
    const result = compare(
      {
        resource: RESOURCE,
        baseline: recorded({ a: [1], b: 1 }),
        baselineFacts: before.kind,
        formerlyDeclared: false,
        knownAbsent: false,
        observation: { resource: RESOURCE, observedAt: NOW, status: "present", actual: { a: [2], b: 2 } },
      },
      after,
      { ignore: () => undefined, now: NOW, accepted: () => false },
    );
    expect(changed(result)).toEqual([" orphaned", "/b external"]);
  });

  it("follows a changed default, whatever its shape", () => {
    const before = facts({ path: "/a", default: { x: 1 } });
    const after = compileFacts({ ...before.kind, attributes: [{ ...attribute("/a"), default: { x: 2 } }] }, "2");
    const result = compare(
      {
        resource: RESOURCE,
        baseline: recorded({ a: 1 }),
        baselineFacts: before.kind,
        formerlyDeclared: false,
        knownAbsent: false,
        observation: { resource: RESOURCE, observedAt: NOW, status: "present", actual: { a: 2 } },
      },
      after,
      { ignore: () => undefined, now: NOW, accepted: () => false },
    );
    expect(changed(result)).toEqual([" orphaned"]);
  });
});

function attribute(path: string): AttributeFacts {
  return { path, type: "any", description: "" };
}

describe("what is never compared", () => {
  it("is none of what tells the elements of a set apart", () => {
    const set = facts(
      { path: "/s", semantics: "set" },
      { path: "/s/*/seen", roles: ["evidence"] },
      { path: "/s/*/hint", roles: ["input"] },
      { path: "/s/*/age", roles: ["volatile"] },
      { path: "/s/*/pin", roles: ["write-only"] },
    );
    const result = look({
      desired: { s: [{ n: 1, pin: "x" }] },
      actual: { s: [{ n: 1, seen: 5, hint: 2, age: 9 }] },
      facts: set,
    });
    expect(result.drift).toBeUndefined();
  });

  it("is no part of what is there although it must not be", () => {
    const volatile = facts({ path: "/age", roles: ["volatile"] }, { path: "/seen", roles: ["evidence"] });
    const result = compare(
      {
        resource: RESOURCE,
        declared: { resource: RESOURCE, desired: { presence: "absent" }, declaredAt: { file: "x", line: 1 } },
        formerlyDeclared: false,
        knownAbsent: false,
        observation: { resource: RESOURCE, observedAt: NOW, status: "present", actual: { a: 1, age: 5, seen: 7 } },
      },
      volatile,
      { ignore: () => undefined, now: NOW, accepted: () => false },
    );
    expect(result.drift?.changes).toMatchObject([{ path: "", actual: { a: 1 } }]);
    expect(result.drift?.changes[0]?.actual).toEqual({ a: 1 });
  });
});

describe("a list of many alike", () => {
  const many = (count: number, of: (index: number) => JsonObject): JsonObject => ({
    a: Array.from({ length: count }, (_, index) => of(index)),
  });

  it("pairs every element once, however many share a key", () => {
    const keyed = facts({ path: "/a", semantics: { keyed: ["k"] } });
    const desired = many(20_000, (index) => ({ k: 1, n: index }));
    const actual = many(20_000, (index) => ({ k: 1, n: 20_000 - index }));
    expect(changed(look({ desired, actual, facts: keyed }))).toHaveLength(1);
  });

  it("finds for every constraint its element, however many have to give way", () => {
    const set = facts({ path: "/a", semantics: "set" });
    const texts = Array.from({ length: 300 }, (_, index) => `t${index}`);
    const either = texts.map((text, index) => constraint([{ op: "oneOf", options: [texts[index - 1] ?? text, text] }]));
    const result = look({ desired: { a: either.slice(1) }, actual: { a: texts.slice(1) }, facts: set });
    expect(result.drift).toBeUndefined();
  });
});
