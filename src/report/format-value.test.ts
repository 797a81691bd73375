import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Json } from "../model/json.ts";
import { parseJson } from "../model/parse-json.ts";
import { formatPair, formatValue } from "./format-value.ts";

describe("formatValue", () => {
  it.each<[string, Json | undefined, string]>([
    ["text in quotes", "0644", '"0644"'],
    ["a number as it is", 12, "12"],
    ["an integer beyond 2^53 with all its digits", 9007199254740993n, "9007199254740993"],
    ["null", null, "null"],
    ["what is not there", undefined, "(not set)"],
    ["a list", ["a", 1, true], '["a", 1, true]'],
    ["an object", { mode: "0600", nested: {} }, '{ "mode": "0600", "nested": {} }'],
    ["a constraint as it is written", { $atLeast: "3.0.15" }, '{ "$atLeast": "3.0.15" }'],
    ["a digest without the digest", { $digest: "hmac-sha256:k1:aa11" }, "(secret)"],
    [
      "a secret inside of something",
      { users: [{ password: { $digest: "hmac-sha256:k1:aa11" } }] },
      '{ "users": [{ "password": (secret) }] }',
    ],
    ["a sealed rule", { $sealed: true }, "(secret)"],
    ["terminal escapes harmless", "\u001b]0;title\u0007", '"\\u001b]0;title\\u0007"'],
    ["hidden characters", "a\u202eb", '"a\\u{202e}b"'],
    [
      "the key __proto__ like any other",
      parseJson('{"__proto__":1,"constructor":2}'),
      '{ "__proto__": 1, "constructor": 2 }',
    ],
  ])("shows %s", (_, value, expected) => {
    expect(formatValue(value, 200)).toBe(expected);
  });

  it("is one line and not longer than asked, whatever the value", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.integer({ min: 40, max: 100 }), (value, limit) => {
        // A JSON value of fast-check is one of ours: it has no bigint.
        const text = formatValue(value as Json, limit);
        expect(Array.from(text).length).toBeLessThanOrEqual(limit);
        expect(text).not.toMatch(/[\p{Cc}\p{Cf}]/u);
      }),
    );
  });
});

describe("formatPair", () => {
  it("keeps the first difference of two long values in sight", () => {
    const before = `${"x".repeat(500)}OLD${"y".repeat(500)}`;
    const after = `${"x".repeat(500)}NEW${"y".repeat(500)}`;
    const pair = formatPair(before, after, 80);
    expect(pair.before).toContain("OLD");
    expect(pair.after).toContain("NEW");
    expect(pair.before.length).toBeLessThanOrEqual(81);
  });

  it("shows two values whole that fit", () => {
    expect(formatPair("a", undefined, 80)).toEqual({ before: '"a"', after: "(not set)" });
  });
});
