import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { constraint, type Expected, isConstraint, OPERATORS, type Operator } from "../../model/expected.ts";
import type { Semantics } from "../../model/facts.ts";
import { isJsonObject, type Json } from "../../model/json.ts";
import { parseJson } from "../../model/parse-json.ts";
import { comparerOf } from "../semantics/comparer.ts";
import { dependsOnTime, holds } from "./holds.ts";
import { parseExpected } from "./parse-expected.ts";

const NOW = "2026-11-24T09:30:00.000Z";

function parse(document: Json): Expected {
  return parseExpected(document, (problem) => {
    throw new Error(problem.message);
  });
}

/** What a walker does for nested expectations, without facts: objects are open, lists are not. */
function satisfies(expected: Expected, actual: Json | undefined, semantics: Semantics = "exact"): boolean {
  const matches = (nested: Expected, value: Json | undefined) => satisfies(nested, value, semantics);
  if (typeof expected === "object" && expected !== null && isConstraint(expected)) {
    const context = { comparer: comparerOf(semantics), now: NOW, matches };
    return expected[OPERATORS].every((operator) => holds(operator, actual, context));
  }
  if (actual === undefined) return false;
  if (isJsonObject(expected) && isJsonObject(actual)) {
    return Object.entries(expected).every(([key, member]) =>
      matches(member as Expected, Object.hasOwn(actual, key) ? actual[key] : undefined),
    );
  }
  // The tables below nest no constraint in a plain list.
  return comparerOf(semantics).same(expected as Json, actual);
}

type Row = readonly [Json, Json | undefined, Semantics?];
const SEALED = { $digest: "hmac-sha256:k:00" };

const HOLDS: readonly Row[] = [
  [{ $absent: true }, undefined],
  [{ $absent: false }, null],
  [{ $not: { $absent: true } }, "x"],
  [{ $not: "a" }, "b"],
  [{ $not: "a" }, undefined],
  [{ $oneOf: ["a", "b"] }, "b"],
  [{ $oneOf: ["1Gi"] }, "1024Mi", "quantity"],
  [{ $anyOf: [{ $absent: true }, { $min: 1 }] }, undefined],
  [{ $anyOf: [{ $absent: true }, { $min: 1 }] }, 2],
  [{ $allOf: [{ $min: 1 }, { $not: 2 }] }, 3],
  [{ $literal: { $ref: "x" } }, { $ref: "x" }],
  [{ $secret: "s" }, "s"],
  [{ $secret: "hmac-sha256:k:00" }, SEALED],
  [{ $digest: "hmac-sha256:k:00" }, SEALED],
  [{ $min: 0, $max: 0.2 }, 0.1],
  [{ $min: 10 }, "10"],
  [{ $min: 9 }, "10.5"],
  [{ $max: 9007199254740993n }, 9007199254740993n],
  [{ $min: "512Mi" }, "1Gi", "quantity"],
  [{ $min: "512Mi" }, "1Gi"],
  [{ $max: "90s" }, 60, "duration"],
  [{ $max: 3600 }, "60m", "duration"],
  [{ $atLeast: "3.0.11" }, "3.0.11-1~deb12u2"],
  [{ $atLeast: "3.0.9" }, "3.0.11", "version"],
  [{ $atLeast: "2" }, 10],
  [{ $atMost: "0640" }, "0600", "file-mode"],
  [{ $atLeast: "2026-11-24T10:00:00+01:00" }, "2026-11-24T09:00:00Z", "timestamp"],
  [{ $matches: "b+" }, "abc"],
  [{ $matches: "^[0-9]+$" }, 42],
  [{ $matches: "^(a+)+$" }, "a".repeat(50)],
  [{ $startsWith: "/srv/" }, "/srv/www"],
  [{ $endsWith: ".com" }, "example.com"],
  [{ $semver: ">=1.2 <2" }, "1.10.0"],
  [{ $semver: ">=1.2 <2" }, "v1.2"],
  [{ $semver: "^1.2.0-rc.1" }, "1.2.0-rc.2"],
  [{ $contains: "b" }, "abc"],
  [{ $contains: ["a", "c"] }, "abc"],
  [{ $contains: "b" }, ["a", "b"]],
  [{ $contains: ["b", "a"] }, ["a", "b", "c"]],
  [{ $contains: { $startsWith: "b" } }, ["a", "bc"]],
  [{ $contains: { name: "x" } }, [{ name: "y" }, { name: "x", port: 1 }]],
  [{ $contains: { a: { $min: 1 } } }, { a: 2, b: 3 }],
  [{ $only: { a: 1 } }, { a: 1 }],
  [{ $only: { a: { $absent: true } } }, {}],
  [{ $only: {} }, {}],
  [{ $length: 2 }, ["a", "b"]],
  [{ $length: { $min: 1 } }, { a: 1 }],
  [{ $length: 1 }, "🚢"],
  [{ $length: 0 }, ""],
  [{ $expiresAfter: "30d" }, "2026-12-24T09:30:00.001Z"],
  [{ $expiresAfter: "30d" }, 1_798_200_000],
];

const FAILS: readonly Row[] = [
  [{ $absent: true }, null],
  [{ $absent: false }, undefined],
  [{ $not: { $absent: true } }, undefined],
  [{ $not: "a" }, "a"],
  [{ $oneOf: ["a", "b"] }, "c"],
  [{ $anyOf: [{ $absent: true }, { $min: 1 }] }, 0],
  [{ $allOf: [{ $min: 1 }, { $not: 2 }] }, 2],
  [{ $literal: { $ref: "x" } }, { $ref: "y" }],
  [{ $secret: "s" }, "t"],
  [{ $secret: "s" }, SEALED],
  [{ $digest: "hmac-sha256:k:01" }, SEALED],
  [{ $digest: "hmac-sha256:k:00" }, "hmac-sha256:k:00"],
  [{ $digest: "hmac-sha256:k:00" }, parseJson('{"__proto__": {"$digest": "hmac-sha256:k:00"}}')],
  [{ $min: 0, $max: 0.2 }, 0.3],
  [{ $min: 9 }, "10m"],
  [{ $max: 9 }, "2Mi"],
  [{ $min: 1 }, "many"],
  [{ $min: 0 }, true],
  [{ $min: 0 }, null],
  [{ $max: 9007199254740992n }, 9007199254740993n],
  [{ $min: "2Gi" }, "1Gi", "quantity"],
  [{ $max: "90s" }, "2m", "duration"],
  [{ $atLeast: "3.0.11" }, "3.0.9"],
  [{ $atLeast: "3.0.11" }, "unknown"],
  [{ $atLeast: "3.0.11" }, null],
  [{ $atMost: "0640" }, "0604", "file-mode"],
  [{ $atMost: "0755" }, "4755", "file-mode"],
  [{ $atMost: "2026-11-24" }, "2026-11-24T09:00:00Z", "timestamp"],
  [{ $matches: "^b" }, "abc"],
  [{ $matches: "a" }, ["a"]],
  [{ $startsWith: "/srv/" }, "/srv"],
  [{ $endsWith: ".com" }, "example.org"],
  [{ $semver: ">=1.2 <2" }, "2.0.0"],
  [{ $semver: ">=1.2 <2" }, "1.3.0-rc.1"],
  [{ $semver: ">=1.2 <2" }, "latest"],
  [{ $contains: ["a", "d"] }, "abc"],
  [{ $contains: 1 }, "1"],
  [{ $contains: ["b", "d"] }, ["a", "b"]],
  [{ $contains: { a: 1 } }, { b: 1 }],
  [{ $contains: "a" }, { a: 1 }],
  [{ $contains: "a" }, null],
  [{ $only: { a: 1 } }, { a: 1, b: 2 }],
  [{ $only: { a: 1 } }, { a: 2 }],
  [{ $only: { a: 1 } }, {}],
  [{ $only: {} }, parseJson('{"__proto__": 1}')],
  [{ $only: {} }, { constructor: 1 }],
  [{ $only: {} }, []],
  [{ $length: 2 }, ["a"]],
  [{ $length: 2 }, 10],
  [{ $expiresAfter: "30d" }, "2026-12-24T09:30:00Z"],
  [{ $expiresAfter: "0s" }, "2026-11-24T09:30:00"],
  [{ $expiresAfter: "30d" }, "never"],
  [{ $expiresAfter: "99999999d" }, "9999-12-31"],
];

const named = (rows: readonly Row[]) =>
  rows.map(([document, actual, semantics = "exact"]) => ({ document, actual, semantics }));

describe("holds", () => {
  it.each(named(HOLDS))("finds that $document holds for $actual as $semantics", ({ document, actual, semantics }) => {
    expect(satisfies(parse(document), actual, semantics)).toBe(true);
  });

  it.each(named(FAILS))(
    "finds that $document does not hold for $actual as $semantics",
    ({ document, actual, semantics }) => {
      expect(satisfies(parse(document), actual, semantics)).toBe(false);
    },
  );

  it("lets nothing but absence and negation hold for what is not there", () => {
    const documents = HOLDS.map(([document]) => document).filter(
      (document) => !/absent|not/.test(Object.keys(document ?? {}).join()),
    );
    for (const document of documents.filter((one) => !JSON.stringify(one, textOfBigint).includes("$absent"))) {
      expect(satisfies(parse(document), undefined), JSON.stringify(document, textOfBigint)).toBe(false);
    }
  });

  it("repeats a verdict that was sealed, whatever stands there now", () => {
    for (const actual of [undefined, null, SEALED]) {
      expect(satisfies(constraint([{ op: "sealed", holds: true }]), actual)).toBe(true);
      expect(satisfies(constraint([{ op: "sealed", holds: false }]), actual)).toBe(false);
    }
  });

  it("answers a pattern that makes a backtracking matcher hang", () => {
    expect(satisfies(parse({ $matches: "^(a+)+$" }), `${"a".repeat(50_000)}!`)).toBe(false);
  });

  it("finds a pattern that is none nowhere", () => {
    expect(satisfies(constraint([{ op: "matches", text: "(" }]), "(")).toBe(false);
    expect(satisfies(constraint([{ op: "semver", text: "newest" }]), "1.0.0")).toBe(false);
  });

  it("never throws, whatever the value", () => {
    const operators = HOLDS.flatMap(([document]) => {
      const expected = parse(document);
      return typeof expected === "object" && expected !== null && isConstraint(expected) ? expected[OPERATORS] : [];
    });
    const value = fc.option(
      fc.jsonValue().map((json) => json as Json),
      { nil: undefined },
    );
    fc.assert(
      fc.property(fc.constantFrom(...operators), value, (operator: Operator, actual) => {
        expect(typeof satisfies(constraint([operator]), actual)).toBe("boolean");
      }),
    );
  });
});

describe("dependsOnTime", () => {
  it.each<[Json, boolean]>([
    [{ $expiresAfter: "30d" }, true],
    [{ a: [{ b: { $expiresAfter: "30d" } }] }, true],
    [{ $oneOf: [1, { $expiresAfter: "1d" }] }, true],
    [{ $anyOf: [{ $expiresAfter: "1d" }] }, true],
    [{ $allOf: [{ $expiresAfter: "1d" }] }, true],
    [{ $not: { $expiresAfter: "1d" } }, true],
    [{ $contains: { $expiresAfter: "1d" } }, true],
    [{ $only: { a: { $expiresAfter: "1d" } } }, true],
    [{ $length: { $not: { $expiresAfter: "1d" } } }, true],
    [{ a: { $min: 1 }, b: ["$expiresAfter"] }, false],
    [{ $literal: { $expiresAfter: "1d" } }, false],
    [null, false],
  ])("says of %o: %s", (document, answer) => {
    expect(dependsOnTime(parse(document))).toBe(answer);
  });
});

function textOfBigint(_key: string, value: unknown): unknown {
  return typeof value === "bigint" ? String(value) : value;
}
