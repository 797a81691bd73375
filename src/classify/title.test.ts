import { describe, expect, it } from "vitest";
import type { Change, Drift } from "../model/drift.ts";
import { fillTitle, genericTitle } from "./title.ts";

function drift(change: Partial<Change>, more: Partial<Drift> = {}): { drift: Drift; change: Change } {
  const whole: Change = { path: "/mode", cause: "out-of-band", ...change };
  return {
    change: whole,
    drift: {
      resource: { kind: "host/file", at: "here", id: "/etc/motd" },
      drift: "changed",
      cause: "out-of-band",
      observedAt: "2026-01-01T00:00:00.000Z",
      changes: [whole],
      ...more,
    },
  };
}

function fill(title: string, change: Partial<Change>, more: Partial<Drift> = {}): string {
  const made = drift(change, more);
  return fillTitle(title, made.drift, made.change);
}

describe("filling a title", () => {
  it("fills in every placeholder", () => {
    const change = { desired: "0600", actual: "0644", added: ["a", "b"], removed: [1] };
    expect(fill("{id} {path} {before} {after} {added} {removed}", change)).toBe("/etc/motd mode 0600 0644 a, b 1");
  });

  it.each<[string, Partial<Change>, string]>([
    ["nothing for what is not there", {}, "nothing"],
    ["nothing for null", { actual: null }, "nothing"],
    ["empty for an empty text", { actual: "" }, "empty"],
    ["a list of texts without quotes", { actual: ["a", "b"] }, "[a, b]"],
    ["an object as JSON", { actual: { a: 1n, b: [true] } }, '{"a":"1","b":[true]}'],
    ["(secret) for a digest", { actual: "hmac-sha256:k1:0a1b2c" }, "(secret)"],
    ["(secret) for a digest in a list", { actual: ["hmac-sha256:k1:0a1b2c"] }, "[(secret)]"],
    ["(secret) for a digest deep inside", { actual: { a: { b: "hmac-sha256:k1:0a1b2c" } } }, '{"a":{"b":"(secret)"}}'],
    ["(secret) for a digest as declared", { actual: { a: { $digest: "hmac-sha256:k1:0a" } } }, '{"a":"(secret)"}'],
    ["one line for several", { actual: "a\nb\r\n\tc" }, "a b c"],
    ["no control character", { actual: "a\u001b[31mb\u202ec" }, "a\u{fffd}[31mb\u{fffd}c"],
  ])("shows %s", (_, change, text) => {
    expect(fill("{after}", change)).toBe(text);
  });

  it("cuts a long value by characters, not in the middle of one", () => {
    expect([...fill("{after}", { actual: "😀".repeat(100) })]).toHaveLength(60);
    expect(fill("{after}", { actual: "x".repeat(60) })).toBe("x".repeat(60));
    expect(fill("{after}", { actual: "x".repeat(61) })).toBe(`${"x".repeat(59)}…`);
  });

  it("shows the baseline where a constraint is declared, and the constraint where there is none", () => {
    expect(fill("{before}", { desired: { $oneOf: ["a"] }, baseline: "b" })).toBe("b");
    expect(fill("{before}", { desired: { $oneOf: ["a"] } })).toBe('{"$oneOf":["a"]}');
  });

  it("does not fill in what a value brings along", () => {
    expect(fill("{after} {id}", { actual: "{before}" })).toBe("{before} /etc/motd");
  });
});

describe("the title of what no rule matches", () => {
  it.each<[Partial<Change>, Partial<Drift>, string]>([
    [{ desired: "0600", actual: "0644" }, {}, "host/file /etc/motd: mode is 0644 instead of 0600"],
    [{ desired: "0600" }, {}, "host/file /etc/motd: mode is gone (was 0600)"],
    [{ actual: "0600" }, {}, "host/file /etc/motd: mode is 0600"],
    [{ added: ["a"], removed: ["b"] }, {}, "host/file /etc/motd: mode changed: a added, b removed"],
    [{ path: "" }, { drift: "missing" }, "host/file /etc/motd is missing"],
    [{ path: "" }, { drift: "unmanaged" }, "host/file /etc/motd is there, but not declared"],
    [{ path: "" }, { drift: "changed" }, "host/file /etc/motd is there, but declared absent"],
    [
      { path: "" },
      { drift: "moved", movedTo: { kind: "host/file", at: "here", id: "/etc/motd2" } },
      "host/file /etc/motd has moved to /etc/motd2",
    ],
  ])("of %j and %j says so", (change, more, title) => {
    const made = drift(change, more);
    expect(genericTitle(made.drift, made.change)).toBe(title);
  });
});
