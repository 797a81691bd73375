import { setTimeout as sleep } from "node:timers/promises";
import { DatabaseSync, type DatabaseSyncInstance } from "@photostructure/sqlite";
import { Kysely, sql } from "kysely";
import { KnownError } from "../../errors.ts";
import type { Database, Engine } from "../engine.ts";
import type { Tables } from "../tables.ts";
import { prepareFile } from "./prepare-file.ts";
import { sqliteDialect } from "./sqlite-dialect.ts";
import { explainSqliteError, isBusy } from "./sqlite-error.ts";

export interface SqliteOptions {
  readonly file: string;
  readonly readOnly: boolean;
  /** How many pages the file may have; more is a full disk. For tests of that. */
  readonly maxPages?: number;
}

/** "Leew" in ASCII: marks the file as a state store (https://sqlite.org/pragma.html#pragma_application_id). */
const APPLICATION_ID = 0x4c656577;
/** Within one call to SQLite, which blocks the event loop; transactions wait longer, without blocking. */
const BUSY_TIMEOUT_MS = 50;
const OPEN_WAIT_MS = 15_000;
const CACHE_KIB = 8 * 1024;

/**
 * Opens a state store in a file of SQLite, which is made when it is missing and may be written to.
 * @throws KnownError `STORE_UNUSABLE`, `STORE_BUSY`, or `NOT_FOUND` when it can only be read and is not there
 */
export async function openSqlite(options: SqliteOptions): Promise<Engine> {
  const { file } = options;
  await prepareFile(file, options.readOnly ? "read" : "write");
  const database = await openWaiting(options);
  const db: Database = new Kysely<Tables>({ dialect: sqliteDialect(database, `"${file}"`) });
  return {
    db,
    label: `"${file}"`,
    clock: sql<string>`strftime('%Y-%m-%dT%H:%M:%fZ', 'now')`,
    isEmpty: async () => {
      try {
        return countTables(database) === 0;
      } catch (error) {
        throw explainSqliteError(error, `Cannot read the state store "${file}"`);
      }
    },
    claim: async (tx) => {
      await sql`pragma application_id = ${sql.raw(String(APPLICATION_ID))}`.execute(tx);
    },
    checkIntegrity: async () => {
      const { rows } = await sql<{ integrity_check: string }>`pragma integrity_check`.execute(db);
      return rows.map((row) => row.integrity_check).filter((text) => text !== "ok");
    },
    close: () => db.destroy(),
  };
}

/** Another process may be making the same file at this moment. */
async function openWaiting(options: SqliteOptions): Promise<DatabaseSyncInstance> {
  const giveUpAt = performance.now() + OPEN_WAIT_MS;
  for (;;) {
    try {
      return openOnce(options);
    } catch (error) {
      if (!isBusy(error) || performance.now() >= giveUpAt) {
        throw explainSqliteError(error, `Cannot open the state store "${options.file}"`);
      }
    }
    await sleep(BUSY_TIMEOUT_MS);
  }
}

function openOnce({ file, readOnly, maxPages }: SqliteOptions): DatabaseSyncInstance {
  const database = new DatabaseSync(file, { readOnly, timeout: BUSY_TIMEOUT_MS, enableForeignKeyConstraints: true });
  try {
    refuseForeign(database, file);
    if (!readOnly) database.exec("pragma journal_mode = wal");
    database.exec("pragma synchronous = normal");
    database.exec(`pragma cache_size = -${CACHE_KIB}`);
    if (maxPages !== undefined) database.exec(`pragma max_page_count = ${maxPages}`);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

function refuseForeign(database: DatabaseSyncInstance, file: string): void {
  const id: unknown = database.prepare("pragma application_id").get()?.application_id;
  if (id === APPLICATION_ID || countTables(database) === 0) return;
  throw new KnownError("STORE_UNUSABLE", `Cannot open the state store "${file}": it is a database of another program`, {
    hint: "Give another path with --store",
  });
}

function countTables(database: DatabaseSyncInstance): number {
  return Number(database.prepare("select count(*) as tables from sqlite_master").get()?.tables);
}
