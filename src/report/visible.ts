/** What moves the cursor, hides or reorders text, or stands in no document: controls, formats, separators, lone surrogates. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Noncharacter_Code_Point}]/gu;

const SHORT_ESCAPES: ReadonlyMap<string, string> = new Map([
  ["\n", "\\n"],
  ["\r", "\\r"],
  ["\t", "\\t"],
]);

/**
 * A text on one line, with every character that a reader cannot see written out (`\x1b`, `\u{202e}`): what comes from
 * production must not colour a terminal, fake a line of a report, or reverse its own letters.
 */
export function visible(text: string): string {
  return text.replace(UNSEEN, writeOut);
}

function writeOut(character: string): string {
  const short = SHORT_ESCAPES.get(character);
  if (short !== undefined) return short;
  const code = character.codePointAt(0) ?? 0;
  const hex = code.toString(16);
  return code < 0x100 ? `\\x${hex.padStart(2, "0")}` : `\\u{${hex}}`;
}

/** At most `limit` characters: the middle of a longer text is left out, and its length said. */
export function cutMiddle(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const characters = Array.from(text);
  if (characters.length <= limit) return text;
  const length = `… (${formatCount(characters.length)} characters)`;
  const kept = Math.max(limit - length.length, 8);
  const tail = Math.floor(kept / 4);
  return `${characters.slice(0, kept - tail).join("")}…${characters.slice(characters.length - tail).join("")}${length.slice(1)}`;
}

/** `12,345`: the same on every machine, whatever its locale. */
export function formatCount(count: number): string {
  return String(count).replace(/\B(?=(?:\d{3})+$)/g, ",");
}

/** `1 finding`, `2 findings`. */
export function formatPlural(count: number, singular: string, plural = `${singular}s`): string {
  return `${formatCount(count)} ${count === 1 ? singular : plural}`;
}
