import { type Json, type JsonObject, setOwn } from "../../../../../model/json.ts";

/** What the dialects of INI differ in. */
export interface IniDialect {
  /** Whether a line that ends in `\` goes on in the next one. */
  readonly continued?: boolean;
  /** What starts a comment behind a value, outside quotes; nothing when left out. */
  readonly inline?: string;
  /** Whether a key may stand alone. */
  readonly flags?: boolean;
  /** Whether quotes around a whole value mean nothing. */
  readonly unquoted?: boolean;
}

/**
 * Sections of keys and values. A key that stands there several times has the list of its values, and so has a section; what
 * stands before the first section is a member of its own. Undefined when a line is neither.
 */
export function parseIni(text: string, dialect: IniDialect): JsonObject | undefined {
  const top = new Members();
  const sections: [name: string, members: Members][] = [];
  for (const line of logicalLines(text, dialect)) {
    if (line.startsWith("[")) {
      const name = sectionName(line);
      if (name === undefined) return undefined;
      sections.push([name, new Members()]);
      continue;
    }
    const pair = readPair(line, dialect);
    if (pair === undefined) return undefined;
    (sections.at(-1)?.[1] ?? top).add(...pair);
  }
  for (const [name, members] of sections) {
    // One name for two things would hide one of them.
    if (top.isPlain(name)) return undefined;
    top.add(name, members.take(), "section");
  }
  return top.take();
}

/** Keys with their values in the order of the lines. */
export class Members {
  readonly #values = new Map<string, Json[]>();
  readonly #plain = new Set<string>();

  add(key: string, value: Json, as: "value" | "section" = "value"): void {
    if (as === "value") this.#plain.add(key);
    const values = this.#values.get(key);
    if (values === undefined) this.#values.set(key, [value]);
    else values.push(value);
  }

  /** Whether a value of its own stands there under this key. */
  isPlain(key: string): boolean {
    return this.#plain.has(key);
  }

  get keys(): readonly string[] {
    return [...this.#values.keys()];
  }

  /** One value as itself, several as a list. */
  take(): JsonObject {
    const object: { [key: string]: Json } = {};
    for (const [key, values] of this.#values) {
      const [first] = values;
      setOwn(object, key, values.length === 1 && first !== undefined ? first : values);
    }
    return object;
  }
}

/** Lines that say something, each with what continues it. */
function logicalLines(text: string, { continued = false }: IniDialect): readonly string[] {
  const lines: string[] = [];
  let open: string | undefined;
  const spoken = text.split("\n").map((line) => line.trim());
  for (const line of spoken.filter((each) => !/^[#;]/.test(each))) {
    if (line === "" && open === undefined) continue;
    const whole: string = open === undefined ? line : `${open} ${line}`;
    const goesOn = continued && line.endsWith("\\");
    open = goesOn ? whole.slice(0, -1).trimEnd() : undefined;
    if (!goesOn) lines.push(whole);
  }
  return open === undefined ? lines : [...lines, open];
}

function sectionName(line: string): string | undefined {
  return /^\[([^\]]+)\]\s*(?:[#;].*)?$/.exec(line)?.[1]?.trim();
}

function readPair(line: string, { inline, flags = false, unquoted = false }: IniDialect): [string, Json] | undefined {
  const content = inline === undefined ? line : withoutComment(line, inline);
  const at = content.indexOf("=");
  if (at < 0) return flags && content !== "" ? [content, true] : undefined;
  const key = content.slice(0, at).trim();
  const value = content.slice(at + 1).trim();
  return key === "" ? undefined : [key, unquoted ? withoutQuotes(value) : value];
}

function withoutComment(line: string, marks: string): string {
  let quote = "";
  for (let index = 0; index < line.length; index += 1) {
    const character = line.charAt(index);
    if (quote === "" && marks.includes(character)) return line.slice(0, index).trimEnd();
    if (character === quote) quote = "";
    else if (quote === "" && /["']/.test(character)) quote = character;
  }
  return line;
}

/** A value without the quotes around all of it; one that holds such quotes inside stays as it is. */
export function withoutQuotes(value: string): string {
  const quote = value[0];
  if (value.length < 2 || (quote !== '"' && quote !== "'") || !value.endsWith(quote)) return value;
  const inside = value.slice(1, -1);
  return inside.includes(quote) || inside.includes("\\") ? value : inside;
}
