import type { Role } from "../model/facts.ts";
import { isJsonObject, type Json, type JsonObject, setOwn } from "../model/json.ts";
import { type CompiledFacts, elementFacts, type FactNode, memberFacts, NEVER_COMPARED } from "./compile-facts.ts";
import { isList } from "./diff/canonical-under.ts";

const UNRECORDED: readonly Role[] = ["volatile", "input"];

/** What of an observed document is worth remembering: all but volatile attributes and the connector's own inputs. */
export function recordable(actual: JsonObject, facts: CompiledFacts): JsonObject {
  return facts.hasUnrecorded ? withoutRoles(actual, facts.root, UNRECORDED) : actual;
}

/** What of an observed document bears on any verdict: that which a decision on the whole of it covers. */
export function comparable(actual: JsonObject, facts: CompiledFacts): JsonObject {
  return withoutRoles(actual, facts.root, NEVER_COMPARED);
}

function withoutRoles(object: JsonObject, node: FactNode, roles: readonly Role[]): JsonObject {
  const result: { [key: string]: Json } = {};
  for (const [key, value] of Object.entries(object)) {
    const member = memberFacts(node, key);
    if (!roles.some((role) => member.roles.has(role))) setOwn(result, key, clean(value, member, roles));
  }
  return result;
}

function clean(value: Json, node: FactNode, roles: readonly Role[]): Json {
  if (isList(value)) return value.map((item) => clean(item, elementFacts(node), roles));
  return isJsonObject(value) ? withoutRoles(value, node, roles) : value;
}
