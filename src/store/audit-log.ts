import type { JsonObject } from "../model/json.ts";
import { decodeJson, encodeJson, sha256 } from "./codec.ts";
import type { Database, Tx } from "./engine.ts";
import { type AuditMark, readMeta, writeMeta } from "./meta.ts";
import type { AuditDraft, AuditEntry } from "./store.ts";

/** What stands before the first entry. */
const NOTHING: AuditMark = { sequence: 0, hash: "0".repeat(64) };
const PAGE = 500;
/** The entry that retention leaves about what it removed from the start of the log. */
const PRUNED = "audit.prune";

export async function appendAudit(tx: Tx, draft: AuditDraft): Promise<AuditEntry> {
  const head = (await readMeta(tx, "auditHead")) ?? NOTHING;
  const { at, actor, action, subject, reason, details } = draft;
  const unsigned = {
    at,
    actor,
    action,
    subject,
    reason,
    details,
    sequence: head.sequence + 1,
    previousHash: head.hash,
  };
  const entry: AuditEntry = { ...unsigned, hash: hashOf(unsigned) };
  await tx
    .insertInto("audit")
    .values({ sequence: entry.sequence, at, body: encodeJson(entry) })
    .execute();
  await writeMeta(tx, "auditHead", { sequence: entry.sequence, hash: entry.hash });
  return entry;
}

/** SHA-256 of the canonical JSON of all members but the hash itself. */
function hashOf(entry: Omit<AuditEntry, "hash">): string {
  return sha256(encodeJson(entry));
}

/** All entries in order, read in pages so that others can write meanwhile. */
export async function* auditEntries(db: Database): AsyncIterable<AuditEntry> {
  for await (const { body } of auditRows(db)) yield decodeJson<AuditEntry>(body);
}

async function* auditRows(db: Database): AsyncIterable<{ readonly sequence: number; readonly body: string }> {
  for (let last = 0; ; ) {
    const rows = await db
      .selectFrom("audit")
      .select(["sequence", "body"])
      .where("sequence", ">", last)
      .orderBy("sequence")
      .limit(PAGE)
      .execute();
    yield* rows;
    const end = rows.at(-1);
    if (end === undefined) return;
    last = end.sequence;
  }
}

/** What is wrong with the log: altered, missing or foreign entries; nothing when the chain holds from end to end. */
export async function verifyAudit(db: Database): Promise<string[]> {
  const problems: string[] = [];
  const checkpoint = (await readMeta(db, "auditCheckpoint")) ?? NOTHING;
  let previous = checkpoint;
  let recorded: AuditMark = NOTHING;
  for await (const row of auditRows(db)) {
    const entry = readEntry(row.body);
    problems.push(...problemsOf(row.sequence, entry, previous));
    if (entry?.action === PRUNED) recorded = markOf(entry.details);
    previous = { sequence: row.sequence, hash: entry?.hash ?? "" };
  }
  const head = (await readMeta(db, "auditHead")) ?? NOTHING;
  if (head.sequence !== previous.sequence || head.hash !== previous.hash) {
    problems.push(
      `Audit log: it ends with entry ${previous.sequence}, and entry ${head.sequence} was the last one written`,
    );
  }
  if (recorded.sequence !== checkpoint.sequence || recorded.hash !== checkpoint.hash) {
    problems.push(`Audit log: its start up to entry ${checkpoint.sequence} was removed, and no entry says so`);
  }
  return problems;
}

/** Undefined when somebody left something that is no entry at all. */
function readEntry(body: string): AuditEntry | undefined {
  try {
    return decodeJson<AuditEntry>(body);
  } catch {
    return undefined;
  }
}

function problemsOf(sequence: number, entry: AuditEntry | undefined, previous: AuditMark): string[] {
  const problems: string[] = [];
  const expected = previous.sequence + 1;
  if (sequence > expected) problems.push(`Audit log: ${range(expected, sequence - 1)} missing`);
  if (entry === undefined || !isWhole(sequence, entry)) problems.push(`Audit log: entry ${sequence} was altered`);
  else if (sequence === expected && entry.previousHash !== previous.hash) {
    problems.push(`Audit log: entry ${sequence} does not continue entry ${previous.sequence}`);
  }
  return problems;
}

function isWhole(sequence: number, entry: AuditEntry): boolean {
  const { hash, ...unsigned } = entry;
  return entry.sequence === sequence && hash === hashOf(unsigned);
}

function range(from: number, to: number): string {
  return from === to ? `entry ${from} is` : `entries ${from} to ${to} are`;
}

/** Reads back what `pruneAudit` writes; anything else is no mark that a checkpoint could equal. */
function markOf({ throughSequence, throughHash }: JsonObject): AuditMark {
  return typeof throughSequence === "number" && typeof throughHash === "string"
    ? { sequence: throughSequence, hash: throughHash }
    : NOTHING;
}

/** Removes what is older than `cutoff`, never the last entry, and leaves an entry that says up to where. */
export async function pruneAudit(
  tx: Tx,
  { now, cutoff }: { readonly now: string; readonly cutoff: string },
): Promise<void> {
  const kept = await tx
    .selectFrom("audit")
    .select("sequence")
    .where("at", ">=", cutoff)
    .orderBy("sequence")
    .executeTakeFirst();
  const head = await readMeta(tx, "auditHead");
  const firstKept = Math.min(kept?.sequence ?? Number.POSITIVE_INFINITY, head?.sequence ?? 0);
  const last = await tx
    .selectFrom("audit")
    .select(["sequence", "body"])
    .where("sequence", "<", firstKept)
    .orderBy("sequence", "desc")
    .executeTakeFirst();
  if (last === undefined) return;
  const { hash } = decodeJson<AuditEntry>(last.body);
  await tx.deleteFrom("audit").where("sequence", "<=", last.sequence).execute();
  await writeMeta(tx, "auditCheckpoint", { sequence: last.sequence, hash });
  await appendAudit(tx, {
    at: now,
    actor: "leeway",
    action: PRUNED,
    subject: "audit log",
    reason: "retention",
    details: { throughSequence: last.sequence, throughHash: hash },
  });
}
