import { KnownError } from "../errors.ts";
import { sha256 } from "./codec.ts";
import { type Database, type Engine, storeNow, type Tx } from "./engine.ts";
import { MIGRATIONS, type Migration } from "./migrations.ts";

/**
 * Brings the schema of a store up to what this program knows: all missing steps in one transaction, or none. Two processes
 * that try at once take turns, and the second finds nothing to do.
 * @throws KnownError `STORE_UNUSABLE` when the store is newer than this program, or was made by another line of it
 */
export async function migrate(engine: Engine, migrations: readonly Migration[] = MIGRATIONS): Promise<void> {
  if ((await missingSteps(engine, engine.db, migrations)).length === 0) return;
  await engine.db.transaction().execute(async (tx) => {
    await makeMigrationTable(tx);
    const missing = await missingSteps(engine, tx, migrations);
    for (const step of missing) await apply(engine, tx, step);
    await engine.claim(tx);
  });
}

/**
 * Checks that the store can be used as it is, where it cannot be brought up to date.
 * @throws KnownError `STORE_UNUSABLE`
 */
export async function requireCurrent(engine: Engine, migrations: readonly Migration[] = MIGRATIONS): Promise<void> {
  if ((await missingSteps(engine, engine.db, migrations)).length === 0) return;
  throw new KnownError("STORE_UNUSABLE", `Cannot read the state store ${engine.label}: it is of an older version`, {
    hint: "Run `leeway scan` once: it brings the store up to date",
  });
}

interface Step {
  readonly version: number;
  readonly migration: Migration;
  readonly checksum: string;
}

async function missingSteps(engine: Engine, db: Database | Tx, migrations: readonly Migration[]): Promise<Step[]> {
  const known = migrations.map(
    (migration, index): Step => ({ version: index + 1, migration, checksum: checksumOf(db, migration) }),
  );
  const applied = (await engine.isEmpty())
    ? []
    : await db.selectFrom("migrations").selectAll().orderBy("version").execute();
  const newest = applied.at(-1)?.version ?? 0;
  if (newest > known.length) {
    throw refuse(
      engine,
      `it is of version ${newest}, and this program knows only up to ${known.length}`,
      "Use a newer leeway",
    );
  }
  const other = applied.find(({ version, checksum }) => known[version - 1]?.checksum !== checksum);
  if (other !== undefined) {
    throw refuse(
      engine,
      `step ${other.version} of its making was another than this program's`,
      "Use the leeway that made it",
    );
  }
  return known.slice(newest);
}

function refuse(engine: Engine, why: string, hint: string): KnownError {
  return new KnownError("STORE_UNUSABLE", `Cannot open the state store ${engine.label}: ${why}`, {
    hint: `${hint}, or give another path with --store`,
  });
}

function checksumOf(db: Database | Tx, migration: Migration): string {
  const statements = migration.statements(db.schema).map((statement) => statement.compile().sql);
  return sha256([migration.name, ...statements].join("\n"));
}

async function makeMigrationTable(tx: Tx): Promise<void> {
  await tx.schema
    .createTable("migrations")
    .ifNotExists()
    .addColumn("version", "integer", (column) => column.primaryKey())
    .addColumn("name", "text", (column) => column.notNull())
    .addColumn("checksum", "text", (column) => column.notNull())
    .addColumn("applied_at", "text", (column) => column.notNull())
    .execute();
}

async function apply(engine: Engine, tx: Tx, { version, migration, checksum }: Step): Promise<void> {
  for (const statement of migration.statements(tx.schema)) await tx.executeQuery(statement.compile());
  const applied_at = await storeNow(engine, tx);
  await tx.insertInto("migrations").values({ version, name: migration.name, checksum, applied_at }).execute();
}
