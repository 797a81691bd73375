import { type Json, type JsonObject, setOwn } from "../../../../../model/json.ts";

const ALIAS = /^(?:User|Runas|Host|Cmnd|Cmd)_Alias (.+)$/;
const DEFAULTS = /^Defaults(?=[ @:!>])/;
const INCLUDE = /^[@#](include|includedir) (.+)$/;

interface Sudoers {
  readonly aliases: { [name: string]: Json };
  readonly defaults: string[];
  readonly rules: string[];
}

/**
 * sudoers(5) without comments and with single blanks: `aliases` by name, and in their order, which counts, `defaults` and `rules`;
 * what is included stands among the rules. Undefined when a line is anything else.
 */
export function parseSudoersSettings(text: string): JsonObject | undefined {
  const sudoers: Sudoers = { aliases: {}, defaults: [], rules: [] };
  if (!logicalLines(text).every((line) => addLine(line, sudoers))) return undefined;
  const told = Object.entries(sudoers).filter(([, value]) => Object.keys(value).length > 0);
  return Object.fromEntries(told);
}

function addLine(line: string, { aliases, defaults, rules }: Sudoers): boolean {
  const [, included, path = ""] = INCLUDE.exec(line) ?? [];
  const [, definitions] = ALIAS.exec(line) ?? [];
  if (definitions !== undefined) return addAliases(definitions, aliases);
  if (included !== undefined) rules.push(`@${included} ${path}`);
  else if (DEFAULTS.test(line)) defaults.push(line);
  else if (/^[^=]+=/.test(line)) rules.push(line);
  else return false;
  return true;
}

/** `NAME = values`, several parted by colons; a name that is given twice is a mistake. */
function addAliases(definitions: string, aliases: Sudoers["aliases"]): boolean {
  return definitions.split(/(?<!\\) ?: ?(?=[A-Z][A-Z0-9_]* ?=)/).every((definition) => {
    const [, name, value] = /^([A-Z][A-Z0-9_]*) ?= ?(.+)$/.exec(definition) ?? [];
    if (name === undefined || value === undefined || Object.hasOwn(aliases, name)) return false;
    setOwn(aliases, name, value);
    return true;
  });
}

function logicalLines(text: string): readonly string[] {
  const lines = text.replace(/\\\n/g, " ").split("\n");
  return lines.map((line) => singleBlanks(withoutComment(line))).filter((line) => line !== "");
}

/** What stands in quotes, and what a backslash protects, is as it is. */
const PARTS = /"(?:\\.|[^"\\])*"|\\.|\s+|[^\s"\\]+|["\\]/g;

function singleBlanks(line: string): string {
  return Array.from(line.matchAll(PARTS), ([part]) => (/^\s+$/.test(part) ? " " : part))
    .join("")
    .trim();
}

/** `#` starts a comment, but not before a number, which is a user or group, nor in quotes, nor as `#include`. */
function withoutComment(line: string): string {
  if (/^\s*#include(?:dir)?\s/.test(line)) return line;
  let found = "";
  for (const [part] of line.matchAll(/"(?:\\.|[^"\\])*"|\\.|#(?!-?\d)|[^"\\#]+|["\\#]/g)) {
    if (part === "#" && !/^#-?\d/.test(line.slice(found.length))) return found;
    found += part;
  }
  return found;
}
