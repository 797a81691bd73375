import { decodeUtf8 } from "../../../../../config/yaml-source.ts";
import { isJsonObject, type Json, type JsonObject } from "../../../../../model/json.ts";
import type { Format } from "./formats.ts";

/** A larger file is compared by its hash alone. */
export const MAX_SETTINGS_BYTES = 256 * 1024;
const DEEPEST = 50;
const MOST_VALUES = 20_000;

/** The text of a file; undefined when it is binary. */
export function textOf(bytes: Uint8Array): string | undefined {
  const text = decodeUtf8(bytes);
  return text === undefined || text.includes("\0") ? undefined : text.replaceAll("\r\n", "\n");
}

/** The settings that a text holds; undefined when it has not the format, or more in it than anybody could read. */
export function settingsOf(text: string, format: Format): JsonObject | undefined {
  if (text.length > MAX_SETTINGS_BYTES) return undefined;
  const settings = format.parse(text);
  return settings !== undefined && isBounded(settings, { values: 0 }, 0) ? settings : undefined;
}

function isBounded(value: Json, count: { values: number }, depth: number): boolean {
  count.values += 1;
  if (depth > DEEPEST || count.values > MOST_VALUES) return false;
  if (Array.isArray(value)) return value.every((item) => isBounded(item, count, depth + 1));
  return !isJsonObject(value) || Object.values(value).every((member) => isBounded(member, count, depth + 1));
}
