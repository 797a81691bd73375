import { copyFile, mkdir, open, readdir, readFile, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "@photostructure/sqlite";
import { describe, expect, it } from "vitest";
import { canMount, mountDisk, readOnlyFolder } from "./fixtures/disks.ts";
import { auditOf, leaseOf, publishScan, recordOf, refOf, tempFolder, tempStore } from "./fixtures/stores.ts";
import { openStore } from "./open-store.ts";
import type { Store } from "./store.ts";

async function modeOf(path: string): Promise<string> {
  return ((await stat(path)).mode & 0o777).toString(8);
}

async function withStore(file: string, use: (store: Store) => Promise<void> = async () => undefined): Promise<void> {
  await using store = await openStore({ file });
  await use(store);
}

function change(file: string, statement: string): void {
  using database = new DatabaseSync(file);
  database.exec(statement);
}

function unusable(message: string | RegExp) {
  const matching = typeof message === "string" ? message : expect.stringMatching(message);
  return { code: "STORE_UNUSABLE", message: matching, hint: expect.any(String) };
}

describe("openStore", () => {
  it("makes the file, those beside it and their folder for their owner alone", async () => {
    await using folder = await tempFolder();
    const file = join(folder.path, "a", "b", "state.db");
    await using store = await openStore({ file });
    await store.appendAudit(auditOf("x"));
    expect([await modeOf(join(folder.path, "a")), await modeOf(join(folder.path, "a", "b"))]).toEqual(["700", "700"]);
    for (const name of await readdir(join(folder.path, "a", "b"))) {
      expect(await modeOf(join(folder.path, "a", "b", name))).toBe("600");
    }
    expect(await readdir(join(folder.path, "a", "b"))).toContain("state.db-wal");
  });

  it("keeps what was stored from one time to the next", async () => {
    await using folder = await tempFolder();
    const file = join(folder.path, "state.db");
    await withStore(file, async (store) => {
      await publishScan(store, { records: [recordOf("/a", { n: 1 })] });
    });
    await withStore(file, async (store) => {
      expect(await store.record("edge", refOf("/a"))).toMatchObject({ document: { n: 1 } });
    });
  });

  it("has all of it in the one file when it is closed", async () => {
    await using folder = await tempFolder();
    await withStore(join(folder.path, "state.db"), async (store) => {
      await publishScan(store, { records: [recordOf("/a", { n: 1 })] });
    });
    await copyFile(join(folder.path, "state.db"), join(folder.path, "copy.db"));
    await withStore(join(folder.path, "copy.db"), async (store) => {
      expect(await store.record("edge", refOf("/a"))).toMatchObject({ document: { n: 1 } });
    });
  });

  it("is opened by many at once while it is made", async () => {
    await using folder = await tempFolder();
    const file = join(folder.path, "state.db");
    const stores = await Promise.all(Array.from({ length: 5 }, () => openStore({ file })));
    for (const store of stores) {
      expect(await store.verify()).toEqual([]);
      await store[Symbol.asyncDispose]();
    }
  });

  it("reads without writing when it is told to", async () => {
    await using temp = await tempStore();
    await publishScan(temp.store, { records: [recordOf("/a", { n: 1 })] });
    await using reader = await openStore({ file: temp.file, readOnly: true });
    expect(await reader.record("edge", refOf("/a"))).toMatchObject({ document: { n: 1 } });
    await expect(reader.appendAudit(auditOf("x"))).rejects.toMatchObject(
      unusable(/^Cannot use the state store ".*": it can only be read$/),
    );
  });

  it("does not make a store that is only to be read", async () => {
    await using folder = await tempFolder();
    const file = join(folder.path, "state.db");
    await expect(openStore({ file, readOnly: true })).rejects.toMatchObject({
      code: "NOT_FOUND",
      message: `Cannot open the state store "${file}": there is none`,
      hint: expect.stringContaining("leeway scan"),
    });
    expect(await readdir(folder.path)).toEqual([]);
  });

  it("refuses a store of a newer program, and says which versions meet", async () => {
    await using folder = await tempFolder();
    const file = join(folder.path, "state.db");
    await withStore(file);
    change(file, "insert into migrations values (7, 'from the future', 'x', '')");
    for (const readOnly of [false, true]) {
      await expect(openStore({ file, readOnly })).rejects.toMatchObject({
        ...unusable(`Cannot open the state store "${file}": it is of version 7, and this program knows only up to 3`),
        hint: expect.stringContaining("newer leeway"),
      });
    }
  });

  it("refuses a store that another line of the program made", async () => {
    await using folder = await tempFolder();
    const file = join(folder.path, "state.db");
    await withStore(file);
    change(file, "update migrations set checksum = 'x'");
    await expect(openStore({ file })).rejects.toMatchObject(
      unusable(/step 1 of its making was another than this program's$/),
    );
  });

  it("refuses a database of another program, and leaves it as it is", async () => {
    await using folder = await tempFolder();
    const file = join(folder.path, "state.db");
    change(file, "create table theirs (x)");
    const before = await readFile(file);
    await expect(openStore({ file })).rejects.toMatchObject(unusable(/it is a database of another program$/));
    expect(await readFile(file)).toEqual(before);
  });

  it("refuses a file that is no database, and leaves it as it is", async () => {
    await using folder = await tempFolder();
    const file = join(folder.path, "state.db");
    await writeFile(file, "not a database ".repeat(1000));
    await expect(openStore({ file })).rejects.toMatchObject(unusable(/it is no SQLite database$/));
    expect(await readFile(file, "utf8")).toBe("not a database ".repeat(1000));
  });

  it("says that a store is damaged", async () => {
    await using folder = await tempFolder();
    const file = join(folder.path, "state.db");
    await withStore(file, async (store) => {
      await publishScan(store, { records: Array.from({ length: 500 }, (_, n) => recordOf(`/${n}`, { n })) });
    });
    await damage(file);
    const attempt = withStore(file, async (store) => {
      await store.verify();
    });
    await expect(attempt).rejects.toMatchObject(unusable(/^Cannot (open|use) the state store ".*": it is damaged$/));
  });

  it("refuses a folder", async () => {
    await using folder = await tempFolder();
    await expect(openStore({ file: folder.path })).rejects.toMatchObject(unusable(/it is no regular file$/));
  });

  it("refuses a path through a file, and a loop of links", async () => {
    await using folder = await tempFolder();
    await writeFile(join(folder.path, "file"), "");
    await symlink("loop", join(folder.path, "loop"));
    await expect(openStore({ file: join(folder.path, "file", "state.db") })).rejects.toMatchObject(
      unusable(/a part of the path is no folder$/),
    );
    await expect(openStore({ file: join(folder.path, "loop") })).rejects.toMatchObject(
      unusable(/the path is a loop of links$/),
    );
  });

  it("refuses a folder it cannot write to", async () => {
    await using folder = await readOnlyFolder(async (path) => {
      await using elsewhere = await tempFolder();
      await withStore(join(elsewhere.path, "old.db"));
      await copyFile(join(elsewhere.path, "old.db"), join(path, "old.db"));
      await mkdir(join(path, "sub"));
    });
    const why = /: (permission denied|the file system is read-only)$/;
    for (const name of ["new.db", "deep/er/new.db"]) {
      const attempt = openStore({ file: join(folder.path, name) });
      await expect(attempt).rejects.toMatchObject(unusable(why));
      await expect(attempt).rejects.toThrow("Cannot create the state store");
    }
    const attempt = openStore({ file: join(folder.path, "old.db") });
    await expect(attempt).rejects.toMatchObject(unusable(why));
    await expect(attempt).rejects.toThrow("Cannot write to the state store");
  });
});

/** Overwrites the middle of the file, schema and first pages left alone. */
async function damage(file: string): Promise<void> {
  const handle = await open(file, "r+");
  const { size } = await handle.stat();
  const start = Math.floor(size / 4096 / 3) * 4096;
  await handle.write(Buffer.alloc(Math.floor(size / 2), 0xa5), 0, undefined, start);
  await handle.close();
}

interface FullDisk extends AsyncDisposable {
  readonly file: string;
  readonly store: Store;
  enlarge(): void;
}

/** The limit of pages is for this connection alone: the next one has room. */
async function limitedPages(): Promise<FullDisk> {
  const folder = await tempFolder();
  const file = join(folder.path, "state.db");
  const store = await openStore({ file, maxPages: 700 });
  return { file, store, enlarge: () => undefined, [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose]() };
}

async function smallDisk(): Promise<FullDisk> {
  const disk = await mountDisk("size=4m");
  const file = join(disk.path, "state.db");
  const store = await openStore({ file });
  return {
    file,
    store,
    enlarge: () => disk.remount("size=64m"),
    [Symbol.asyncDispose]: () => disk[Symbol.asyncDispose](),
  };
}

const PAGES = { name: "a limit of pages", open: limitedPages };
/** A real file system where this process may make one; the limit gives the same error of the database everywhere. */
const FULL = (await canMount()) ? [PAGES, { name: "a small file system", open: smallDisk }] : [PAGES];

describe("a full disk", () => {
  const records = (n: number) =>
    Array.from({ length: 200 }, (_, index) => recordOf(`/${index}`, { n, text: "x".repeat(2000) }));

  async function fill(store: Store): Promise<void> {
    await using lease = await leaseOf(store);
    const writer = await store.beginScan(lease, { revision: "r2", startedAt: "2027-01-02T00:00:00.000Z" });
    for (let n = 2; n < 50; n++)
      await writer.stage(records(n).map((record) => ({ ...record, resource: refOf(`/${n}${record.resource.id}`) })));
  }

  async function expectIntact(store: Store): Promise<void> {
    expect(await store.record("edge", refOf("/7"))).toMatchObject({ document: { n: 1 } });
    expect(await store.verify()).toEqual([]);
    expect(await store.lastScans()).toMatchObject([{ revision: "r1" }]);
  }

  it.each(FULL)("is told as such, and leaves the store as it was ($name)", async ({ open: openFull }) => {
    await using disk = await openFull();
    await publishScan(disk.store, { records: records(1) });
    await expect(fill(disk.store)).rejects.toMatchObject(
      unusable(/^Cannot use the state store ".*": (the disk is full|reading or writing the disk failed)$/),
    );
    await expectIntact(disk.store);
    await disk.store[Symbol.asyncDispose]();
    await withStore(disk.file, expectIntact);
    disk.enlarge();
    await withStore(disk.file, async (store) => {
      await publishScan(store, { revision: "r3", records: records(3) });
      expect(await store.record("edge", refOf("/7"))).toMatchObject({ document: { n: 3 } });
      expect(await store.verify()).toEqual([]);
    });
  });
});
