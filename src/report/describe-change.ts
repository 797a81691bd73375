import type { Change } from "../model/drift.ts";
import type { Finding } from "../model/finding.ts";
import type { Json } from "../model/json.ts";
import { describeEvidence } from "./describe-evidence.ts";
import { diffText, type TextLine } from "./diff-text.ts";
import { formatPair, formatValue, isSecret, SECRET } from "./format-value.ts";
import { formatPlural, visible } from "./visible.ts";
import { causeWords } from "./words.ts";

/** How much of a change a format has room for. */
export interface DiffLimits {
  /** Characters of one value. */
  readonly value: number;
  /** Lines of one change. */
  readonly lines: number;
}

/** One change as a reader sees it, in words and lines without any markup; unseen characters are written out. */
export interface ChangeView {
  /** The pointer; empty when the presence of the resource itself is what differs. */
  readonly path: string;
  readonly diff: ChangeDiff;
  /** What a reader must know besides: which side the first value is, that the cause differs from the finding's. */
  readonly notes: readonly string[];
}

export type ChangeDiff =
  | { readonly form: "sentence"; readonly text: string }
  | { readonly form: "values"; readonly before: string; readonly after: string }
  | { readonly form: "lines"; readonly lines: readonly TextLine[] };

export function describeChanges(finding: Finding, limits: DiffLimits): readonly ChangeView[] {
  const changes = finding.changes.map((change) => ({
    path: visible(change.path),
    diff: describeDiff(finding, change, limits),
    notes: notesOf(finding, change, limits),
  }));
  return [...changes, ...describeEvidence(finding, limits)];
}

/** The same as plain lines: `/mode: "0600" → "0644"`, sets and text with `+` and `-` before each line. */
export function diffLines(finding: Finding, limits: DiffLimits): readonly string[] {
  return describeChanges(finding, limits).flatMap((view) => [
    ...plainLines(view),
    ...view.notes.map((note) => `  (${note})`),
  ]);
}

function plainLines({ path, diff }: ChangeView): readonly string[] {
  const prefix = path === "" ? "" : `${path}: `;
  switch (diff.form) {
    case "sentence":
      return [`${prefix}${diff.text}`];
    case "values":
      return [`${prefix}${diff.before} → ${diff.after}`];
    case "lines":
      return [prefix.trim(), ...diff.lines.map(({ mark, text }) => `  ${mark} ${text}`)];
  }
}

function describeDiff(finding: Finding, change: Change, limits: DiffLimits): ChangeDiff {
  if (change.path === "") return { form: "sentence", text: presenceSentence(finding, change) };
  const before = expectedOf(change);
  if (isSecret(before) && isSecret(change.actual)) return { form: "sentence", text: secretSentence(before) };
  if (change.added !== undefined || change.removed !== undefined)
    return { form: "lines", lines: setLines(change, limits) };
  if (isMultiLine(before) || isMultiLine(change.actual)) {
    return { form: "lines", lines: cutLines(textLines(before, change.actual, limits), limits) };
  }
  return { form: "values", ...formatPair(before, change.actual, limits.value) };
}

/** What the actual value is judged against: what is declared, else the baseline. */
function expectedOf(change: Change): Json | undefined {
  return change.desired === undefined ? change.baseline : change.desired;
}

function presenceSentence(finding: Finding, change: Change): string {
  switch (finding.drift) {
    case "missing":
      return "declared, and not there";
    case "unmanaged":
      return "there, and not declared";
    case "moved":
      return `declared as ${visible(finding.resource)}, found as ${visible(finding.movedTo ?? formatValue(change.actual, 200))}`;
    case "changed":
      return "there, and declared to be absent";
  }
}

function secretSentence(before: Json | undefined): string {
  const declaresRule = typeof before === "object" && before !== null && Object.hasOwn(before, "$sealed");
  return declaresRule ? "(secret, breaks its rule)" : "(secret, changed)";
}

function setLines({ added = [], removed = [] }: Change, limits: DiffLimits): readonly TextLine[] {
  const line = (mark: TextLine["mark"]) => (element: Json) => ({ mark, text: formatValue(element, limits.value) });
  return cutLines([...removed.map(line("-")), ...added.map(line("+"))], limits);
}

function isMultiLine(value: Json | undefined): value is string {
  return typeof value === "string" && value.trimEnd().includes("\n");
}

/** A line diff where both sides are text; otherwise what is there, line by line, or in one. */
function textLines(before: Json | undefined, after: Json | undefined, limits: DiffLimits): readonly TextLine[] {
  if (typeof before === "string" && typeof after === "string") return diffText(before, after, limits.value);
  return [...wholeText("-", before, limits), ...wholeText("+", after, limits)];
}

function wholeText(mark: TextLine["mark"], value: Json | undefined, limits: DiffLimits): readonly TextLine[] {
  if (value === undefined) return [];
  if (typeof value !== "string") return [{ mark, text: isSecret(value) ? SECRET : formatValue(value, limits.value) }];
  return diffText(mark === "-" ? value : "", mark === "-" ? "" : value, limits.value);
}

/** The first lines, and how many more there are. */
function cutLines(lines: readonly TextLine[], limits: DiffLimits): readonly TextLine[] {
  if (lines.length <= limits.lines) return lines;
  const rest = formatPlural(lines.length - limits.lines + 1, "more line");
  return [...lines.slice(0, limits.lines - 1), { mark: " ", text: `… ${rest}` }];
}

function notesOf(finding: Finding, change: Change, limits: DiffLimits): readonly string[] {
  if (change.path === "") return [];
  const notes: string[] = [];
  if (change.desired === undefined) notes.push("undeclared: judged against its baseline");
  if (change.cause === "conflict") notes.push(`last in sync as ${formatValue(change.baseline, limits.value)}`);
  const isTold = change.cause === finding.cause || change.cause === "external";
  if (!isTold) notes.push(causeWords(finding.drift, change.cause));
  return notes;
}
