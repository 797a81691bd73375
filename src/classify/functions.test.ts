import { describe, expect, it } from "vitest";
import { ruleFunctions } from "./functions.ts";

const functions = ruleFunctions({
  versionOrder: (a, b) => (/^\d/.test(a) && /^\d/.test(b) ? a.localeCompare(b, "en", { numeric: true }) : undefined),
});

function call(name: string, ...values: readonly unknown[]): unknown {
  const known = functions.find(({ signature }) => signature.startsWith(`${name}(`));
  if (known === undefined) throw new Error(`there is no function ${name}`);
  return known.call(...values);
}

describe("grants", () => {
  it.each([
    ["0644", "o+r", true],
    ["0640", "o+r", false],
    ["0640", "go+r", true],
    ["0646", "o+w", true],
    ["0775", "g+w", true],
    ["4755", "u+s", true],
    ["4755", "g+s", false],
    ["2755", "g+s", true],
    ["1777", "a+t", true],
    ["0777", "a+t", false],
    ["0700", "a+x", true],
    ["0600", "a+x", false],
    ["644", "o+r", true],
    [null, "o+r", false],
    ["rw-r--r--", "o+r", false],
    [420, "o+r", false],
  ])("says of mode %s and %s: %s", (mode, permissions, granted) => {
    expect(call("grants", mode, permissions)).toBe(granted);
  });

  it("refuses permissions that it cannot read", () => {
    expect(() => call("grants", "0644", "other+read")).toThrow('Cannot read permissions "other+read"');
  });
});

describe("gains", () => {
  it.each([
    ["0600", "0604", true],
    ["0604", "0600", false],
    ["0604", "0644", false],
    [null, "0604", true],
    ["0600", null, false],
  ])("says whether %s to %s opens it to others: %s", (before, after, gained) => {
    expect(call("gains", before, after, "o+r")).toBe(gained);
  });
});

describe("narrows", () => {
  it.each([
    ["0644", "0600", true],
    ["4755", "0755", true],
    ["0600", "0644", false],
    ["0640", "0604", false],
    ["0644", "0644", false],
    [null, "0600", false],
    ["0600", null, false],
  ])("says of %s to %s: %s", (before, after, narrower) => {
    expect(call("narrows", before, after)).toBe(narrower);
  });
});

describe("versionOlder", () => {
  it.each([
    ["1.9", "1.10", true],
    ["1.10", "1.9", false],
    ["1.9", "1.9", false],
    ["none", "1.9", false],
    [null, "1.9", false],
  ])("says of %s and %s: %s", (a, b, older) => {
    expect(call("versionOlder", a, b)).toBe(older);
  });
});

describe("sameRelease", () => {
  it.each([
    ["3.0.9-1", "3.0.11-1~deb12u2", true],
    ["1:9.2p1-2", "1:9.2p1-2+deb12u3", true],
    ["1:9.2p1-2", "9.2p1-2", false],
    ["1.22.1-9", "1.24.0-1", false],
    ["2.1", "3.1", false],
    ["6.1.76-1", "6.1.90-1", true],
    ["20230311", "20230312", false],
    ["abc", "abc", true],
    ["abc", "abd", false],
    [null, null, false],
  ])("says of %s and %s: %s", (a, b, same) => {
    expect(call("sameRelease", a, b)).toBe(same);
  });
});

describe("isPublic", () => {
  it.each([
    ["0.0.0.0", true],
    ["::", true],
    ["[::]", true],
    ["*", true],
    ["10.0.0.5", true],
    ["fe80::1%eth0", true],
    ["127.0.0.1", false],
    ["127.0.0.53%lo", false],
    ["::1", false],
    ["[::1]", false],
    ["0:0:0:0:0:0:0:1", false],
    ["::ffff:127.0.0.1", false],
    ["::ffff:10.0.0.5", true],
    ["localhost", false],
    ["something else", true],
    [null, false],
  ])("says of %s: %s", (address, open) => {
    expect(call("isPublic", address)).toBe(open);
  });
});

describe("hasAny", () => {
  it.each([
    [["a", "b"], ["b", "c"], true],
    [["a"], ["b"], false],
    [[], ["b"], false],
    [["a"], [], false],
    [null, ["b"], false],
  ])("says of %j and %j: %s", (list, wanted, found) => {
    expect(call("hasAny", list, wanted)).toBe(found);
  });
});
