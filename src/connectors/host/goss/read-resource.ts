import { type KindIndex, kindIndex } from "../../../desired/kind-index.ts";
import type { Declared, Desired } from "../../../model/declared.ts";
import { type Expected, isConstraint } from "../../../model/expected.ts";
import { getOwn, isJsonObject, type Json, type JsonObject, setOwn } from "../../../model/json.ts";
import { nearest } from "../../../model/nearest.ts";
import { hostKindFacts } from "../kinds/facts.ts";
import { NOTHING } from "./attribute-shape.ts";
import { readMatcher } from "./matchers.ts";
import type { GossAttribute, ResourceType } from "./resource-types.ts";
import { below, refuse, type Spot } from "./spot.ts";
import { withoutPrimary } from "./user-groups.ts";

export interface ResourceSpot extends Spot {
  readonly file: string;
  /** The whole goss file. */
  readonly goss: JsonObject;
}

const COMMON = ["title", "meta", "skip"];

/** What one resource of a goss file declares; nothing when it has a mistake. */
export function readResource(type: ResourceType, heading: string, spot: ResourceSpot): readonly Declared[] {
  const before = spot.problems.length;
  const body = getOwn(typeBody(spot), heading);
  if (!isJsonObject(body)) {
    refuse(spot, "A resource must be a map of its attributes", `Write ${type.presence ?? "enabled"}: true in it`);
    return [];
  }
  checkKeys(type, body, spot);
  const id = readId(type, heading, spot);
  const exists = readPresence(type, body, spot);
  const attributes = readAttributes(type, body, spot);
  if (type.presence === undefined && !Object.keys(type.attributes).some((key) => Object.hasOwn(body, key)))
    refuse(spot, "The resource asserts nothing", "Write what is expected of it", "key");
  if (!exists) refuseWithAbsent(type, attributes, spot);
  const declared = declare({ type, id, exists, attributes }, spot);
  return spot.problems.length > before ? [] : declared;
}

function typeBody({ goss, path }: ResourceSpot): JsonObject {
  const body = getOwn(goss, String(path[0]));
  return isJsonObject(body) ? body : {};
}

function checkKeys(type: ResourceType, body: JsonObject, spot: Spot): void {
  const own = [type.presence, type.name].filter((key) => key !== undefined);
  const known = [...own, ...Object.keys(type.attributes), ...COMMON, ...(type.without ?? [])];
  for (const [key, value] of Object.entries(body)) {
    const reason = getOwn(type.refused, key);
    // An empty list asserts nothing, and goss itself writes one when it adds a file.
    if (reason !== undefined && !isEmptyList(value))
      refuse(below(spot, key), `Cannot check "${key}": ${reason}`, undefined, "key");
    if (reason === undefined && !known.includes(key)) refuseUnknown(key, known, spot);
  }
  if (Object.hasOwn(body, "skip") && getOwn(body, "skip") !== false)
    refuse(below(spot, "skip"), "A resource that is skipped is not declared", "Remove it, or remove skip", "key");
}

function refuseUnknown(key: string, known: readonly string[], spot: Spot): void {
  const near = nearest(key, known);
  const hint = near === undefined ? `Known are: ${known.join(", ")}` : `Did you mean "${near}"?`;
  refuse(below(spot, key), `Unknown attribute "${key}"`, hint, "key");
}

function isEmptyList(value: Json): boolean {
  return Array.isArray(value) && value.length === 0;
}

/** The id in Leeway; empty when a mistake was reported. */
function readId(type: ResourceType, heading: string, spot: ResourceSpot): string {
  const name = readName(type, heading, spot);
  if (name === undefined) return "";
  const found = type.id(name.text);
  if ("mistake" in found) refuse(name.spot, `"${name.text}" ${found.mistake}`, undefined, "key");
  else {
    const kind = indexOf(type.kinds[0]);
    if (kind?.id?.test(found.id) === false)
      refuse(
        name.spot,
        `"${found.id}" is no id of ${kind.facts.kind}`,
        `Write it like "${kind.facts.id.example}"`,
        "key",
      );
    return found.id;
  }
  return "";
}

/** What the resource is called in goss, and where that stands. */
function readName(type: ResourceType, heading: string, spot: ResourceSpot) {
  const body = getOwn(typeBody(spot), heading);
  const given = type.name === undefined || !isJsonObject(body) ? undefined : getOwn(body, type.name);
  if (given === undefined || given === "") return { text: heading, spot };
  const at = below(spot, type.name ?? "");
  return typeof given === "string"
    ? { text: given, spot: at }
    : refuse(at, `"${type.name}" must be text`, "Put it in quotes");
}

/** Whether it must be there. A type that has no key for it says so by its attributes. */
function readPresence(type: ResourceType, body: JsonObject, spot: Spot): boolean {
  if (type.presence === undefined) return true;
  const presence = getOwn(body, type.presence);
  if (typeof presence === "boolean") return presence;
  if (presence === undefined)
    refuse(spot, `"${type.presence}" is missing`, `goss requires it: write ${type.presence}: true`, "key");
  else
    refuse(below(spot, type.presence), `"${type.presence}" must be true or false`, "Matchers are not supported here");
  return true;
}

type Attributes = { readonly [name: string]: Expected };

function readAttributes(type: ResourceType, body: JsonObject, spot: ResourceSpot): Attributes {
  const attributes: { [name: string]: Expected } = {};
  for (const [key, attribute] of Object.entries(type.attributes)) {
    const value = getOwn(body, key);
    if (value === undefined) continue;
    const at = below(spot, key);
    const expected = readAttribute(value, attribute, { ...spot, path: at.path });
    if (expected !== undefined && expected !== NOTHING) setOwn(attributes, attribute.name, expected);
  }
  return attributes;
}

function readAttribute(value: Json, { name, shape }: GossAttribute, spot: ResourceSpot) {
  return readMatcher(name === "groups" ? withoutPrimary(value, spot) : value, shape, spot);
}

function refuseWithAbsent(type: ResourceType, attributes: Attributes, spot: Spot): void {
  const names = Object.keys(attributes);
  const keys = Object.entries(type.attributes).filter(([, attribute]) => names.includes(attribute.name));
  for (const [key] of keys)
    refuse(
      below(spot, key),
      `"${key}" cannot stand together with ${type.presence}: false`,
      "Leave out one of them",
      "key",
    );
}

interface Read {
  readonly type: ResourceType;
  readonly id: string;
  readonly exists: boolean;
  readonly attributes: Attributes;
}

function declare({ type, id, exists, attributes }: Read, spot: ResourceSpot): readonly Declared[] {
  const declaredAt = { file: spot.file, line: spot.document.positionOf(spot.path, "key").line };
  const declaredAs = (kind: string, desired: Desired): Declared => ({ kind, id, desired, declaredAt });
  if (!exists) return type.kinds.map((kind) => declaredAs(kind, { presence: "absent" }));
  const { kind, rest } = kindOf(type, attributes, spot);
  checkAttributes(kind, rest, { type, spot });
  return [declaredAs(kind, { presence: "present", attributes: rest })];
}

/** What goss calls a file is a directory in Leeway where it says so. */
function kindOf(
  type: ResourceType,
  attributes: Attributes,
  spot: Spot,
): { readonly kind: string; readonly rest: Attributes } {
  const [first = "", directory] = type.kinds;
  const fileType = getOwn(attributes, "type");
  if (directory === undefined || fileType === undefined) return { kind: first, rest: attributes };
  if (fileType !== "directory") {
    if (mentionsDirectory(fileType))
      refuse(
        below(spot, "filetype"),
        "A directory is a resource of another kind than a file",
        "Write filetype: directory, or leave it out of the matcher",
      );
    return { kind: first, rest: attributes };
  }
  const { type: _, ...rest } = attributes;
  return { kind: directory, rest };
}

function mentionsDirectory(expected: Expected): boolean {
  if (expected === "directory") return true;
  if (typeof expected !== "object" || expected === null) return false;
  // The operators of a constraint stand under a symbol.
  return Reflect.ownKeys(expected).some((key) => mentionsDirectory(Reflect.get(expected, key)));
}

/** The kind must have the attribute, and a plain text its form: another would never be equal. */
function checkAttributes(
  kind: string,
  attributes: Attributes,
  { type, spot }: { readonly type: ResourceType; readonly spot: Spot },
): void {
  const index = indexOf(kind);
  for (const [key, { name }] of Object.entries(type.attributes)) {
    const value = getOwn(attributes, name);
    if (value === undefined || index === undefined) continue;
    const known = index.attribute([name]);
    const at = below(spot, key);
    if (known === undefined) refuse(at, `${kind} has no attribute "${name}"`, `Leave out "${key}"`, "key");
    else if (typeof value === "string" && known.form?.test(value) === false)
      refuse(at, `"${key}" does not have the form that it must have`, `Write it like "${known.facts.form?.example}"`);
    else if (
      known.facts.type === "integer" &&
      !isConstraint(value) &&
      typeof value !== "bigint" &&
      !Number.isSafeInteger(value)
    )
      refuse(at, `"${key}" must be a whole number`);
  }
}

const INDEXES: ReadonlyMap<string, KindIndex> = new Map(hostKindFacts.map((facts) => [facts.kind, kindIndex(facts)]));

function indexOf(kind: string | undefined): KindIndex | undefined {
  return kind === undefined ? undefined : INDEXES.get(kind);
}
