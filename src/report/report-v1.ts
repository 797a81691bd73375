import { z } from "zod";
import { CAUSES, DRIFT_KINDS } from "../model/drift.ts";
import { FINDING_TYPES, SEVERITIES, STATUSES } from "../model/finding.ts";
import { VERDICTS } from "../model/scan-result.ts";

export const REPORT_SCHEMA = "leeway.report/v1";

const Instant = z.iso.datetime().describe("ISO 8601 in UTC with milliseconds");
const Count = z.int().min(0);
const Pointer = z.string().describe("RFC 6901 JSON pointer; empty for the resource itself");
const Value = z
  .unknown()
  .describe("Any JSON value. An integer beyond 2^53 stands as its digits, so read numbers exactly");
const FindingId = z.string().regex(/^f_[a-z2-7]{12}$/);

const Coverage = z
  .strictObject({
    declared: Count,
    checked: Count,
    unchecked: Count.describe("Also counts attributes that could not be read and what listings could not see"),
    unmanaged: Count,
    folded: Count,
    knownGaps: Count,
  })
  .describe("Counts of resources");

const Target = z
  .strictObject({
    name: z.string(),
    connector: z.string(),
    verdict: z.enum(VERDICTS),
    revision: z.string().describe("The commit of the desired state, or working-tree"),
    startedAt: Instant,
    finishedAt: Instant,
    coverage: Coverage,
    orphansLookedFor: z.boolean(),
    failure: z
      .strictObject({ message: z.string(), hint: z.string().nullable() })
      .nullable()
      .describe("Why the target could not be opened, when the verdict is failed"),
  })
  .meta({ id: "ReportTarget" });

const Control = z.strictObject({ framework: z.string(), id: z.string() });

const Change = z
  .strictObject({
    path: Pointer,
    desired: Value.optional(),
    baseline: Value.optional(),
    actual: Value.optional(),
    added: z.array(Value).optional().describe("Of a set: what the actual state has more than it should"),
    removed: z.array(Value).optional().describe("Of a set: what the actual state lacks"),
    cause: z.enum(CAUSES),
    severity: z.enum(SEVERITIES),
    type: z.enum(FINDING_TYPES),
    title: z.string(),
    rule: z.string().nullable(),
    controls: z.array(Control),
  })
  .meta({
    id: "ReportChange",
    description: "A state that is left out has no value there. Sensitive values stand as {$digest: …}",
  });

const Decision = z.strictObject({
  verb: z.enum(["ack", "snooze", "accept"]),
  by: z.string(),
  reason: z.string(),
  at: Instant,
  until: Instant.optional(),
  owner: z.string().optional(),
  covers: z.array(z.strictObject({ path: Pointer, digest: z.string() })),
});

const Finding = z
  .strictObject({
    id: FindingId,
    target: z.string(),
    kind: z.string(),
    at: z.string().describe("The place where the resource lives"),
    resource: z.string().describe("The id of the resource within kind and place"),
    drift: z.enum(DRIFT_KINDS),
    cause: z.enum(CAUSES),
    severity: z.enum(SEVERITIES),
    type: z.enum(FINDING_TYPES),
    status: z.enum(STATUSES),
    flapping: z.boolean(),
    recurrence: Count.describe("How often it came back after it was resolved"),
    title: z.string(),
    rule: z.string().nullable().describe("Null where no rule matched and the defaults apply"),
    controls: z.array(Control),
    firstSeenAt: Instant,
    lastSeenAt: Instant,
    sinceAt: Instant.describe("Since when it is the present drift: first seen, or seen again after a resolution"),
    occurredAt: Instant.nullable().describe("Where an authenticated source says so"),
    latencySeconds: z.number().nullable().describe("From the occurrence to the detection"),
    actor: z.string().nullable(),
    declaredAt: z.strictObject({ file: z.string(), line: z.int().min(1) }).nullable(),
    movedTo: z.string().nullable().describe("Of a moved resource: the id under which it was found"),
    decision: Decision.nullable(),
    resolvedAt: Instant.nullable(),
    resolution: z.enum(["reverted", "adopted", "vanished", "undeclared", "ignored", "out-of-scope"]).nullable(),
    changes: z.array(Change).min(1),
    evidence: z
      .record(z.string(), Value)
      .optional()
      .describe("What else was observed that is never compared but tells more, such as the diff of a declared text"),
  })
  .meta({ id: "ReportFinding" });

const Transition = z.strictObject({
  finding: FindingId,
  transition: z.enum([
    "pending",
    "opened",
    "worsened",
    "eased",
    "changed",
    "reopened",
    "resolved",
    "flapping",
    "steadied",
    "acknowledged",
    "snoozed",
    "accepted",
    "expired",
  ]),
  from: z.enum(STATUSES).nullable(),
  to: z.enum(STATUSES),
  at: Instant,
  by: z.string().nullable(),
  detail: z.string(),
});

const Place = { target: z.string(), kind: z.string(), at: z.string(), resource: z.string() };

const Unchecked = z.strictObject({
  ...Place,
  path: Pointer.nullable().describe("Null when the resource or a listing as a whole could not be checked"),
  reason: z.enum(["denied", "throttled", "timeout", "unreachable", "unsupported", "vanished", "failed"]),
  detail: z.string(),
});

/** What `--format json` writes: a stable contract. The published JSON Schema is generated from this definition. */
export const ReportV1 = z
  .strictObject({
    schema: z.literal(REPORT_SCHEMA),
    targets: z.array(Target),
    findings: z.array(Finding).describe("Every finding that is not resolved, most severe first"),
    resolved: z.array(Finding).describe("Those that this scan resolved"),
    transitions: z.array(Transition),
    unchecked: z.array(Unchecked),
    knownGaps: z.array(z.strictObject({ ...Place, path: Pointer.nullable(), reason: z.string() })),
    folded: z.array(z.strictObject({ reason: z.string(), count: Count })),
    folds: z
      .array(z.strictObject({ ...Place, path: Pointer, reason: z.string(), detail: z.string().optional() }))
      .describe("Each folded difference; empty unless the scan was asked to explain"),
    warnings: z.array(z.string()),
  })
  .meta({ title: "Leeway report", description: "What one scan of Leeway found" });
export type ReportV1 = z.infer<typeof ReportV1>;

/** The JSON Schema (2020-12) of the report, as text, the way it is published. */
export function reportSchemaText(): string {
  return `${JSON.stringify(z.toJSONSchema(ReportV1, { target: "draft-2020-12" }), null, 2)}\n`;
}
