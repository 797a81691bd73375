import { describe, expect, it } from "vitest";
import { canonicalJson } from "../../model/canonical-json.ts";
import type { Json } from "../../model/json.ts";
import { parseJson } from "../../model/parse-json.ts";
import { comparerOf } from "./comparer.ts";

const exact = comparerOf("exact");

describe("exact", () => {
  it.each<[Json, Json]>([
    [1, 1n],
    [1e21, 10n ** 21n],
    [0, -0],
    [Number.NaN, Number.NaN],
    [
      { a: 1, b: [1, { c: null }] },
      { b: [1, { c: null }], a: 1 },
    ],
    [9007199254740993n, 9007199254740993n],
    [parseJson('{"__proto__": {"constructor": 1}}'), parseJson('{"__proto__": {"constructor": 1}}')],
  ])("takes %o and %o for the same, with one canonical text", (a, b) => {
    expect(exact.same(a, b)).toBe(true);
    expect(exact.same(b, a)).toBe(true);
    expect(canonicalJson(exact.canonical(a))).toBe(canonicalJson(exact.canonical(b)));
    expect(exact.order(a, b)).toBe(0);
  });

  it.each<[string, Json, Json]>([
    ["a number and its text", 1, "1"],
    ["the order of a list", [1, 2], [2, 1]],
    ["a shorter list", [1], [1, 2]],
    ["integers that a number would round", 9007199254740993n, 9007199254740992n],
    ["a fraction and a bigint", 1.5, 1n],
    ["null and an empty object", null, {}],
    ["a list and an object", [], {}],
    ["an object with one member more", { a: 1 }, { a: 1, b: 2 }],
    ["objects of equal size with other keys", { a: 1 }, { b: 1 }],
    ["a key that is on every prototype", {}, { constructor: 1 }],
    ["a key named toString", { toString: 1 }, { valueOf: 1 }],
    ["a key named __proto__", parseJson('{"__proto__": {}}'), {}],
    ["keys named __proto__ with other values", parseJson('{"__proto__": 1}'), parseJson('{"__proto__": 2}')],
  ])("tells apart %s", (_, a, b) => {
    expect(exact.same(a, b)).toBe(false);
    expect(exact.same(b, a)).toBe(false);
    expect(exact.order(a, b)).not.toBe(0);
  });

  it("orders numbers and bigints by value, and leaves text to others", () => {
    expect(exact.order(2, 10n)).toBeLessThan(0);
    expect(exact.order(9007199254740993n, 9007199254740992)).toBeGreaterThan(0);
    expect(exact.order("10", "9")).toBeUndefined();
    expect(exact.order(Number.NaN, 1)).toBeUndefined();
  });

  it("hands back a value that needs no other form as the same object", () => {
    const value = { a: [1, "x", { b: null }] };
    expect(exact.canonical(value)).toBe(value);
  });
});
