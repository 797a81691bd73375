import { DatabaseSync } from "@photostructure/sqlite";
import { describe, expect, it } from "vitest";
import { collect, leaseOf, publishScan, recordOf, refOf, retiredOf, summaryOf, tempStore } from "./fixtures/stores.ts";

const count = (file: string, table: string): number => {
  using database = new DatabaseSync(file, { readOnly: true });
  return Number(database.prepare(`select count(*) as rows from ${table}`).get()?.rows);
};

async function* each<T>(pages: AsyncIterable<readonly T[]>): AsyncGenerator<T> {
  for await (const page of pages) yield* page;
}

describe("records", () => {
  it("gives back exactly what was staged, prototype names and large integers included", async () => {
    await using temp = await tempStore();
    const document = JSON.parse('{"__proto__":{"constructor":1},"toString":"x"}');
    const record = recordOf(
      "/etc/x",
      { ...document, size: 2n ** 63n, text: "a\u0000b\ud800" },
      { resource: refOf("/etc/x", { aliases: ["inode:7"] }) },
    );
    const absent = recordOf(
      "/etc/y",
      {},
      {
        presence: "absent",
        document: null,
        documentHash: null,
        inSyncKey: null,
        baseline: {
          presence: "absent",
          attributes: {},
          recordedAt: "2026-01-01T00:00:00.000Z",
          held: { "/a": "2025-01-01T00:00:00.000Z" },
          unobserved: ["/b"],
          factsVersion: "v2",
        },
      },
    );
    await publishScan(temp.store, { records: [record, absent] });
    const { retired: _, ...expected } = record;
    const { retired: __, ...expectedAbsent } = absent;
    expect(await temp.store.record("edge", refOf("/etc/x"))).toEqual(expected);
    expect(await temp.store.record("edge", refOf("/etc/y"))).toEqual(expectedAbsent);
  });

  it("keeps a baseline that is not the document apart from it", async () => {
    await using temp = await tempStore();
    const record = recordOf("/etc/x", { mode: "0644" });
    const baseline = { ...(record.baseline ?? never()), attributes: { mode: "0600" } };
    await publishScan(temp.store, { records: [{ ...record, baseline }] });
    expect(await temp.store.record("edge", record.resource)).toMatchObject({ document: { mode: "0644" }, baseline });
  });

  it("answers many in the order asked, and undefined for what it never saw", async () => {
    await using temp = await tempStore();
    const ids = Array.from({ length: 700 }, (_, index) => `/etc/${index}`);
    const elsewhere = recordOf("/etc/7", { n: "other" }, { resource: refOf("/etc/7", { at: "web-1" }) });
    await publishScan(temp.store, { records: [...ids.map((id, n) => recordOf(id, { n })), elsewhere] });
    const asked = [...ids.map((id) => refOf(id)).reverse(), refOf("/nowhere"), elsewhere.resource];
    const found = await temp.store.records("edge", asked);
    expect(found.map((record) => record?.document ?? null)).toEqual([
      ...ids.map((_, n) => ({ n })).reverse(),
      null,
      { n: "other" },
    ]);
    expect(await temp.store.records("other", [refOf("/etc/1")])).toEqual([undefined]);
  });

  it("shows nothing of a scan before it is published, and all of it after", async () => {
    await using temp = await tempStore();
    await publishScan(temp.store, { records: [recordOf("/a", { n: 1 })] });
    await using lease = await leaseOf(temp.store);
    const writer = await temp.store.beginScan(lease, { revision: "r2", startedAt: "2027-01-02T00:00:00.000Z" });
    await writer.stage([recordOf("/a", { n: 2 }), recordOf("/b", { n: 3 })]);
    const seen = async () =>
      (await temp.store.records("edge", [refOf("/a"), refOf("/b")])).map((record) => record?.document);
    expect(await seen()).toEqual([{ n: 1 }, undefined]);
    expect(await collect(each(temp.store.recordedResources("edge")))).toHaveLength(1);
    expect(await temp.store.history("edge", refOf("/a"))).toHaveLength(1);
    await writer.publish(summaryOf(), { findingIds: [], advance: () => [] });
    expect(await seen()).toEqual([{ n: 2 }, { n: 3 }]);
    expect(await collect(each(temp.store.recordedResources("edge")))).toHaveLength(2);
  });

  it("forgets a retired resource, which history keeps", async () => {
    await using temp = await tempStore();
    await publishScan(temp.store, { records: [recordOf("/a", { n: 1 }), recordOf("/b", { n: 1 })] });
    await publishScan(temp.store, { records: [retiredOf("/a")] });
    expect(await temp.store.record("edge", refOf("/a"))).toBeUndefined();
    const left = await collect(each(temp.store.recordedResources("edge")));
    expect(left).toMatchObject([{ resource: refOf("/b"), presence: "present", everDeclared: true }]);
    expect(left).toHaveLength(1);
    const history = await temp.store.history("edge", refOf("/a"));
    expect(history).toMatchObject([
      { document: { n: 1 }, retired: false },
      { document: null, retired: true },
    ]);
  });

  it("lists every recorded resource once, however many pages they fill, while records are staged", async () => {
    await using temp = await tempStore();
    const records = Array.from({ length: 2100 }, (_, n) =>
      recordOf(`/${n}`, { n: n % 10 }, { resource: refOf(`/${n}`, { at: `h${n % 3}` }) }),
    );
    await publishScan(temp.store, { records });
    await using lease = await leaseOf(temp.store);
    const writer = await temp.store.beginScan(lease, { revision: "r2", startedAt: "2027-01-02T00:00:00.000Z" });
    const seen = new Set<string>();
    for await (const { resource } of each(temp.store.recordedResources("edge"))) {
      if (seen.size % 500 === 0) await writer.stage([{ ...retiredOf(resource.id), resource }]);
      seen.add(`${resource.at}${resource.id}`);
    }
    expect(seen.size).toBe(2100);
  });

  it("stores equal documents once, and nothing for a scan that found everything unchanged", async () => {
    await using temp = await tempStore();
    const records = Array.from({ length: 50 }, (_, n) => recordOf(`/${n}`, { same: true }));
    await publishScan(temp.store, { records });
    expect([count(temp.file, "documents"), count(temp.file, "records")]).toEqual([1, 50]);
    await publishScan(temp.store);
    expect([count(temp.file, "documents"), count(temp.file, "records")]).toEqual([1, 50]);
    expect(await temp.store.record("edge", refOf("/7"))).toMatchObject({ document: { same: true } });
  });

  it("takes a hundred thousand records in batches", async () => {
    await using temp = await tempStore();
    await using lease = await leaseOf(temp.store);
    const writer = await temp.store.beginScan(lease, { revision: "r1", startedAt: "2027-01-01T00:00:00.000Z" });
    for (let start = 0; start < 100_000; start += 5000) {
      await writer.stage(Array.from({ length: 5000 }, (_, n) => recordOf(`/${start + n}`, { n: (start + n) % 1000 })));
    }
    await writer.publish(summaryOf(), { findingIds: [], advance: () => [] });
    expect([count(temp.file, "documents"), count(temp.file, "records")]).toEqual([1000, 100_000]);
    expect(await temp.store.record("edge", refOf("/99999"))).toMatchObject({ document: { n: 999 } });
  });

  it("keeps the later record of a resource that is staged twice, and no document of the earlier one", async () => {
    await using temp = await tempStore();
    await publishScan(temp.store, { records: [recordOf("/a", { n: 1 }), recordOf("/a", { n: 2 })] });
    expect(await temp.store.record("edge", refOf("/a"))).toMatchObject({ document: { n: 2 } });
    expect(count(temp.file, "documents")).toBe(1);
    expect(await temp.store.verify()).toEqual([]);
  });

  it("refuses a document under a hash that is not its own", async () => {
    await using temp = await tempStore();
    await expect(
      publishScan(temp.store, { records: [recordOf("/a", { n: 1 }, { documentHash: "0" })] }),
    ).rejects.toThrow("foreign hash");
  });
});

describe("history", () => {
  it("holds one entry a change, oldest first, with the revision scanned", async () => {
    await using temp = await tempStore();
    await publishScan(temp.store, { revision: "r1", records: [recordOf("/a", { n: 1 })] });
    await publishScan(temp.store, { revision: "r2", records: [recordOf("/a", { n: 1 }, { inSyncKey: null })] });
    await publishScan(temp.store, { revision: "r3", records: [recordOf("/a", { n: 2 })] });
    await publishScan(temp.store, { revision: "r4", records: [recordOf("/a", { n: 1 })] });
    const history = await temp.store.history("edge", refOf("/a"));
    expect(history.map(({ revision, document }) => [revision, document])).toEqual([
      ["r1", { n: 1 }],
      ["r3", { n: 2 }],
      ["r4", { n: 1 }],
    ]);
  });

  it("spans all places unless one is named", async () => {
    await using temp = await tempStore();
    const at = (place: string) => recordOf("/a", { place }, { resource: refOf("/a", { at: place }) });
    await publishScan(temp.store, { records: [at("web-2"), at("web-1")] });
    const places = async (resource: { kind: string; id: string; at?: string }) =>
      (await temp.store.history("edge", resource)).map((entry) => entry.at);
    expect(await places({ kind: "host/file", id: "/a" })).toEqual(["web-1", "web-2"]);
    expect(await places(refOf("/a", { at: "web-2" }))).toEqual(["web-2"]);
  });

  it("is empty for a target that was never scanned", async () => {
    await using temp = await tempStore();
    expect(await temp.store.history("edge", refOf("/a"))).toEqual([]);
  });
});

describe("scans", () => {
  it("gives the last whole scan of each target, newest first, with what it could not check", async () => {
    await using temp = await tempStore();
    const unchecked = {
      target: "edge",
      kind: "host/file",
      at: "local",
      resource: "/x",
      path: null,
      reason: "denied",
      detail: "no",
    } as const;
    const gap = {
      target: "edge",
      kind: "host/user",
      at: "local",
      resource: "root",
      path: "/password",
      reason: "write-only",
    } as const;
    const listings = new Map([["host/file\0local", "scope-1"]]);
    const folded = [{ reason: "volatile", count: 3 }];
    const summary = { verdict: "incomplete", unchecked: [unchecked], knownGaps: [gap], listings, folded } as const;
    await publishScan(temp.store, { revision: "r1", summary });
    await publishScan(temp.store, { target: "data", summary: { finishedAt: "2027-01-02T00:00:00.000Z" } });
    expect(await temp.store.lastScans()).toMatchObject([
      { target: "data", verdict: "in-sync", abandonedSince: null },
      { target: "edge", verdict: "incomplete", revision: "r1", folded, coverage: { declared: 1 } },
    ]);
    expect(await temp.store.unchecked("edge")).toEqual([unchecked]);
    expect(await temp.store.knownGaps("edge")).toEqual([gap]);
    expect(await temp.store.completeListings("edge")).toEqual(listings);
    expect(await temp.store.unchecked("data")).toEqual([]);
    expect(await temp.store.completeListings("nowhere")).toEqual(new Map());
  });

  it("keeps what is said of the whole target when only a part was scanned", async () => {
    await using temp = await tempStore();
    const unchecked = {
      target: "edge",
      kind: "k",
      at: "local",
      resource: "/x",
      path: null,
      reason: "denied",
      detail: "no",
    } as const;
    await publishScan(temp.store, { revision: "whole", summary: { verdict: "incomplete", unchecked: [unchecked] } });
    await publishScan(temp.store, {
      revision: "part",
      records: [recordOf("/a", { n: 1 })],
      summary: { partial: true },
    });
    expect(await temp.store.lastScans()).toMatchObject([{ revision: "whole", verdict: "incomplete" }]);
    expect(await temp.store.unchecked("edge")).toEqual([unchecked]);
    expect(await temp.store.record("edge", refOf("/a"))).toMatchObject({ document: { n: 1 } });
  });

  it("claims nothing of a target of which only a part was ever scanned", async () => {
    await using temp = await tempStore();
    await publishScan(temp.store, { summary: { partial: true } });
    expect(await temp.store.lastScans()).toEqual([]);
  });

  it("says that a later scan did not finish, until one does", async () => {
    await using temp = await tempStore();
    await publishScan(temp.store, { records: [recordOf("/a", { n: 1 })] });
    await using lease = await leaseOf(temp.store);
    const writer = await temp.store.beginScan(lease, { revision: "r2", startedAt: "2027-01-02T00:00:00.000Z" });
    await writer.stage([recordOf("/a", { n: 2 }), recordOf("/b", { n: 3 })]);
    await writer.abandon("interrupted");
    await writer.abandon("again");
    expect(await temp.store.lastScans()).toMatchObject([{ abandonedSince: { reason: "interrupted" } }]);
    expect([count(temp.file, "documents"), count(temp.file, "records")]).toEqual([1, 1]);
    await lease[Symbol.asyncDispose]();
    await publishScan(temp.store);
    expect(await temp.store.lastScans()).toMatchObject([{ abandonedSince: null }]);
  });

  it("removes what an earlier process left staged", async () => {
    await using temp = await tempStore();
    await using lease = await leaseOf(temp.store);
    const left = await temp.store.beginScan(lease, { revision: "r1", startedAt: "2027-01-01T00:00:00.000Z" });
    await left.stage([recordOf("/left", { n: 1 })]);
    const next = await temp.store.beginScan(lease, { revision: "r2", startedAt: "2027-01-02T00:00:00.000Z" });
    expect(next.id).toBeGreaterThan(left.id);
    expect([count(temp.file, "documents"), count(temp.file, "records")]).toEqual([0, 0]);
    await expect(left.stage([recordOf("/late", { n: 1 })])).rejects.toThrow("published or abandoned");
  });

  it("keeps facts by their version", async () => {
    await using temp = await tempStore();
    await using lease = await leaseOf(temp.store);
    const writer = await temp.store.beginScan(lease, { revision: "r1", startedAt: "2027-01-01T00:00:00.000Z" });
    await writer.stageFacts("v1", { kind: "host/file", big: 2n ** 70n });
    await writer.stageFacts("v1", { kind: "never written" });
    expect(await temp.store.facts("v1")).toEqual({ kind: "host/file", big: 2n ** 70n });
    expect(await temp.store.facts("v2")).toBeUndefined();
  });
});

function never(): never {
  throw new Error("The fixture has a baseline");
}
