import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { constraint, type Expected, isConstraint, OPERATORS, type OperatorName } from "../../model/expected.ts";
import { type Json, type JsonObject, setOwn } from "../../model/json.ts";
import { parseJson } from "../../model/parse-json.ts";
import { formatExpected } from "./format-expected.ts";
import { parseExpected } from "./parse-expected.ts";

/** Any problem is a defect here: what is generated and what is written is meant to be read. */
function parse(value: Json): Expected {
  return parseExpected(value, (problem) => {
    throw new Error(`${problem.path.join("/")}: ${problem.message}`);
  });
}

function operatorsIn(expected: Expected): readonly OperatorName[] {
  if (typeof expected !== "object" || expected === null) return [];
  return isConstraint(expected)
    ? expected[OPERATORS].map(({ op }) => op)
    : Object.values(expected).flatMap(operatorsIn);
}

const plainKey = fc.oneof(
  fc.constantFrom("__proto__", "constructor", "toString"),
  fc.string().filter((key) => !key.startsWith("$")),
);
const anyKey = fc.oneof(plainKey, fc.constantFrom("$ref", "$min", "$digest"));
const members = <T>(key: fc.Arbitrary<string>, value: fc.Arbitrary<T>) =>
  fc.array(fc.tuple(key, value), { maxLength: 3 }).map((entries) => {
    const object: { [key: string]: T } = {};
    for (const [name, member] of entries) setOwn(object, name, member);
    return object;
  });
const scalar = fc.oneof(fc.constant(null), fc.boolean(), fc.integer(), fc.bigInt({ min: 2n ** 53n }), fc.string());
const { json } = fc.letrec<{ json: Json }>((tie) => ({
  json: fc.oneof({ depthSize: "small" }, scalar, fc.array(tie("json"), { maxLength: 3 }), members(anyKey, tie("json"))),
}));
const options = (document: fc.Arbitrary<Json>) => fc.array(document, { minLength: 1, maxLength: 3 });

const written = fc.letrec<{ document: Json; operators: JsonObject }>((tie) => ({
  document: fc.oneof(
    { depthSize: "small" },
    scalar,
    fc.array(tie("document"), { maxLength: 3 }),
    members(plainKey, tie("document")),
    tie("operators"),
  ),
  operators: fc
    .record(
      {
        $literal: json,
        $digest: fc.constant("hmac-sha256:k:00"),
        $absent: fc.boolean(),
        $oneOf: options(tie("document")),
        $anyOf: options(tie("document")),
        $allOf: options(tie("document")),
        $not: tie("document"),
        $min: fc.oneof(fc.integer(), fc.constantFrom<Json>("512Mi", "1h", 2n ** 60n)),
        $max: fc.double({ noNaN: true, noDefaultInfinity: true }),
        $atLeast: fc.constant("1.0"),
        $atMost: fc.constant("0640"),
        $matches: fc.constant("^(a+)+$"),
        $startsWith: fc.constant("/"),
        $endsWith: fc.constant("/"),
        $semver: fc.constant("^1.2"),
        $contains: fc.oneof(scalar, options(tie("document"))),
        $only: members(plainKey, tie("document")),
        $length: fc.oneof(fc.nat(), fc.constant({ $min: 1 })),
        $expiresAfter: fc.oneof(
          fc.constant("1.5s"),
          fc.nat().map((ms) => `${ms}ms`),
        ),
      },
      { requiredKeys: [] },
    )
    .filter((operators) => Object.keys(operators).length > 0),
}));

describe("formatExpected", () => {
  it("writes any document so that it reads back with the same meaning", () => {
    fc.assert(
      fc.property(written.document, (document) => {
        const expected = parse(document);
        const formatted = formatExpected(expected);
        // Not toStrictEqual, which takes a key named constructor for the constructor.
        expect(isDeepStrictEqual(parse(formatted), expected)).toBe(true);
        expect(isDeepStrictEqual(formatExpected(parse(formatted)), formatted)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it("writes any plain JSON, keys with a dollar included, so that none of them reads back as an operator", () => {
    fc.assert(
      fc.property(json, (value) => {
        const formatted = formatExpected(value);
        const expected = parse(formatted);
        expect(isDeepStrictEqual(formatExpected(expected), formatted)).toBe(true);
        // A sealed value is written as the digest that it is.
        expect(operatorsIn(expected).filter((op) => op !== "literal" && op !== "digest")).toEqual([]);
      }),
    );
    expect(formatExpected({ a: { $ref: "x" } })).toEqual({ a: { $literal: { $ref: "x" } } });
    expect(parse(formatExpected({ $ref: { $min: 1 } }))).toStrictEqual(
      constraint([{ op: "literal", value: { $ref: { $min: 1 } } }]),
    );
  });

  it("shows neither a secret nor a sealed verdict", () => {
    expect(formatExpected(constraint([{ op: "secret", value: "hunter2" }]))).toEqual({ $secret: true });
    expect(
      formatExpected({ a: [constraint([{ op: "not", option: constraint([{ op: "secret", value: "hunter2" }]) }])] }),
    ).toEqual({
      a: [{ $not: { $secret: true } }],
    });
    expect(formatExpected(constraint([{ op: "sealed", holds: false }]))).toEqual({ $sealed: true });
    expect(formatExpected(constraint([{ op: "sealed", holds: true }]))).toEqual({ $sealed: true });
  });

  it("writes a sealed value as the digest that it is", () => {
    expect(formatExpected({ $digest: "hmac-sha256:k:00" })).toEqual({ $digest: "hmac-sha256:k:00" });
    expect(formatExpected({ $digest: "" })).toEqual({ $literal: { $digest: "" } });
  });

  it("writes an operator that occurs twice without losing one", () => {
    const twice = constraint([
      { op: "matches", text: "a" },
      { op: "matches", text: "b" },
    ]);
    expect(formatExpected(twice)).toEqual({ $allOf: [{ $matches: "a" }, { $matches: "b" }] });
  });

  it.each([
    ["30d", "30d"],
    ["90m", "1h30m"],
    ["1.5s", "1s500ms"],
    ["0s", "0s"],
  ])("writes the duration %s as %s", (given, shown) => {
    expect(formatExpected(parse({ $expiresAfter: given }))).toEqual({ $expiresAfter: shown });
  });

  it("keeps a key named __proto__", () => {
    const formatted = formatExpected(parse(parseJson('{"__proto__": {"$min": 1}}')));
    expect(Object.entries(formatted ?? {})).toEqual([["__proto__", { $min: 1 }]]);
  });
});
