import { describe, expect, it } from "vitest";
import { collect, publishScan, tempStore } from "./fixtures/stores.ts";
import type { KnownHead } from "./store.ts";

const HEAD: KnownHead = {
  ...{ basis: "b", revision: "r1", desiredHash: "d", size: 2, isComplete: true },
  provenAt: "2026-01-01T00:00:00.000Z",
};
const [FIRST, SECOND] = [Uint32Array.of(1, 0xffffffff, 0x12345678), Uint32Array.of(7)];

describe("what is known of a target", () => {
  it("is given back as it was published, and of no other target", async () => {
    await using temp = await tempStore();
    expect(await temp.store.known("edge")).toBeUndefined();
    await publishScan(temp.store, { summary: { known: { head: HEAD, records: [FIRST, SECOND] } } });
    expect(await temp.store.known("edge")).toEqual(HEAD);
    expect(await collect(temp.store.knownRecords("edge"))).toEqual([FIRST, SECOND]);
    expect(await temp.store.known("other")).toBeUndefined();
    expect(await collect(temp.store.knownRecords("other"))).toEqual([]);
  });

  it("is replaced as a whole, or only in what it holds for", async () => {
    await using temp = await tempStore();
    await publishScan(temp.store, { summary: { known: { head: HEAD, records: [FIRST, SECOND] } } });
    const proven = { ...HEAD, provenAt: "2026-01-02T00:00:00.000Z" };
    await publishScan(temp.store, { summary: { known: { head: proven } } });
    expect(await temp.store.known("edge")).toEqual(proven);
    expect(await collect(temp.store.knownRecords("edge"))).toEqual([FIRST, SECOND]);
    await publishScan(temp.store, { summary: { known: { head: { ...HEAD, size: 1 }, records: [SECOND] } } });
    expect(await collect(temp.store.knownRecords("edge"))).toEqual([SECOND]);
  });

  it("stays as it is after a scan that says nothing of it", async () => {
    await using temp = await tempStore();
    await publishScan(temp.store, { summary: { known: { head: HEAD, records: [FIRST] } } });
    await publishScan(temp.store);
    expect(await temp.store.known("edge")).toEqual(HEAD);
  });
});
