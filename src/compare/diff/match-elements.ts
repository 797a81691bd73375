import { type Expected, type ExpectedObject, isConstraint } from "../../model/expected.ts";
import { getOwn, type Json } from "../../model/json.ts";
import { elementFacts, type FactNode } from "../compile-facts.ts";
import { containsConstraint } from "../constraints/nested.ts";
import { canonicalTextUnder } from "./canonical-under.ts";

/** How the elements of a set differ, each side in canonical order. */
export interface SetDifference {
  readonly added: readonly Json[];
  readonly removed: readonly Expected[];
}

/**
 * Matches the elements of two sets. Plain elements match by their canonical text; constraints among the expected ones are
 * assigned to what is left, so that as many as possible find one (augmenting paths, as in Kuhn's bipartite matching).
 * @param matches judges one constraint on one element
 */
export function differSets(
  expected: readonly Expected[],
  actual: readonly Json[],
  using: { readonly node: FactNode; readonly matches: (expected: Expected, actual: Json) => boolean },
): SetDifference {
  const element = elementFacts(using.node);
  const remaining = new Map(actual.map((item) => [canonicalTextUnder(item, element), item]));
  const constraints: Expected[] = [];
  const removed = new Map<string, Expected>();
  const seen = new Set<string>();
  for (const item of expected) {
    if (containsConstraint(item)) {
      constraints.push(item);
      continue;
    }
    const text = canonicalTextUnder(item as Json, element); // It holds no constraint, so it is plain JSON.
    if (!remaining.delete(text) && !seen.has(text)) removed.set(text, item);
    seen.add(text);
  }
  const left = sortedValues(remaining);
  const { unmatched, used } = assign(constraints, left, using.matches);
  return { added: left.filter((_, index) => !used.has(index)), removed: [...sortedValues(removed), ...unmatched] };
}

function sortedValues<T>(byText: ReadonlyMap<string, T>): T[] {
  return [...byText].sort(([left], [right]) => (left < right ? -1 : 1)).map(([, value]) => value);
}

function assign(
  constraints: readonly Expected[],
  items: readonly Json[],
  matches: (expected: Expected, actual: Json) => boolean,
): { unmatched: Expected[]; used: ReadonlyMap<number, number> } {
  const holder = new Map<number, number>();
  const place = (constraint: number, tried: Set<number>): boolean => {
    for (const [index, item] of items.entries()) {
      if (tried.has(index) || !matches(constraints[constraint] ?? null, item)) continue;
      tried.add(index);
      const current = holder.get(index);
      if (current === undefined || place(current, tried)) {
        holder.set(index, constraint);
        return true;
      }
    }
    return false;
  };
  const unmatched = constraints.filter((_, index) => !place(index, new Set()));
  return { unmatched, used: holder };
}

/** One element of a keyed list on every side; a side that is missing does not have it. */
export interface KeyedElement {
  readonly step: string;
  readonly expected: Expected | undefined;
  readonly base: Json | undefined;
  readonly actual: Json | undefined;
}

/**
 * Pairs the elements of keyed lists by their key; the second and later ones with an equal key by position (`#2`, …).
 * @returns the pairs in the order of the expected list, then of the actual one; undefined when an element has no such key
 */
export function pairKeyed(
  sides: { readonly expected: readonly Expected[]; readonly base: readonly Json[]; readonly actual: readonly Json[] },
  keyedBy: readonly string[],
): KeyedElement[] | undefined {
  const expected = indexByKey(sides.expected, keyedBy);
  const base = indexByKey(sides.base, keyedBy);
  const actual = indexByKey(sides.actual, keyedBy);
  if (expected === undefined || actual === undefined) return undefined;
  const steps = new Set([...expected.keys(), ...actual.keys()]);
  return Array.from(steps, (step) => ({
    step,
    expected: expected.get(step),
    // Plain JSON: the sides `base` and `actual` hold nothing else.
    base: base?.get(step) as Json | undefined,
    actual: actual.get(step) as Json | undefined,
  }));
}

function indexByKey(list: readonly Expected[], keyedBy: readonly string[]): Map<string, Expected> | undefined {
  const index = new Map<string, Expected>();
  for (const item of list) {
    const key = keyOf(item, keyedBy);
    if (key === undefined) return undefined;
    let step = key;
    for (let copy = 2; index.has(step); copy++) step = `${key}#${copy}`;
    index.set(step, item);
  }
  return index;
}

function keyOf(item: Expected, keyedBy: readonly string[]): string | undefined {
  if (typeof item !== "object" || item === null || Array.isArray(item) || isConstraint(item)) return undefined;
  const parts: string[] = [];
  for (const name of keyedBy) {
    const value = getOwn(item as ExpectedObject, name); // Lists and constraints were sent away above.
    if (value === undefined || value === null || typeof value === "object") return undefined;
    parts.push(`${name}=${String(value)}`);
  }
  return parts.join(",");
}
