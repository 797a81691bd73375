import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { fingerprintOf, proofOf, signOf } from "./fingerprint.ts";
import type { FileStat, Naming } from "./transport.ts";

const STAT: FileStat = {
  ...{ type: "file", mode: 0o644, uid: 1, gid: 2, size: 3n, device: 4n },
  ...{ inode: 5n, modifiedNs: 6_000_000_000n, changedNs: 7_000_000_000n },
};
const NAMING: Naming = { basis: "b", users: new Map([[1, "one"]]), groups: new Map([[2, "two"]]) };

describe("the sign of a path", () => {
  it.each<[string, Partial<FileStat>, Partial<Naming>]>([
    ["its type", { type: "fifo" }, {}],
    ["its mode", { mode: 0o4644 }, {}],
    ["its owner", { uid: 9 }, {}],
    ["its group", { gid: 9 }, {}],
    ["its size", { size: 9n }, {}],
    ["its inode", { inode: 9n }, {}],
    ["when its content changed", { modifiedNs: 6_000_000_001n }, {}],
    ["when anything of it changed", { changedNs: 7_000_000_001n }, {}],
    ["where it points", { linkTarget: Buffer.from("x") }, {}],
    ["the name of its owner", {}, { users: new Map([[1, "other"]]) }],
    ["the name of its group", {}, { groups: new Map() }],
    ["what packages put where", {}, { basis: "c" }],
  ])("is another one with %s", (_, stat, naming) => {
    const sign = signOf(STAT, NAMING);
    expect(sign).toEqual(signOf({ ...STAT }, { ...NAMING }));
    expect(signOf({ ...STAT, ...stat }, { ...NAMING, ...naming })).not.toEqual(sign);
  });

  it("is the same on another device, whose number changes with a restart", () => {
    expect(signOf({ ...STAT, device: 99n }, NAMING)).toEqual(signOf(STAT, NAMING));
  });

  it("is none where the system does not say which file it is, or when it changed", () => {
    const { inode: _, ...unidentified } = STAT;
    const { changedNs: __, ...undated } = STAT;
    expect([signOf(unidentified, NAMING), signOf(undated, NAMING)]).toEqual([undefined, undefined]);
  });
});

describe("a fingerprint", () => {
  const sha256 = createHash("sha256").update("text").digest("hex");

  it("proves the content", () => {
    const made = fingerprintOf({ stat: STAT, sha256, lookedAt: 20_000 }, NAMING);
    expect(made).toEqual({ sign: signOf(STAT, NAMING), proof: proofOf(sha256) });
    expect(proofOf(sha256)).not.toEqual(proofOf(undefined));
  });

  it.each([
    ["before", 5000, undefined],
    ["as", 7000, undefined],
    ["a second after", 8000, undefined],
    ["two seconds after", 9000, undefined],
    ["longer after", 9001, expect.anything()],
  ])("is given only of what was looked at well after it changed: %s", (_, lookedAt, made) => {
    expect(fingerprintOf({ stat: STAT, sha256, lookedAt }, NAMING)).toEqual(made);
  });
});
