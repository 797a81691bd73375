import { describe, expect, it } from "vitest";
import type { Json } from "../../model/json.ts";
import { comparerOf } from "./comparer.ts";

const version = comparerOf("version");

/** Each list ascends; every later one is greater than every earlier one. */
const ASCENDING: readonly (readonly [string, readonly string[]])[] = [
  ["Debian's tilde, end, letters, others", ["1.0~~", "1.0~~a", "1.0~", "1.0", "1.0a", "1.0+b1", "1.0.1"]],
  ["Debian's epochs", ["2.0", "1:0.1", "1:1.0-1", "2:0"]],
  ["Debian's revisions", ["1.2-1~bpo12+1", "1.2-1", "1.2-1+b1", "1.2-1+deb12u1", "1.2-1.1", "1.2-2", "1.2-10"]],
  ["OpenSSL packages", ["3.0.9-1", "3.0.11-1~deb12u1", "3.0.11-1~deb12u2", "3.0.13-1~deb12u1"]],
  ["OpenSSL's letters", ["1.0.2", "1.0.2k", "1.0.2zh", "1.1.1"]],
  ["RPM", ["1.0~rc1-1.el9", "1.0-1.el9", "1.0^20240101git-1.el9", "1.0.1-1.el9", "1.10-1.el9"]],
  [
    "semantic versions",
    [
      "1.0.0-alpha",
      "1.0.0-alpha.1",
      "1.0.0-alpha.beta",
      "1.0.0-beta",
      "1.0.0-beta.2",
      "1.0.0-beta.11",
      "1.0.0-rc.1",
      "1.0.0",
      "1.0.1-SNAPSHOT",
      "1.0.1",
    ],
  ],
  ["Git tags", ["v1.9.0", "v1.10.0-rc1", "v1.10.0", "v2.0.0"]],
  ["numbers too long for a number", ["1.99999999999999999998", "1.99999999999999999999"]],
];

describe("version", () => {
  it.each(ASCENDING)("orders %s", (_, versions) => {
    for (const [index, earlier] of versions.entries()) {
      for (const later of versions.slice(index + 1)) {
        expect(version.order(earlier, later), `${earlier} < ${later}`).toBeLessThan(0);
        expect(version.order(later, earlier), `${later} > ${earlier}`).toBeGreaterThan(0);
        expect(version.same(earlier, later)).toBe(false);
      }
    }
  });

  it.each<[Json, Json]>([
    ["1.0", "0:1.0"],
    ["1.0", "1.0-0"],
    ["1.01", "1.1"],
    ["1.a", "1.a0"],
    ["v1.2.3", "1.2.3"],
    ["1.0.0-rc.1", "1.0.0~rc.1"],
    ["00:1.0", "1.0"],
    [" 1.0\n", "1.0"],
    [2, "2"],
  ])("takes %j and %j for the same", (a, b) => {
    expect(version.same(a, b)).toBe(true);
    expect(version.order(a, b)).toBe(0);
    expect(version.canonical(a)).toBe(version.canonical(b));
  });

  it.each<[Json, Json]>([
    ["1.2", "1.2.0"],
    ["1.0", "1.0+dfsg"],
    ["0:1:2", "1:2"],
    ["1-2-0", "1-2"],
    ["1.0-rc1", "1.0~rc1"],
    ["latest", "1.0"],
    ["", "0"],
    ["1 0", "10"],
    [null, "0"],
  ])("tells %j from %j", (a, b) => {
    expect(version.same(a, b)).toBe(false);
    expect(version.order(a, b)).not.toBe(0);
    expect(version.canonical(a)).not.toEqual(version.canonical(b));
  });

  it("does not order what is no version", () => {
    expect(version.order("latest", "1.0")).toBeUndefined();
    expect(version.order("a:1", "1.0")).toBeUndefined();
    expect(version.order("latest", "latest")).toBe(0);
  });
});
