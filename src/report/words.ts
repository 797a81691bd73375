import type { Cause, DriftKind } from "../model/drift.ts";
import type { Finding, Resolution } from "../model/finding.ts";
import type { UncheckedReason } from "../model/observation.ts";
import type { Coverage, TargetResult, Verdict } from "../model/scan-result.ts";
import { formatInstant } from "./time-words.ts";
import { formatCount, formatPlural, visible } from "./visible.ts";

/** What a cause means, for someone who reads the word for the first time. */
const CAUSE_WORDS: Readonly<Record<Cause, string>> = {
  "out-of-band": "out of band: production was changed outside the workflow",
  elapsed: "by time alone: nobody changed it, it was in sync when it was recorded",
  undeployed: "undeployed: the code moved on and is not rolled out",
  conflict: "in conflict: the code and production both changed, to different values",
  unrecorded: "unrecorded: it was never seen in sync, so nobody knows which side moved",
  external: "from elsewhere: something nobody declared changed, such as a platform default or a hand-made addition",
  orphaned: "orphaned: it is there, and nothing declares it",
};

/** Where the kind of drift says more than the cause alone. */
const DRIFT_WORDS: Readonly<Partial<Record<DriftKind, Partial<Record<Cause, string>>>>> = {
  missing: {
    "out-of-band": "out of band: it was there and was removed outside the workflow",
    undeployed: "undeployed: the code declares it and it is not rolled out",
    unrecorded: "unrecorded: it is declared and was never seen there",
  },
  unmanaged: { undeployed: "undeployed: the code declared it once and no longer does, and it is still there" },
  moved: { "out-of-band": "out of band: the same thing stands under another name or in another place" },
};

export function causeWords(drift: DriftKind, cause: Cause): string {
  return DRIFT_WORDS[drift]?.[cause] ?? CAUSE_WORDS[cause];
}

/** `changed out of band: production was changed outside the workflow`. */
export function describeDrift(drift: DriftKind, cause: Cause): string {
  const words = causeWords(drift, cause);
  return `${drift}${words.startsWith("out of band") || words.startsWith("by time") ? " " : ", "}${words}`;
}

export const REASON_WORDS: Readonly<Record<UncheckedReason, string>> = {
  denied: "access was denied",
  throttled: "the system asked to slow down",
  timeout: "no answer came in time",
  unreachable: "it could not be reached",
  unsupported: "it cannot be read there",
  vanished: "it went away while it was read",
  failed: "reading it failed",
};

export const RESOLUTION_WORDS: Readonly<Record<Resolution, string>> = {
  reverted: "production is as declared again",
  adopted: "the declaration is as production is",
  vanished: "the unmanaged resource is gone",
  undeclared: "nobody declares it any more",
  ignored: "a rule folds it away",
  "out-of-scope": "it is no longer looked for",
};

export const VERDICT_WORDS: Readonly<Record<Verdict, string>> = {
  failed: "could not be opened",
  drifted: "drifted",
  incomplete: "incomplete: something could not be checked",
  stale: "stale: the last good observation is too old",
  "in-sync": "in sync",
};

export interface CoveragePart {
  readonly name: keyof Coverage;
  readonly text: string;
}

/** The parts of a line of coverage, in their order: `212 declared`, `210 checked`, … */
export function coverageParts(coverage: Coverage): readonly CoveragePart[] {
  const counted = (name: keyof Coverage, word: string) => ({ name, text: `${formatCount(coverage[name])} ${word}` });
  return [
    counted("declared", "declared"),
    counted("checked", "checked"),
    counted("unchecked", "unchecked"),
    counted("unmanaged", "unmanaged"),
    counted("folded", "folded"),
    { name: "knownGaps", text: formatPlural(coverage.knownGaps, "known gap") },
  ];
}

/** `212 declared · 210 checked · …`, and that no orphans were looked for where none were. */
export function coverageLine(target: TargetResult): string {
  const texts = coverageParts(target.coverage).map(({ text }) => text);
  return (target.orphansLookedFor ? texts : [...texts, NO_ORPHANS]).join(" · ");
}

export const NO_ORPHANS = "orphans not looked for (no scope)";

/** `commit 9f3c2ab41d07`, or `working tree`. */
export function revisionWords(revision: string): string {
  if (revision === "working-tree") return "working tree";
  return /^[0-9a-f]{40,}$/.test(revision) ? `commit ${revision.slice(0, 12)}` : visible(revision);
}

/** `host/file /etc/ssh/sshd_config at local`. */
export function resourceWords(of: { readonly kind: string; readonly at: string; readonly resource: string }): string {
  return visible(`${of.kind} ${of.resource} at ${of.at}`);
}

/** What a person decided, where the finding is not open because of it; what holds it back, where it is pending. */
export function statusWords(finding: Finding): string | undefined {
  const { decision, status } = finding;
  if (status === "open") return undefined;
  if (status === "pending") return "pending: seen, and still within its grace";
  if (decision === null || status === "resolved") return status;
  const until = decision.until === undefined ? "" : ` until ${formatInstant(decision.until)}`;
  const owner = decision.owner === undefined ? "" : `, owned by ${visible(decision.owner)}`;
  return `${status}${until} by ${visible(decision.by)}${owner}: ${visible(decision.reason)}`;
}

export function flappingWords(finding: Finding): string | undefined {
  return finding.flapping ? `flapping: it came back ${formatPlural(finding.recurrence, "time")}` : undefined;
}

/** `CIS Debian 12 5.1.20`. */
export function controlWords(finding: Finding): readonly string[] {
  return finding.controls.map(({ framework, id }) => visible(`${framework} ${id}`));
}

/** `desired/edge/ssh.yaml:12`. */
export function declaredWords({ declaredAt }: Finding): string | undefined {
  return declaredAt === null ? undefined : visible(`${declaredAt.file}:${declaredAt.line}`);
}

/** Why a difference is no drift. */
export function foldWords({ reason, detail }: { readonly reason: string; readonly detail?: string }): string {
  return detail === undefined ? reason : `${reason}: ${detail}`;
}
