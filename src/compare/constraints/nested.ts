import { type Expected, type ExpectedObject, isConstraint, OPERATORS, type Operator } from "../../model/expected.ts";
import { setOwn } from "../../model/json.ts";

/** The expectations that an operator holds within itself. */
function nestedIn(operator: Operator): readonly Expected[] {
  switch (operator.op) {
    case "oneOf":
    case "anyOf":
    case "allOf":
      return operator.options;
    case "not":
      return [operator.option];
    case "contains":
      return [operator.part];
    case "only":
      return [operator.members];
    case "length":
      return [operator.length];
    default:
      return [];
  }
}

/** The operator with each expectation within it replaced. */
export function mapNested(operator: Operator, map: (expected: Expected) => Expected): Operator {
  switch (operator.op) {
    case "oneOf":
    case "anyOf":
    case "allOf":
      return { ...operator, options: operator.options.map(map) };
    case "not":
      return { ...operator, option: map(operator.option) };
    case "contains":
      return { ...operator, part: map(operator.part) };
    case "only":
      return { ...operator, members: mapMembers(operator.members, map) };
    case "length":
      return { ...operator, length: map(operator.length) };
    default:
      return operator;
  }
}

export function mapMembers(members: ExpectedObject, map: (expected: Expected) => Expected): ExpectedObject {
  const mapped: { [key: string]: Expected } = {};
  for (const [key, member] of Object.entries(members)) setOwn(mapped, key, map(member));
  return mapped;
}

/** Whether any operator within an expectation, at any depth, is one that `test` finds. */
export function someOperator(expected: Expected, test: (operator: Operator) => boolean): boolean {
  if (typeof expected !== "object" || expected === null) return false;
  if (!isConstraint(expected)) return Object.values(expected).some((member: Expected) => someOperator(member, test));
  return expected[OPERATORS].some(
    (operator) => test(operator) || nestedIn(operator).some((nested) => someOperator(nested, test)),
  );
}

/** Whether any part of it is a constraint, so that it is no plain JSON. */
export function containsConstraint(expected: Expected): boolean {
  return someOperator(expected, () => true);
}

/** Whether a document declares a secret in it, or the digest of one. */
export function declaresSecret(expected: Expected): boolean {
  return someOperator(expected, ({ op }) => op === "secret" || op === "digest");
}

/** Whether it depends on the value of a secret, which may be another one at another time. */
export function takesSecret(expected: Expected): boolean {
  return someOperator(expected, ({ op }) => op === "secret");
}
