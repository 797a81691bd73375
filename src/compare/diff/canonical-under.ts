import { canonicalJson } from "../../model/canonical-json.ts";
import { isJsonObject, type Json, type JsonObject, setOwn } from "../../model/json.ts";
import { elementFacts, type FactNode, memberFacts, NEVER_COMPARED } from "../compile-facts.ts";

/**
 * Text that is equal for values that are equal under the facts of their attribute: sets and keyed lists sorted, every leaf
 * in the canonical form of its semantics. What set elements are matched by and what a sensitive value's digest is made of.
 */
export function canonicalTextUnder(value: Json, node: FactNode): string {
  return canonicalJson(canonicalUnder(value, node));
}

function canonicalUnder(value: Json, node: FactNode): Json {
  if (node.comparer.name !== "exact") return node.comparer.canonical(value);
  if (isList(value)) return canonicalList(value, node);
  if (isJsonObject(value)) return canonicalMembers(value, node);
  return value;
}

function canonicalList(list: readonly Json[], node: FactNode): Json {
  const element = elementFacts(node);
  const items = list.map((item) => canonicalUnder(item, element));
  if (node.list === "ordered" || node.list === "sequence") return items;
  const texts = items.map((item) => ({ item, text: canonicalJson(item) }));
  texts.sort((left, right) => (left.text < right.text ? -1 : Number(left.text > right.text)));
  const distinct = node.list === "set" ? texts.filter((entry, index) => entry.text !== texts[index - 1]?.text) : texts;
  return distinct.map((entry) => entry.item);
}

/** What is declared of a write-only member has nothing to be held against. */
const UNCOMPARABLE = [...NEVER_COMPARED, "write-only"] as const;

function canonicalMembers(object: JsonObject, node: FactNode): Json {
  const result: { [key: string]: Json } = {};
  for (const [key, member] of Object.entries(object)) {
    const facts = memberFacts(node, key);
    if (!UNCOMPARABLE.some((role) => facts.roles.has(role))) setOwn(result, key, canonicalUnder(member, facts));
  }
  return result;
}

/** `Array.isArray` does not narrow a readonly array. */
export function isList<T>(value: T | readonly T[]): value is readonly T[] {
  return Array.isArray(value);
}
