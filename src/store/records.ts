import { type ResourceRef, resourceKey } from "../model/resource.ts";
import type { Instant } from "../model/time.ts";
import { decodeDocument } from "./codec.ts";
import type { Database } from "./engine.ts";
import { fromRow, type RecordRow } from "./record-rows.ts";
import type { HistoryEntry, RecordedResource, ResourceRecord } from "./store.ts";
import type { RecordTable } from "./tables.ts";

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
export async function* readRecordedResources(db: Database, target: string): AsyncIterable<readonly RecordedResource[]> {
  const published = await publishedScan(db, target);
  if (published === undefined) return;
  let last: PageRow | undefined;
  for (;;) {
    const rows = await pageAfter(db, { target, published }, last);
    // The last record of a resource is the one in force; that of the last one here may stand on the next page.
    const page = last === undefined ? rows : [last, ...rows];
    const found = page.filter((row, index) => row.retired === 0 && isLast(row, page[index + 1], rows.length < PAGE));
    if (found.length > 0) yield found.map(toRecorded);
    last = rows.at(-1);
    if (rows.length < PAGE) return;
  }
}

/** What one index holds: that a row is looked up for none of them is most of what makes this fast. */
const LISTED = [
  "kind",
  "at",
  "id",
  "scan",
  "presence",
  "ever_declared",
  "retired",
  "observed_at",
  "in_sync_key",
] as const;

type PageRow = Pick<RecordTable, (typeof LISTED)[number]>;

function isLast(row: PageRow, next: PageRow | undefined, isEnd: boolean): boolean {
  if (next === undefined) return isEnd;
  return row.id !== next.id || row.at !== next.at || row.kind !== next.kind;
}

function toRecorded(row: PageRow): RecordedResource {
  const { kind, at, id, presence, ever_declared, observed_at, in_sync_key } = row;
  const resource = { kind, at, id };
  return { resource, presence, everDeclared: ever_declared === 1, observedAt: observed_at, inSyncKey: in_sync_key };
}

async function pageAfter(db: Database, { target, published }: InForce, last: PageRow | undefined): Promise<PageRow[]> {
  const page = db
    .selectFrom("records")
    .select(LISTED)
    .where("target", "=", target)
    .where("scan", "<=", published)
    .orderBy("kind")
    .orderBy("at")
    .orderBy("id")
    .orderBy("scan")
    .limit(PAGE);
  if (last === undefined) return await page.execute();
  const after = page.where((of) =>
    of(of.refTuple("kind", "at", "id", "scan"), ">", of.tuple(last.kind, last.at, last.id, last.scan)),
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
