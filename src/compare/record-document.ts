import { isJsonObject, type Json, type JsonObject, setOwn } from "../model/json.ts";
import { type CompiledFacts, elementFacts, type FactNode, memberFacts } from "./compile-facts.ts";
import { isList } from "./diff/canonical-under.ts";

/** What of an observed document is worth remembering: all but volatile attributes and the connector's own inputs. */
export function recordable(actual: JsonObject, facts: CompiledFacts): JsonObject {
  if (!facts.hasUnrecorded) return actual;
  return withoutUnrecorded(actual, facts.root);
}

function withoutUnrecorded(object: JsonObject, node: FactNode): JsonObject {
  const result: { [key: string]: Json } = {};
  for (const [key, value] of Object.entries(object)) {
    const member = memberFacts(node, key);
    if (!member.roles.has("volatile") && !member.roles.has("input")) setOwn(result, key, clean(value, member));
  }
  return result;
}

function clean(value: Json, node: FactNode): Json {
  if (isList(value)) return value.map((item) => clean(item, elementFacts(node)));
  return isJsonObject(value) ? withoutUnrecorded(value, node) : value;
}
