import { countsForExit } from "../lifecycle/counts.ts";
import { type Finding, SEVERITIES, type Severity, STATUSES, type Status } from "../model/finding.ts";
import type { ScanResult, TargetResult } from "../model/scan-result.ts";
import { formatCount, formatPlural, visible } from "./visible.ts";

/** The counts that headlines give. Every format takes them from here, so no two ever disagree. */
export interface Summary {
  readonly findings: number;
  /** Most severe first; severities without a finding are left out. */
  readonly bySeverity: readonly (readonly [Severity, number])[];
  /** Statuses without a finding are left out. */
  readonly byStatus: readonly (readonly [Status, number])[];
  readonly unchecked: number;
  /** Every target was opened, is in sync, and has no finding: nothing to tell. */
  readonly isCalm: boolean;
}

export function summarize(result: ScanResult): Summary {
  return {
    findings: result.findings.length,
    bySeverity: tally(SEVERITIES, (severity) => result.findings.filter((finding) => finding.severity === severity)),
    byStatus: tally(STATUSES, (status) => result.findings.filter((finding) => finding.status === status)),
    unchecked: result.unchecked.length,
    isCalm:
      result.findings.length === 0 &&
      result.unchecked.length === 0 &&
      result.targets.every(({ verdict }) => verdict === "in-sync"),
  };
}

/** Whether nobody decided on a finding yet: the rule of the exit code, so that a report and the program's exit never disagree. */
export function isActive(finding: Finding): boolean {
  return countsForExit(finding, false);
}

/** `2 findings: 1 critical, 1 warning (1 acknowledged)`; without findings, whether that means anything. */
export function headline(result: ScanResult): string {
  const summary = summarize(result);
  const unchecked = summary.unchecked === 0 ? "" : `, ${formatCount(summary.unchecked)} unchecked`;
  if (summary.findings > 0) return `${countFindings(summary)}${unchecked}`;
  if (summary.isCalm) return `In sync: ${names(result.targets)}`;
  const failed = result.targets.filter(({ verdict }) => verdict === "failed");
  if (failed.length > 0)
    return `Cannot open ${formatPlural(failed.length, "target")}: nothing is known of ${names(failed)}`;
  return summary.unchecked === 0
    ? "No drift found, but not everything is known"
    : `No drift found in what was checked${unchecked}`;
}

function names(targets: readonly TargetResult[]): string {
  return visible(targets.map(({ name }) => name).join(", "));
}

function countFindings(summary: Summary): string {
  const severities = summary.bySeverity.map(([severity, count]) => `${count} ${severity}`).join(", ");
  // What is open needs no word: it is what a finding is as long as nobody decided.
  const statuses = summary.byStatus
    .flatMap(([status, count]) => (status === "open" ? [] : [`${count} ${status}`]))
    .join(", ");
  return `${formatPlural(summary.findings, "finding")}: ${severities}${statuses === "" ? "" : ` (${statuses})`}`;
}

function tally<T>(keys: readonly T[], of: (key: T) => readonly unknown[]): (readonly [T, number])[] {
  return keys.map((key) => [key, of(key).length] as const).filter(([, count]) => count > 0);
}
