import type { AttributeType, KindFacts } from "../model/facts.ts";
import { parsePointer } from "../model/pointer.ts";

/** What rules for one or several kinds may name under `resource.desired`, `.baseline` and `.actual`. */
export interface AttributeSchema {
  /** Top-level attributes and their types; `any` where the kinds differ. */
  readonly types: ReadonlyMap<string, AttributeType>;
  /** Whether attributes may appear that are not known. */
  readonly open: boolean;
}

/** The attributes that any of the kinds has. */
export function attributeSchema(kinds: readonly KindFacts[]): AttributeSchema {
  const types = new Map<string, AttributeType>();
  let open = false;
  for (const facts of kinds) {
    if (facts.open === true) open = true;
    for (const [name, type] of topLevel(facts)) {
      if (name === "*") open = true;
      else types.set(name, mergeTypes(types.get(name), type));
    }
  }
  return { types, open };
}

/** An attribute described only by its members is an object, or a list when its elements have facts of their own. */
function topLevel(facts: KindFacts): Map<string, AttributeType> {
  const types = new Map<string, AttributeType>();
  const nested = new Set<string>();
  for (const attribute of facts.attributes) {
    const [name, ...below] = parsePointer(attribute.path);
    if (name === undefined) continue;
    if (below.length === 0) types.set(name, attribute.type);
    else nested.add(name);
  }
  for (const name of nested) if (!types.has(name)) types.set(name, "any");
  return types;
}

function mergeTypes(known: AttributeType | undefined, type: AttributeType): AttributeType {
  return known === undefined || known === type ? type : "any";
}
