import { getOwn, isJsonObject, type Json, type JsonObject } from "../../../../../model/json.ts";
import { parsePointer } from "../../../../../model/pointer.ts";
import { holdsSecret, SECRET_NAME } from "../../secret-text.ts";
import type { Format } from "./formats.ts";
import { settingsOf } from "./read-settings.ts";
import { secretPaths } from "./secrets.ts";

export const MASKED = "<masked>";

/**
 * The lines of a text without anything that may be secret, one for one. Masked are every value of a file of variables, whatever
 * the settings of the text hold as a secret, lines that name a secret and what belongs to them, blocks of keys, passwords in
 * addresses and long random words. In doubt more is masked.
 */
export function maskLines(text: string, format: Format | undefined): readonly string[] {
  const lines = text.split("\n");
  if (format?.secrets === "all") return lines.map(maskVariable);
  const settings = format === undefined ? undefined : settingsOf(text, format);
  // A text that is not of its format may hold anything.
  const secrets = settings === undefined || format === undefined ? "by-look" : format.secrets;
  const masking = { secrets, texts: settings === undefined ? [] : secretTexts(settings, secrets) };
  return maskBelow(maskKeys(lines), masking).map((line) => maskLine(line, masking));
}

interface Masking {
  readonly secrets: Format["secrets"];
  /** What stands in the settings as a secret. */
  readonly texts: readonly string[];
}

function maskVariable(line: string): string {
  if (line.trim() === "") return "";
  const [, start] = /^(\s*(?:export\s+)?[A-Za-z_][A-Za-z0-9_.]*=)/.exec(line) ?? [];
  return start === undefined ? MASKED : `${start}${MASKED}`;
}

/** Every text and number of what is secret in settings. */
function secretTexts(settings: JsonObject, secrets: Format["secrets"]): readonly string[] {
  return secretPaths(settings, { secrets }).flatMap((path) => leaves(valueAt(settings, parsePointer(path))));
}

function valueAt(settings: JsonObject, steps: readonly string[]): Json {
  let value: Json = settings;
  for (const step of steps) value = isJsonObject(value) ? (getOwn(value, step) ?? null) : null;
  return value;
}

function leaves(value: Json): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(leaves);
  if (isJsonObject(value)) return Object.values(value).flatMap(leaves);
  if (value === null || typeof value === "boolean") return [];
  const parts = String(value)
    .split("\n")
    .flatMap((line) => [line.trim(), ...line.split(/[\s"'\\]+/)]);
  return parts.filter((part) => part.length > 3);
}

const BEGIN = /-----BEGIN (?!CERTIFICATE|PUBLIC KEY)/;
const END = /-----END /;

function maskKeys(lines: readonly string[]): readonly string[] {
  let inKey = false;
  return lines.map((line) => {
    const isKey = inKey || BEGIN.test(line);
    inKey = isKey && !END.test(line);
    return isKey ? MASKED : line;
  });
}

const GOES_ON = /[\\=:[{(,|>]["']?\s*[-+]?$/;

/** Masks what stands under, or goes on from, a line that names a secret. */
function maskBelow(lines: readonly string[], masking: Masking): readonly string[] {
  let under: number | undefined;
  let goesOn = false;
  return lines.map((line) => {
    if (line.trim() === "") return line;
    const belongs = goesOn || isBelow(line, under);
    const names = namesSecret(line, masking);
    if (!belongs) under = names ? indentOf(line) : undefined;
    goesOn = (names || belongs) && GOES_ON.test(line);
    return belongs ? MASKED : line;
  });
}

/** Deeper than a line, or an element or the end of what it opens. */
function isBelow(line: string, under: number | undefined): boolean {
  if (under === undefined) return false;
  const indent = indentOf(line);
  return indent > under || (indent === under && /^\s*[-\]}]/.test(line));
}

function indentOf(line: string): number {
  return line.length - line.trimStart().length;
}

/** Whether all that a line can mean is known: a setting of a closed vocabulary, which has words such as `PasswordAuthentication`. */
function isClosed(line: string, { secrets }: Masking): boolean {
  return secrets instanceof RegExp && !/^\s*[#;]/.test(line);
}

function namesSecret(line: string, masking: Masking): boolean {
  if (!isClosed(line, masking)) return SECRET_NAME.test(line);
  return masking.secrets instanceof RegExp && masking.secrets.test(keyOf(line));
}

function keyOf(line: string): string {
  return /^[\s"'-]*([^\s"'=:]+)/.exec(line)?.[1] ?? "";
}

const RANDOM_WORD = /[A-Za-z0-9+_=-]{20,}/g;

function maskLine(line: string, masking: Masking): string {
  if (line === MASKED || line.trim() === "") return line;
  if (namesSecret(line, masking)) return maskNamed(line);
  if (masking.texts.some((text) => line.includes(text)) || holdsSecret(line)) return MASKED;
  if (isClosed(line, masking)) return line;
  return line.replaceAll(RANDOM_WORD, (word) => (/\d/.test(word) && /[A-Za-z]/.test(word) ? MASKED : word));
}

/** Shows the key where it is the key that names the secret; elsewhere it may stand before the name. */
function maskNamed(line: string): string {
  const [, start, key = ""] = /^(\s*["']?([\w.-]+)["']?\s*[:=]\s*)/.exec(line) ?? [];
  return start !== undefined && SECRET_NAME.test(key) ? `${start}${MASKED}` : MASKED;
}
