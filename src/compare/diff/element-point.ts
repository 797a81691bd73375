import type { Expected } from "../../model/expected.ts";
import type { Json } from "../../model/json.ts";
import { elementFacts } from "../compile-facts.ts";
import { isList } from "./canonical-under.ts";
import { elementPath } from "./path.ts";
import { type Base, type Point, UNKNOWN } from "./session.ts";

/** The point of one element of a list. */
export function elementPoint(
  list: Point,
  element: { step: string; expected: Expected | undefined; base: Json | undefined; actual: Json | undefined },
): Point {
  return {
    expected: element.expected,
    base: list.base === UNKNOWN ? UNKNOWN : element.base,
    actual: element.actual,
    node: elementFacts(list.node),
    path: elementPath(list.path, element.step),
    undeclared: list.undeclared,
  };
}

/** The elements that were recorded; none where nothing was, or no list. */
export function listOf(base: Base): readonly Json[] {
  return typeof base !== "symbol" && base !== undefined && isList<Json>(base) ? base : [];
}
