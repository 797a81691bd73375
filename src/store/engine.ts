import type { Kysely, RawBuilder, Transaction } from "kysely";
import type { Instant } from "../model/time.ts";
import type { Tables } from "./tables.ts";

export type Database = Kysely<Tables>;
export type Tx = Transaction<Tables>;

/** One open database of one dialect: everything above it is written once. A transaction takes the write lock when it begins. */
export interface Engine {
  readonly db: Database;
  /** The store for people, in quotes: its file. */
  readonly label: string;
  /** The time on the store's clock, as an Instant. */
  readonly clock: RawBuilder<Instant>;
  /** Whether there is no table in it at all. */
  isEmpty(): Promise<boolean>;
  /** Marks the database as a state store, inside the transaction that makes it one. */
  claim(tx: Tx): Promise<void>;
  /** What the database's own check finds wrong; nothing when it is whole. */
  checkIntegrity(): Promise<readonly string[]>;
  close(): Promise<void>;
}

/** The time on the store's clock: the same for all who share the store. */
export async function storeNow({ clock, db }: Engine, tx: Database | Tx = db): Promise<Instant> {
  const { now } = await tx.selectNoFrom(clock.as("now")).executeTakeFirstOrThrow();
  return now;
}
