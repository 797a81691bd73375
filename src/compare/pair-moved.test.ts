import { describe, expect, it } from "vitest";
import type { Drift } from "../model/drift.ts";
import type { KindFacts } from "../model/facts.ts";
import type { JsonObject } from "../model/json.ts";
import { type Displaced, pairMoved } from "./pair-moved.ts";

const KIND: KindFacts = {
  kind: "test/file",
  summary: "a file",
  id: { description: "a path", example: "/x" },
  attributes: [],
  emptyIs: "value",
  identity: ["/sha256", "/link_target"],
  read: "nothing",
};

function displaced(id: string, drift: Drift["drift"], attributes: JsonObject): Displaced {
  const cause = drift === "missing" ? "out-of-band" : "orphaned";
  return {
    drift: {
      resource: { kind: "test/file", at: "here", id },
      drift,
      cause,
      changes: [{ path: "", cause }],
      observedAt: "2026-01-01T00:00:00.000Z",
    },
    attributes,
  };
}

const missing = (id: string, attributes: JsonObject) => displaced(id, "missing", attributes);
const unmanaged = (id: string, attributes: JsonObject) => displaced(id, "unmanaged", attributes);
const pairs = (from: readonly Displaced[], to: readonly Displaced[], kind = KIND) =>
  pairMoved(from, to, kind).moved.map(({ resource, movedTo }) => [resource.id, movedTo?.id]);

describe("pairMoved", () => {
  it("joins one missing and one unmanaged resource that are the same, with the cause of the missing one", () => {
    const from = missing("/a", { sha256: "1" });
    const to = unmanaged("/b", { sha256: "1" });
    const { moved, explained } = pairMoved([from], [to], KIND);
    expect(moved).toMatchObject([
      { drift: "moved", cause: "out-of-band", changes: [{ path: "", desired: { id: "/a" }, actual: { id: "/b" } }] },
    ]);
    expect([...explained]).toEqual([from.drift, to.drift]);
  });

  it.each<[string, Displaced[], Displaced[]]>([
    ["they differ in an identity attribute", [missing("/a", { sha256: "1" })], [unmanaged("/b", { sha256: "2" })]],
    [
      "two could have moved",
      [missing("/a", { sha256: "1" }), missing("/c", { sha256: "1" })],
      [unmanaged("/b", { sha256: "1" })],
    ],
    [
      "it could have moved to two",
      [missing("/a", { sha256: "1" })],
      [unmanaged("/b", { sha256: "1" }), unmanaged("/c", { sha256: "1" })],
    ],
    ["nothing is known of either", [missing("/a", {})], [unmanaged("/b", {})]],
  ])("joins nothing where %s", (_, from, to) => {
    expect(pairs(from, to)).toEqual([]);
  });

  it("joins nothing of a kind without identity", () => {
    const { identity: _, ...kind } = KIND;
    expect(pairs([missing("/a", { sha256: "1" })], [unmanaged("/b", { sha256: "1" })], kind)).toEqual([]);
  });
});
