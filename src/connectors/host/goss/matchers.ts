import { problemOfExpression } from "../../../compare/constraints/regular-expression.ts";
import { constraint, type Expected, type Operator } from "../../../model/expected.ts";
import { isJsonObject, type Json } from "../../../model/json.ts";
import { nearest } from "../../../model/nearest.ts";
import { parseExactNumber } from "../../../model/parse-json.ts";
import { type AttributeShape, type Matched, NOTHING, nameOf } from "./attribute-shape.ts";
import { readListMatcher, readPlainList } from "./list-matchers.ts";
import { semverConstraint } from "./semver-constraint.ts";
import { below, refuse, type Spot } from "./spot.ts";

/**
 * What a goss matcher expects of an attribute: `NOTHING` when it asserts nothing, undefined when a mistake was reported. A matcher
 * that could hold in Leeway where goss says that it does not is refused: nothing may be in sync by translation.
 */
export function readMatcher(value: Json, shape: AttributeShape, spot: Spot): Matched | undefined {
  if (typeof value === "string") return readText(value, shape, spot);
  if (typeof value === "number" || typeof value === "bigint") return readNumber(value, shape, spot);
  if (typeof value === "boolean")
    return shape.type === "boolean" ? value : refuse(spot, `Must be ${nameOf(shape)}, not true or false`, quoted(spot));
  if (value === null) return refuse(spot, "A value is missing", "Write what is expected, or remove the line");
  if (isJsonObject(value)) return readObject(value, shape, spot);
  return readPlainList(value, { shape, spot, readMatcher });
}

function readText(text: string, shape: AttributeShape, spot: Spot): Expected | undefined {
  switch (shape.type) {
    case "text":
      return translated(text, shape, spot);
    case "numeric-text":
    case "version":
      return text;
    case "number":
      return /^-?\d+$/.test(text) ? parseExactNumber(text) : refuse(spot, "Must be a number, not text");
    case "boolean":
      return refuse(spot, "Must be true or false, not text", "Write it without quotes");
    case "set":
      return refuse(spot, "Must be a list, not text", `Write it in brackets: ["${text}"]`);
  }
}

function translated(text: string, shape: AttributeShape, spot: Spot): Expected | undefined {
  if (shape.words === undefined) return text;
  const word = shape.words.get(text);
  if (word !== undefined) return word;
  const near = nearest(text, shape.words.keys());
  const hint = near === undefined ? `It is one of: ${[...shape.words.keys()].join(", ")}` : `Did you mean "${near}"?`;
  return refuse(spot, `Unknown value "${text}"`, hint);
}

function readNumber(value: number | bigint, shape: AttributeShape, spot: Spot): Expected | undefined {
  if (shape.type === "number") return value;
  if (shape.type === "numeric-text") return String(value);
  return refuse(spot, `Must be ${nameOf(shape)}, not a number`, quoted(spot));
}

function quoted({ document, path }: Spot): string | undefined {
  const source = document.sourceOf(path);
  return source === undefined ? undefined : `Put it in quotes: "${source}"`;
}

const TEXT_OPERATORS: ReadonlyMap<string, (text: string) => Operator> = new Map([
  ["have-prefix", (text: string): Operator => ({ op: "startsWith", text })],
  ["have-suffix", (text: string): Operator => ({ op: "endsWith", text })],
  ["contain-substring", (text: string): Operator => ({ op: "contains", part: text })],
  ["match-regexp", (text: string): Operator => ({ op: "matches", text })],
]);

const NUMERIC = new Set(["gt", "ge", "lt", "le"]);
const LIST = new Set(["contain-element", "contain-elements", "consist-of", "have-len"]);

/** Matchers on what no attribute of these resources is. */
const REFUSED: ReadonlyMap<string, string> = new Map([
  ["have-key", "no attribute of these resources is a map"],
  ["have-patterns", "no attribute of these resources is read line by line"],
  ["gjson", "no attribute of these resources is JSON"],
  ["xml", "no attribute of these resources is XML"],
]);

const ALL = ["equal", "not", "and", "or", "semver-constraint", ...TEXT_OPERATORS.keys(), ...NUMERIC, ...LIST];

function readObject(object: { readonly [key: string]: Json }, shape: AttributeShape, spot: Spot): Matched | undefined {
  const [entry, ...more] = Object.entries(object);
  if (entry === undefined || more.length > 0)
    return refuse(spot, "A matcher must have exactly one key", "Combine several with and: [ … ]");
  const [name, operand] = entry;
  const at = below(spot, name);
  if (shape.only !== undefined && !shape.only.matchers.includes(name) && ALL.includes(name))
    return refuse(
      at,
      `Cannot use "${name}" here: ${shape.only.reason}`,
      `Use ${shape.only.matchers.join(", ")}`,
      "key",
    );
  if (name === "equal") return readEqual(operand, shape, at);
  if (name === "not") return readNot(operand, shape, at);
  if (name === "and" || name === "or") return readAll(name, operand, { shape, spot: at });
  if (name === "semver-constraint") return readRange(operand, shape, at);
  if (NUMERIC.has(name)) return readBound(name, operand, { shape, spot: at });
  if (LIST.has(name)) return readListMatcher(name, operand, { shape, spot: at, readMatcher });
  return readTextMatcher(name, operand, { shape, spot: at });
}

interface At {
  readonly shape: AttributeShape;
  readonly spot: Spot;
}

function readTextMatcher(name: string, operand: Json, { shape, spot }: At): Expected | undefined {
  const make = TEXT_OPERATORS.get(name);
  if (make === undefined) return refuseUnknown(name, spot);
  const isText = shape.type === "text" || shape.type === "version" || shape.type === "numeric-text";
  if (!isText || shape.words !== undefined)
    return refuse(spot, `Cannot use "${name}" here: the attribute is ${nameOf(shape)}`, undefined, "key");
  if (typeof operand !== "string") return refuse(spot, `"${name}" must be text`, quoted(spot));
  const problem = name === "match-regexp" ? problemOfExpression(operand) : undefined;
  return problem === undefined ? constraint([make(operand)]) : refuse(spot, `Not a regular expression: ${problem}`);
}

function refuseUnknown(name: string, spot: Spot): undefined {
  const reason = REFUSED.get(name);
  if (reason !== undefined) return refuse(spot, `Cannot use "${name}" here: ${reason}`, undefined, "key");
  const near = nearest(name, ALL);
  return refuse(
    spot,
    `Unknown matcher "${name}"`,
    near === undefined ? `Known are: ${ALL.join(", ")}` : `Did you mean "${near}"?`,
    "key",
  );
}

/** goss compares without a conversion here: text with text, a number with a number. */
function readEqual(operand: Json, shape: AttributeShape, spot: Spot): Matched | undefined {
  if (isJsonObject(operand)) return refuse(spot, `Must be ${nameOf(shape)}, not a map`);
  if (shape.type === "set" || shape.type === "version") {
    if (Array.isArray(operand)) return readListMatcher("consist-of", operand, { shape, spot, readMatcher });
    return refuse(spot, '"equal" compares with a list here, and must be one', "Write it in brackets");
  }
  const isSame = typeof operand === (shape.type === "numeric-text" ? "string" : "") || shape.type !== "numeric-text";
  return isSame
    ? readMatcher(operand, shape, spot)
    : refuse(spot, '"equal" compares with text here, and must be text', quoted(spot));
}

function readNot(operand: Json, shape: AttributeShape, spot: Spot): Expected | undefined {
  if (holdsRange(operand))
    return refuse(
      spot,
      'Cannot negate "semver-constraint": a version that is not semantic would satisfy it',
      "Write the opposite range",
      "key",
    );
  const inner = asserted(readMatcher(operand, shape, spot), spot);
  // What is not there is no other value: without the second operator it would be in sync, where goss fails.
  return inner === undefined
    ? undefined
    : constraint([
        { op: "not", option: inner },
        { op: "absent", absent: false },
      ]);
}

function holdsRange(value: Json): boolean {
  if (typeof value !== "object" || value === null) return false;
  return Object.hasOwn(value, "semver-constraint") || Object.values(value).some(holdsRange);
}

function readAll(name: "and" | "or", operand: Json, { shape, spot }: At): Expected | undefined {
  if (!Array.isArray(operand) || operand.length === 0)
    return refuse(spot, `"${name}" must be a list of matchers that is not empty`);
  // `Array.isArray` widens the elements; they are those of a Json list.
  const list = operand as readonly Json[];
  const options = list.map((each, index) => asserted(readMatcher(each, shape, below(spot, index)), below(spot, index)));
  const complete = options.filter((option) => option !== undefined);
  if (complete.length < options.length) return undefined;
  return constraint([{ op: name === "and" ? "allOf" : "anyOf", options: complete }]);
}

/** Inside another matcher an empty list is not "no condition" but a mistake. */
function asserted(matched: Matched | undefined, spot: Spot): Expected | undefined {
  return matched === NOTHING ? refuse(spot, "An empty list asserts nothing here", "Leave it out") : matched;
}

function readRange(operand: Json, shape: AttributeShape, spot: Spot): Expected | undefined {
  if (shape.type !== "version" && shape.type !== "numeric-text")
    return refuse(spot, `Cannot use "semver-constraint" here: the attribute is no version`, undefined, "key");
  const range = typeof operand === "string" ? semverConstraint(operand) : undefined;
  return range ?? refuse(spot, "Not a range of semantic versions", 'Write it like ">=1.2.0 <2.0.0"');
}

function readBound(name: string, operand: Json, { shape, spot }: At): Expected | undefined {
  if (shape.type !== "number" && shape.type !== "numeric-text")
    return refuse(spot, `Cannot use "${name}" here: the attribute is ${nameOf(shape)}`, undefined, "key");
  if (typeof operand !== "number" && typeof operand !== "bigint") return refuse(spot, `"${name}" must be a number`);
  const least: Operator = { op: "min", bound: operand };
  const most: Operator = { op: "max", bound: operand };
  if (name === "ge") return constraint([least]);
  if (name === "le") return constraint([most]);
  return constraint(
    name === "gt"
      ? [least, { op: "not", option: constraint([most]) }]
      : [most, { op: "not", option: constraint([least]) }],
  );
}
