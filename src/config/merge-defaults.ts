import { getOwn, isJsonObject, type Json, type JsonObject, setOwn } from "../model/json.ts";
import type { YamlPath } from "./yaml-source.ts";

/** Members that are merged key by key; any other is taken as a whole. */
const MERGED = ["settings", "desired", "scope"];

/**
 * A target with what `defaults` says where the target itself says nothing. `defaults.settings` serve only targets of the same
 * connector.
 */
export function mergeDefaults(target: Json, defaults: Json | undefined): Json {
  if (!isJsonObject(target) || !isJsonObject(defaults)) return target;
  const merged: { [key: string]: Json } = {};
  for (const [key, value] of Object.entries(target)) setOwn(merged, key, value);
  for (const [key, value] of Object.entries(defaults)) {
    if (key === "settings" && !sameConnector(target, defaults)) continue;
    const own = getOwn(target, key);
    if (own === undefined) setOwn(merged, key, value);
    else if (MERGED.includes(key)) setOwn(merged, key, mergeMembers(asMap(key, own), asMap(key, value)));
  }
  return merged;
}

function mergeMembers(own: Json, defaults: Json): Json {
  if (!isJsonObject(own) || !isJsonObject(defaults)) return own;
  const merged: { [key: string]: Json } = {};
  for (const [key, value] of [...Object.entries(defaults), ...Object.entries(own)]) setOwn(merged, key, value);
  return merged;
}

function asMap(key: string, value: Json): Json {
  return key === "desired" && typeof value === "string" ? { path: value } : value;
}

function sameConnector(target: JsonObject, defaults: JsonObject): boolean {
  const own = getOwn(target, "connector");
  return own === undefined || own === getOwn(defaults, "connector");
}

/** The path under `defaults` that a path of a merged target came from; undefined when the target says it itself. */
export function pathInDefaults(
  steps: YamlPath,
  target: Json | undefined,
  defaults: Json | undefined,
): YamlPath | undefined {
  const [key, member] = steps;
  if (!isJsonObject(target) || !isJsonObject(defaults) || typeof key !== "string") return undefined;
  const own = getOwn(target, key);
  const given = getOwn(defaults, key);
  if (given === undefined) return undefined;
  if (own === undefined) return steps;
  if (!MERGED.includes(key) || typeof member !== "string" || !isJsonObject(given)) return undefined;
  const saysItself = isJsonObject(own) ? Object.hasOwn(own, member) : member === "path";
  return !saysItself && Object.hasOwn(given, member) ? steps : undefined;
}
