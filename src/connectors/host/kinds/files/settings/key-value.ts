import type { JsonObject } from "../../../../../model/json.ts";
import { Members } from "./ini.ts";

/** How a line separates a key from its value. */
export type Separator = "=" | ":" | " ";

const LINES: Readonly<Record<Separator, RegExp>> = {
  "=": /^([^=\s]+)\s*=\s*(.*)$/,
  ":": /^([^:\s]+)\s*:\s*(.*)$/,
  " ": /^(\S+)(?:\s+(.*))?$/,
};

/** A key and a value a line, blanks between words being all alike. Undefined when a line is anything else. */
export function parseKeyValue(text: string, separator: Separator): JsonObject | undefined {
  const members = new Members();
  for (const raw of text.split("\n")) {
    const line = raw.trim();
    if (line === "" || /^[#;]/.test(line)) continue;
    const [, key, value = ""] = LINES[separator].exec(line) ?? [];
    if (key === undefined) return undefined;
    members.add(key, value.split(/\s+/).join(" ").trim());
  }
  return members.take();
}
