import { structuredPatch } from "diff";
import { cutMiddle, visible } from "./visible.ts";

/** One line of a diff: what is missing (`-`), what is there instead (`+`), what stands around it. */
export interface TextLine {
  readonly mark: "-" | "+" | " ";
  readonly text: string;
}

/** Two texts that differ in more lines than this are shown one after the other: finding the shortest diff takes quadratic time. */
const MAX_EDITS = 1000;

/**
 * The lines that differ between two texts, each with two lines around it (Myers' algorithm, of the library `diff`); `…` stands
 * for what is equal in between. Every line is cut to `limit` characters.
 */
export function diffText(before: string, after: string, limit: number): readonly TextLine[] {
  const patch = structuredPatch("", "", before, after, "", "", { context: 2, maxEditLength: MAX_EDITS });
  if (patch === undefined) return [...wholeSide("-", before, limit), ...wholeSide("+", after, limit)];
  return patch.hunks.flatMap((hunk, index) => {
    const lines = hunk.lines.map((line) => asTextLine(line, limit));
    return index === 0 ? lines : [{ mark: " " as const, text: "…" }, ...lines];
  });
}

function wholeSide(mark: TextLine["mark"], text: string, limit: number): readonly TextLine[] {
  return text
    .replace(/\n$/, "")
    .split("\n")
    .map((line) => ({ mark, text: cutMiddle(visible(line), limit) }));
}

/** The library puts the mark first, and `\` before its remark that a text does not end in a line feed. */
function asTextLine(line: string, limit: number): TextLine {
  const text = cutMiddle(visible(line.slice(1)), limit);
  if (line.startsWith("-")) return { mark: "-", text };
  if (line.startsWith("+")) return { mark: "+", text };
  return { mark: " ", text: line.startsWith("\\") ? "(no line feed at the end)" : text };
}
