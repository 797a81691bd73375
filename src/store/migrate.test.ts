import { join } from "node:path";
import type { Compilable, SchemaModule } from "kysely";
import { describe, expect, it } from "vitest";
import { tempFolder } from "./fixtures/stores.ts";
import { migrate, requireCurrent } from "./migrate.ts";
import type { Migration } from "./migrations.ts";
import { openSqlite } from "./sqlite/open-sqlite.ts";

const table =
  (name: string) =>
  (schema: SchemaModule): Compilable[] => [
    schema.createTable(name).addColumn("id", "integer", (column) => column.primaryKey()),
  ];
const ONE: Migration = { name: "one", statements: table("one") };
const TWO: Migration = { name: "two", statements: (schema) => [...table("two")(schema), ...table("three")(schema)] };
const BROKEN: Migration = {
  name: "broken",
  statements: (schema) => [...table("two")(schema), ...table("one")(schema)],
};

async function engineIn(folder: string) {
  const engine = await openSqlite({ file: join(folder, "state.db"), readOnly: false });
  const tables = async () => (await engine.db.introspection.getTables()).map(({ name }) => name).sort();
  const versions = async () =>
    (await engine.db.selectFrom("migrations").selectAll().execute()).map(({ version, name }) => [version, name]);
  return { engine, tables, versions, [Symbol.asyncDispose]: () => engine.close() };
}

describe("migrate", () => {
  it("runs the steps that are missing, in order, once", async () => {
    await using folder = await tempFolder();
    await using store = await engineIn(folder.path);
    await migrate(store.engine, [ONE]);
    expect(await store.tables()).toEqual(["migrations", "one"]);
    await migrate(store.engine, [ONE, TWO]);
    await migrate(store.engine, [ONE, TWO]);
    expect(await store.tables()).toEqual(["migrations", "one", "three", "two"]);
    expect(await store.versions()).toEqual([
      [1, "one"],
      [2, "two"],
    ]);
  });

  it("leaves nothing of any step when one of them fails", async () => {
    await using folder = await tempFolder();
    await using store = await engineIn(folder.path);
    await expect(migrate(store.engine, [ONE, BROKEN])).rejects.toThrow('table "one" already exists');
    expect(await store.tables()).toEqual([]);
    await migrate(store.engine, [ONE]);
    await expect(migrate(store.engine, [ONE, TWO, BROKEN])).rejects.toThrow("already exists");
    expect(await store.tables()).toEqual(["migrations", "one"]);
    expect(await store.versions()).toEqual([[1, "one"]]);
  });

  it("is done once by two who try at the same time", async () => {
    await using folder = await tempFolder();
    await using left = await engineIn(folder.path);
    await using right = await engineIn(folder.path);
    await Promise.all([migrate(left.engine, [ONE, TWO]), migrate(right.engine, [ONE, TWO])]);
    expect(await right.versions()).toEqual([
      [1, "one"],
      [2, "two"],
    ]);
  });

  it("refuses a step that is not what it was", async () => {
    await using folder = await tempFolder();
    await using store = await engineIn(folder.path);
    await migrate(store.engine, [ONE]);
    await expect(migrate(store.engine, [{ name: "one", statements: table("other") }])).rejects.toMatchObject({
      code: "STORE_UNUSABLE",
    });
  });

  it("is asked for where a store is only read", async () => {
    await using folder = await tempFolder();
    await using store = await engineIn(folder.path);
    await migrate(store.engine, [ONE]);
    await requireCurrent(store.engine, [ONE]);
    await expect(requireCurrent(store.engine, [ONE, TWO])).rejects.toMatchObject({
      code: "STORE_UNUSABLE",
      message: expect.stringMatching(/it is of an older version$/),
    });
  });
});
