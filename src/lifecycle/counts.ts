import type { Finding } from "../model/finding.ts";

/**
 * Whether a finding makes an exit code of 1: open and pending ones do; acknowledged, snoozed, accepted and resolved ones do
 * not. Grace delays nothing here unless it was asked for.
 * @param respectGrace whether pending findings are passed over
 */
export function countsForExit(finding: Finding, respectGrace: boolean): boolean {
  switch (finding.status) {
    case "open":
      return true;
    case "pending":
      return !respectGrace;
    case "acknowledged":
    case "snoozed":
    case "accepted":
    case "resolved":
      return false;
  }
}
