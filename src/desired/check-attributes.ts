import type { PathProblem, YamlDocument, YamlPath } from "../config/yaml-source.ts";
import type { Problem } from "../errors.ts";
import { type Constraint, type Expected, isConstraint, OPERATORS, type Operator } from "../model/expected.ts";
import type { AttributeType } from "../model/facts.ts";
import { nearest } from "../model/nearest.ts";
import type { IndexedAttribute, KindIndex } from "./kind-index.ts";

/** Where a document is checked, and where its mistakes go. */
export interface CheckContext {
  readonly document: YamlDocument;
  readonly kind: KindIndex;
  readonly problems: Problem[];
  /** Whether a line of the document may hold a secret: then no line is shown. */
  readonly secret: boolean;
}

/** Adds a mistake at a path of the document. */
export function report({ document, problems, secret }: CheckContext, path: YamlPath, details: PathProblem): void {
  problems.push(document.problemAt(path, secret ? { ...details, secret } : details));
}

interface Spot {
  /** From the root of the document. */
  readonly path: YamlPath;
  /** From the root of the attributes, `*` for a list's element. */
  readonly steps: readonly string[];
}

/**
 * Checks the declared attributes against what is known of their kind: their names, and where they are literals their types and
 * forms. What stands in a constraint is checked for names only.
 */
export function checkAttribute(name: string, expected: Expected, context: CheckContext): void {
  checkAt(expected, { path: ["attributes", name], steps: [name] }, context);
}

function checkAt(expected: Expected, spot: Spot, context: CheckContext): void {
  const { kind } = context;
  const attribute = kind.attribute(spot.steps);
  if (attribute === undefined && !kind.hasBelow(spot.steps)) {
    if (kind.facts.open !== true) reportUnknown(spot, context);
    return;
  }
  if (isConstraint(expected)) {
    checkOperands(expected, spot, context);
    return;
  }
  if (attribute !== undefined) checkLiteral(expected, attribute, spot, context);
  if (kind.hasBelow(spot.steps)) checkBelow(expected, spot, context);
}

function checkBelow(expected: Expected, spot: Spot, context: CheckContext): void {
  if (isList(expected)) {
    for (const [index, element] of expected.entries())
      checkAt(element, { path: [...spot.path, index], steps: [...spot.steps, "*"] }, context);
  } else if (typeof expected === "object" && expected !== null && !isConstraint(expected)) {
    for (const [key, member] of Object.entries(expected))
      checkAt(member, { path: [...spot.path, key], steps: [...spot.steps, key] }, context);
  }
}

/** Objects within a constraint name attributes as well. */
function checkOperands(constraint: Constraint, spot: Spot, context: CheckContext): void {
  if (!context.kind.hasBelow(spot.steps)) return;
  for (const operator of constraint[OPERATORS]) {
    const path = [...spot.path, `$${operator.op}`];
    for (const [operand, ...steps] of nestedOperands(operator))
      checkBelow(operand, { path: [...path, ...steps], steps: spot.steps }, context);
  }
}

function nestedOperands(operator: Operator): readonly (readonly [operand: Expected, ...path: number[]])[] {
  switch (operator.op) {
    case "oneOf":
    case "anyOf":
    case "allOf":
      return operator.options.map((option, index) => [option, index] as const);
    case "not":
      return [[operator.option]];
    case "contains":
      return [[operator.part]];
    case "only":
      return [[operator.members]];
    default:
      return [];
  }
}

function reportUnknown({ path, steps }: Spot, context: CheckContext): void {
  const name = steps.at(-1) ?? "";
  const { facts } = context.kind;
  const known = context.kind.names(steps.slice(0, -1)).filter((each) => each !== "*");
  const near = nearest(name, known);
  report(context, path, {
    what: "key",
    message: `${facts.kind} has no attribute "${name}"`,
    hint: near === undefined ? `Its attributes are: ${known.join(", ")}` : `Did you mean "${near}"?`,
  });
}

function checkLiteral(value: Expected, attribute: IndexedAttribute, spot: Spot, context: CheckContext): void {
  const { facts, form } = attribute;
  const name = spot.steps.join("/");
  if (value === null && context.kind.facts.emptyIs === "absent") return;
  if (!hasType(value, facts.type)) {
    report(context, spot.path, {
      message: `Attribute "${name}" must be ${TYPE_NAMES[facts.type]}, not ${describe(value)}`,
      hint: typeHint(value, attribute, context.document.sourceOf(spot.path)),
    });
  } else if (form !== undefined && typeof value === "string" && !form.test(value)) {
    report(context, spot.path, {
      message: `Attribute "${name}" of ${context.kind.facts.kind} does not have the form that it must have`,
      hint: `${facts.description}: write it like "${facts.form?.example}"`,
    });
  }
}

const TYPE_NAMES: Readonly<Record<AttributeType, string>> = {
  string: "text",
  integer: "a whole number",
  number: "a number",
  boolean: "true or false",
  list: "a list",
  object: "a map",
  any: "a value",
};

function hasType(value: Expected, type: AttributeType): boolean {
  switch (type) {
    case "integer":
      return typeof value === "bigint" || Number.isSafeInteger(value);
    case "number":
      return typeof value === "number" || typeof value === "bigint";
    case "string":
    case "boolean":
      return typeof value === type;
    case "list":
      return isList(value);
    case "object":
      return typeof value === "object" && value !== null && !isList(value);
    case "any":
      return true;
  }
}

/** What a person wrote, without showing it: it may be a secret. */
export function describe(value: Expected): string {
  if (value === null) return "nothing";
  if (isList(value)) return "a list";
  switch (typeof value) {
    case "string":
      return "text";
    case "boolean":
      return "true or false";
    case "object":
      return "a map";
    default:
      return "a number";
  }
}

function typeHint(value: Expected, { facts, form }: IndexedAttribute, source: string | undefined): string {
  const sensitive = facts.roles?.includes("sensitive") === true;
  if (value === null) return "Write a value, or leave the attribute out; {$absent: true} declares that it is not there";
  if (facts.type === "string" && source !== undefined && !sensitive && typeof value !== "string")
    return form === undefined || form.test(source)
      ? `Put it in quotes: "${source}"`
      : `${facts.description}: write it like "${facts.form?.example}"`;
  if (facts.type === "list" && !sensitive && source !== undefined) return `Write it in brackets: [${source}]`;
  if (typeof value === "string" && (facts.type === "integer" || facts.type === "boolean"))
    return "Write it without quotes";
  return facts.description;
}

/** `Array.isArray` does not narrow a readonly array. */
export function isList(value: Expected): value is readonly Expected[] {
  return Array.isArray(value);
}
