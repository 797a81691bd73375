import type { JsonObject } from "../../../../../model/json.ts";
import { Members, withoutQuotes } from "./ini.ts";

const ASSIGNMENT = /^(?:export\s+)?([A-Za-z_][A-Za-z0-9_.]*)=(.*)$/;

/**
 * Variables, one a line. Undefined when anything else stands there (a shell script), when a value goes over several lines, or when
 * one may refer to another: then their order has a meaning.
 */
export function parseEnv(text: string): JsonObject | undefined {
  const members = new Members();
  for (const raw of text.split("\n")) {
    const line = raw.trim();
    if (line === "" || line.startsWith("#")) continue;
    const [, name, value] = ASSIGNMENT.exec(line) ?? [];
    if (name === undefined || value === undefined || !isPlain(value)) return undefined;
    members.add(name, withoutQuotes(value));
  }
  return members.take();
}

function isPlain(value: string): boolean {
  if (value.endsWith("\\")) return false;
  const quote = value[0];
  if (quote !== '"' && quote !== "'") return !/[$`]/.test(value);
  const isWhole = value.length > 1 && value.endsWith(quote);
  return isWhole && (quote === "'" || !/[$`]/.test(value));
}
