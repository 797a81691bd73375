import { isJsonObject, type Json, type JsonObject } from "../../../../../model/json.ts";
import { formatStep, type Pointer } from "../../../../../model/pointer.ts";
import { mayHoldSecret, SECRET_NAME } from "../../secret-text.ts";
import type { Format } from "./formats.ts";

/** A word that only says yes or no is none. */
const SWITCH = /^(?:yes|no|on|off|true|false|0|1|)$/i;

/** Where in settings values stand that may be secrets: the paths of the smallest parts, from the root of the settings. */
export function secretPaths(settings: JsonObject, format: Pick<Format, "secrets">): readonly Pointer[] {
  const found: Pointer[] = [];
  collect(settings, "", { format, found });
  return found;
}

interface Search {
  readonly format: Pick<Format, "secrets">;
  readonly found: Pointer[];
}

function collect(value: Json, path: Pointer, search: Search): void {
  if (isJsonObject(value)) collectMembers(value, path, search);
  else if (Array.isArray(value)) {
    // A list is sealed as a whole where one element is: they need not pair up.
    const inner: Pointer[] = [];
    for (const item of value) collect(item, path, { ...search, found: inner });
    if (inner.length > 0) search.found.push(path);
  } else if (typeof value === "string" && search.format.secrets === "by-look" && mayHoldSecret(value))
    search.found.push(path);
}

function collectMembers(object: JsonObject, path: Pointer, search: Search): void {
  for (const [key, member] of Object.entries(object)) {
    const below = `${path}${formatStep(key)}`;
    if (isSecretKey(key, member, search.format)) search.found.push(below);
    else collect(member, below, search);
  }
}

function isSecretKey(key: string, value: Json, { secrets }: Pick<Format, "secrets">): boolean {
  if (secrets === "all") return true;
  if (secrets !== "by-look") return secrets.test(key);
  return SECRET_NAME.test(key) && !isSwitch(value);
}

function isSwitch(value: Json): boolean {
  if (Array.isArray(value)) return value.every(isSwitch);
  return value === null || typeof value === "boolean" || (typeof value === "string" && SWITCH.test(value));
}
