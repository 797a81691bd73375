import { constraint, type Expected } from "../../../model/expected.ts";
import type { Json } from "../../../model/json.ts";
import { type AttributeShape, type Matched, NOTHING, nameOf, TEXT, VERSION } from "./attribute-shape.ts";
import { below, refuse, type Spot } from "./spot.ts";

export interface ListContext {
  readonly shape: AttributeShape;
  readonly spot: Spot;
  readonly readMatcher: (value: Json, shape: AttributeShape, spot: Spot) => Matched | undefined;
}

/** A list without a matcher: its elements are contained in what the system has. */
export function readPlainList(list: readonly Json[], context: ListContext): Matched | undefined {
  const { shape, spot } = context;
  if (shape.type === "set" || shape.type === "version") return readElements(elementsOf(list, spot), context);
  const hint = "Write the value without brackets, or or: [ … ] for one of several";
  return refuse(spot, `Must be ${nameOf(shape)}, not a list`, hint);
}

/** `contain-element`, `contain-elements`, `consist-of` and `have-len`. */
export function readListMatcher(name: string, operand: Json, context: ListContext): Matched | undefined {
  const { shape, spot } = context;
  if (shape.type !== "set" && shape.type !== "version")
    return refuse(spot, `Cannot use "${name}" here: the attribute is ${nameOf(shape)}`, undefined, "key");
  if (name === "have-len") return readLength(operand, context);
  if (name === "contain-element") return readElements([{ value: operand, spot }], context);
  if (!isList(operand)) return refuse(spot, `"${name}" must be a list`, "Write it in brackets");
  const elements = elementsOf(operand, spot);
  return name === "consist-of" ? readWhole(elements, context) : readElements(elements, context);
}

interface Element {
  readonly value: Json;
  readonly spot: Spot;
}

function elementsOf(list: readonly Json[], spot: Spot): readonly Element[] {
  return list.map((value, index) => ({ value, spot: below(spot, index) }));
}

/** Elements that must be among those of the system. */
function readElements(elements: readonly Element[], context: ListContext): Matched | undefined {
  const { shape } = context;
  const [first, ...more] = elements;
  if (first === undefined) return NOTHING;
  if (shape.type === "version") return readVersion(elements, context);
  if (more.length === 0 && isMatcher(first.value)) return readElementMatcher(first, context);
  const texts = readTexts(elements, context);
  return texts === undefined
    ? undefined
    : constraint([{ op: "contains", part: texts.map((text) => spelled(text, shape)) }]);
}

function readElementMatcher({ value, spot }: Element, { shape, readMatcher }: ListContext): Expected | undefined {
  if (shape.spellings !== undefined || shape.elements !== undefined)
    return refuse(spot, "Only plain values can be matched here");
  const element = readMatcher(value, TEXT, spot);
  return element === undefined || element === NOTHING ? undefined : constraint([{ op: "contains", part: [element] }]);
}

/** On a system with one version of a package, a list of versions is a list of one. */
function readVersion(elements: readonly Element[], { spot, readMatcher }: ListContext): Matched | undefined {
  const [only, ...more] = elements;
  if (only !== undefined && more.length === 0 && !isList(only.value))
    return readMatcher(only.value, VERSION, only.spot);
  return refuse(spot, "A package has one version here", "Write one, or or: [ … ] for one of several");
}

/** All elements that the system has, in any order. */
function readWhole(elements: readonly Element[], context: ListContext): Matched | undefined {
  const { shape } = context;
  if (shape.type === "version") return readVersion(elements, context);
  const texts = readTexts(elements, context);
  if (texts === undefined) return undefined;
  const options = spellingsOf(texts, shape);
  return options.length === 1 ? texts : constraint([{ op: "anyOf", options }]);
}

/** Plain elements: with matchers among several, one element of the system could satisfy two of them. */
function readTexts(elements: readonly Element[], { shape, spot }: ListContext): readonly string[] | undefined {
  const texts: string[] = [];
  for (const { value, spot: at } of elements) {
    if (typeof value === "string" && shape.elements?.known.has(value) === false)
      return refuse(at, `Cannot check "${value}" here: ${shape.elements.reason}`, "Leave it out");
    if (typeof value === "string") texts.push(value);
    else if (isMatcher(value))
      return refuse(at, "A list must hold plain values here", "Write and: [ contain-element: …, contain-element: … ]");
    else return refuse(at, "An element must be text", "Put it in quotes");
  }
  if (new Set(texts).size === texts.length) return texts;
  return refuse(spot, "A value is listed twice", "The system has each once: leave one out");
}

function isMatcher(value: Json): boolean {
  return typeof value === "object" && value !== null;
}

/** How many elements there are. */
function readLength(operand: Json, { shape, spot }: ListContext): Expected | undefined {
  if (shape.type === "version")
    return refuse(spot, 'Cannot use "have-len" here: a package has one version', "Leave it out", "key");
  if (typeof operand !== "number" || !Number.isSafeInteger(operand) || operand < 0)
    return refuse(spot, '"have-len" must be a whole number from 0');
  return constraint([{ op: "length", length: operand }]);
}

function spelled(text: string, { spellings }: AttributeShape): Expected {
  const several = spellings?.get(text);
  return several === undefined ? text : constraint([{ op: "oneOf", options: several }]);
}

/** The lists that mean the same as this one. */
function spellingsOf(texts: readonly string[], { spellings }: AttributeShape): readonly (readonly string[])[] {
  return texts.reduce<readonly (readonly string[])[]>(
    (lists, text) => lists.flatMap((list) => (spellings?.get(text) ?? [text]).map((spelling) => [...list, spelling])),
    [[]],
  );
}

/** `Array.isArray` does not narrow a readonly array. */
function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
