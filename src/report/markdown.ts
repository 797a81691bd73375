import type { KnownGap, Unchecked } from "../model/drift.ts";
import type { Finding, Severity } from "../model/finding.ts";
import type { ScanResult, TargetResult } from "../model/scan-result.ts";
import { type ChangeView, type DiffLimits, describeChanges } from "./describe-change.ts";
import { fillBudget, type MarkdownSection } from "./fill-budget.ts";
import { code, fence, plain } from "./markdown-text.ts";
import { headline, isActive } from "./summary.ts";
import { formatAge, formatInstant } from "./time-words.ts";
import { formatCount, formatPlural } from "./visible.ts";
import {
  controlWords,
  coverageLine,
  declaredWords,
  describeDrift,
  flappingWords,
  foldWords,
  RESOLUTION_WORDS,
  revisionWords,
  statusWords,
  VERDICT_WORDS,
} from "./words.ts";

/** GitHub refuses a comment of more characters than this. */
export const MARKDOWN_LIMIT = 65_536;
/** What one entry may take at most, so that a single finding cannot crowd out all others. */
const LIMITS: DiffLimits = { value: 160, lines: 16 };
const BLOCK_LIMIT = 3000;

export interface MarkdownOptions {
  readonly explain: boolean;
  readonly now: string;
}

/**
 * Markdown fit for a comment on a pull request: a headline, a table, and the rest folded. Never longer than GitHub takes: what does
 * not fit is counted in a line of its own. Text from production can neither mention anyone, nor link, nor become markup.
 */
export function renderMarkdown(result: ScanResult, options: MarkdownOptions): string {
  const opening = [`## ${ICON[overall(result)]} Production drift: ${plain(headline(result))}`, ""];
  const closing = ["---", `<sub>${nextStep(result)}</sub>`, ""];
  const fixed = [...opening, ...closing].join("\n").length + 2;
  const sections = fillBudget(sectionsOf(result, options), MARKDOWN_LIMIT - fixed);
  return [...opening, ...sections, ...closing].join("\n");
}

type Overall = "drift" | "unknown" | "calm";

const ICON: Readonly<Record<Overall, string>> = { drift: "🔴", unknown: "🟡", calm: "🟢" };
const SEVERITY_ICON: Readonly<Record<Severity, string>> = { critical: "🔴", warning: "🟠", informational: "🔵" };

function overall(result: ScanResult): Overall {
  if (result.findings.some(isActive)) return "drift";
  const isKnown =
    result.unchecked.length === 0 &&
    result.targets.every(({ verdict }) => verdict === "in-sync" || verdict === "drifted");
  return isKnown ? "calm" : "unknown";
}

function targetRow(target: TargetResult): string {
  const known = target.failure === null ? coverageLine(target) : plain(target.failure.message);
  return `| ${code(target.name)} | ${VERDICT_WORDS[target.verdict]} | ${known} | ${plain(revisionWords(target.revision))} |`;
}

function sectionsOf(result: ScanResult, options: MarkdownOptions): readonly MarkdownSection[] {
  return [
    {
      opening: ["| target | verdict | coverage | desired state |", "| --- | --- | --- | --- |"],
      ...each(result.targets, targetRow),
      closing: [""],
      share: 4000,
      rest: (count) => `| … | ${formatCount(count)} more targets are not shown here | | |`,
    },
    {
      opening: ["| severity | finding | resource | drift | id |", "| --- | --- | --- | --- | --- |"],
      ...each(result.findings, findingRow),
      closing: [""],
      share: 18_000,
      rest: (count) =>
        `| … | ${formatCount(count)} more findings are not shown here: the comment would be too long | | | |`,
    },
    {
      opening: ["<details><summary>What differs</summary>", ""],
      ...each(result.findings, (finding) => findingDetails(finding, options)),
      closing: ["</details>", ""],
      share: 26_000,
      rest: (count) => `… and the details of ${formatCount(count)} more findings: they did not fit here\n`,
    },
    listing("Not checked: nothing is known of these", each(result.unchecked, uncheckedItem), 6000),
    listing("Known gaps: never compared", each(result.knownGaps, knownGapItem), 3000),
    listing("Folded away: differences that are no drift", foldedItems(result, options), 3000),
    listing("Resolved by this scan", each(result.resolved, resolvedItem), 3000),
    listing(
      "Warnings",
      each(result.warnings, (warning) => `- ⚠️ ${plain(warning)}`),
      2000,
    ),
  ];
}

type Entries = Pick<MarkdownSection, "count" | "entry">;

function each<T>(items: readonly T[], write: (item: T) => string): Entries {
  return {
    count: items.length,
    entry: (index) =>
      items
        .slice(index, index + 1)
        .map(write)
        .join(""),
  };
}

function listing(title: string, entries: Entries, share: number): MarkdownSection {
  return {
    opening: [`<details><summary>${title} (${formatCount(entries.count)})</summary>`, ""],
    ...entries,
    closing: ["", "</details>", ""],
    share,
    rest: (count) => `- … and ${formatCount(count)} more`,
  };
}

function findingRow(finding: Finding): string {
  const cells = [
    `${SEVERITY_ICON[finding.severity]} ${finding.severity}, ${finding.type}`,
    `${plain(finding.title)}${isActive(finding) ? "" : ` (${finding.status})`}`,
    `${code(`${finding.kind} ${finding.resource}`)} at ${code(finding.at)}`,
    `${finding.drift}, ${finding.cause}`,
    code(finding.id),
  ];
  return `| ${cells.join(" | ")} |`;
}

function findingDetails(finding: Finding, { now }: MarkdownOptions): string {
  const declared = declaredWords(finding);
  const facts = [
    `since ${formatInstant(finding.sinceAt)} (${formatAge(finding.sinceAt, now)})`,
    ...(finding.actor === null ? [] : [`by ${code(finding.actor)}`]),
    ...(declared === undefined ? [] : [`declared at ${code(declared)}`]),
    ...(finding.rule === null ? [] : [`rule ${code(finding.rule)}`]),
    ...controlWords(finding).map(plain),
    ...[statusWords(finding), flappingWords(finding)].flatMap((words) => (words === undefined ? [] : [plain(words)])),
  ];
  return [
    `**${plain(finding.title)}** ${code(finding.id)} on ${code(finding.target)}`,
    "",
    describeDrift(finding.drift, finding.cause),
    "",
    fence("diff", diffBlock(finding)),
    "",
    facts.join(" · "),
    "",
  ].join("\n");
}

/** What should be as removed and what is as added, so that the block is coloured; the first lines of a long one. */
function diffBlock(finding: Finding): readonly string[] {
  const lines: string[] = [];
  let size = 0;
  for (const [index, view] of describeChanges(finding, LIMITS).entries()) {
    const more = changeLines(view);
    size += more.join("\n").length + 1;
    if (size > BLOCK_LIMIT && index > 0)
      return [...lines, `  … and ${formatPlural(finding.changes.length - index, "more change")}`];
    lines.push(...more);
  }
  return lines;
}

function changeLines({ path, diff, notes }: ChangeView): readonly string[] {
  const noted = notes.map((note) => `  (${note})`);
  const label = path === "" ? "" : `${path}: `;
  switch (diff.form) {
    case "sentence":
      return [`  ${label}${diff.text}`, ...noted];
    case "values":
      return [`- ${label}${diff.before}`, `+ ${label}${diff.after}`, ...noted];
    case "lines":
      return [`  ${path}`, ...diff.lines.map(({ mark, text }) => `${mark} ${text}`), ...noted];
  }
}

function entryCode(entry: { kind: string; at: string; resource: string; path: string | null }): string {
  const path = entry.path === null || entry.path === "" ? "" : ` ${code(entry.path)}`;
  return `${code(`${entry.kind} ${entry.resource}`)} at ${code(entry.at)}${path}`;
}

function uncheckedItem(entry: Unchecked): string {
  return `- ${entryCode(entry)}: ${entry.reason}: ${plain(entry.detail)}`;
}

function knownGapItem(gap: KnownGap): string {
  return `- ${entryCode(gap)}: ${plain(gap.reason)}`;
}

function foldedItems(result: ScanResult, { explain }: MarkdownOptions): Entries {
  if (!explain) return each(result.folded, ({ reason, count }) => `- ${formatCount(count)} ${plain(reason)}`);
  return each(
    result.folds,
    ({ resource, path, ...fold }) =>
      `- ${entryCode({ ...resource, resource: resource.id, path })}: ${plain(foldWords(fold))}`,
  );
}

function resolvedItem(finding: Finding): string {
  const how =
    finding.resolution === null ? "resolved" : `${finding.resolution}, ${RESOLUTION_WORDS[finding.resolution]}`;
  return `- ${code(finding.id)} ${plain(finding.title)}: ${how}`;
}

function nextStep({ findings }: ScanResult): string {
  const first = findings.find(isActive);
  if (first === undefined) return "Nothing to decide";
  return `Next: <code>leeway show ${first.id}</code>; put production right, or the code; or <code>leeway accept ${first.id} --until 30d --reason …</code>`;
}
