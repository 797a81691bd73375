import type { ScanResult } from "../model/scan-result.ts";

/** A text in which `***` stands for every secret. */
export function maskSecrets(text: string, secrets: ReadonlySet<string>): string {
  return [...secrets]
    .filter((secret) => secret !== "")
    .sort((left, right) => right.length - left.length)
    .reduce((masked, secret) => masked.replaceAll(secret, "***"), text);
}

/** The result of a scan whose warnings and failures, which quote errors, show no secret. */
export function maskResult(result: ScanResult, secrets: ReadonlySet<string>): ScanResult {
  const mask = (text: string) => maskSecrets(text, secrets);
  return {
    ...result,
    targets: result.targets.map((target) => {
      if (target.failure === null) return target;
      const { message, hint } = target.failure;
      return { ...target, failure: { message: mask(message), hint: hint === null ? null : mask(hint) } };
    }),
    warnings: result.warnings.map(mask),
  };
}
