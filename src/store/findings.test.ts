import { describe, expect, it } from "vitest";
import { advance } from "../lifecycle/advance.ts";
import { decide } from "../lifecycle/decide.ts";
import { changeOf, digest, driftOf } from "../lifecycle/fixtures/findings.ts";
import type { Finding } from "../model/finding.ts";
import { auditOf, collect, findingOf, leaseOf, opened, publishScan, summaryOf, tempStore } from "./fixtures/stores.ts";
import { openStore } from "./open-store.ts";
import type { Store } from "./store.ts";

async function publishFindings(store: Store, ...findings: readonly Finding[]): Promise<void> {
  await publishScan(store, { findingIds: findings.map(({ id }) => id), advance: () => findings.map(opened) });
}

async function acknowledge(store: Store, id: string): Promise<Finding | undefined> {
  const decision = { verb: "ack", by: "ann", reason: "known", at: "2027-01-01T01:00:00.000Z" } as const;
  return await store.updateFinding(id, (finding) => decide(finding, decision, digest), auditOf(id));
}

describe("findings", () => {
  it("are given back as they were published, with their transitions", async () => {
    await using temp = await tempStore();
    const finding = findingOf("f_aaaa", {
      changes: [
        {
          path: "/size",
          actual: 2n ** 64n,
          cause: "external",
          severity: "warning",
          type: "cost",
          title: "t",
          rule: null,
          controls: [],
        },
      ],
      movedTo: "/y",
    });
    await publishFindings(temp.store, finding);
    expect(await temp.store.findings()).toEqual([finding]);
    expect(await temp.store.transitions("f_aaaa")).toEqual(opened(finding).transitions);
    expect(await temp.store.transitions("f_zzzz")).toEqual([]);
  });

  it("are filtered by target and status, in the order of their resources", async () => {
    await using temp = await tempStore();
    const all = [
      findingOf("f_3", { resource: "/b" }),
      findingOf("f_1", { resource: "/a" }),
      findingOf("f_2", {
        target: "data",
        status: "resolved",
        resolution: "reverted",
        resolvedAt: "2027-01-01T00:00:00.000Z",
      }),
    ];
    await publishFindings(temp.store, ...all);
    const ids = async (filter?: Parameters<Store["findings"]>[0]) =>
      (await temp.store.findings(filter)).map(({ id }) => id);
    expect(await ids()).toEqual(["f_2", "f_1", "f_3"]);
    expect(await ids({ target: "edge" })).toEqual(["f_1", "f_3"]);
    expect(await ids({ statuses: ["resolved"] })).toEqual(["f_2"]);
    expect(await ids({ target: "edge", statuses: ["resolved"] })).toEqual([]);
    expect(await ids({ statuses: [] })).toEqual([]);
  });

  it("are found by any prefix of their id, taken literally", async () => {
    await using temp = await tempStore();
    await publishFindings(temp.store, findingOf("f_abcd"), findingOf("f_abzz"), findingOf("f_xbcd"));
    const ids = async (prefix: string) => (await temp.store.findingsByPrefix(prefix)).map(({ id }) => id);
    expect(await ids("f_ab")).toEqual(["f_abcd", "f_abzz"]);
    expect(await ids("abc")).toEqual(["f_abcd"]);
    expect(await ids("_bcd")).toEqual([]);
    expect(await ids("%")).toEqual([]);
  });

  it("are handed to the scan that is published: every unresolved one of the target, and those it names", async () => {
    await using temp = await tempStore();
    const resolved = { status: "resolved", resolution: "reverted", resolvedAt: "2027-01-01T00:00:00.000Z" } as const;
    await publishFindings(
      temp.store,
      findingOf("f_open"),
      findingOf("f_back", resolved),
      findingOf("f_done", resolved),
      findingOf("f_other", { target: "data" }),
    );
    let seen: string[] = [];
    const names = Array.from({ length: 600 }, (_, index) => `f_unknown${index}`);
    await publishScan(temp.store, {
      findingIds: ["f_back", "f_open", ...names],
      advance: (stored) => {
        seen = stored.map(({ id }) => id).sort();
        return [];
      },
    });
    expect(seen).toEqual(["f_back", "f_open"]);
  });

  it("are left as they were when a scan fails to be published", async () => {
    await using temp = await tempStore();
    await publishFindings(temp.store, findingOf("f_1"));
    const failing = publishScan(temp.store, {
      advance: () => {
        throw new Error("a bug");
      },
    });
    await expect(failing).rejects.toThrow("a bug");
    expect(await temp.store.findings()).toEqual([findingOf("f_1")]);
    await publishScan(temp.store);
  });
});

describe("a person's decision", () => {
  it("is written with its transition and its audit entry", async () => {
    await using temp = await tempStore();
    await publishFindings(temp.store, findingOf("f_1"));
    const finding = await acknowledge(temp.store, "f_1");
    expect(finding).toMatchObject({ status: "acknowledged", decision: { by: "ann" } });
    expect(await temp.store.findings()).toEqual([finding]);
    const transitions = await temp.store.transitions("f_1");
    expect(transitions.map(({ transition }) => transition)).toEqual(["opened", "acknowledged"]);
    expect(await collect(temp.store.audit())).toMatchObject([{ sequence: 1, subject: "f_1", reason: "known" }]);
  });

  it("leaves nothing behind when it is refused", async () => {
    await using temp = await tempStore();
    await publishFindings(
      temp.store,
      findingOf("f_1", { status: "resolved", resolution: "reverted", resolvedAt: "2027-01-01T00:00:00.000Z" }),
    );
    await expect(acknowledge(temp.store, "f_1")).rejects.toMatchObject({ code: "USAGE" });
    expect(await collect(temp.store.audit())).toEqual([]);
    expect(await temp.store.transitions("f_1")).toHaveLength(1);
  });

  it("says that there is no such finding, and writes nothing", async () => {
    await using temp = await tempStore();
    expect(await acknowledge(temp.store, "f_none")).toBeUndefined();
    expect(await collect(temp.store.audit())).toEqual([]);
  });

  it("that is made during a scan by another connection is not lost when the scan is published", async () => {
    await using temp = await tempStore();
    await using person = await openStore({ file: temp.file });
    const change = changeOf({ path: "/mode", actual: "0644" });
    await publishFindings(temp.store, findingOf("f_1", { changes: [change] }));
    await using lease = await leaseOf(temp.store);
    const writer = await temp.store.beginScan(lease, { revision: "r2", startedAt: "2027-01-01T00:30:00.000Z" });
    await acknowledge(person, "f_1");
    const now = "2027-01-01T02:00:00.000Z";
    const drift = driftOf({ changes: [change], observedAt: now });
    const outcome = { is: "drifting", id: "f_1", drift } as const;
    const steps = await writer.publish(summaryOf(), {
      findingIds: ["f_1"],
      advance: (stored) =>
        stored.flatMap((finding) => {
          return advance({ stored: finding, outcome, policy: { graceMs: 0 }, now, digest }) ?? [];
        }),
    });
    expect(steps).toMatchObject([{ finding: { status: "acknowledged" }, transitions: [] }]);
    expect(await person.findings()).toMatchObject([
      { status: "acknowledged", decision: { by: "ann" }, lastSeenAt: "2027-01-01T02:00:00.000Z" },
    ]);
  });

  it("does not fail beside another that is written at the same time", async () => {
    await using temp = await tempStore();
    await using other = await openStore({ file: temp.file });
    await publishFindings(temp.store, findingOf("f_1"), findingOf("f_2"));
    const all = Array.from({ length: 40 }, (_, index) =>
      acknowledge(index % 2 === 0 ? temp.store : other, `f_${1 + (index % 2)}`),
    );
    await Promise.all(all);
    expect((await collect(temp.store.audit())).map(({ sequence }) => sequence)).toEqual(
      all.map((_, index) => index + 1),
    );
    expect(await temp.store.verify()).toEqual([]);
  });
});
