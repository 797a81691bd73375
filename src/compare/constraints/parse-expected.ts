import { constraint, type Expected, type ExpectedObject, type Operator } from "../../model/expected.ts";
import { isJsonObject, type Json, type JsonObject, setOwn } from "../../model/json.ts";
import { isList } from "../semantics/exact.ts";
import { operatorOfKey, suggestOperator } from "./operators.ts";
import { parseOperand } from "./parse-operand.ts";
import type { ParseProblem, Report } from "./parse-problem.ts";

/**
 * The border where a value of a Leeway document becomes a typed `Expected`. An object whose keys are all operators is a
 * constraint; everything else is itself, and a value without constraints comes back as the very same object. Every mistake
 * is reported, none of them with an operand's value; where one was reported, the result stands for what never holds.
 */
export function parseExpected(value: Json, report: Report): Expected {
  return parseAt(value, { path: [], report });
}

export type { ParseProblem, Report };

interface At {
  readonly path: readonly string[];
  readonly report: Report;
}

/** Stands in for a constraint that could not be read, so that a reader who goes on finds drift, not agreement. */
const NEVER: Operator = { op: "anyOf", options: [] };

function parseAt(value: Json, at: At): Expected {
  if (isList(value)) return parseList(value, at);
  if (!isJsonObject(value)) return value;
  const keys = Object.keys(value);
  const operatorKeys = keys.filter((key) => key.startsWith("$"));
  if (operatorKeys.length === 0) return parseMembers(value, at);
  if (operatorKeys.length < keys.length) return refuseMixture(operatorKeys, at);
  return parseConstraint(value, at);
}

function parseList(list: readonly Json[], at: At): Expected {
  const parsed = list.map((item, index) => parseAt(item, below(at, String(index))));
  return parsed.every((item, index) => Object.is(item, list[index])) ? list : parsed;
}

function parseMembers(object: JsonObject, at: At): ExpectedObject {
  const parsed: { [key: string]: Expected } = {};
  let isSame = true;
  for (const [key, member] of Object.entries(object)) {
    const expected = parseAt(member, below(at, key));
    isSame &&= Object.is(expected, member);
    setOwn(parsed, key, expected);
  }
  return isSame ? object : parsed;
}

function refuseMixture(operatorKeys: readonly string[], { path, report }: At): Expected {
  for (const key of operatorKeys) {
    report({
      path: [...path, key],
      message: `Cannot mix "${key}" with plain keys: an object is either all operators or a plain value`,
      hint: `put the object into {$literal: …} if "${key}" is an ordinary key`,
    });
  }
  return constraint([NEVER]);
}

function parseConstraint(object: JsonObject, at: At): Expected {
  const entries = Object.entries(object);
  const [first] = entries;
  if (entries.length === 1 && first?.[0] === "$literal" && !holdsOperatorKey(first[1])) return first[1];
  return constraint(entries.map(([key, operand]) => parseEntry(key, operand, below(at, key)) ?? NEVER));
}

function parseEntry(key: string, operand: Json, at: At): Operator | undefined {
  const op = operatorOfKey(key);
  if (op === undefined) {
    at.report({ path: at.path, message: `Unknown operator "${key}"`, hint: hintForUnknown(key) });
    return undefined;
  }
  return parseOperand(op, operand, {
    refuse: (message, hint) => {
      at.report({
        path: at.path,
        message: `Cannot read "${key}": ${message}`,
        ...(hint === undefined ? {} : { hint }),
      });
      return undefined;
    },
    nested: (value, ...steps) => parseAt(value, { ...at, path: [...at.path, ...steps] }),
  });
}

function hintForUnknown(key: string): string {
  const suggestion = suggestOperator(key);
  const literally = `put the object into {$literal: …} if "${key}" is an ordinary key`;
  return suggestion === undefined ? literally : `did you mean "${suggestion}"? Otherwise ${literally}`;
}

/** Whether a reader would take any part of a plain value for an operator. */
function holdsOperatorKey(value: Json): boolean {
  if (isList(value)) return value.some(holdsOperatorKey);
  if (!isJsonObject(value)) return false;
  return Object.entries(value).some(([key, member]) => key.startsWith("$") || holdsOperatorKey(member));
}

function below({ path, report }: At, step: string): At {
  return { path: [...path, step], report };
}
