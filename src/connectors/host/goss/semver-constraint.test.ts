import { describe, expect, it } from "vitest";
import { holds } from "../../../compare/constraints/holds.ts";
import { comparerOf } from "../../../compare/semantics/comparer.ts";
import { type Expected, isConstraint, OPERATORS } from "../../../model/expected.ts";
import type { Json } from "../../../model/json.ts";
import { semverConstraint } from "./semver-constraint.ts";

function satisfies(expected: Expected, actual: Json | undefined): boolean {
  if (!isConstraint(expected)) return expected === actual;
  const context = { comparer: comparerOf("version"), now: "2026-01-01T00:00:00.000Z", matches: satisfies };
  return expected[OPERATORS].every((operator) => holds(operator, actual, context));
}

describe("semverConstraint", () => {
  it.each([
    [">1.0.0 <2.0.0 !=1.5.0", ["1.0.1", "1.9.9"], ["1.0.0", "2.0.0", "1.5.0", "x"]],
    [">5.0.0 || < 1.5.0", ["5.0.1", "1.4.0"], ["1.5.0", "5.0.0"]],
    ["1.2.3", ["1.2.3"], ["1.2.4"]],
    ["==1.2.3", ["1.2.3"], ["1.2.4"]],
    ["=1.2.3", ["1.2.3"], ["1.2.4"]],
    ["1.x", ["1.0.0", "1.9.0"], ["2.0.0"]],
    ["!1.2.3", ["1.2.4"], ["1.2.3", "no version"]],
    ["!=1.2.3 || 1.2.3", ["1.2.3", "1.2.4"], ["no version"]],
    [">=v1.2.0", ["1.2.0"], ["1.1.9"]],
  ])("reads %s", (range, inside, outside) => {
    const expected = semverConstraint(range);
    expect(expected).toBeDefined();
    if (expected === undefined) return;
    expect(inside.filter((version) => !satisfies(expected, version))).toEqual([]);
    expect(outside.filter((version) => satisfies(expected, version))).toEqual([]);
  });

  it.each(["", " ", "||", ">", ">1.0.0 ||", "abc", "^1.0.0", "~1.2", ">=1.0.0, <2"])("refuses %j", (range) => {
    expect(semverConstraint(range)).toBeUndefined();
  });
});
