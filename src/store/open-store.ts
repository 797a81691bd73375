import type { Finding, FindingStep } from "../model/finding.ts";
import type { Json } from "../model/json.ts";
import { parseJson } from "../model/parse-json.ts";
import type { ResourceRef } from "../model/resource.ts";
import type { Instant } from "../model/time.ts";
import { appendAudit, auditEntries, verifyAudit } from "./audit-log.ts";
import { verifyDocuments } from "./documents.ts";
import type { Database, Engine } from "./engine.ts";
import { readFindings, readFindingsByPrefix, readTransitions, updateFinding } from "./findings.ts";
import { readKnown, readKnownRecords } from "./known.ts";
import { acquireLease } from "./leases.ts";
import { migrate, requireCurrent } from "./migrate.ts";
import { prune } from "./prune.ts";
import { readHistory, readRecordedResources, readRecords } from "./records.ts";
import { beginScan } from "./scan-writer.ts";
import { readKnownGaps, readLastScans, readListings, readUnchecked } from "./scans.ts";
import { openSqlite } from "./sqlite/open-sqlite.ts";
import type { AuditDraft, FindingFilter, Lease, LeaseOptions, ScanBegin, Store } from "./store.ts";

export interface OpenStoreOptions {
  /** Path of the SQLite file; it and its folder are made, for their owner alone, when they are missing. */
  readonly file: string;
  /** Whether writing is refused, and a missing store is an error. */
  readonly readOnly?: boolean;
  /** The most pages of 4096 bytes the file may have, after which the disk counts as full. For tests of that. */
  readonly maxPages?: number;
}

/**
 * Opens the state store, and brings its schema up to date. Closed by disposing of it.
 * @throws KnownError `STORE_UNUSABLE` when the file cannot be made, opened or written, is damaged, is no state store or is newer
 *   than this program; `STORE_BUSY` when another process keeps it locked; `NOT_FOUND` when it is only to be read and missing
 */
export async function openStore(options: OpenStoreOptions): Promise<Store> {
  const readOnly = options.readOnly === true;
  const engine = await openSqlite({ ...options, readOnly });
  try {
    await (readOnly ? requireCurrent(engine) : migrate(engine));
  } catch (error) {
    await engine.close();
    throw error;
  }
  return new SqlStore(engine);
}

/** The store on any engine; what it does stands in the modules it calls. */
class SqlStore implements Store {
  readonly #engine: Engine;
  readonly #db: Database;

  constructor(engine: Engine) {
    this.#engine = engine;
    this.#db = engine.db;
  }

  acquireLease(target: string, options: LeaseOptions) {
    return acquireLease(this.#engine, target, options);
  }

  beginScan(lease: Lease, scan: ScanBegin) {
    return beginScan(this.#engine, lease, scan);
  }

  async record(target: string, resource: ResourceRef) {
    const [record] = await readRecords(this.#db, target, [resource]);
    return record;
  }

  records(target: string, resources: readonly ResourceRef[]) {
    return readRecords(this.#db, target, resources);
  }

  recordedResources(target: string) {
    return readRecordedResources(this.#db, target);
  }

  completeListings(target: string) {
    return readListings(this.#db, target);
  }

  known(target: string) {
    return readKnown(this.#db, target);
  }

  knownRecords(target: string) {
    return readKnownRecords(this.#db, target);
  }

  findings(filter: FindingFilter = {}) {
    return readFindings(this.#db, filter);
  }

  findingsByPrefix(prefix: string) {
    return readFindingsByPrefix(this.#db, prefix);
  }

  transitions(findingId: string) {
    return readTransitions(this.#db, findingId);
  }

  updateFinding(id: string, step: (finding: Finding) => FindingStep, audit: AuditDraft) {
    return this.#db.transaction().execute((tx) => updateFinding(tx, id, { step, audit }));
  }

  history(target: string, resource: { readonly kind: string; readonly id: string; readonly at?: string }) {
    return readHistory(this.#db, target, resource);
  }

  lastScans() {
    return readLastScans(this.#db);
  }

  unchecked(target: string) {
    return readUnchecked(this.#db, target);
  }

  knownGaps(target: string) {
    return readKnownGaps(this.#db, target);
  }

  async facts(version: string): Promise<Json | undefined> {
    const row = await this.#db.selectFrom("facts").select("body").where("version", "=", version).executeTakeFirst();
    return row === undefined ? undefined : parseJson(row.body);
  }

  appendAudit(entry: AuditDraft) {
    return this.#db.transaction().execute((tx) => appendAudit(tx, entry));
  }

  audit() {
    return auditEntries(this.#db);
  }

  async verify(): Promise<readonly string[]> {
    const problems = await this.#engine.checkIntegrity();
    return [...problems, ...(await verifyAudit(this.#db)), ...(await verifyDocuments(this.#db))];
  }

  prune(now: Instant, keepMs: number) {
    return prune(this.#db, now, keepMs);
  }

  [Symbol.asyncDispose]() {
    return this.#engine.close();
  }
}
