import type { Json, JsonObject } from "../model/json.ts";

/** How much text a list on one line may take. */
const FLOW_WIDTH = 100;
/** A YAML key on the line of its value may have 1024 characters; a longer one needs a line of its own. */
const LONGEST_SIMPLE_KEY = 1000;

/** Text that reads as itself without quotes: no character with a meaning in YAML, and no first one of a number. */
const PLAIN = /^[A-Za-z_/][A-Za-z0-9_./@+-]*$/;
/** Words that some version of YAML reads as something else. */
const WORD = /^(?:null|true|false|yes|no|on|off|y|n)$/i;

/** Control characters, line separators, the byte order mark and noncharacters, which must not stand in YAML as they are. */
const UNPRINTABLE = /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g;

/** A value as a block of YAML lines, each indented by `indent`, with a final newline; starts on the line of its key. */
export function yamlValue(value: Json, indent: string): string {
  if (isList(value)) return yamlList(value, indent);
  if (typeof value === "object" && value !== null) return yamlMap(value, indent);
  return ` ${yamlScalar(value)}\n`;
}

/** `key:` and its value. */
export function yamlMember(key: string, value: Json, indent: string): string {
  const text = yamlText(key);
  const colon = text.length > LONGEST_SIMPLE_KEY ? `? ${text}\n${indent}:` : `${text}:`;
  return `${indent}${colon}${yamlValue(value, `${indent}  `)}`;
}

/** A text that YAML reads back unchanged: as it is where that is safe, else in double quotes. */
function yamlText(text: string): string {
  return PLAIN.test(text) && !WORD.test(text) ? text : quoted(text);
}

/** JSON's double-quoted form is YAML's, but for characters that JSON leaves as they are. */
function quoted(text: string): string {
  return JSON.stringify(text).replace(UNPRINTABLE, escaped);
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

function yamlScalar(value: null | boolean | number | bigint | string): string {
  if (typeof value === "string") return yamlText(value);
  return Object.is(value, -0) ? "0" : String(value);
}

function yamlMap(object: JsonObject, indent: string): string {
  const members = Object.entries(object).map(([key, member]) => yamlMember(key, member, indent));
  return members.length === 0 ? " {}\n" : `\n${members.join("")}`;
}

function yamlList(list: readonly Json[], indent: string): string {
  const flow = list.every(isScalar) ? ` [${list.map(yamlScalar).join(", ")}]\n` : undefined;
  if (flow !== undefined && flow.length <= FLOW_WIDTH) return flow;
  return `\n${list.map((element) => `${indent}-${yamlElement(element, indent)}`).join("")}`;
}

function yamlElement(element: Json, indent: string): string {
  return yamlValue(element, `${indent}  `);
}

function isScalar(value: Json): value is null | boolean | number | bigint | string {
  return typeof value !== "object" || value === null;
}

/** `Array.isArray` does not narrow a readonly array. */
function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
