import { getOwn, isJsonObject, type Json, type JsonObject } from "../model/json.ts";
import { cutMiddle, visible } from "./visible.ts";

/** What stands where a value is not there. */
const NOT_SET = "(not set)";
/** What stands where a value is sensitive: reports hold its digest at most, and people nothing. */
export const SECRET = "(secret)";

const SECRET_KEYS: ReadonlySet<string> = new Set(["$digest", "$secret", "$sealed"]);

/** Whether a value is what the border made of a sensitive one. */
export function isSecret(value: Json | undefined): boolean {
  if (!isJsonObject(value)) return false;
  const keys = Object.keys(value);
  return keys.length === 1 && keys.every((key) => SECRET_KEYS.has(key));
}

/**
 * A value on one line as a person reads it: text in quotes, lists and objects as JSON with spaces, sensitive values as
 * `(secret)`, unseen characters written out; not longer than `limit` characters.
 */
export function formatValue(value: Json | undefined, limit: number): string {
  return cutMiddle(formatWhole(value), limit);
}

export interface FormattedPair {
  readonly before: string;
  readonly after: string;
}

/** How many equal characters stay before the first difference of two long values. */
const LEAD = 12;

/** Two values of which at least one may be too long: both are cut so that the first difference stays in sight. */
export function formatPair(before: Json | undefined, after: Json | undefined, limit: number): FormattedPair {
  const [left, right] = [formatWhole(before), formatWhole(after)];
  if (left.length <= limit && right.length <= limit) return { before: left, after: right };
  const shared = commonPrefix(left, right);
  const start = shared > limit / 2 ? shared - LEAD : 0;
  const cut = (text: string) => (start === 0 ? text : `…${text.slice(start)}`);
  return { before: cutMiddle(cut(left), limit), after: cutMiddle(cut(right), limit) };
}

function formatWhole(value: Json | undefined): string {
  switch (typeof value) {
    case "undefined":
      return NOT_SET;
    case "string":
      return visible(JSON.stringify(value));
    case "object":
      return value === null ? "null" : formatCompound(value);
    default:
      return String(value);
  }
}

function formatCompound(value: readonly Json[] | JsonObject): string {
  if (!isJsonObject(value)) return `[${value.map(formatWhole).join(", ")}]`;
  if (isSecret(value)) return SECRET;
  const members = Object.keys(value).map(
    (key) => `${visible(JSON.stringify(key))}: ${formatWhole(getOwn(value, key))}`,
  );
  return members.length === 0 ? "{}" : `{ ${members.join(", ")} }`;
}

function commonPrefix(left: string, right: string): number {
  const end = Math.min(left.length, right.length);
  let index = 0;
  while (index < end && left[index] === right[index]) index += 1;
  // Half a surrogate pair is no character.
  return index > 0 && /[\uD800-\uDBFF]/.test(left[index - 1] ?? "") ? index - 1 : index;
}
