import { type Finding, type FindingStep, STATUSES, type Transition } from "../model/finding.ts";
import { appendAudit } from "./audit-log.ts";
import { decodeJson, encodeJson } from "./codec.ts";
import type { Database, Tx } from "./engine.ts";
import { insertEach } from "./insert-each.ts";
import type { AuditDraft, FindingFilter } from "./store.ts";
import type { FindingTable } from "./tables.ts";

const UNRESOLVED = STATUSES.filter((status) => status !== "resolved");
const CHUNK = 256;

/** In the order of target, kind, place and id. */
export async function readFindings(db: Database, { target, statuses }: FindingFilter): Promise<Finding[]> {
  let query = db.selectFrom("findings").select("body");
  if (target !== undefined) query = query.where("target", "=", target);
  if (statuses !== undefined) query = query.where("status", "in", [...statuses]);
  return decodeAll(await query.execute()).sort(byResource);
}

function decodeAll(rows: readonly { readonly body: string }[]): Finding[] {
  return rows.map(({ body }) => decodeJson<Finding>(body));
}

function byResource(left: Finding, right: Finding): number {
  const keys = ["target", "kind", "at", "resource"] as const;
  const differing = keys.find((key) => left[key] !== right[key]);
  if (differing === undefined) return 0;
  return left[differing] < right[differing] ? -1 : 1;
}

/** Those whose id starts with a text, given with or without `f_`. */
export async function readFindingsByPrefix(db: Database, prefix: string): Promise<Finding[]> {
  const start = prefix.startsWith("f_") ? prefix : `f_${prefix}`;
  const rows = await db
    .selectFrom("findings")
    .select("body")
    .where((of) => of.fn<string>("substr", ["id", of.val(1), of.val(start.length)]), "=", start)
    .orderBy("id")
    .execute();
  return decodeAll(rows);
}

export async function readTransitions(db: Database, finding: string): Promise<Transition[]> {
  const rows = await db
    .selectFrom("transitions")
    .select("body")
    .where("finding", "=", finding)
    .orderBy("sequence")
    .execute();
  return rows.map(({ body }) => decodeJson<Transition>(body));
}

/** What a scan of the target has to look at when it is published: see `ScanWriter.publish`. */
export async function findingsToAdvance(tx: Tx, target: string, ids: readonly string[]): Promise<Finding[]> {
  const unresolved = await tx
    .selectFrom("findings")
    .select("body")
    .where("target", "=", target)
    .where("status", "in", UNRESOLVED)
    .execute();
  const found = new Map(decodeAll(unresolved).map((finding) => [finding.id, finding]));
  const missing = ids.filter((id) => !found.has(id));
  for (let start = 0; start < missing.length; start += CHUNK) {
    const chunk = missing.slice(start, start + CHUNK);
    const rows = await tx.selectFrom("findings").select("body").where("id", "in", chunk).execute();
    for (const finding of decodeAll(rows)) found.set(finding.id, finding);
  }
  return [...found.values()];
}

/** Changes one finding by a pure function; see `Store.updateFinding`. */
export async function updateFinding(
  tx: Tx,
  id: string,
  change: { readonly step: (finding: Finding) => FindingStep; readonly audit: AuditDraft },
): Promise<Finding | undefined> {
  const row = await tx.selectFrom("findings").select("body").where("id", "=", id).executeTakeFirst();
  if (row === undefined) return undefined;
  const step = change.step(decodeJson<Finding>(row.body));
  await writeSteps(tx, [step]);
  await appendAudit(tx, change.audit);
  return step.finding;
}

export async function writeSteps(tx: Tx, steps: readonly FindingStep[]): Promise<void> {
  await insertEach(
    tx,
    steps.map(({ finding }) => toRow(finding)),
    (row) =>
      tx
        .insertInto("findings")
        .values(row)
        .onConflict((conflict) =>
          conflict.column("id").doUpdateSet((of) => ({
            status: of.ref("excluded.status"),
            resolved_at: of.ref("excluded.resolved_at"),
            body: of.ref("excluded.body"),
          })),
        ),
  );
  for (const { finding, transitions } of steps) await writeTransitions(tx, finding.id, transitions);
}

function toRow(finding: Finding): FindingTable {
  const { id, target, status, resolvedAt } = finding;
  return { id, target, status, resolved_at: resolvedAt, body: encodeJson(finding) };
}

async function writeTransitions(tx: Tx, finding: string, transitions: readonly Transition[]): Promise<void> {
  if (transitions.length === 0) return;
  const last = await tx
    .selectFrom("transitions")
    .select((of) => of.fn.max("sequence").as("sequence"))
    .where("finding", "=", finding)
    .executeTakeFirst();
  const start = (last?.sequence ?? 0) + 1;
  const rows = transitions.map((transition, index) => ({
    finding,
    sequence: start + index,
    body: encodeJson(transition),
  }));
  await insertEach(tx, rows, (row) => tx.insertInto("transitions").values(row));
}
