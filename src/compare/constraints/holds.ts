import type { Expected, Operator } from "../../model/expected.ts";
import { getOwn, isJsonObject, type Json } from "../../model/json.ts";
import type { Instant } from "../../model/time.ts";
import { type Comparer, comparerOf } from "../semantics/comparer.ts";
import { add, compareDecimals, decimal, decimalOf, multiply } from "../semantics/decimal.ts";
import { isList } from "../semantics/exact.ts";
import { readTimestamp } from "../semantics/timestamp.ts";
import { someOperator } from "./nested.ts";
import { matchesExpression } from "./regular-expression.ts";
import { satisfiesRange } from "./semantic-version.ts";

/** What a constraint is judged with, besides the value. */
export interface HoldsContext {
  /** Of the attribute that the constraint stands for. */
  readonly comparer: Comparer;
  /** When the value was observed. */
  readonly now: Instant;
  /** Judges nested expectations: an option, an element, a part, a length. */
  readonly matches: (expected: Expected, actual: Json | undefined) => boolean;
}

/**
 * Whether one operator holds for a value; `undefined` means that there is none, and then only `absent`, `not`, a verdict sealed
 * earlier, and what `matches` finds in nested options can hold. A value that an operator cannot read never satisfies it.
 * Never throws, and no pattern makes it hang.
 */
export function holds(operator: Operator, actual: Json | undefined, context: HoldsContext): boolean {
  switch (operator.op) {
    case "absent":
      return operator.absent === (actual === undefined);
    case "sealed":
      return operator.holds;
    case "not":
      return !context.matches(operator.option, actual);
    case "oneOf":
    case "anyOf":
      return operator.options.some((option) => context.matches(option, actual));
    case "allOf":
      return operator.options.every((option) => context.matches(option, actual));
    default:
      return actual !== undefined && holdsForValue(operator, actual, context);
  }
}

/** Whether time alone can change the verdict on a value. */
export function dependsOnTime(expected: Expected): boolean {
  return someOperator(expected, ({ op }) => op === "expiresAfter");
}

type ValueOperator = Exclude<Operator, { readonly op: "absent" | "sealed" | "not" | "oneOf" | "anyOf" | "allOf" }>;

function holdsForValue(operator: ValueOperator, actual: Json, context: HoldsContext): boolean {
  switch (operator.op) {
    case "literal":
      return context.matches(operator.value, actual);
    case "secret":
      return sealedText(actual) === operator.value || context.comparer.same(operator.value, actual);
    case "digest":
      return sealedText(actual) === operator.digest;
    case "min":
    case "max":
      return isWithinBound(operator.op === "min", orderOfAmounts(actual, operator.bound, context.comparer));
    case "atLeast":
    case "atMost":
      return isWithinBound(operator.op === "atLeast", orderOfVersions(actual, operator.bound, context.comparer));
    case "contains":
      return contains(operator.part, actual, context);
    case "only":
      return hasOnly(operator.members, actual, context);
    case "length":
      return lengthMatches(operator.length, actual, context);
    case "expiresAfter":
      return expiresAfter(operator.durationMs, actual, context.now);
    default:
      return textMatches(operator, textOf(actual));
  }
}

function isWithinBound(isLower: boolean, order: number | undefined): boolean {
  if (order === undefined) return false;
  return isLower ? order >= 0 : order <= 0;
}

const quantities = comparerOf("quantity");
const versions = comparerOf("version");

/** By the attribute's own order where it has one, else as numbers; a bound with a unit makes both quantities. */
function orderOfAmounts(actual: Json, bound: Json, comparer: Comparer): number | undefined {
  if (comparer.ordered) return comparer.order(actual, bound);
  const right = decimalOf(bound);
  if (right === undefined) return quantities.order(actual, bound);
  const left = decimalOf(actual);
  return left === undefined ? undefined : compareDecimals(left, right);
}

/** By the attribute's own order where it has one, else as versions. */
function orderOfVersions(actual: Json, bound: string, comparer: Comparer): number | undefined {
  return comparer.ordered ? comparer.order(actual, bound) : versions.order(actual, bound);
}

type TextOperator = Extract<ValueOperator, { readonly text: string }>;

function textMatches({ op, text }: TextOperator, actual: string | undefined): boolean {
  if (actual === undefined) return false;
  switch (op) {
    case "matches":
      return matchesExpression(text, actual);
    case "startsWith":
      return actual.startsWith(text);
    case "endsWith":
      return actual.endsWith(text);
    case "semver":
      return satisfiesRange(actual, text);
  }
}

/** A number or boolean is judged as it is written; nothing else but text has a text. */
function textOf(value: Json): string | undefined {
  return value === null || typeof value === "object" ? undefined : String(value);
}

/** The digest that stands in the place of a sensitive value. */
function sealedText(value: Json): string | undefined {
  const digest = isJsonObject(value) ? getOwn(value, "$digest") : undefined;
  return typeof digest === "string" ? digest : undefined;
}

/** In a text: every given text. In a list: an element for every given one. In an object: the given members. */
function contains(part: Expected, actual: Json, { matches }: HoldsContext): boolean {
  const parts = isExpectedList(part) ? part : [part];
  if (typeof actual === "string") return parts.every((text) => typeof text === "string" && actual.includes(text));
  if (isList(actual)) return parts.every((wanted) => actual.some((element) => matches(wanted, element)));
  return (
    isJsonObject(actual) && typeof part === "object" && part !== null && !isExpectedList(part) && matches(part, actual)
  );
}

function hasOnly(members: { readonly [key: string]: Expected }, actual: Json, { matches }: HoldsContext): boolean {
  if (!isJsonObject(actual)) return false;
  if (Object.keys(actual).some((key) => !Object.hasOwn(members, key))) return false;
  return Object.entries(members).every(([key, expected]) => matches(expected, getOwn(actual, key)));
}

/** Characters (code points) of a text, elements of a list, members of an object. */
function lengthMatches(length: Expected, actual: Json, { matches }: HoldsContext): boolean {
  if (typeof actual === "string") return matches(length, Array.from(actual).length);
  if (typeof actual !== "object" || actual === null) return false;
  return matches(length, Object.keys(actual).length);
}

/** In exact seconds: the sum may lie beyond what a `Date` can hold. */
function expiresAfter(durationMs: number, actual: Json, now: Instant): boolean {
  const expiry = readTimestamp(actual);
  const present = readTimestamp(now);
  const duration = decimalOf(durationMs);
  if (expiry === undefined || present === undefined || duration === undefined) return false;
  return compareDecimals(expiry, add(present, multiply(duration, decimal(1n, -3)))) > 0;
}

/** `Array.isArray` does not narrow a readonly array. */
function isExpectedList(expected: Expected): expected is readonly Expected[] {
  return Array.isArray(expected);
}
