import { type Expected, isConstraint, type Operator } from "../../model/expected.ts";
import { isJsonObject, type Json } from "../../model/json.ts";
import { parseDuration } from "../../model/time.ts";
import { isDuration } from "../semantics/duration.ts";
import { isList } from "../semantics/exact.ts";
import { readQuantity } from "../semantics/quantity.ts";
import type { WrittenOperator } from "./operators.ts";
import { problemOfExpression } from "./regular-expression.ts";
import { isVersionRange } from "./semantic-version.ts";

/** How a mistake is reported and a nested value read. `refuse` returns undefined, so that a reader can end with it. */
export interface OperandContext {
  readonly refuse: (message: string, hint?: string) => undefined;
  readonly nested: (value: Json, ...steps: readonly string[]) => Expected;
}

/** Reads the operand of one operator; undefined when a mistake was reported. */
export function parseOperand(op: WrittenOperator, operand: Json, context: OperandContext): Operator | undefined {
  switch (op) {
    case "literal":
      return { op, value: operand };
    case "absent":
      return typeof operand === "boolean"
        ? { op, absent: operand }
        : context.refuse(`expected true or false, not ${nameOf(operand)}`);
    case "oneOf":
    case "anyOf":
    case "allOf":
      return parseOptions(op, operand, context);
    case "not":
      return { op, option: context.nested(operand) };
    case "min":
    case "max":
      return parseBound(op, operand, context);
    case "contains":
      return isList(operand) && operand.length === 0
        ? context.refuse("expected at least one element", "an empty list would be contained in anything")
        : { op, part: context.nested(operand) };
    case "only":
      return parseOnly(operand, context);
    case "length":
      return parseLength(operand, context);
    default:
      return parseTextOperand(op, operand, context);
  }
}

type TextOperator =
  | "secret"
  | "digest"
  | "atLeast"
  | "atMost"
  | "matches"
  | "startsWith"
  | "endsWith"
  | "semver"
  | "expiresAfter";

function parseTextOperand(op: TextOperator, operand: Json, context: OperandContext): Operator | undefined {
  if (typeof operand !== "string") {
    return context.refuse(`expected text, not ${nameOf(operand)}`, `write it in quotes, such as ${EXAMPLES[op]}`);
  }
  if (operand === "")
    return context.refuse("expected text that is not empty", `write something such as ${EXAMPLES[op]}`);
  switch (op) {
    case "secret":
      return { op, value: operand };
    case "digest":
      return { op, digest: operand };
    case "atLeast":
    case "atMost":
      return { op, bound: operand };
    case "startsWith":
    case "endsWith":
      return { op, text: operand };
    case "matches":
      return parseMatches(operand, context);
    case "semver":
      return isVersionRange(operand)
        ? { op, text: operand }
        : context.refuse("it is no range of semantic versions", `write something such as ${EXAMPLES[op]}`);
    case "expiresAfter":
      return parseExpiresAfter(operand, context);
  }
}

const EXAMPLES: Readonly<Record<TextOperator, string>> = {
  secret: `"\${DB_PASSWORD}"`,
  digest: '"hmac-sha256:KEY:HEX", as capture writes it',
  atLeast: '"3.0.11"',
  atMost: '"3.0.11"',
  matches: '"^web-[0-9]+$"',
  startsWith: '"/srv/"',
  endsWith: '".example.com"',
  semver: '">=1.2 <2"',
  expiresAfter: '"30d"',
};

function parseOptions(op: "oneOf" | "anyOf" | "allOf", operand: Json, context: OperandContext): Operator | undefined {
  if (!isList(operand)) return context.refuse(`expected a list, not ${nameOf(operand)}`);
  if (operand.length === 0) return context.refuse("expected at least one element");
  return { op, options: operand.map((option, index) => context.nested(option, String(index))) };
}

function parseBound(op: "min" | "max", operand: Json, context: OperandContext): Operator | undefined {
  if (typeof operand === "bigint" || (typeof operand === "number" && Number.isFinite(operand)))
    return { op, bound: operand };
  if (typeof operand === "string" && (readQuantity(operand) !== undefined || isDuration(operand))) {
    return { op, bound: operand };
  }
  const versions = op === "min" ? "$atLeast" : "$atMost";
  return context.refuse(
    "expected a number, or one with a unit such as 512Mi or 90s",
    `use "${versions}" for versions, modes and timestamps`,
  );
}

function parseMatches(pattern: string, context: OperandContext): Operator | undefined {
  const problem = problemOfExpression(pattern);
  if (problem === undefined) return { op: "matches", text: pattern };
  return context.refuse(
    `it is no regular expression: ${problem}`,
    "use RE2 syntax, which has no look-around and no back references",
  );
}

function parseOnly(operand: Json, context: OperandContext): Operator | undefined {
  if (!isJsonObject(operand)) return context.refuse(`expected an object, not ${nameOf(operand)}`);
  const members = context.nested(operand);
  if (isJsonObject(members) && !isConstraint(members)) return { op: "only", members };
  // A mixture was reported where it stands.
  const isMixed = Object.keys(operand).some((key) => !key.startsWith("$"));
  return isMixed ? undefined : context.refuse("expected an object of plain keys, not a constraint");
}

function parseLength(operand: Json, context: OperandContext): Operator | undefined {
  const isCount = typeof operand === "number" && Number.isSafeInteger(operand) && operand >= 0;
  if (!isCount && !isJsonObject(operand)) {
    return context.refuse(
      `expected a whole number from 0 or a constraint, not ${nameOf(operand)}`,
      "write something such as 3 or {$min: 1}",
    );
  }
  const length = context.nested(operand);
  if (isCount || (typeof length === "object" && length !== null && isConstraint(length)))
    return { op: "length", length };
  return context.refuse("expected a whole number from 0 or a constraint, not an object of plain keys");
}

/** Later than any `Date`: what stands beyond it can only be a mistake. */
const LONGEST_MS = 8.64e15;

function parseExpiresAfter(text: string, context: OperandContext): Operator | undefined {
  const durationMs = Math.round(parseDuration(text) ?? Number.NaN);
  if (durationMs <= LONGEST_MS) return { op: "expiresAfter", durationMs };
  return context.refuse("it is no duration", `write something such as ${EXAMPLES.expiresAfter} or "1h30m"`);
}

function nameOf(value: Json): string {
  if (value === null) return "null";
  if (isList(value)) return "a list";
  switch (typeof value) {
    case "string":
      return "text";
    case "boolean":
      return "true or false";
    case "object":
      return "an object";
    default:
      return "a number";
  }
}
