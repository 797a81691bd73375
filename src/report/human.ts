import pc from "picocolors";
import type { Finding, Severity } from "../model/finding.ts";
import type { ScanResult, TargetResult, Verdict } from "../model/scan-result.ts";
import { type ChangeView, type DiffLimits, describeChanges } from "./describe-change.ts";
import { groupByTarget, type TargetGroup } from "./group-findings.ts";
import { humanClosing } from "./human-closing.ts";
import type { Colors, HumanContext, HumanOptions } from "./human-context.ts";
import { summarize } from "./summary.ts";
import { formatAge, formatElapsed, formatInstant, formatSeconds } from "./time-words.ts";
import { visible } from "./visible.ts";
import {
  controlWords,
  coverageLine,
  declaredWords,
  describeDrift,
  flappingWords,
  resourceWords,
  revisionWords,
  statusWords,
  VERDICT_WORDS,
} from "./words.ts";

/**
 * The report for a terminal: findings most severe first and grouped by target, then what is not known, then the next step.
 * Nothing that comes from production reaches the terminal unescaped.
 */
export function renderHuman(result: ScanResult, options: HumanOptions): string {
  const context: HumanContext = { ...options, colors: pc.createColors(options.color) };
  const opening = summarize(result).isCalm
    ? calm(result, context)
    : groupByTarget(result).flatMap((group) => section(group, context));
  return `${[...opening, ...humanClosing(result, context)].join("\n")}\n`;
}

/** One finding as the report for a terminal shows it, for a command that tells more about it; ends in a line feed. */
export function renderFinding(finding: Finding, options: HumanOptions): string {
  return `${findingLines(finding, { ...options, colors: pc.createColors(options.color) }).join("\n")}\n`;
}

function calm(result: ScanResult, { colors }: HumanContext): readonly string[] {
  const revisions = [...new Set(result.targets.map(({ revision }) => revisionWords(revision)))];
  return [
    colors.green(`✓ Production is as declared at ${revisions.join(", ")}`),
    ...result.targets.map((target) => `  ${visible(target.name)}: ${coverageLine(target)}`),
  ];
}

function section(group: TargetGroup, context: HumanContext): readonly string[] {
  return [
    heading(group, context),
    "",
    ...failure(group.target, context),
    ...group.findings.flatMap((finding) => [...findingLines(finding, context), ""]),
  ];
}

function heading({ name, target }: TargetGroup, { colors }: HumanContext): string {
  if (target === undefined) return colors.bold(visible(name));
  const facts = [
    target.connector,
    revisionWords(target.revision),
    `${formatInstant(target.startedAt)}, ${formatElapsed(target.startedAt, target.finishedAt)}`,
  ];
  return `${colors.bold(visible(name))}  ${paintVerdict(target.verdict, colors)}  ${colors.dim(facts.join(" · "))}`;
}

function paintVerdict(verdict: Verdict, colors: Colors): string {
  const words = VERDICT_WORDS[verdict];
  if (verdict === "in-sync") return colors.green(words);
  return verdict === "failed" ? colors.red(words) : colors.yellow(words);
}

function failure(target: TargetResult | undefined, { colors }: HumanContext): readonly string[] {
  if (target === undefined || target.failure === null) return [];
  const { message, hint } = target.failure;
  return [
    `  ${colors.red(visible(message))}`,
    ...(hint === null ? [] : [`  ${colors.dim(`hint: ${visible(hint)}`)}`]),
    "",
  ];
}

/** One finding: what it is and where, why, what differs, who and since when, and (dim) what classified it. */
function findingLines(finding: Finding, context: HumanContext): readonly string[] {
  const { colors } = context;
  const indent = "    ";
  const states = [statusWords(finding), flappingWords(finding)].filter((words) => words !== undefined);
  return [
    `  ${paintSeverity(finding.severity, colors)} ${finding.type}  ${colors.bold(visible(finding.title))}`,
    `${indent}${colors.cyan(finding.id)}  ${resourceWords(finding)}`,
    `${indent}${describeDrift(finding.drift, finding.cause)}`,
    ...describeChanges(finding, limitsOf(context)).flatMap((view) => changeLines(view, context)),
    ...states.map((words) => `${indent}${colors.magenta(words)}`),
    ...[actorLine(finding), sinceLine(finding, context)].flatMap((line) =>
      line === undefined ? [] : [`${indent}${line}`],
    ),
    ...[ruleLine(finding)].flatMap((line) => (line === undefined ? [] : [`${indent}${colors.dim(line)}`])),
  ];
}

function limitsOf({ width }: HumanContext): DiffLimits {
  return { value: Math.max(width - 12, 24), lines: 16 };
}

function paintSeverity(severity: Severity, colors: Colors): string {
  if (severity === "critical") return colors.bold(colors.red("● critical"));
  return severity === "warning" ? colors.yellow("● warning") : colors.blue("● informational");
}

/** A pair of values stands on one line where it fits, else one below the other. */
function changeLines({ path, diff, notes }: ChangeView, { colors, width }: HumanContext): readonly string[] {
  const indent = "      ";
  const noted = notes.map((note) => `${indent}  ${colors.dim(`(${note})`)}`);
  if (diff.form === "sentence") return [`${indent}${path === "" ? "" : `${path}  `}${diff.text}`, ...noted];
  if (diff.form === "lines") {
    const lines = diff.lines.map(({ mark, text }) => `${indent}  ${paintLine(mark, text, colors)}`);
    return [`${indent}${path}`, ...lines, ...noted];
  }
  const { before, after } = diff;
  const fits = indent.length + path.length + before.length + after.length + 5 <= width;
  if (fits) return [`${indent}${path}  ${colors.red(before)} → ${colors.green(after)}`, ...noted];
  const both = [paintLine("-", before, colors), paintLine("+", after, colors)];
  return [`${indent}${path}`, ...both.map((line) => `${indent}  ${line}`), ...noted];
}

function paintLine(mark: "-" | "+" | " ", text: string, colors: Colors): string {
  if (mark === " ") return colors.dim(`  ${text}`);
  return mark === "-" ? colors.red(`− ${text}`) : colors.green(`+ ${text}`);
}

function actorLine({ actor, occurredAt, latencySeconds }: Finding): string | undefined {
  if (actor === null && occurredAt === null) return undefined;
  const who = actor === null ? "by someone unknown" : `by ${visible(actor)}`;
  const when = occurredAt === null ? "" : `, ${formatInstant(occurredAt)}`;
  return `${who}${when}${latencySeconds === null ? "" : ` (found ${formatSeconds(latencySeconds)} later)`}`;
}

function sinceLine(finding: Finding, { now }: HumanContext): string {
  const declared = declaredWords(finding);
  const since = `since ${formatInstant(finding.sinceAt)} (${formatAge(finding.sinceAt, now)})`;
  return declared === undefined ? since : `${since}, declared at ${declared}`;
}

function ruleLine(finding: Finding): string | undefined {
  const words = [...(finding.rule === null ? [] : [`rule ${visible(finding.rule)}`]), ...controlWords(finding)];
  return words.length === 0 ? undefined : words.join(" · ");
}
