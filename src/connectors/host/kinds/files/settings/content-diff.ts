import { structuredPatch } from "diff";
import type { Format } from "./formats.ts";
import { MASKED, maskLines } from "./mask-text.ts";

/** Larger ones tell nobody anything. */
const MOST_LINES = 200;
const LONGEST_LINE = 400;
const MAX_EDITS = 2000;
/** What is all secret, whatever stands in it. */
const SECRET_FILES =
  /^\/etc\/(?:g?shadow-?|ssl\/private\/.*|ssh\/ssh_host_.*_key|krb5\.keytab|security\/opasswd)$|\/\.(?:pgpass|netrc|htpasswd|git-credentials|my\.cnf)$|\.(?:key|pem|p12|pfx|jks|keytab|kdbx|htpasswd)$|\/id_[a-z0-9_]+$|\/private\/|(?:^|\/)[^/]*(?:secret|credential|passw)[^/]*$/i;

export interface ContentPair {
  readonly id: string;
  readonly format: Format | undefined;
  /** Whether everyone may read the file. */
  readonly isPublic: boolean;
  readonly desired: string;
  readonly actual: string;
}

/**
 * What changed from the desired to the actual text, as a unified diff in which nothing secret stands. Undefined of files that are
 * secret as a whole: those of that name, and those that not everyone may read unless they are known not to hold one anywhere.
 */
export function contentDiff({ id, format, isPublic, desired, actual }: ContentPair): string | undefined {
  if (SECRET_FILES.test(id) || (format === undefined && !isPublic)) return undefined;
  const patch = structuredPatch("", "", desired, actual, "", "", { context: 3, maxEditLength: MAX_EDITS });
  if (patch === undefined) return undefined;
  const masked = { "-": maskLines(desired, format), "+": maskLines(actual, format) };
  const lines = ["--- desired", "+++ actual"];
  for (const { oldStart, oldLines, newStart, newLines, lines: marked } of patch.hunks) {
    lines.push(`@@ -${range(oldStart, oldLines)} +${range(newStart, newLines)} @@`);
    lines.push(...hunkLines(marked, { "-": oldStart, "+": newStart }, masked));
  }
  return cut(lines).join("\n");
}

/** Of no line, the one before it is named. */
function range(start: number, count: number): string {
  return `${count === 0 ? start - 1 : start},${count}`;
}

type Sides<T> = { readonly "-": T; readonly "+": T };

/** The lines of a hunk, each as it stands masked in the text that it comes from. */
function hunkLines(
  marked: readonly string[],
  starts: Sides<number>,
  masked: Sides<readonly string[]>,
): readonly string[] {
  const at = { "-": starts["-"] - 1, "+": starts["+"] - 1 };
  return marked.map((line) => {
    const mark = line.charAt(0);
    if (mark === "\\") return "\\ No newline at end of file";
    const sides = [masked["-"][at["-"]] ?? MASKED, masked["+"][at["+"]] ?? MASKED] as const;
    if (mark !== "+") at["-"] += 1;
    if (mark !== "-") at["+"] += 1;
    return `${mark}${shorten(shownLine(mark, sides))}`;
  });
}

/** What surrounds a change may be a secret in one of the two texts only. */
function shownLine(mark: string, [before, after]: readonly [string, string]): string {
  if (mark === " ") return before === after ? before : MASKED;
  return mark === "-" ? before : after;
}

function shorten(line: string): string {
  return line.length > LONGEST_LINE ? `${line.slice(0, LONGEST_LINE)}…` : line;
}

function cut(lines: readonly string[]): readonly string[] {
  if (lines.length <= MOST_LINES) return lines;
  return [...lines.slice(0, MOST_LINES - 1), `… ${lines.length - MOST_LINES + 1} more lines`];
}
