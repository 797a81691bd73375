import { type ResourceRef, resourceKey } from "../model/resource.ts";
import type { Instant } from "../model/time.ts";
import { decodeDocument } from "./codec.ts";
import type { Database } from "./engine.ts";
import { fromRow, type RecordRow } from "./record-rows.ts";
import type { HistoryEntry, RecordedResource, ResourceRecord } from "./store.ts";

/** Lists of ids have one of these lengths, so that few statements are prepared: the next longer one is filled up. */
const CHUNKS = [1, 16, 256] as const;
const LARGEST_CHUNK = 256;
const PAGE = 1000;

/** The last published record of each resource, in the order asked; see `Store.records`. */
export async function readRecords(
  db: Database,
  target: string,
  resources: readonly ResourceRef[],
): Promise<(ResourceRecord | undefined)[]> {
  const published = await publishedScan(db, target);
  if (published === undefined) return resources.map(() => undefined);
  const found = new Map<string, ResourceRecord>();
  const keep = (record: ResourceRecord) => found.set(resourceKey(record.resource), record);
  for (const group of groupByPlace(resources)) {
    for (let start = 0; start < group.length; start += LARGEST_CHUNK) {
      const rows = await currentRows(db, { target, published }, group.slice(start, start + LARGEST_CHUNK));
      for (const row of rows) if (row.retired === 0) keep(fromRow(row));
    }
  }
  return resources.map((resource) => found.get(resourceKey(resource)));
}

async function publishedScan(db: Database, target: string): Promise<number | undefined> {
  const row = await db.selectFrom("targets").select("published_scan").where("target", "=", target).executeTakeFirst();
  return row?.published_scan;
}

function groupByPlace(resources: readonly ResourceRef[]): ResourceRef[][] {
  const groups = new Map<string, ResourceRef[]>();
  for (const resource of resources) {
    const key = `${resource.kind}\0${resource.at}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [resource]);
    else group.push(resource);
  }
  return [...groups.values()];
}

/** What of a target's records is in force: those of no scan after `published`. */
interface InForce {
  readonly target: string;
  readonly published: number;
}

/** @param resources of one kind and place, at least one and no more than a chunk */
async function currentRows(db: Database, inForce: InForce, resources: readonly ResourceRef[]): Promise<RecordRow[]> {
  const [first] = resources;
  if (first === undefined) return [];
  const length = CHUNKS.find((size) => size >= resources.length) ?? LARGEST_CHUNK;
  const ids = Array.from({ length }, (_, index) => (resources[index] ?? first).id);
  return await latest(db, inForce)
    .where("r.kind", "=", first.kind)
    .where("r.at", "=", first.at)
    .where("r.id", "in", ids)
    .leftJoin("documents as d", "d.hash", "r.document_hash")
    .leftJoin("documents as b", (join) =>
      join
        .onRef("b.hash", "=", "r.baseline_hash")
        .on((of) => of.or([of("r.document_hash", "is", null), of("r.document_hash", "!=", of.ref("b.hash"))])),
    )
    .selectAll("r")
    .select(["d.body as document_body", "b.body as baseline_body"])
    .execute();
}

function latest(db: Database, { target, published }: InForce) {
  return db
    .selectFrom("records as r")
    .where("r.target", "=", target)
    .where("r.scan", "=", (of) =>
      of
        .selectFrom("records as n")
        .select((each) => each.fn.max("n.scan").as("scan"))
        .whereRef("n.target", "=", "r.target")
        .whereRef("n.kind", "=", "r.kind")
        .whereRef("n.at", "=", "r.at")
        .whereRef("n.id", "=", "r.id")
        .where("n.scan", "<=", published),
    );
}

/**
 * Every resource with a record in force, in pages by key: a long-lived cursor would keep others from the connection. A scan
 * published meanwhile is not seen.
 */
export async function* readRecordedResources(db: Database, target: string): AsyncIterable<RecordedResource> {
  const published = await publishedScan(db, target);
  if (published === undefined) return;
  let last: Pick<ResourceRef, "kind" | "at" | "id"> | undefined;
  for (;;) {
    const rows = await pageAfter(db, { target, published }, last);
    for (const row of rows) {
      const { kind, at, id, presence } = row;
      if (row.retired === 0) yield { resource: { kind, at, id }, presence, everDeclared: row.ever_declared === 1 };
    }
    last = rows.at(-1);
    if (last === undefined) return;
  }
}

async function pageAfter(db: Database, inForce: InForce, last: Pick<ResourceRef, "kind" | "at" | "id"> | undefined) {
  const page = latest(db, inForce)
    .select(["r.kind", "r.at", "r.id", "r.presence", "r.ever_declared", "r.retired"])
    .orderBy("r.kind")
    .orderBy("r.at")
    .orderBy("r.id")
    .limit(PAGE);
  if (last === undefined) return await page.execute();
  const after = page.where((of) =>
    of(of.refTuple("r.kind", "r.at", "r.id"), ">", of.tuple(last.kind, last.at, last.id)),
  );
  return await after.execute();
}

/** How a resource changed, oldest first; see `Store.history`. */
export async function readHistory(
  db: Database,
  target: string,
  resource: { readonly kind: string; readonly id: string; readonly at?: string },
): Promise<HistoryEntry[]> {
  const published = await publishedScan(db, target);
  if (published === undefined) return [];
  const { kind, id, at } = resource;
  const query = db
    .selectFrom("records as r")
    .innerJoin("scans as s", "s.id", "r.scan")
    .leftJoin("documents as d", "d.hash", "r.document_hash")
    .select(["r.at", "r.scan", "r.observed_at", "r.presence", "r.document_hash", "r.retired"])
    .select(["s.revision", "d.body"])
    .where("r.target", "=", target)
    .where("r.kind", "=", kind)
    .where("r.id", "=", id)
    .where("r.scan", "<=", published)
    .orderBy("r.scan")
    .orderBy("r.at");
  const rows = await (at === undefined ? query : query.where("r.at", "=", at)).execute();
  return onlyChanges(rows).map(toEntry);
}

interface HistoryRow {
  readonly at: string;
  readonly scan: number;
  readonly observed_at: Instant;
  readonly presence: "present" | "absent";
  readonly document_hash: string | null;
  readonly retired: number;
  readonly revision: string;
  readonly body: string | null;
}

/** A record is also written where only its baseline moved, which is no change of the resource. */
function onlyChanges(rows: readonly HistoryRow[]): HistoryRow[] {
  const last = new Map<string, string>();
  return rows.filter((row) => {
    const state = `${row.presence} ${row.document_hash} ${row.retired}`;
    const isChange = last.get(row.at) !== state;
    last.set(row.at, state);
    return isChange;
  });
}

function toEntry(row: HistoryRow): HistoryEntry {
  return {
    at: row.at,
    scan: row.scan,
    revision: row.revision,
    observedAt: row.observed_at,
    presence: row.presence,
    document: row.body === null ? null : decodeDocument(row.body),
    retired: row.retired === 1,
  };
}
