import type { Problem } from "../errors.ts";

/** A place in a text; both count from 1, columns in UTF-16 code units. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** What is wrong at one place of a file, and what to write instead. */
export interface ProblemDetails {
  /** What is wrong and what was expected, without a full stop. */
  readonly message: string;
  readonly hint?: string;
  /** Left out where the offending line may hold a secret. */
  readonly excerpt?: string;
}

/** Longer lines are cut: a person reads the beginning, and a log must not carry a megabyte. */
const LONGEST_EXCERPT = 200;

/** A problem at a position of a file. */
export function problem(file: string, position: Position, details: ProblemDetails): Problem {
  return { file, line: position.line, column: position.column, ...details };
}

/** Sorts by file (in the order of `files`, then by name), line and column, and drops what says the same twice. */
export function sortProblems(problems: readonly Problem[], files: readonly string[] = []): readonly Problem[] {
  const distinct = new Map(
    problems.map((each) => [JSON.stringify([each.file, each.line, each.column, each.message]), each]),
  );
  const rank = (file: string) => (files.includes(file) ? files.indexOf(file) : files.length);
  return [...distinct.values()].sort(
    (a, b) =>
      rank(a.file) - rank(b.file) ||
      compareText(a.file, b.file) ||
      (a.line ?? 0) - (b.line ?? 0) ||
      (a.column ?? 0) - (b.column ?? 0),
  );
}

function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** A text with its lines, found when the first position is asked for. It may be a part of a file, from the line `firstLine` (from 0) on. */
export class SourceText {
  readonly text: string;
  readonly #firstLine: number;
  #lineStarts: readonly number[] | undefined;

  constructor(text: string, firstLine = 0) {
    this.text = text;
    this.#firstLine = firstLine;
  }

  positionAt(offset: number): Position {
    const line = this.#lineAt(offset);
    return { line: this.#firstLine + line + 1, column: offset - this.#startOf(line) + 1 };
  }

  /**
   * The line as it stands in the text, control characters replaced so that a terminal shows it as it is; cut when it is
   * long; undefined when it is blank, or the position lies behind the cut.
   */
  excerptAt(position: Position): string | undefined {
    const starts = this.#starts();
    const line = position.line - this.#firstLine;
    const start = starts[line - 1];
    if (start === undefined || position.column > LONGEST_EXCERPT) return undefined;
    const end = starts[line] ?? this.text.length;
    const written = this.text.slice(start, Math.min(end, start + LONGEST_EXCERPT + 2)).replace(/\r?\n$/, "");
    const shown = written.length > LONGEST_EXCERPT ? `${written.slice(0, LONGEST_EXCERPT)}…` : written;
    return shown.trim() === "" ? undefined : shown.replace(CONTROL, "\uFFFD");
  }

  #lineAt(offset: number): number {
    const starts = this.#starts();
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.#startOf(middle) <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  #startOf(line: number): number {
    return this.#starts()[line] ?? 0;
  }

  #starts(): readonly number[] {
    this.#lineStarts ??= lineStarts(this.text);
    return this.#lineStarts;
  }
}

/** C0 and C1 controls but the tab. */
const CONTROL = /[^\P{Cc}\t]/gu;

function lineStarts(text: string): number[] {
  const starts = [0];
  for (let end = text.indexOf("\n"); end !== -1; end = text.indexOf("\n", end + 1)) starts.push(end + 1);
  return starts;
}
