import type { FindingStep } from "../model/finding.ts";
import type { Json } from "../model/json.ts";
import { encodeJson } from "./codec.ts";
import { removeOrphanedDocuments, removeStaged, writeDocuments } from "./documents.ts";
import { type Engine, storeNow, type Tx } from "./engine.ts";
import { findingsToAdvance, writeSteps } from "./findings.ts";
import { insertEach } from "./insert-each.ts";
import { writeKnown } from "./known.ts";
import { requireLease } from "./leases.ts";
import { readMeta, writeMeta } from "./meta.ts";
import { toRow } from "./record-rows.ts";
import type { Lease, ScanBegin, ScanSummary, ScanWriter, StagedRecord } from "./store.ts";
import type { RecordTable } from "./tables.ts";

/** So many records go into one transaction, so that no person's decision waits for a long one. */
const BATCH = 1000;

/** Starts staging a scan; see `Store.beginScan`. */
export async function beginScan(engine: Engine, lease: Lease, scan: ScanBegin): Promise<ScanWriter> {
  const id = await engine.db.transaction().execute(async (tx) => {
    await requireLease(tx, lease);
    await abandonLeftovers(engine, tx, lease.target);
    const next = ((await readMeta(tx, "lastScanId")) ?? 0) + 1;
    await writeMeta(tx, "lastScanId", next);
    const { revision, startedAt: started_at } = scan;
    await tx
      .insertInto("scans")
      .values({ id: next, target: lease.target, state: "staged", revision, started_at, partial: 0 })
      .execute();
    return next;
  });
  return new StagedScan(engine, lease, id);
}

async function abandonLeftovers(engine: Engine, tx: Tx, target: string): Promise<void> {
  const leftovers = await tx
    .selectFrom("scans")
    .select("id")
    .where("target", "=", target)
    .where("state", "=", "staged")
    .execute();
  for (const { id } of leftovers) {
    await removeStaged(tx, id);
    await markAbandoned(engine, tx, { id, reason: "its process ended before it was published" });
  }
}

async function markAbandoned(engine: Engine, tx: Tx, { id, reason }: { id: number; reason: string }): Promise<void> {
  const ended_at = await storeNow(engine, tx);
  await tx.updateTable("scans").set({ state: "abandoned", ended_at, reason }).where("id", "=", id).execute();
}

class StagedScan implements ScanWriter {
  readonly id: number;
  readonly #engine: Engine;
  readonly #lease: Lease;
  /** Whether a resource was staged again, which leaves a document of its earlier record behind. */
  #restaged = false;

  constructor(engine: Engine, lease: Lease, id: number) {
    this.id = id;
    this.#engine = engine;
    this.#lease = lease;
  }

  async stageFacts(version: string, facts: Json): Promise<void> {
    await this.#write(async (tx) => {
      await tx
        .insertInto("facts")
        .values({ version, body: encodeJson(facts) })
        .onConflict((conflict) => conflict.column("version").doNothing())
        .execute();
    });
  }

  async stage(records: readonly StagedRecord[]): Promise<void> {
    for (let start = 0; start < records.length; start += BATCH) {
      const documents = new Map<string, string>();
      const scan = { target: this.#lease.target, id: this.id };
      const rows = records.slice(start, start + BATCH).map((record) => toRow(record, scan, documents));
      await this.#write(async (tx) => {
        await writeDocuments(tx, documents);
        if (await writeRecords(tx, rows)) this.#restaged = true;
      });
    }
  }

  async publish(summary: ScanSummary, findings: Parameters<ScanWriter["publish"]>[1]): Promise<readonly FindingStep[]> {
    return await this.#write(async (tx) => {
      const { target } = this.#lease;
      const steps = findings.advance(await findingsToAdvance(tx, target, findings.findingIds));
      await writeSteps(tx, steps);
      if (this.#restaged) await removeOrphanedDocuments(tx);
      await markPublished(tx, this.id, summary);
      await moveTarget(tx, { target, id: this.id }, summary);
      await writeListings(tx, target, summary.listings);
      if (summary.known !== undefined) await writeKnown(tx, target, summary.known);
      return steps;
    });
  }

  async abandon(reason: string): Promise<void> {
    await this.#engine.db.transaction().execute(async (tx) => {
      if (!(await this.#isStaged(tx))) return;
      await removeStaged(tx, this.id);
      await markAbandoned(this.#engine, tx, { id: this.id, reason });
    });
  }

  /** A process that was succeeded must not write: the check and the writing are one transaction. */
  async #write<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    return await this.#engine.db.transaction().execute(async (tx) => {
      await requireLease(tx, this.#lease);
      if (!(await this.#isStaged(tx))) throw new Error(`Scan ${this.id} was published or abandoned before`);
      return await work(tx);
    });
  }

  async #isStaged(tx: Tx): Promise<boolean> {
    const scan = await tx.selectFrom("scans").select("state").where("id", "=", this.id).executeTakeFirst();
    return scan?.state === "staged";
  }
}

/** @returns whether any of the resources had been staged in this scan before; the later record stands */
async function writeRecords(tx: Tx, rows: readonly RecordTable[]): Promise<boolean> {
  const again = await insertEach(tx, rows, (row) =>
    tx
      .insertInto("records")
      .values(row)
      .onConflict((conflict) => conflict.columns(["target", "kind", "at", "id", "scan"]).doNothing()),
  );
  for (const { target, kind, at, id, scan, ...rest } of again) {
    const earlier = tx
      .updateTable("records")
      .where("target", "=", target)
      .where("kind", "=", kind)
      .where("at", "=", at);
    await earlier.where("id", "=", id).where("scan", "=", scan).set(rest).execute();
  }
  return again.length > 0;
}

async function markPublished(tx: Tx, id: number, summary: ScanSummary): Promise<void> {
  await tx
    .updateTable("scans")
    .set({
      state: "published",
      ended_at: summary.finishedAt,
      partial: Number(summary.partial),
      verdict: summary.verdict,
      coverage: encodeJson(summary.coverage),
      folded: encodeJson(summary.folded),
    })
    .where("id", "=", id)
    .execute();
}

/** A scan of a part changes what is recorded, and nothing that is said of the whole target. */
async function moveTarget(
  tx: Tx,
  scan: { readonly target: string; readonly id: number },
  { partial, unchecked, knownGaps }: ScanSummary,
): Promise<void> {
  const whole = { whole_scan: scan.id, unchecked: encodeJson(unchecked), known_gaps: encodeJson(knownGaps) };
  const none = { whole_scan: null, unchecked: "[]", known_gaps: "[]" };
  await tx
    .insertInto("targets")
    .values({ target: scan.target, published_scan: scan.id, ...(partial ? none : whole) })
    .onConflict((conflict) =>
      conflict.column("target").doUpdateSet({ published_scan: scan.id, ...(partial ? {} : whole) }),
    )
    .execute();
}

async function writeListings(tx: Tx, target: string, listings: ReadonlyMap<string, string>): Promise<void> {
  const rows = Array.from(listings, ([key, scope_hash]) => {
    const end = key.indexOf("\0");
    return { target, kind: key.slice(0, end), at: key.slice(end + 1), scope_hash };
  });
  await insertEach(tx, rows, (row) =>
    tx
      .insertInto("listings")
      .values(row)
      .onConflict((conflict) =>
        conflict.columns(["target", "kind", "at"]).doUpdateSet((of) => ({ scope_hash: of.ref("excluded.scope_hash") })),
      ),
  );
}
