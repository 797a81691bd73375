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
  const fits = constraints.map((constraint) =>
    [...items.keys()].filter((index) => matches(constraint, items[index] ?? null)),
  );
  const place = (constraint: number, tried: Set<number>): boolean => {
    const candidates = fits[constraint] ?? [];
    const free = candidates.find((index) => !holder.has(index));
    if (free !== undefined) {
      holder.set(free, constraint);
      return true;
    }
    return candidates.some((index) => {
      if (tried.has(index)) return false;
      tried.add(index);
      if (!place(holder.get(index) ?? constraint, tried)) return false;
      holder.set(index, constraint);
      return true;
    });
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
 * Pairs the elements of keyed lists by their key. Elements that share a key pair up where they are equal, the rest in their
 * order; the second and later ones that are there are told apart as `#2`, …, and those that are missing count on from there.
 * @returns undefined when an expected or actual element has no such key
 */
export function pairKeyed(
  sides: { readonly expected: readonly Expected[]; readonly base: readonly Json[]; readonly actual: readonly Json[] },
  node: FactNode,
): KeyedElement[] | undefined {
  const expected = groupByKey(sides.expected, node.keyedBy);
  const actual = groupByKey(sides.actual, node.keyedBy);
  if (expected === undefined || actual === undefined) return undefined;
  const base = groupByKey(sides.base, node.keyedBy);
  const keys = new Set([...expected.keys(), ...actual.keys()]);
  return [...keys].flatMap((key) =>
    pairGroup(key, {
      expected: expected.get(key) ?? [],
      base: base?.get(key) ?? [],
      actual: actual.get(key) ?? [],
      node,
    }),
  );
}

function pairGroup(
  key: string,
  group: {
    readonly expected: readonly Expected[];
    readonly base: readonly Json[];
    readonly actual: readonly Json[];
    readonly node: FactNode;
  },
): KeyedElement[] {
  const { expected, actual, node } = group;
  const equals = actual.length + expected.length > 2 ? equalOnes(expected, actual, elementFacts(node)) : [];
  const taken = new Set(equals);
  const rest = expected.filter((_, index) => !taken.has(index));
  let next = 0;
  const present = actual.map((item, index) => {
    const equal = equals[index];
    return { index, actual: item, expected: equal === undefined ? rest[next++] : expected[equal] };
  });
  const missing = rest.slice(next).map((wanted, offset) => ({
    index: actual.length + offset,
    actual: undefined,
    expected: wanted,
  }));
  return [...present, ...missing].map(({ index, ...sides }) => ({
    step: index === 0 ? key : `${key}#${index + 1}`,
    base: group.base[index],
    ...sides,
  }));
}

/** For each actual element the position of an expected one that equals it; each is given once. */
function equalOnes(
  expected: readonly Expected[],
  actual: readonly Json[],
  node: FactNode,
): readonly (number | undefined)[] {
  const positions = new Map<string, number[]>();
  for (let index = expected.length - 1; index >= 0; index--) {
    const wanted = expected[index] ?? null;
    if (containsConstraint(wanted)) continue;
    const text = canonicalTextUnder(wanted as Json, node); // It holds no constraint, so it is plain JSON.
    const known = positions.get(text);
    if (known === undefined) positions.set(text, [index]);
    else known.push(index);
  }
  return actual.map((item) => positions.get(canonicalTextUnder(item, node))?.pop());
}

function groupByKey<T extends Expected>(list: readonly T[], keyedBy: readonly string[]): Map<string, T[]> | undefined {
  const groups = new Map<string, T[]>();
  for (const item of list) {
    const key = keyOf(item, keyedBy);
    if (key === undefined) return undefined;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
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
