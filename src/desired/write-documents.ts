import { escapeGlob } from "../model/glob.ts";
import { getOwn, isJsonObject, type Json, type JsonObject, setOwn } from "../model/json.ts";
import { yamlMember, yamlValue } from "./yaml-text.ts";

/** A resource as it was observed, to be declared so. */
export interface WrittenResource {
  readonly kind: string;
  readonly id: string;
  /** Sensitive values are digests: `{ $digest: "hmac-sha256:…" }`. */
  readonly attributes: JsonObject;
}

/** How a sealed value looks; anything else with a key that starts with `$` is a value like others. */
const SEALED = /^hmac-sha256:/;

/**
 * Desired state as YAML documents, one a resource, sorted by id and then by kind. Reading them gives back the same resources,
 * declared for the place `at` alone.
 */
export function writeDocuments(resources: readonly WrittenResource[], at: string): string {
  // An empty file would be refused as a mistake.
  if (resources.length === 0) return "# No resource\n";
  const places = yamlMember("at", [escapeGlob(at)], "");
  return [...resources]
    .sort((a, b) => compareText(a.id, b.id) || compareText(a.kind, b.kind))
    .map((resource) => writeDocument(resource, places))
    .join("---\n");
}

function writeDocument({ kind, id, attributes }: WrittenResource, places: string): string {
  const members = Object.entries(attributes).map(([name, value]) => yamlMember(name, asLiteral(value), "  "));
  const written = members.length === 0 ? yamlValue({}, "  ") : `\n${members.join("")}`;
  return `${yamlMember("kind", kind, "")}${yamlMember("id", id, "")}${places}attributes:${written}`;
}

/** Wraps objects that would be read as constraints in `$literal`. */
function asLiteral(value: Json): Json {
  if (isList(value)) return value.map(asLiteral);
  if (!isJsonObject(value) || isSealed(value)) return value;
  const keys = Object.keys(value);
  if (keys.some((key) => key.startsWith("$"))) return { $literal: value };
  const written: { [key: string]: Json } = {};
  // The keys are the object's own.
  for (const key of keys) setOwn(written, key, asLiteral(value[key] as Json));
  return written;
}

function isSealed(value: JsonObject): boolean {
  const digest = getOwn(value, "$digest");
  return Object.keys(value).length === 1 && typeof digest === "string" && SEALED.test(digest);
}

/** By code unit, the same on every machine. */
function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** `Array.isArray` does not narrow a readonly array. */
function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
