import { join } from "node:path";
import { DatabaseSync } from "@photostructure/sqlite";
import { describe, expect, it } from "vitest";
import { KnownError } from "../../errors.ts";
import { tempFolder } from "../fixtures/stores.ts";
import { explainSqliteError, isBusy, resultCode } from "./sqlite-error.ts";

function errorOf(call: () => unknown): unknown {
  try {
    call();
  } catch (error) {
    return error;
  }
  throw new Error("Nothing failed");
}

describe("an error of SQLite", () => {
  it("is known by its code, and where the engine gives none, while rows are read, by its text", async () => {
    await using folder = await tempFolder();
    using database = new DatabaseSync(join(folder.path, "full.db"));
    database.exec("create table t (a text); pragma max_page_count = 3");
    const insert = "insert into t select hex(zeroblob(100000))";
    expect(resultCode(errorOf(() => database.prepare(insert).run()))).toBe(13);
    expect(resultCode(errorOf(() => database.prepare(`${insert} returning a`).all()))).toBe(13);
  });

  it("is busy when another connection writes", async () => {
    await using folder = await tempFolder();
    using one = new DatabaseSync(join(folder.path, "state.db"));
    using other = new DatabaseSync(join(folder.path, "state.db"), { timeout: 0 });
    one.exec("begin immediate");
    const error = errorOf(() => other.exec("begin immediate"));
    expect(isBusy(error)).toBe(true);
    const explained = explainSqliteError(error, "Cannot do it");
    expect(explained).toBeInstanceOf(KnownError);
    expect(explained).toMatchObject({ code: "STORE_BUSY", message: "Cannot do it: another process is writing" });
    expect(isBusy(explained)).toBe(true);
  });

  it("stays what it is when it is a bug", () => {
    using database = new DatabaseSync(":memory:");
    const error = errorOf(() => database.prepare("select * from nowhere"));
    expect(explainSqliteError(error, "Cannot do it")).toBe(error);
    expect(isBusy(error)).toBe(false);
    expect(resultCode(new Error("database is locked"))).toBeUndefined();
  });
});
