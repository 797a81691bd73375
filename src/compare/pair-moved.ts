import { canonicalJson } from "../model/canonical-json.ts";
import type { Drift } from "../model/drift.ts";
import type { KindFacts } from "../model/facts.ts";
import { getOwn, isJsonObject, type Json, type JsonObject } from "../model/json.ts";
import { parsePointer } from "../model/pointer.ts";

/** A missing or unmanaged resource with the attributes that tell whether it is the same as another. */
export interface Displaced {
  readonly drift: Drift;
  /** Declared or recorded attributes of a missing one, observed attributes of an unmanaged one. */
  readonly attributes: JsonObject;
}

export interface Moves {
  readonly moved: readonly Drift[];
  /** The missing and unmanaged drift that the moves explain: no finding of their own. */
  readonly explained: ReadonlySet<Drift>;
}

/**
 * Pairs one missing with one unmanaged resource of a kind that equal each other at all of the kind's identity paths, where
 * both are the only ones that do. A move keeps the cause of the missing one.
 */
export function pairMoved(missing: readonly Displaced[], unmanaged: readonly Displaced[], kind: KindFacts): Moves {
  const identity = kind.identity ?? [];
  const moved: Drift[] = [];
  const explained = new Set<Drift>();
  if (identity.length === 0) return { moved, explained };
  const found = groupByIdentity(unmanaged, identity);
  for (const [key, lost] of groupByIdentity(missing, identity)) {
    const [from, to] = [only(lost), only(found.get(key) ?? [])];
    if (from === undefined || to === undefined) continue;
    moved.push(asMove(from.drift, to.drift));
    explained.add(from.drift).add(to.drift);
  }
  return { moved, explained };
}

function asMove(from: Drift, to: Drift): Drift {
  const change = { path: "", desired: placeOf(from), actual: placeOf(to), cause: from.cause };
  return { ...from, drift: "moved", movedTo: to.resource, changes: [change] };
}

function placeOf({ resource }: Drift): Json {
  return { at: resource.at, id: resource.id };
}

function groupByIdentity(resources: readonly Displaced[], identity: readonly string[]): Map<string, Displaced[]> {
  const groups = new Map<string, Displaced[]>();
  for (const resource of resources) {
    const key = identityOf(resource.attributes, identity);
    if (key === undefined) continue;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [resource]);
    else group.push(resource);
  }
  return groups;
}

/** An attribute that neither has is no difference (a file has no link target); undefined when there is none at all. */
function identityOf(attributes: JsonObject, identity: readonly string[]): string | undefined {
  const values = identity.map((path) => valueAt(attributes, path) ?? null);
  return values.every((value) => value === null) ? undefined : canonicalJson(values);
}

function valueAt(attributes: JsonObject, path: string): Json | undefined {
  let value: Json | undefined = attributes;
  for (const step of parsePointer(path)) value = isJsonObject(value) ? getOwn(value, step) : undefined;
  return value;
}

function only<T>(list: readonly T[]): T | undefined {
  return list.length === 1 ? list[0] : undefined;
}
