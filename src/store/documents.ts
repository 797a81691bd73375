import type { JsonObject } from "../model/json.ts";
import { encodeJson, sha256 } from "./codec.ts";
import type { Database, Tx } from "./engine.ts";
import { insertEach } from "./insert-each.ts";
import type { DocumentTable } from "./tables.ts";

/** The form in which a document is stored, under the SHA-256 of its canonical JSON. */
export function toStored(document: JsonObject): DocumentTable {
  const body = encodeJson(document);
  return { hash: sha256(body), body };
}

/** Stores documents that are not there yet. */
export async function writeDocuments(tx: Tx, documents: ReadonlyMap<string, string>): Promise<void> {
  const rows = Array.from(documents, ([hash, body]) => ({ hash, body }));
  await insertEach(tx, rows, (row) =>
    tx
      .insertInto("documents")
      .values(row)
      .onConflict((conflict) => conflict.column("hash").doNothing()),
  );
}

/** Removes the records of a scan that is not published, and the documents that are left without one. */
export async function removeStaged(tx: Tx, scan: number): Promise<void> {
  await tx.deleteFrom("records").where("scan", "=", scan).execute();
  await removeOrphanedDocuments(tx);
}

/** Removes the documents that no record has. */
export async function removeOrphanedDocuments(tx: Tx): Promise<void> {
  await tx
    .deleteFrom("documents")
    .where("hash", "not in", usedAs(tx, "document_hash"))
    .where("hash", "not in", usedAs(tx, "baseline_hash"))
    .execute();
}

function usedAs(db: Database | Tx, column: "document_hash" | "baseline_hash") {
  return db.selectFrom("records").select(column).where(column, "is not", null);
}

const PAGE = 500;

/** What is wrong with the documents: altered ones, those that a record lacks, and those that no record has. */
export async function verifyDocuments(db: Database): Promise<string[]> {
  const problems: string[] = [];
  for (let last = ""; ; ) {
    const page = await db
      .selectFrom("documents")
      .selectAll()
      .where("hash", ">", last)
      .orderBy("hash")
      .limit(PAGE)
      .execute();
    for (const { hash, body } of page) if (sha256(body) !== hash) problems.push(`Documents: "${hash}" was altered`);
    const end = page.at(-1);
    if (end === undefined) break;
    last = end.hash;
  }
  const orphaned = await countOrphaned(db);
  if (orphaned > 0) problems.push(`Documents: ${orphaned} belong to no record`);
  const missing = (await countMissing(db, "document_hash")) + (await countMissing(db, "baseline_hash"));
  if (missing > 0) problems.push(`Documents: ${missing} that records name are missing`);
  return problems;
}

async function countOrphaned(db: Database): Promise<number> {
  const row = await db
    .selectFrom("documents")
    .select((of) => of.fn.countAll().as("count"))
    .where("hash", "not in", usedAs(db, "document_hash"))
    .where("hash", "not in", usedAs(db, "baseline_hash"))
    .executeTakeFirstOrThrow();
  return Number(row.count);
}

async function countMissing(db: Database, column: "document_hash" | "baseline_hash"): Promise<number> {
  const row = await db
    .selectFrom("records")
    .select((of) => of.fn.countAll().as("count"))
    .where(column, "is not", null)
    .where(column, "not in", db.selectFrom("documents").select("hash"))
    .executeTakeFirstOrThrow();
  return Number(row.count);
}
