import { describe, expect, it } from "vitest";
import { constraint, type Expected, type Operator } from "../../model/expected.ts";
import type { Json } from "../../model/json.ts";
import { parseJson } from "../../model/parse-json.ts";
import { WRITTEN_OPERATORS } from "./operators.ts";
import { type ParseProblem, parseExpected } from "./parse-expected.ts";

function parse(value: Json): { readonly expected: Expected; readonly problems: readonly ParseProblem[] } {
  const problems: ParseProblem[] = [];
  const expected = parseExpected(value, (problem) => problems.push(problem));
  return { expected, problems };
}

const only = (...operators: readonly Operator[]) => constraint(operators);

describe("parseExpected", () => {
  it.each<[string, Json]>([
    ["scalars", [null, true, 1, 1n, "x"]],
    ["an empty object", {}],
    ["a dollar sign that starts no key", { price$: "$5", list: ["$min"] }],
    [
      "ordinary keys named as on every prototype",
      parseJson('{"__proto__": {"a": 1}, "constructor": 2, "toString": [3]}'),
    ],
  ])("gives back %s as the very same value", (_, value) => {
    const { expected, problems } = parse(value);
    expect(expected).toBe(value);
    expect(problems).toEqual([]);
  });

  it.each<[string, Json, Expected]>([
    ["$absent", { $absent: true }, only({ op: "absent", absent: true })],
    ["$oneOf", { $oneOf: ["a", { $min: 1 }] }, only({ op: "oneOf", options: ["a", only({ op: "min", bound: 1 })] })],
    ["$anyOf", { $anyOf: [null] }, only({ op: "anyOf", options: [null] })],
    ["$allOf", { $allOf: [{ $max: 2n }] }, only({ op: "allOf", options: [only({ op: "max", bound: 2n })] })],
    ["$not", { $not: { $absent: true } }, only({ op: "not", option: only({ op: "absent", absent: true }) })],
    [
      "$min and $max together",
      { $min: 0, $max: "512Mi" },
      only({ op: "min", bound: 0 }, { op: "max", bound: "512Mi" }),
    ],
    ["a duration as a bound", { $max: "90s" }, only({ op: "max", bound: "90s" })],
    ["$atLeast", { $atLeast: "3.0.11" }, only({ op: "atLeast", bound: "3.0.11" })],
    ["$atMost", { $atMost: "0640" }, only({ op: "atMost", bound: "0640" })],
    ["$matches", { $matches: "^a+$" }, only({ op: "matches", text: "^a+$" })],
    ["$startsWith", { $startsWith: "/srv" }, only({ op: "startsWith", text: "/srv" })],
    ["$endsWith", { $endsWith: ".d" }, only({ op: "endsWith", text: ".d" })],
    ["$semver", { $semver: ">=1.2 <2" }, only({ op: "semver", text: ">=1.2 <2" })],
    ["$contains", { $contains: ["a", "b"] }, only({ op: "contains", part: ["a", "b"] })],
    ["$only", { $only: { a: { $min: 1 } } }, only({ op: "only", members: { a: only({ op: "min", bound: 1 }) } })],
    ["$length", { $length: { $min: 1 } }, only({ op: "length", length: only({ op: "min", bound: 1 }) })],
    ["$expiresAfter", { $expiresAfter: "30d" }, only({ op: "expiresAfter", durationMs: 2_592_000_000 })],
    ["$secret", { $secret: "hunter2" }, only({ op: "secret", value: "hunter2" })],
    ["$digest", { $digest: "hmac-sha256:k:00" }, only({ op: "digest", digest: "hmac-sha256:k:00" })],
    [
      "a constraint deep within",
      { a: [{ b: { $absent: false } }] },
      { a: [{ b: only({ op: "absent", absent: false }) }] },
    ],
    ["$literal of plain JSON", { $literal: { a: [1] } }, { a: [1] }],
    [
      "$literal of a key with a dollar",
      { $literal: { a: { $ref: 1 } } },
      only({ op: "literal", value: { a: { $ref: 1 } } }),
    ],
    ["$literal beside another", { $literal: 1, $min: 0 }, only({ op: "literal", value: 1 }, { op: "min", bound: 0 })],
  ])("reads %s", (_, value, expected) => {
    expect(parse(value)).toStrictEqual({ expected, problems: [] });
  });

  it.each<[string, Json, readonly string[], RegExp]>([
    ["a text for a boolean", { a: { $absent: "yes" } }, ["a", "$absent"], /expected true or false, not text/],
    ["one option outside a list", { $oneOf: "a" }, ["$oneOf"], /expected a list, not text/],
    ["no options", { $anyOf: [] }, ["$anyOf"], /at least one element/],
    ["a version as a bound", { $min: "1.2.3" }, ["$min"], /expected a number/],
    ["infinity as a bound", { $max: Number.POSITIVE_INFINITY }, ["$max"], /expected a number/],
    ["an unquoted version", { $atLeast: 3.1 }, ["$atLeast"], /expected text, not a number/],
    ["a missing bound", { $atMost: null }, ["$atMost"], /expected text, not null/],
    ["look-around", { $matches: "(?=x)" }, ["$matches"], /no regular expression: invalid or unsupported Perl syntax/],
    ["an open bracket", { $matches: "[a" }, ["$matches"], /no regular expression: missing closing \]/],
    ["a back reference", { $matches: "(a)\\1" }, ["$matches"], /no regular expression/],
    ["a text that any value starts with", { $startsWith: "" }, ["$startsWith"], /not empty/],
    ["no range", { $semver: "newest" }, ["$semver"], /no range/],
    ["a blank range", { $semver: " " }, ["$semver"], /no range/],
    ["parts that anything contains", { $contains: [] }, ["$contains"], /at least one element/],
    ["a list for members", { $only: ["a"] }, ["$only"], /expected an object, not a list/],
    ["a constraint for members", { $only: { $min: 1 } }, ["$only"], /object of plain keys/],
    ["a negative length", { $length: -1 }, ["$length"], /whole number from 0 or a constraint/],
    ["a broken length", { $length: 1.5 }, ["$length"], /whole number from 0 or a constraint/],
    ["an object for a length", { $length: { a: 1 } }, ["$length"], /object of plain keys/],
    ["a number for a duration", { $expiresAfter: 30 }, ["$expiresAfter"], /expected text, not a number/],
    ["a word for a duration", { $expiresAfter: "soon" }, ["$expiresAfter"], /no duration/],
    ["a duration beyond all dates", { $expiresAfter: `${"9".repeat(400)}d` }, ["$expiresAfter"], /no duration/],
    [
      "an option deep within",
      { $oneOf: [1, { $not: { $absent: 0 } }] },
      ["$oneOf", "1", "$not", "$absent"],
      /true or false/,
    ],
    ["an operator among plain keys", { b: { $min: 1, a: 2 } }, ["b", "$min"], /Cannot mix "\$min" with plain keys/],
    ["a secret that is a list", { $secret: ["a"] }, ["$secret"], /expected text, not a list/],
    ["an operator without a written form", { $sealed: true }, ["$sealed"], /Unknown operator "\$sealed"/],
    ["$ alone", { $: 1 }, ["$"], /Unknown operator "\$"/],
    ["a key that is on every prototype", { $constructor: 1 }, ["$constructor"], /Unknown operator/],
  ])("refuses %s, where it stands", (_, value, path, message) => {
    const { problems } = parse(value);
    expect(problems.map((problem) => problem.path)).toEqual([path]);
    expect(problems[0]?.message).toMatch(message);
  });

  it.each([
    ["$oneof", "$oneOf"],
    ["$atleast", "$atLeast"],
    ["$matchs", "$matches"],
    ["$startWith", "$startsWith"],
    ["$expireAfter", "$expiresAfter"],
    ["$mim", "$min"],
    ["$regex", "$matches"],
    ["$in", "$oneOf"],
    ["$gte", "$min"],
  ])("suggests for %s the operator %s", (key, suggestion) => {
    expect(parse({ [key]: 1 }).problems[0]?.hint).toContain(`did you mean "${suggestion}"?`);
  });

  it("suggests no operator for a key that is near none, only how to escape it", () => {
    expect(parse({ $schema: "x" }).problems).toEqual([
      {
        path: ["$schema"],
        message: 'Unknown operator "$schema"',
        hint: 'put the object into {$literal: …} if "$schema" is an ordinary key',
      },
    ]);
  });

  it("reports every mistake, not only the first", () => {
    const { problems } = parse({
      a: { $min: true, $matches: "(" },
      b: [{ $nope: 1 }, { $absent: 1 }],
      c: { x: 1, $y: 2, $z: 3 },
    });
    expect(problems.map(({ path }) => path.join("."))).toEqual([
      "a.$min",
      "a.$matches",
      "b.0.$nope",
      "b.1.$absent",
      "c.$y",
      "c.$z",
    ]);
  });

  it("shows no operand in any problem, because it may be a secret", () => {
    const secret = "hunter2";
    for (const name of WRITTEN_OPERATORS) {
      for (const operand of [[secret], { [secret]: secret }, `(${secret}`, 7007]) {
        const text = JSON.stringify(parse({ [`$${name}`]: operand }).problems);
        expect(text).not.toContain(secret);
        expect(text).not.toContain("7007");
      }
    }
  });

  it("makes of what it could not read a constraint that never holds", () => {
    const never = constraint([{ op: "anyOf", options: [] }]);
    expect(parse({ $nope: 1 }).expected).toStrictEqual(never);
    expect(parse({ $min: 1, a: 1 }).expected).toStrictEqual(never);
  });
});
