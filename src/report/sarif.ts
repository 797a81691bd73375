import { stringify } from "lossless-json";
import type { Unchecked } from "../model/drift.ts";
import type { Finding } from "../model/finding.ts";
import type { ScanResult, TargetResult } from "../model/scan-result.ts";
import { type DiffLimits, diffLines } from "./describe-change.ts";
import { LEVELS, ruleIdOf, type SarifRule, sarifRules } from "./sarif-rules.ts";
import { visible } from "./visible.ts";
import { coverageLine, describeDrift, REASON_WORDS, resourceWords, statusWords, VERDICT_WORDS } from "./words.ts";

const LIMITS: DiffLimits = { value: 200, lines: 20 };
/** Where a finding is shown that no file declares: its scope is what made Leeway look. Code scanning refuses a whole file over one result without a file. */
const FALLBACK_FILE = "leeway.yaml";

/**
 * SARIF 2.1.0: one result a finding, at the line that declares it, and one invocation a target. What could not be checked is a
 * notification, and makes the invocation unsuccessful: without it, a missing result would read as in sync.
 */
export function renderSarif(result: ScanResult, version: string): string {
  const rules = sarifRules(result.findings);
  const indexes = new Map(rules.map(({ id }, index) => [id, index]));
  const log = {
    $schema: "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: { driver: driver(rules, version) },
        originalUriBaseIds: {
          SRCROOT: { description: { text: "The root of the repository that holds the desired state" } },
        },
        invocations: result.targets.map((target) => invocation(target, result.unchecked)),
        results: result.findings.map((finding) => toResult(finding, indexes)),
        columnKind: "utf16CodeUnits",
        properties: {
          resolved: result.resolved.map(({ id, resolution }) => ({ id, resolution })),
          folded: result.folded,
          knownGaps: result.knownGaps,
          warnings: result.warnings,
        },
      },
    ],
  };
  return `${stringify(log, undefined, 2)}\n`;
}

function driver(rules: readonly SarifRule[], version: string): object {
  return {
    name: "Leeway",
    semanticVersion: version,
    rules,
    notifications: Object.entries(REASON_WORDS).map(([reason, words]) => ({
      id: `unchecked/${reason}`,
      shortDescription: { text: `Not checked: ${words}` },
    })),
  };
}

function invocation(target: TargetResult, unchecked: readonly Unchecked[]): object {
  const own = unchecked.filter((entry) => entry.target === target.name);
  const isComplete = own.length === 0 && (target.verdict === "in-sync" || target.verdict === "drifted");
  return {
    executionSuccessful: isComplete,
    startTimeUtc: target.startedAt,
    endTimeUtc: target.finishedAt,
    toolExecutionNotifications: [...failureNotification(target), ...own.map(uncheckedNotification)],
    properties: {
      target: target.name,
      connector: target.connector,
      verdict: target.verdict,
      revision: target.revision,
      coverage: target.coverage,
      summary: target.failure === null ? coverageLine(target) : VERDICT_WORDS[target.verdict],
    },
  };
}

function failureNotification({ failure }: TargetResult): readonly object[] {
  if (failure === null) return [];
  const hint = failure.hint === null ? "" : `; ${visible(failure.hint)}`;
  return [{ level: "error", message: { text: `${visible(failure.message)}${hint}` } }];
}

function uncheckedNotification(entry: Unchecked): object {
  const path = entry.path === null ? "" : ` ${visible(entry.path)}`;
  return {
    level: "warning",
    descriptor: { id: `unchecked/${entry.reason}` },
    message: { text: `Not checked: ${resourceWords(entry)}${path}: ${visible(entry.detail)}` },
    locations: [{ logicalLocations: [logicalLocation(entry)] }],
  };
}

function toResult(finding: Finding, indexes: ReadonlyMap<string, number>): object {
  const ruleId = ruleIdOf(finding);
  return {
    ruleId,
    ruleIndex: indexes.get(ruleId) ?? -1,
    level: LEVELS[finding.severity],
    message: { text: messageText(finding) },
    locations: [{ physicalLocation: physicalLocation(finding), logicalLocations: [logicalLocation(finding)] }],
    partialFingerprints: { "leewayFindingId/v1": finding.id, primaryLocationLineHash: `${finding.id}:1` },
    ...suppressions(finding),
    properties: {
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
      sinceAt: finding.sinceAt,
    },
  };
}

function messageText(finding: Finding): string {
  const lines = [
    visible(finding.title),
    `${resourceWords(finding)}, ${describeDrift(finding.drift, finding.cause)} (${finding.id})`,
    ...diffLines(finding, LIMITS),
    ...(statusWords(finding) ?? "").split("\n").filter((line) => line !== ""),
  ];
  return lines.join("\n");
}

/** The line that declares the resource, relative to the root of the repository. */
function physicalLocation({ declaredAt }: Finding): object {
  const { file, line } = declaredAt ?? { file: FALLBACK_FILE, line: 1 };
  // Escaped whole, because text before a colon would read as a scheme; half a surrogate pair has no UTF-8 form to escape.
  const uri = file
    .replace(/\p{Cs}/gu, "\ufffd")
    .split("/")
    .map(encodeURIComponent)
    .join("/");
  return { artifactLocation: { uri, uriBaseId: "SRCROOT" }, region: { startLine: line } };
}

function logicalLocation(of: { target: string; kind: string; at: string; resource: string }): object {
  const name = visible(of.resource);
  return { name, fullyQualifiedName: visible(`${of.target}/${of.at}/${of.kind}/${of.resource}`), kind: "resource" };
}

/** What a person decided is a suppression from outside the code; only an accepted one is closed. */
function suppressions(finding: Finding): object {
  const { decision, status } = finding;
  if (decision === null || status === "open" || status === "pending") return {};
  const review = status === "accepted" ? "accepted" : "underReview";
  const justification = `${visible(decision.reason)} (${status} by ${visible(decision.by)})`;
  return { suppressions: [{ kind: "external", status: review, justification }] };
}
