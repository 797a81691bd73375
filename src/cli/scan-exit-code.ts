import { countsForExit } from "../lifecycle/counts.ts";
import { SEVERITIES, type Severity } from "../model/finding.ts";
import type { ScanResult } from "../model/scan-result.ts";
import { EXIT, type ExitCode } from "./exit-code.ts";

export const FAIL_ON = [...SEVERITIES, "never"] as const;
export type FailOn = (typeof FAIL_ON)[number];

/**
 * The exit status of a scan: drift at or above the threshold whatever else; then whether any target could be opened; then
 * whether all could be checked. `never` turns 1 into 0, not 2 or 3.
 */
export function scanExitCode(
  result: ScanResult,
  failOn: FailOn,
  options: { readonly respectGrace: boolean },
): ExitCode {
  if (failOn !== "never" && hasDrift(result, failOn, options.respectGrace)) return EXIT.drift;
  const verdicts = result.targets.map(({ verdict }) => verdict);
  if (verdicts.length > 0 && verdicts.every((verdict) => verdict === "failed")) return EXIT.error;
  const isIncomplete = verdicts.some((verdict) => verdict === "failed" || verdict === "stale");
  return isIncomplete || result.unchecked.length > 0 ? EXIT.incomplete : EXIT.inSync;
}

function hasDrift(result: ScanResult, failOn: Severity, respectGrace: boolean): boolean {
  const threshold = SEVERITIES.indexOf(failOn);
  return result.findings.some(
    (finding) => countsForExit(finding, respectGrace) && SEVERITIES.indexOf(finding.severity) <= threshold,
  );
}
