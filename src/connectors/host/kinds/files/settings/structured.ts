import { parse as parseTomlText } from "smol-toml";
import { readYaml } from "../../../../../config/yaml-source.ts";
import { isJsonObject, type Json, type JsonObject, setOwn } from "../../../../../model/json.ts";
import { parseJson } from "../../../../../model/parse-json.ts";

/** The object that a JSON text is; undefined when it is anything else. */
export function parseJsonSettings(text: string): JsonObject | undefined {
  try {
    return asObject(parseJson(text));
  } catch {
    // Not JSON: then its text is all there is to compare.
    return undefined;
  }
}

/** The map that a YAML text of one document is; undefined when it is anything else. */
export function parseYamlSettings(text: string): JsonObject | undefined {
  const yaml = readYaml(text, { file: "" });
  const [document, ...more] = yaml.documents();
  if (document === undefined || more.length > 0 || document.problems.length > 0) return undefined;
  return asObject(document.value);
}

/** The table that a TOML text is, dates as text; undefined when it is none. */
export function parseTomlSettings(text: string): JsonObject | undefined {
  try {
    return asObject(asJson(parseTomlText(text, { integersAsBigInt: "asNeeded" }), 0));
  } catch {
    // Not TOML, or nested too deep: then its text is all there is to compare.
    return undefined;
  }
}

function asObject(value: Json): JsonObject | undefined {
  return isJsonObject(value) ? value : undefined;
}

const DEEPEST = 100;

function asJson(value: unknown, depth: number): Json {
  if (depth > DEEPEST) throw new RangeError("Cannot read a table: it is nested too deep");
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map((item) => asJson(item, depth + 1));
  if (isJsonObject(value)) {
    const object: { [key: string]: Json } = {};
    for (const [key, member] of Object.entries(value)) setOwn(object, key, asJson(member, depth + 1));
    return object;
  }
  if (typeof value === "number" && !Number.isFinite(value)) return String(value);
  return typeof value === "number" || typeof value === "bigint" || typeof value === "boolean" ? value : String(value);
}
