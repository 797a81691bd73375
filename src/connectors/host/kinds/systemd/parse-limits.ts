import { escapeGlob } from "../../../../model/glob.ts";
import type { ListingGap } from "../../../../model/observation.ts";
import { type ByteText, idText, valueText } from "../bytes.ts";
import type { ConfigFile } from "../config-folders.ts";
import { type Entry, presentEntry, type Table } from "../table.ts";

/** Limits that a process can have, soft and hard. */
const BOTH = new Set(
  "core data fsize memlock nofile rss stack cpu nproc as locks sigpending msgqueue nice rtprio".split(" "),
);
/** What pam_limits sets whatever type is written. */
const NEITHER = new Set(["maxlogins", "maxsyslogins", "nonewprivs", "priority", "chroot"]);
const TYPES: ReadonlyMap<string, readonly string[]> = new Map([
  ["soft", ["soft"]],
  ["hard", ["hard"]],
  ["-", ["soft", "hard"]],
]);
/** Numbers below zero mean something there. */
const SIGNED = new Set(["nice", "priority", "nonewprivs"]);
/** Not what else JavaScript takes for one: such a byte is part of a name. */
const BLANKS = /[ \t\r\v\f]+/;
const UNLIMITED = new Set(["-1", "unlimited", "infinity"]);

interface Limit {
  readonly ids: readonly string[];
  readonly value: string;
}

/**
 * Parses the files of pam_limits in the order in which they are read: of several lines for the same domain, type and item the last
 * counts. A line that pam_limits would pass over leaves a gap, for whoever wrote it meant a limit.
 */
export function parseLimits(files: readonly ConfigFile[]): Table {
  const entries = new Map<string, Entry>();
  const gaps: ListingGap[] = [];
  for (const { path, number, words } of files.flatMap(linesOfWords)) {
    const limit = limitOf(words);
    if (limit === undefined) gaps.push(gapOf(words, `Cannot read "${path}": line ${number} is malformed`));
    else for (const id of limit.ids) entries.set(id, presentEntry({ value: limit.value, file: path }, []));
  }
  return { status: "read", entries, gaps };
}

function linesOfWords({ path, lines }: ConfigFile) {
  return lines
    .map((line, index) => ({ path, number: index + 1, words: line.replace(/#.*$/s, "").split(BLANKS).filter(Boolean) }))
    .filter(({ words }) => words.length > 0);
}

/** Anything behind the value counts for nothing. */
function limitOf([domain = "", written = "", item, value]: readonly ByteText[]): Limit | undefined {
  const name = idText(domain);
  const types = TYPES.get(written.toLowerCase());
  if (types === undefined) return undefined;
  if (item === undefined) return written === "-" ? { ids: [`${name}#-#all`], value: "exempt" } : undefined;
  const limited = item.toLowerCase();
  const text = value === undefined ? undefined : limitValue(limited, value);
  if (text === undefined) return undefined;
  if (NEITHER.has(limited)) return { ids: [`${name}#-#${limited}`], value: text };
  return BOTH.has(limited) ? { ids: types.map((type) => `${name}#${type}#${limited}`), value: text } : undefined;
}

function limitValue(item: string, value: ByteText): string | undefined {
  if (item === "chroot") return valueText(value);
  if (!SIGNED.has(item) && UNLIMITED.has(value.toLowerCase())) return "unlimited";
  return /^[+-]?\d+$/.test(value) ? value.replace(/^\+/, "") : undefined;
}

function gapOf([domain = ""]: readonly ByteText[], detail: string): ListingGap {
  return { glob: `${escapeGlob(idText(domain))}#*`, reason: "failed", detail };
}
