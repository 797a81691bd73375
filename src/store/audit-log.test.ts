import { createHash } from "node:crypto";
import { DatabaseSync } from "@photostructure/sqlite";
import { describe, expect, it } from "vitest";
import { canonicalJson } from "../model/canonical-json.ts";
import {
  auditOf,
  collect,
  findingOf,
  leaseOf,
  opened,
  publishScan,
  recordOf,
  refOf,
  retiredOf,
  type TempStore,
  tempStore,
} from "./fixtures/stores.ts";

const day = (number: number) => new Date(Date.UTC(2027, 0, number)).toISOString();
const DAY_MS = 86_400_000;

async function storeWithEntries(count: number): Promise<TempStore> {
  const temp = await tempStore();
  for (let index = 1; index <= count; index++) await temp.store.appendAudit(auditOf(`f_${index}`, day(index)));
  return temp;
}

function tamper(file: string, statement: string): void {
  using database = new DatabaseSync(file, { timeout: 5000 });
  database.exec(statement);
}

function scanIds(file: string): number[] {
  using database = new DatabaseSync(file, { readOnly: true });
  return database
    .prepare("select id from scans order by id")
    .all()
    .map(({ id }) => Number(id));
}

describe("the audit log", () => {
  it("chains each entry to the one before by the hash of all its other members", async () => {
    await using temp = await storeWithEntries(3);
    const entries = await collect(temp.store.audit());
    expect(entries.map(({ sequence }) => sequence)).toEqual([1, 2, 3]);
    let previousHash = "0".repeat(64);
    for (const { hash, ...rest } of entries) {
      expect(rest.previousHash).toBe(previousHash);
      expect(hash).toBe(createHash("sha256").update(canonicalJson(rest)).digest("hex"));
      previousHash = hash;
    }
    expect(entries[0]).toMatchObject(auditOf("f_1", day(1)));
    expect(await temp.store.verify()).toEqual([]);
  });

  it("is read to its end however long it is", async () => {
    await using temp = await storeWithEntries(1100);
    expect(await collect(temp.store.audit())).toHaveLength(1100);
    expect(await temp.store.verify()).toEqual([]);
  });

  const swap = `update audit set body = replace(body, '"ann"', '"bob"')`;
  it.each([
    ["an entry that was altered", `${swap} where sequence = 2`, ["Audit log: entry 2 was altered"]],
    [
      "an entry that is none",
      "update audit set body = 'x' where sequence = 4",
      ["Audit log: entry 4 was altered", expect.any(String)],
    ],
    [
      "entries cut out of the middle",
      "delete from audit where sequence in (2, 3)",
      ["Audit log: entries 2 to 3 are missing"],
    ],
    [
      "entries cut off at the end",
      "delete from audit where sequence > 3",
      ["Audit log: it ends with entry 3, and entry 4 was the last one written"],
    ],
    ["entries cut off at the start", "delete from audit where sequence < 2", ["Audit log: entry 1 is missing"]],
    [
      "a log that was emptied",
      "delete from audit",
      ["Audit log: it ends with entry 0, and entry 4 was the last one written"],
    ],
    [
      "entries that changed places",
      "update audit set sequence = case sequence when 2 then -3 when 3 then -2 else sequence end; update audit set sequence = -sequence where sequence < 0",
      [
        "Audit log: entry 2 was altered",
        "Audit log: entry 3 was altered",
        "Audit log: entry 4 does not continue entry 3",
      ],
    ],
  ])("shows %s", async (_, statement, problems) => {
    await using temp = await storeWithEntries(4);
    tamper(temp.file, statement);
    expect(await temp.store.verify()).toEqual(problems);
  });

  it("shows an entry that was written anew with a fitting hash", async () => {
    await using temp = await storeWithEntries(3);
    const [, second] = await collect(temp.store.audit());
    if (second === undefined) throw new Error("The log has lost an entry");
    const { hash: _, ...rest } = { ...second, actor: "bob" };
    const forged = canonicalJson({ ...rest, hash: createHash("sha256").update(canonicalJson(rest)).digest("hex") });
    tamper(temp.file, `update audit set body = '${forged}' where sequence = 2`);
    expect(await temp.store.verify()).toEqual(["Audit log: entry 3 does not continue entry 2"]);
  });

  it("shows a start that was cut off behind a forged checkpoint", async () => {
    await using temp = await storeWithEntries(4);
    const [, second] = await collect(temp.store.audit());
    const checkpoint = JSON.stringify({ sequence: 2, hash: second?.hash });
    tamper(
      temp.file,
      `delete from audit where sequence <= 2; insert into meta values ('auditCheckpoint', '${checkpoint}')`,
    );
    expect(await temp.store.verify()).toEqual(["Audit log: its start up to entry 2 was removed, and no entry says so"]);
  });
});

describe("verify", () => {
  it.each([
    ["was altered", "update documents set body = '{\"n\":9}'", [/^Documents: "[0-9a-f]{64}" was altered$/]],
    ["is missing", "delete from documents", [/^Documents: 2 that records name are missing$/]],
    ["has lost its record", "delete from records", [/^Documents: 1 belong to no record$/]],
  ])("shows a document that %s", async (_, statement, problems) => {
    await using temp = await tempStore();
    await publishScan(temp.store, { records: [recordOf("/a", { n: 1 })] });
    expect(await temp.store.verify()).toEqual([]);
    tamper(temp.file, statement);
    expect(await temp.store.verify()).toEqual(problems.map((problem) => expect.stringMatching(problem)));
  });
});

describe("retention", () => {
  it("shortens the audit log behind a checkpoint from which the chain still verifies", async () => {
    await using temp = await storeWithEntries(10);
    await temp.store.prune(day(11), 4.5 * DAY_MS);
    const entries = await collect(temp.store.audit());
    expect(entries.map(({ sequence }) => sequence)).toEqual([7, 8, 9, 10, 11]);
    expect(entries.at(-1)).toMatchObject({ action: "audit.prune", details: { throughSequence: 6 } });
    expect(await temp.store.verify()).toEqual([]);
    await temp.store.prune(day(30), DAY_MS);
    expect((await collect(temp.store.audit())).map(({ sequence }) => sequence)).toEqual([11, 12]);
    expect(await temp.store.verify()).toEqual([]);
    await temp.store.appendAudit(auditOf("f_11", day(31)));
    expect(await temp.store.verify()).toEqual([]);
  });

  it("removes nothing, and says nothing, when all is young enough", async () => {
    await using temp = await storeWithEntries(3);
    await temp.store.prune(day(4), 30 * DAY_MS);
    expect(await collect(temp.store.audit())).toHaveLength(3);
  });

  it("removes superseded records and keeps every one in force, with its baseline", async () => {
    await using temp = await tempStore();
    const scan = (number: number, n: number) =>
      publishScan(temp.store, {
        revision: `r${number}`,
        records: [recordOf("/a", { n })],
        summary: { finishedAt: day(number) },
      });
    await publishScan(temp.store, { records: [recordOf("/still", { n: 0 })], summary: { finishedAt: day(1) } });
    await scan(1, 1);
    await scan(2, 2);
    await scan(20, 3);
    await temp.store.prune(day(21), 10 * DAY_MS);
    const history = await temp.store.history("edge", refOf("/a"));
    expect(history.map(({ document }) => document)).toEqual([{ n: 2 }, { n: 3 }]);
    expect(await temp.store.record("edge", refOf("/still"))).toMatchObject({
      document: { n: 0 },
      baseline: { attributes: { n: 0 } },
    });
    expect(await temp.store.lastScans()).toMatchObject([{ revision: "r20" }]);
    expect(await temp.store.verify()).toEqual([]);
  });

  it("removes scans that nothing needs any more, never the last one or what came of trying again", async () => {
    await using temp = await tempStore();
    const scan = (number: number, content: Parameters<typeof publishScan>[1] = {}) =>
      publishScan(temp.store, { ...content, summary: { finishedAt: day(number), ...content.summary } });
    const recorded = await scan(1, { records: [recordOf("/a", { n: 1 })] });
    await scan(2);
    const whole = await scan(3);
    await using lease = await leaseOf(temp.store);
    const abandoned = await temp.store.beginScan(lease, { revision: "r", startedAt: day(4) });
    await abandoned.abandon("interrupted");
    tamper(temp.file, `update scans set ended_at = '${day(4)}' where id = ${abandoned.id}`);
    await temp.store.prune(day(60), 10 * DAY_MS);
    expect(scanIds(temp.file)).toEqual([recorded.id, whole.id, abandoned.id]);
    expect(await temp.store.lastScans()).toMatchObject([{ id: whole.id, abandonedSince: { reason: "interrupted" } }]);
    await lease[Symbol.asyncDispose]();
    const next = await scan(61);
    await temp.store.prune(day(100), 10 * DAY_MS);
    expect(scanIds(temp.file)).toEqual([recorded.id, next.id]);
  });

  it("brings no retired resource back to life", async () => {
    await using temp = await tempStore();
    await publishScan(temp.store, { records: [recordOf("/a", { n: 1 })], summary: { finishedAt: day(1) } });
    await publishScan(temp.store, { records: [retiredOf("/a")], summary: { finishedAt: day(2) } });
    await publishScan(temp.store, { summary: { finishedAt: day(20) } });
    await temp.store.prune(day(21), 10 * DAY_MS);
    expect(await temp.store.record("edge", refOf("/a"))).toBeUndefined();
    expect(await temp.store.history("edge", refOf("/a"))).toEqual([]);
    expect(await temp.store.verify()).toEqual([]);
  });

  it("removes resolved findings with their transitions, and no other", async () => {
    await using temp = await tempStore();
    const resolved = (number: number) =>
      ({ status: "resolved", resolution: "reverted", resolvedAt: day(number) }) as const;
    const findings = [
      findingOf("f_old", resolved(1)),
      findingOf("f_new", resolved(20)),
      findingOf("f_open", { firstSeenAt: day(1) }),
    ];
    await publishScan(temp.store, { advance: () => findings.map(opened) });
    await temp.store.prune(day(21), 10 * DAY_MS);
    expect((await temp.store.findings()).map(({ id }) => id).sort()).toEqual(["f_new", "f_open"]);
    expect(await temp.store.transitions("f_old")).toEqual([]);
    expect(await temp.store.transitions("f_open")).toHaveLength(1);
  });
});
