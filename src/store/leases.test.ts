import { DatabaseSync } from "@photostructure/sqlite";
import { describe, expect, it, vi } from "vitest";
import { startChild } from "./fixtures/children.ts";
import { leaseOf, publishScan, recordOf, summaryOf, tempStore } from "./fixtures/stores.ts";
import { openStore } from "./open-store.ts";
import type { LeaseHolder } from "./store.ts";

function change(file: string, set: string): void {
  using database = new DatabaseSync(file, { timeout: 5000 });
  database.exec(`update leases set ${set}`);
}

function expiryIn(file: string): string {
  using database = new DatabaseSync(file, { readOnly: true });
  return String(database.prepare("select expires_at from leases").get()?.expires_at);
}

describe("a lease", () => {
  it("lets one process after the other work on a target, each with a higher token", async () => {
    await using temp = await tempStore();
    const tokens: number[] = [];
    for (let turn = 0; turn < 3; turn++) {
      await using lease = await leaseOf(temp.store);
      tokens.push(lease.token);
    }
    expect(tokens).toEqual([1, 2, 3]);
  });

  it("keeps no two targets from each other", async () => {
    await using temp = await tempStore();
    await using _edge = await leaseOf(temp.store, "edge");
    await using data = await leaseOf(temp.store, "data");
    expect(data.target).toBe("data");
  });

  it("names the process that holds the target when waiting is over", async () => {
    await using temp = await tempStore();
    await using child = startChild("hold-lease", [temp.file, "edge"]);
    await child.says("holding");
    const told: LeaseHolder[] = [];
    const waiting = temp.store.acquireLease("edge", {
      waitMs: 300,
      signal: new AbortController().signal,
      onWait: (holder) => told.push(holder),
    });
    await expect(waiting).rejects.toMatchObject({
      code: "STORE_BUSY",
      message: expect.stringMatching(
        new RegExp(`^Cannot take target "edge": process ${child.pid} on ".+" has held it since `),
      ),
      hint: expect.any(String),
    });
    expect(told).toMatchObject([{ pid: child.pid }]);
  });

  it("waits until the other process gives the target back", async () => {
    await using temp = await tempStore();
    await using child = startChild("hold-lease", [temp.file, "edge"]);
    await child.says("holding");
    await using lease = await temp.store.acquireLease("edge", {
      waitMs: 30_000,
      signal: new AbortController().signal,
      onWait: () => child.tell("go"),
    });
    expect(lease.token).toBe(2);
  });

  it("succeeds a holder that was killed without waiting for its lease to run out", async () => {
    await using temp = await tempStore();
    await using child = startChild("hold-lease", [temp.file, "edge"]);
    await child.says("holding");
    await child.kill();
    await using lease = await leaseOf(temp.store);
    expect(lease.token).toBe(2);
  });

  it("does not take another process for the holder that once had its pid", async () => {
    await using temp = await tempStore();
    await using _held = await leaseOf(temp.store);
    change(temp.file, "process_start = '1'");
    await using lease = await leaseOf(temp.store);
    expect(lease.token).toBe(2);
  });

  it("does not judge a process of another machine by its pid", async () => {
    await using temp = await tempStore();
    await using _held = await leaseOf(temp.store);
    change(temp.file, "machine = 'elsewhere', host = 'web-7', pid = 999999999");
    await expect(leaseOf(temp.store)).rejects.toThrow('process 999999999 on "web-7"');
  });

  it("is succeeded when it ran out, after which its old holder writes nothing more", async () => {
    await using temp = await tempStore();
    await using old = await leaseOf(temp.store);
    const writer = await temp.store.beginScan(old, { revision: "r1", startedAt: "2027-01-01T00:00:00.000Z" });
    change(temp.file, "machine = 'elsewhere', expires_at = '2020-01-01T00:00:00.000Z'");
    await using successor = await leaseOf(temp.store);
    const next = await temp.store.beginScan(successor, { revision: "r2", startedAt: "2027-01-02T00:00:00.000Z" });
    const lost = {
      code: "STORE_BUSY",
      message: expect.stringMatching(/^Cannot write to target "edge": process \d+ on/),
    };
    await expect(writer.stage([recordOf("/a", { n: 1 })])).rejects.toMatchObject(lost);
    await expect(writer.publish(summaryOf(), { findingIds: [], advance: () => [] })).rejects.toMatchObject(lost);
    await writer.abandon("lost its lease");
    await old[Symbol.asyncDispose]();
    await next.stage([recordOf("/b", { n: 1 })]);
    await next.publish(summaryOf(), { findingIds: [], advance: () => [] });
    expect(await temp.store.lastScans()).toMatchObject([{ revision: "r2" }]);
  });

  it("is renewed while it is held, and no longer", async () => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
    try {
      await using temp = await tempStore();
      const lease = await leaseOf(temp.store);
      const past = "2020-01-01T00:00:00.000Z";
      change(temp.file, `expires_at = '${past}'`);
      vi.advanceTimersByTime(10_000);
      await vi.waitFor(() => expect(expiryIn(temp.file) > past).toBe(true));
      await lease[Symbol.asyncDispose]();
      expect(vi.getTimerCount()).toBe(0);
    } finally {
      vi.useRealTimers();
    }
  });

  it("writes nothing after it was given back", async () => {
    await using temp = await tempStore();
    const lease = await leaseOf(temp.store);
    await lease[Symbol.asyncDispose]();
    const begun = temp.store.beginScan(lease, { revision: "r1", startedAt: "2027-01-01T00:00:00.000Z" });
    await expect(begun).rejects.toThrow('Cannot write to target "edge": it was given back');
  });

  it("ends waiting when it is interrupted", async () => {
    await using temp = await tempStore();
    await using _held = await leaseOf(temp.store);
    const controller = new AbortController();
    const waiting = temp.store.acquireLease("edge", {
      waitMs: 60_000,
      signal: controller.signal,
      onWait: () => controller.abort(),
    });
    await expect(waiting).rejects.toMatchObject({ code: "INTERRUPTED" });
  });

  it("is held against another connection of the same process too", async () => {
    await using temp = await tempStore();
    await using other = await openStore({ file: temp.file });
    await using _held = await leaseOf(temp.store);
    await expect(leaseOf(other)).rejects.toMatchObject({ code: "STORE_BUSY" });
  });

  it("goes to exactly one of many who ask at once", async () => {
    await using temp = await tempStore();
    await using other = await openStore({ file: temp.file });
    const asked = await Promise.allSettled([temp.store, other, temp.store, other].map((store) => leaseOf(store)));
    const held = asked.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
    expect(held).toHaveLength(1);
    for (const lease of held) await lease[Symbol.asyncDispose]();
    await publishScan(other);
  });
});
