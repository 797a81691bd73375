import type { Unchecked } from "../model/drift.ts";
import type { ScanResult } from "../model/scan-result.ts";
import { groupUnchecked } from "./group-findings.ts";
import type { HumanContext } from "./human-context.ts";
import { headline, isActive, summarize } from "./summary.ts";
import { formatCount, visible } from "./visible.ts";
import { coverageLine, foldWords, REASON_WORDS, RESOLUTION_WORDS, resourceWords, VERDICT_WORDS } from "./words.ts";

/** How many entries a list shows before it says how many more there are. */
const SHORT_LIST = 8;

/** What follows the findings: what is not known, what was folded away, what was resolved, coverage, and the next step. */
export function humanClosing(result: ScanResult, context: HumanContext): readonly string[] {
  return [
    ...unchecked(result, context),
    ...knownGaps(result, context),
    ...folded(result, context),
    ...resolved(result, context),
    ...titled(
      "Warnings",
      result.warnings.map((warning) => `! ${visible(warning)}`),
      context.colors.yellow,
    ),
    ...coverage(result, context),
    ...nextSteps(result, context),
  ];
}

type Paint = (text: string) => string;

function titled(title: string, lines: readonly string[], paint: Paint): readonly string[] {
  return lines.length === 0 ? [] : [paint(title), ...lines.map((line) => `  ${line}`), ""];
}

function unchecked({ unchecked: entries }: ScanResult, context: HumanContext): readonly string[] {
  const lines = groupUnchecked(entries).flatMap((group) => [
    `${visible(group.target)}, ${group.reason}: ${REASON_WORDS[group.reason]} (${formatCount(group.entries.length)})`,
    ...shorten(group.entries.map(uncheckedWords), context).map((line) => `  ${line}`),
  ]);
  return titled("Not checked: nothing is known of these", lines, context.colors.yellow);
}

function uncheckedWords(entry: Unchecked): string {
  return `${entryWords(entry)}: ${visible(entry.detail)}`;
}

function entryWords(entry: { kind: string; at: string; resource: string; path: string | null }): string {
  return `${resourceWords(entry)}${entry.path === null || entry.path === "" ? "" : ` ${visible(entry.path)}`}`;
}

/** Known gaps stand as a number in the line of coverage when there is nothing else to tell. */
function knownGaps(result: ScanResult, context: HumanContext): readonly string[] {
  if (summarize(result).isCalm && !context.explain) return [];
  const lines = result.knownGaps.map((gap) => `${visible(gap.target)}: ${entryWords(gap)}: ${visible(gap.reason)}`);
  return titled("Known gaps: never compared", shorten(lines, context), context.colors.bold);
}

function folded(result: ScanResult, { explain, colors }: HumanContext): readonly string[] {
  if (explain) {
    const folds = result.folds.map(
      ({ target, resource, path, ...fold }) =>
        `${visible(target)}: ${entryWords({ ...resource, resource: resource.id, path })}: ${visible(foldWords(fold))}`,
    );
    return titled("Folded away: differences that are no drift", folds, colors.bold);
  }
  if (summarize(result).isCalm) return [];
  const counts = result.folded.map(({ reason, count }) => `${formatCount(count)} ${visible(reason)}`);
  return titled("Folded away: differences that are no drift (--explain lists them)", counts, colors.bold);
}

function resolved(result: ScanResult, { colors }: HumanContext): readonly string[] {
  const lines = result.resolved.map((finding) => {
    const how =
      finding.resolution === null ? "resolved" : `${finding.resolution}: ${RESOLUTION_WORDS[finding.resolution]}`;
    return `${colors.green("✓")} ${colors.cyan(finding.id)}  ${visible(finding.title)} (${resourceWords(finding)}), ${how}`;
  });
  return titled("Resolved by this scan", lines, colors.bold);
}

function shorten(lines: readonly string[], { explain }: HumanContext): readonly string[] {
  if (explain || lines.length <= SHORT_LIST) return lines;
  return [...lines.slice(0, SHORT_LIST), `… and ${formatCount(lines.length - SHORT_LIST)} more (--explain lists them)`];
}

function coverage(result: ScanResult, { colors }: HumanContext): readonly string[] {
  if (summarize(result).isCalm) return [];
  const lines = result.targets.map((target) => {
    const verdict = VERDICT_WORDS[target.verdict];
    return target.failure === null
      ? `${visible(target.name)}: ${coverageLine(target)} (${verdict})`
      : `${visible(target.name)}: ${verdict}`;
  });
  return [...titled("Coverage", lines, colors.bold), colors.bold(headline(result))];
}

function nextSteps(result: ScanResult, { colors }: HumanContext): readonly string[] {
  const first = result.findings.find(isActive);
  if (first !== undefined) {
    return [
      `Next: ${colors.cyan(`leeway show ${first.id}`)} tells its story; put production right, or the code; or, where it may stay,`,
      `      ${colors.cyan(`leeway accept ${first.id} --until 30d --reason "…"`)}`,
    ];
  }
  if (result.unchecked.length > 0)
    return [
      "Next: see why nothing is known of what is unchecked (leeway permissions TARGET lists the rights it takes), and scan again",
    ];
  if (result.targets.some(({ verdict }) => verdict === "failed"))
    return ["Next: leeway doctor looks for what keeps the target from being opened"];
  return ["Nothing to do"];
}
