import type { Expected } from "../../../model/expected.ts";

/** Says of a value that goss compares it with nothing: it holds whatever the system has. */
export const NOTHING: unique symbol = Symbol("asserts nothing");
/** What a matcher expects. */
export type Matched = Expected | typeof NOTHING;

/**
 * What kind of value the system has for an attribute of goss, which decides what its matchers mean. `numeric-text`: text that is
 * compared as a number with a number. `version`: goss has a list of versions, Leeway the one that is installed. `set`: a list
 * without order.
 */
export interface AttributeShape {
  readonly type: "text" | "number" | "boolean" | "numeric-text" | "version" | "set";
  /** What goss calls a value, and what Leeway does; no other value is known then, and no part of one can be matched. */
  readonly words?: ReadonlyMap<string, string>;
  /** Elements of a set that Leeway writes in one of several ways. */
  readonly spellings?: ReadonlyMap<string, readonly string[]>;
  /** The only elements of a set that mean the same in both, and why. */
  readonly elements?: { readonly known: ReadonlySet<string>; readonly reason: string };
  /** The only matchers that mean the same in both, and why. */
  readonly only?: { readonly matchers: readonly string[]; readonly reason: string };
}

export const TEXT: AttributeShape = { type: "text" };
export const NUMBER: AttributeShape = { type: "number" };
export const BOOLEAN: AttributeShape = { type: "boolean" };
export const NUMERIC_TEXT: AttributeShape = { type: "numeric-text" };
export const VERSION: AttributeShape = { type: "version" };

const NAMES: Readonly<Record<AttributeShape["type"], string>> = {
  text: "text",
  number: "a number",
  boolean: "true or false",
  "numeric-text": "text",
  version: "text",
  set: "a list",
};

/** For people: what a value of that shape is. */
export function nameOf(shape: AttributeShape): string {
  return NAMES[shape.type];
}
