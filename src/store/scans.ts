import type { KnownGap, Unchecked } from "../model/drift.ts";
import type { Coverage, FoldCount } from "../model/scan-result.ts";
import { VERDICTS } from "../model/scan-result.ts";
import { decodeJson } from "./codec.ts";
import type { Database } from "./engine.ts";
import type { PublishedScan } from "./store.ts";
import type { ScanTable } from "./tables.ts";

/** The last published scan of each whole target; see `Store.lastScans`. */
export async function readLastScans(db: Database): Promise<PublishedScan[]> {
  const rows = await db
    .selectFrom("targets as t")
    .innerJoin("scans as s", "s.id", "t.whole_scan")
    .selectAll("s")
    .orderBy("s.ended_at", "desc")
    .orderBy("s.id", "desc")
    .execute();
  return await Promise.all(rows.map(async (row) => toPublished(row, await abandonedSince(db, row))));
}

async function abandonedSince(db: Database, scan: ScanTable): Promise<PublishedScan["abandonedSince"]> {
  const row = await db
    .selectFrom("scans")
    .select(["ended_at", "reason"])
    .where("target", "=", scan.target)
    .where("state", "=", "abandoned")
    .where("id", ">", scan.id)
    .orderBy("id", "desc")
    .executeTakeFirst();
  return row === undefined ? null : { at: row.ended_at ?? "", reason: row.reason ?? "" };
}

function toPublished(row: ScanTable, abandoned: PublishedScan["abandonedSince"]): PublishedScan {
  const verdict = VERDICTS.find((name) => name === row.verdict);
  if (verdict === undefined || row.coverage === null || row.folded === null || row.ended_at === null) {
    throw new Error(`Scan ${row.id} is published without a summary`);
  }
  return {
    id: row.id,
    target: row.target,
    revision: row.revision,
    startedAt: row.started_at,
    finishedAt: row.ended_at,
    verdict,
    coverage: decodeJson<Coverage>(row.coverage),
    folded: decodeJson<readonly FoldCount[] & object>(row.folded),
    abandonedSince: abandoned,
  };
}

export async function readUnchecked(db: Database, target: string): Promise<readonly Unchecked[]> {
  const row = await db.selectFrom("targets").select("unchecked").where("target", "=", target).executeTakeFirst();
  return row === undefined ? [] : decodeJson<readonly Unchecked[]>(row.unchecked);
}

export async function readKnownGaps(db: Database, target: string): Promise<readonly KnownGap[]> {
  const row = await db.selectFrom("targets").select("known_gaps").where("target", "=", target).executeTakeFirst();
  return row === undefined ? [] : decodeJson<readonly KnownGap[]>(row.known_gaps);
}

/** As `KIND\0AT` → scope hash; see `Store.completeListings`. */
export async function readListings(db: Database, target: string): Promise<ReadonlyMap<string, string>> {
  const rows = await db.selectFrom("listings").selectAll().where("target", "=", target).execute();
  return new Map(rows.map(({ kind, at, scope_hash }) => [`${kind}\0${at}`, scope_hash]));
}
