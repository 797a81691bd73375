import type { Json } from "../../model/json.ts";
import { parseJson } from "../../model/parse-json.ts";
import { canonicalExact } from "./exact.ts";

/**
 * The value that a JSON text holds, with exact integers; any other value is taken as parsed already. Text that is not JSON is
 * itself, and a JSON string keeps its quotes, so that no two different texts become one.
 */
export function canonicalJsonText(value: Json): Json {
  if (typeof value !== "string") return canonicalExact(value);
  const parsed = readJsonText(value);
  if (parsed === undefined) return value;
  return typeof parsed === "string" ? JSON.stringify(parsed) : canonicalExact(parsed);
}

/** What a JSON text holds; undefined when it is none, or nested deeper than a comparison could walk. */
export function readJsonText(text: string): Json | undefined {
  if (!STARTS_JSON.test(text) || isTooDeep(text)) return undefined;
  try {
    return parseJson(text);
  } catch {
    // Most text is not JSON: that is an answer here, and it is compared as text.
    return undefined;
  }
}

const STARTS_JSON = /^[ \t\r\n]*["{[\d\-tfn]/;
const DEEPEST = 500;

/** Counts brackets, those within strings too: text that only looks deep is compared as text, which is never less strict. */
function isTooDeep(text: string): boolean {
  let depth = 0;
  for (let index = 0; index < text.length; index++) {
    const character = text[index];
    if (character === "[" || character === "{") depth++;
    else if (character === "]" || character === "}") depth--;
    if (depth > DEEPEST) return true;
  }
  return false;
}
