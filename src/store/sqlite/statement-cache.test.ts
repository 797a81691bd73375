import { DatabaseSync } from "@photostructure/sqlite";
import { describe, expect, it } from "vitest";
import { StatementCache } from "./statement-cache.ts";

describe("StatementCache", () => {
  it("prepares a text once while it is used, and drops the one not used for longest", () => {
    using database = new DatabaseSync(":memory:");
    const cache = new StatementCache(database, 2);
    const first = cache.prepare("select 1");
    const second = cache.prepare("select 2");
    expect(cache.prepare("select 1")).toBe(first);
    cache.prepare("select 3");
    expect(cache.size).toBe(2);
    expect(cache.prepare("select 1")).toBe(first);
    expect(cache.prepare("select 2")).not.toBe(second);
  });
});
