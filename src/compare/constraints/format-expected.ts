import {
  type Constraint,
  type Expected,
  type ExpectedObject,
  isConstraint,
  OPERATORS,
  type Operator,
} from "../../model/expected.ts";
import { type Json, type JsonObject, setOwn } from "../../model/json.ts";
import { isDigest } from "../../model/sealed.ts";

/**
 * Writes an expectation as it stands in a document: `parseExpected` reads it back with the same meaning. Lossy where a value must
 * not be shown: a secret is `{"$secret": true}` whatever it is and a sealed verdict `{"$sealed": true}` whichever it is, so equal
 * text is no proof that two of them are equal.
 */
export function formatExpected(expected: Expected): Json {
  if (typeof expected !== "object" || expected === null) return expected;
  if (isList(expected)) return expected.map(formatExpected);
  if (isConstraint(expected)) return formatConstraint(expected);
  return isPlain(expected) && mustEscape(expected) ? { $literal: expected } : formatMembers(expected);
}

/** Whether a reader would take a plain object for a constraint; a sealed value reads back as the digest that it is. */
function mustEscape(object: JsonObject): boolean {
  return Object.keys(object).some((key) => key.startsWith("$")) && !isDigest(object);
}

function isPlain(expected: Expected): expected is JsonObject {
  if (typeof expected !== "object" || expected === null) return true;
  return !isConstraint(expected) && Object.values(expected).every(isPlain);
}

/** `Array.isArray` does not narrow a readonly array. */
function isList(expected: Expected): expected is readonly Expected[] {
  return Array.isArray(expected);
}

function formatMembers(object: ExpectedObject): JsonObject {
  const formatted: { [key: string]: Json } = {};
  for (const [key, member] of Object.entries(object)) setOwn(formatted, key, formatExpected(member));
  return formatted;
}

function formatConstraint({ [OPERATORS]: operators }: Constraint): JsonObject {
  const [first] = operators;
  if (operators.length === 1 && first !== undefined) return formatOperator(first);
  const isRepeated = new Set(operators.map(({ op }) => op)).size < operators.length;
  return isRepeated ? { $allOf: operators.map(formatOperator) } : Object.assign({}, ...operators.map(formatOperator));
}

function formatOperator(operator: Operator): JsonObject {
  switch (operator.op) {
    case "literal":
      return { $literal: operator.value };
    case "secret":
      return { $secret: true };
    case "digest":
      return { $digest: operator.digest };
    case "sealed":
      return { $sealed: true };
    case "absent":
      return { $absent: operator.absent };
    case "oneOf":
    case "anyOf":
    case "allOf":
      return { [`$${operator.op}`]: operator.options.map(formatExpected) };
    case "not":
      return { $not: formatExpected(operator.option) };
    case "min":
    case "max":
    case "atLeast":
    case "atMost":
      return { [`$${operator.op}`]: operator.bound };
    case "matches":
    case "startsWith":
    case "endsWith":
    case "semver":
      return { [`$${operator.op}`]: operator.text };
    case "contains":
      return { $contains: formatExpected(operator.part) };
    case "only":
      return { $only: formatMembers(operator.members) };
    case "length":
      return { $length: formatExpected(operator.length) };
    case "expiresAfter":
      return { $expiresAfter: formatDuration(operator.durationMs) };
  }
}

const UNITS: readonly (readonly [string, number])[] = [
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["m", 60_000],
  ["s", 1000],
  ["ms", 1],
];

/** `1h30m`: whole units, the largest first. */
function formatDuration(durationMs: number): string {
  let rest = durationMs;
  let text = "";
  for (const [unit, size] of UNITS) {
    const count = Math.floor(rest / size);
    if (count > 0) text += `${count}${unit}`;
    rest -= count * size;
  }
  return text === "" ? "0s" : text;
}
