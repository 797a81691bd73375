import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { type Expected, isConstraint, OPERATORS } from "../../model/expected.ts";
import type { Semantics } from "../../model/facts.ts";
import { isJsonObject, type Json } from "../../model/json.ts";
import { parseJson } from "../../model/parse-json.ts";
import { comparerOf } from "../semantics/comparer.ts";
import { holds } from "./holds.ts";
import { WRITTEN_OPERATORS } from "./operators.ts";
import { parseExpected } from "./parse-expected.ts";

const PAGE = readFileSync(new URL("../../../docs/semantics.md", import.meta.url), "utf8");
const rows = PAGE.split("\n")
  .filter((line) => line.startsWith("| `"))
  .map((line) => line.split(" | ").map((cell) => cell.replace(/^\| | \|$/g, "")));

const NAMES: Readonly<Record<Extract<Semantics, string>, true>> = {
  exact: true,
  set: true,
  sequence: true,
  json: true,
  "iam-policy": true,
  quantity: true,
  duration: true,
  cidr: true,
  "file-mode": true,
  version: true,
  pem: true,
  arn: true,
  "case-insensitive": true,
  timestamp: true,
};

const semanticsRows = rows.filter(([name]) => !name?.startsWith("`$")).map((cells) => cells.map(withoutTicks));
const operatorRows = rows.filter(([name]) => name?.startsWith("`$"));

function withoutTicks(cell: string): string {
  return cell.replace(/^`|`$/g, "");
}

function pairOf(cell: string | undefined, sign: string): [Json, Json] {
  const [left = "", right = ""] = (cell ?? "").split(`\` ${sign} \``);
  return [parseJson(left), parseJson(right)];
}

function exampleOf(cell: string | undefined): Json | undefined {
  return cell === "*no value*" ? undefined : parseJson(withoutTicks(cell ?? ""));
}

function satisfies(expected: Expected, actual: Json | undefined): boolean {
  if (typeof expected === "object" && expected !== null && isConstraint(expected)) {
    const context = { comparer: comparerOf("exact"), now: "2026-11-24T09:30:00.000Z", matches: satisfies };
    return expected[OPERATORS].every((operator) => holds(operator, actual, context));
  }
  // What is no constraint in these examples holds none within.
  return actual !== undefined && comparerOf("exact").same(expected as Json, actual);
}

describe("docs/semantics.md", () => {
  it("shows every semantics and every operator once", () => {
    const documented = semanticsRows.map(([name]) => name);
    expect(documented.filter((name) => name !== "keyed").sort()).toEqual(Object.keys(NAMES).sort());
    expect(operatorRows.map(([name = ""]) => withoutTicks(name))).toEqual(WRITTEN_OPERATORS.map((name) => `$${name}`));
  });

  // The elements of sets and keyed lists are matched by whoever walks the list, not by a comparer.
  it.each(semanticsRows.filter(([name]) => name !== "set" && name !== "keyed"))(
    "is right about %s",
    (name, _, same, different) => {
      const comparer = comparerOf(name as Extract<Semantics, string>); // The names were compared with the type's above.
      expect(comparer.same(...pairOf(same, "="))).toBe(true);
      expect(comparer.same(...pairOf(different, "≠"))).toBe(false);
    },
  );

  it.each(operatorRows)("is right about %s", (name, _, example, yes, no) => {
    const document = exampleOf(example);
    const expected = parseExpected(document ?? null, (problem) => expect.fail(problem.message));
    expect(isJsonObject(document) && Object.keys(document)).toEqual([withoutTicks(name ?? "")]);
    expect(satisfies(expected, exampleOf(yes))).toBe(true);
    expect(satisfies(expected, exampleOf(no))).toBe(false);
  });
});
