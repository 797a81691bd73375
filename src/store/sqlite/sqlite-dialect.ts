import { setTimeout as sleep } from "node:timers/promises";
import type { DatabaseSyncInstance } from "@photostructure/sqlite";
import {
  CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  SqliteAdapter,
  type SqliteDatabase,
  SqliteDriver,
  SqliteIntrospector,
  SqliteQueryCompiler,
  type SqliteStatement,
} from "kysely";
import { explainSqliteError, isBusy, resultCode } from "./sqlite-error.ts";
import { StatementCache } from "./statement-cache.ts";

/** How long a transaction waits for another process to finish its own. Those of a scan take well under a second. */
const WRITE_WAIT_MS = 15_000;
const RETRY_MS = 20;

/** Kysely on a database with the API of node:sqlite. `label` names it in errors. */
export function sqliteDialect(database: DatabaseSyncInstance, label: string): Dialect {
  const shim = new NodeSqlite(database, label);
  return {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => new ImmediateDriver(shim),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  };
}

/** Node:sqlite takes parameters one by one, where Kysely gives a list; and its errors know nothing of the store. */
class NodeSqlite implements SqliteDatabase {
  readonly #database: DatabaseSyncInstance;
  readonly #cache: StatementCache;
  readonly #label: string;

  constructor(database: DatabaseSyncInstance, label: string) {
    this.#database = database;
    this.#cache = new StatementCache(database);
    this.#label = label;
  }

  get isInTransaction(): boolean {
    return this.#database.isTransaction;
  }

  /**
   * This engine frees statements only when they are collected, and the file with them: so what was written is brought into
   * the file here, and does not wait for that. Where it cannot be, it is safe in the log beside the file.
   */
  close(): void {
    try {
      this.#database.exec("pragma wal_checkpoint(truncate)");
    } catch (error) {
      if (resultCode(error) === undefined) throw error;
    } finally {
      this.#database.close();
    }
  }

  prepare(text: string): SqliteStatement {
    const statement = this.#explained(() => this.#cache.prepare(text));
    return {
      reader: statement.columns().length > 0,
      all: (parameters) => this.#explained(() => statement.all(...parameters)),
      run: (parameters) => this.#explained(() => statement.run(...parameters)),
      iterate: (parameters) => statement.iterate(...parameters),
    };
  }

  #explained<T>(call: () => T): T {
    try {
      return call();
    } catch (error) {
      throw explainSqliteError(error, `Cannot use the state store ${this.#label}`);
    }
  }
}

/**
 * Transactions take the write lock when they begin: a later upgrade could fail half-way. They wait for it without blocking
 * the event loop, on which another connection of this very process may have to finish.
 */
class ImmediateDriver extends SqliteDriver {
  readonly #shim: NodeSqlite;

  constructor(shim: NodeSqlite) {
    super({ database: shim });
    this.#shim = shim;
  }

  override async beginTransaction(connection: DatabaseConnection): Promise<void> {
    const giveUpAt = performance.now() + WRITE_WAIT_MS;
    for (;;) {
      try {
        await connection.executeQuery(CompiledQuery.raw("begin immediate"));
        return;
      } catch (error) {
        if (!isBusy(error) || performance.now() >= giveUpAt) throw error;
      }
      await sleep(RETRY_MS);
    }
  }

  /** SQLite has ended the transaction already where the disk was full; a second end would hide the reason. */
  override async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    if (this.#shim.isInTransaction) await connection.executeQuery(CompiledQuery.raw("rollback"));
  }
}
