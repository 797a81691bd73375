import { stringify } from "lossless-json";
import type { Fold, KnownGap, Unchecked } from "../model/drift.ts";
import type { ClassifiedChange, Finding } from "../model/finding.ts";
import type { ScanResult, TargetResult } from "../model/scan-result.ts";
import { REPORT_SCHEMA, type ReportV1 } from "./report-v1.ts";

/** `leeway.report/v1` as JSON text. */
export function renderJson(result: ScanResult): string {
  return jsonText(toReport(result));
}

/** Data for programs as indented JSON text, ending in a line feed. A bigint stands as its digits, exactly. */
export function jsonText(value: unknown): string {
  return `${stringify(value, undefined, 2)}\n`;
}

/** Member by member, so that nothing that is added to the model enters the contract unseen. */
export function toReport(result: ScanResult): ReportV1 {
  return {
    schema: REPORT_SCHEMA,
    targets: result.targets.map(toTarget),
    findings: result.findings.map(toFinding),
    resolved: result.resolved.map(toFinding),
    transitions: result.transitions.map(({ finding, transition, from, to, at, by, detail }) => ({
      finding,
      transition,
      from,
      to,
      at,
      by,
      detail,
    })),
    unchecked: result.unchecked.map(toUnchecked),
    knownGaps: result.knownGaps.map(toKnownGap),
    folded: result.folded.map(({ reason, count }) => ({ reason, count })),
    folds: result.folds.map(toFold),
    warnings: [...result.warnings],
  };
}

function toTarget(target: TargetResult): ReportV1["targets"][number] {
  const { declared, checked, unchecked, unmanaged, folded, knownGaps } = target.coverage;
  return {
    name: target.name,
    connector: target.connector,
    verdict: target.verdict,
    revision: target.revision,
    startedAt: target.startedAt,
    finishedAt: target.finishedAt,
    coverage: { declared, checked, unchecked, unmanaged, folded, knownGaps },
    orphansLookedFor: target.orphansLookedFor,
    failure: target.failure === null ? null : { message: target.failure.message, hint: target.failure.hint },
  };
}

type ReportFinding = ReportV1["findings"][number];

/** One finding as it stands in the report, for commands that print findings alone. */
export function toFinding(finding: Finding): ReportFinding {
  return {
    id: finding.id,
    target: finding.target,
    kind: finding.kind,
    at: finding.at,
    resource: finding.resource,
    drift: finding.drift,
    cause: finding.cause,
    severity: finding.severity,
    type: finding.type,
    status: finding.status,
    flapping: finding.flapping,
    recurrence: finding.recurrence,
    title: finding.title,
    rule: finding.rule,
    controls: toControls(finding),
    firstSeenAt: finding.firstSeenAt,
    lastSeenAt: finding.lastSeenAt,
    sinceAt: finding.sinceAt,
    occurredAt: finding.occurredAt,
    latencySeconds: finding.latencySeconds,
    actor: finding.actor,
    declaredAt: finding.declaredAt === null ? null : { file: finding.declaredAt.file, line: finding.declaredAt.line },
    movedTo: finding.movedTo ?? null,
    decision: toDecision(finding),
    resolvedAt: finding.resolvedAt,
    resolution: finding.resolution,
    changes: finding.changes.map(toChange),
    ...(finding.evidence === undefined ? {} : { evidence: { ...finding.evidence } }),
  };
}

function toControls({ controls }: Pick<Finding, "controls">): ReportFinding["controls"] {
  return controls.map(({ framework, id }) => ({ framework, id }));
}

function toDecision({ decision }: Finding): ReportFinding["decision"] {
  if (decision === null) return null;
  const { verb, by, reason, at, until, owner, covers } = decision;
  return {
    verb,
    by,
    reason,
    at,
    ...(until === undefined ? {} : { until }),
    ...(owner === undefined ? {} : { owner }),
    covers: covers.map(({ path, digest }) => ({ path, digest })),
  };
}

function toChange(change: ClassifiedChange): ReportFinding["changes"][number] {
  const { path, desired, baseline, actual, added, removed, cause, severity, type, title, rule } = change;
  return {
    path,
    ...(desired === undefined ? {} : { desired }),
    ...(baseline === undefined ? {} : { baseline }),
    ...(actual === undefined ? {} : { actual }),
    ...(added === undefined ? {} : { added: [...added] }),
    ...(removed === undefined ? {} : { removed: [...removed] }),
    cause,
    severity,
    type,
    title,
    rule,
    controls: toControls(change),
  };
}

function toUnchecked(entry: Unchecked): ReportV1["unchecked"][number] {
  const { target, kind, at, resource, path, reason, detail } = entry;
  return { target, kind, at, resource, path, reason, detail };
}

function toKnownGap({ target, kind, at, resource, path, reason }: KnownGap): ReportV1["knownGaps"][number] {
  return { target, kind, at, resource, path, reason };
}

function toFold({
  target,
  resource,
  path,
  reason,
  detail,
}: Fold & { readonly target: string }): ReportV1["folds"][number] {
  const place = { target, kind: resource.kind, at: resource.at, resource: resource.id, path, reason };
  return detail === undefined ? place : { ...place, detail };
}
