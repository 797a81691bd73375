import type { DatabaseSyncInstance, StatementSyncInstance } from "@photostructure/sqlite";

/** Statements by their text, the least recently used one dropped: each prepared one costs memory until it is collected. */
export class StatementCache {
  readonly #database: DatabaseSyncInstance;
  readonly #capacity: number;
  readonly #statements = new Map<string, StatementSyncInstance>();

  constructor(database: DatabaseSyncInstance, capacity = 200) {
    this.#database = database;
    this.#capacity = capacity;
  }

  get size(): number {
    return this.#statements.size;
  }

  prepare(text: string): StatementSyncInstance {
    const statement = this.#statements.get(text) ?? this.#database.prepare(text);
    this.#statements.delete(text);
    this.#statements.set(text, statement);
    this.#dropOldest();
    return statement;
  }

  #dropOldest(): void {
    if (this.#statements.size <= this.#capacity) return;
    const [oldest] = this.#statements.keys();
    if (oldest !== undefined) this.#statements.delete(oldest);
  }
}
