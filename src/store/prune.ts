import { addMs, type Instant } from "../model/time.ts";
import { pruneAudit } from "./audit-log.ts";
import { removeOrphanedDocuments } from "./documents.ts";
import type { Database, Tx } from "./engine.ts";

/** Removes what retention does not keep, all of it or nothing; see `Store.prune`. */
export async function prune(db: Database, now: Instant, keepMs: number): Promise<void> {
  const cutoff = addMs(now, -keepMs);
  await db.transaction().execute(async (tx) => {
    // Looking through all records costs, so it is done only where one may be old enough.
    if (await hasEndedBefore(tx, cutoff)) {
      await removeSuperseded(tx, cutoff);
      await removeRetired(tx, cutoff);
      await removeScans(tx, cutoff);
      await removeOrphanedDocuments(tx);
    }
    await removeResolved(tx, cutoff);
    await pruneAudit(tx, { now, cutoff });
  });
}

async function hasEndedBefore(tx: Tx, cutoff: Instant): Promise<boolean> {
  const scan = await tx.selectFrom("scans").select("id").where("ended_at", "<", cutoff).executeTakeFirst();
  return scan !== undefined;
}

/** A record is superseded from the end of the scan that published the next one of the same resource. */
async function removeSuperseded(tx: Tx, cutoff: Instant): Promise<void> {
  await tx
    .deleteFrom("records")
    .where((of) =>
      of.exists(
        of
          .selectFrom("records as n")
          .innerJoin("scans as s", "s.id", "n.scan")
          .select("n.scan")
          .whereRef("n.target", "=", "records.target")
          .whereRef("n.kind", "=", "records.kind")
          .whereRef("n.at", "=", "records.at")
          .whereRef("n.id", "=", "records.id")
          .whereRef("n.scan", ">", "records.scan")
          .where("s.state", "=", "published")
          .where("s.ended_at", "<", cutoff),
      ),
    )
    .execute();
}

/** What came before an end as old as this is gone already, so nothing comes back to life. */
async function removeRetired(tx: Tx, cutoff: Instant): Promise<void> {
  const old = tx.selectFrom("scans").select("id").where("state", "=", "published").where("ended_at", "<", cutoff);
  await tx.deleteFrom("records").where("retired", "=", 1).where("scan", "in", old).execute();
}

/** Scans that no record, no target and no later state of a target needs. */
async function removeScans(tx: Tx, cutoff: Instant): Promise<void> {
  await tx
    .deleteFrom("scans")
    .where("state", "!=", "staged")
    .where("ended_at", "<", cutoff)
    .where("id", "not in", tx.selectFrom("records").select("scan"))
    .where((of) =>
      of.not(
        of.exists(
          of
            .selectFrom("targets as t")
            .select("t.target")
            .whereRef("t.target", "=", "scans.target")
            .where((each) =>
              each.or([
                each("t.published_scan", "=", each.ref("scans.id")),
                each("t.whole_scan", "<=", each.ref("scans.id")),
              ]),
            ),
        ),
      ),
    )
    .execute();
}

async function removeResolved(tx: Tx, cutoff: Instant): Promise<void> {
  const ended = tx
    .selectFrom("findings")
    .select("id")
    .where("status", "=", "resolved")
    .where("resolved_at", "<", cutoff);
  await tx.deleteFrom("transitions").where("finding", "in", ended).execute();
  await tx.deleteFrom("findings").where("status", "=", "resolved").where("resolved_at", "<", cutoff).execute();
}
