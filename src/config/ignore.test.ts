import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { IgnoreRule } from "./config.ts";
import { compileIgnore, type IgnoreSubject } from "./ignore.ts";
import { parseUntil } from "./until.ts";

const NOW = "2027-03-01T00:00:00.000Z";
const SUBJECT: IgnoreSubject = {
  target: "edge",
  resource: { kind: "host/package", at: "web-1", id: "openssl" },
  path: "/version",
  drift: "changed",
};
const FILE: IgnoreSubject = { ...SUBJECT, resource: { kind: "host/file", at: "web-1", id: "/etc/ssl/a/b.pem" } };

const covers = (rule: Omit<IgnoreRule, "reason">, subject = SUBJECT) =>
  compileIgnore([{ ...rule, reason: "why" }], NOW).ignore(subject) === "why";

describe("compileIgnore", () => {
  it.each([
    [{ kind: "host/package" }, true],
    [{ kind: "host/*" }, true],
    [{ kind: "host/file" }, false],
    [{ kind: "*" }, false],
    [{ kind: "**" }, true],
    [{ target: "edge" }, true],
    [{ target: "core" }, false],
    [{ at: "web-*" }, true],
    [{ at: "db-*" }, false],
    [{ id: "open???" }, true],
    [{ id: "open" }, false],
    [{ drift: "changed" }, true],
    [{ drift: "missing" }, false],
    [{ path: "/version" }, true],
    [{ path: "/v*" }, true],
    [{ path: "/other" }, false],
    [{ path: "" }, true],
    [{ kind: "host/package", at: "db-*" }, false],
  ] as const)("covers a difference where every pattern of %j matches: %s", (rule, expected) => {
    expect(covers(rule)).toBe(expected);
  });

  it.each([
    ["/etc/ssl/**", true],
    ["/etc/ssl/*", false],
    ["/etc/ssl/*/*.pem", true],
    ["/etc/ssl/a/b.pem", true],
    ["/etc/ssl", false],
  ])("reads the id pattern %s as a glob: %s", (id, expected) => {
    expect(covers({ id }, FILE)).toBe(expected);
  });

  it.each([
    ["/settings", "/settings/PermitRootLogin", true],
    ["/settings", "/settings", true],
    ["/settings", "/settingsX", false],
    ["/settings/*", "/settings", false],
    ["/settings/*", "/settings/a/b", true],
    ["/rules/*/cidr", "/rules/port=22/cidr/0", true],
    ["/rules/*/cidr", "/rules/port=22/proto", false],
    ["/a~1b", "/a~1b/c", true],
    ["/version", "", false],
    ["", "", true],
  ])("lets the path pattern %s cover %s and what is below it: %s", (path, changed, expected) => {
    expect(covers({ path }, { ...SUBJECT, path: changed })).toBe(expected);
  });

  it("covers whatever lies below a covered path", () => {
    const step = fc.constantFrom("a", "b", "*", "c*");
    const pointer = fc
      .array(fc.constantFrom("a", "b", "cd", "x"), { maxLength: 4 })
      .map((steps) => steps.map((each) => `/${each}`).join(""));
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 3 }), pointer, pointer, (steps, path, below) => {
        const pattern = steps.map((each) => `/${each}`).join("");
        if (covers({ path: pattern }, { ...SUBJECT, path }))
          expect(covers({ path: pattern }, { ...SUBJECT, path: path + below })).toBe(true);
      }),
    );
  });

  it("gives the reason of the first rule that covers", () => {
    const { ignore } = compileIgnore(
      [
        { kind: "host/file", reason: "one" },
        { id: "openssl", reason: "two" },
        { kind: "**", reason: "three" },
      ],
      NOW,
    );
    expect([ignore(SUBJECT), ignore(FILE)]).toEqual(["two", "one"]);
  });

  it("sets rules aside from the moment they end", () => {
    const rule = (until: string): IgnoreRule => ({ kind: "**", reason: until, until });
    const rules = [rule("2027-03-01"), rule("2027-03-01T01:00:00+02:00"), rule("2027-03-01T00:00:01Z")];
    const compiled = compileIgnore(rules, NOW);
    expect(compiled.expired).toEqual(rules.slice(0, 2));
    expect(compiled.ignore(SUBJECT)).toBe("2027-03-01T00:00:01Z");
  });

  it("knows which rules in force covered nothing", () => {
    const used: IgnoreRule = { kind: "host/package", reason: "a" };
    const shadowed: IgnoreRule = { id: "openssl", reason: "b" };
    const idle: IgnoreRule = { kind: "host/user", reason: "c" };
    const over: IgnoreRule = { kind: "host/group", reason: "d", until: "2020-01-01" };
    const compiled = compileIgnore([used, shadowed, idle, over], NOW);
    compiled.ignore(SUBJECT);
    expect(compiled.unused()).toEqual([shadowed, idle]);
  });

  it("has one fingerprint for rules that fold alike, and another when one ends", () => {
    const fingerprint = (...rules: IgnoreRule[]) => compileIgnore(rules, NOW).fingerprint;
    const rule: IgnoreRule = { kind: "host/file", reason: "a" };
    expect(fingerprint({ reason: "a", kind: "host/file" })).toBe(fingerprint(rule));
    expect(fingerprint({ ...rule, until: "2028-01-01" })).toBe(fingerprint(rule));
    expect(fingerprint({ ...rule, until: "2026-01-01" })).toBe(fingerprint());
    expect(fingerprint({ ...rule, path: "/mode" })).not.toBe(fingerprint(rule));
    expect(fingerprint({ ...rule, reason: "b" })).not.toBe(fingerprint(rule));
  });
});

describe("parseUntil", () => {
  it.each([
    ["2027-03-01", "2027-03-01T00:00:00.000Z"],
    ["2028-02-29", "2028-02-29T00:00:00.000Z"],
    ["2027-03-01T12:30Z", "2027-03-01T12:30:00.000Z"],
    ["2027-03-01T00:00:00+02:00", "2027-02-28T22:00:00.000Z"],
    ["2027-02-30", undefined],
    ["2027-02-29", undefined],
    ["2027-02-30T00:00:00Z", undefined],
    ["2027-13-01", undefined],
    ["2027-03-01T25:00:00Z", undefined],
    ["2027-03-01T12:00", undefined],
    ["01.03.2027", undefined],
    ["30d", undefined],
    ["", undefined],
  ])("takes %j for %s", (text, expected) => {
    expect(parseUntil(text)).toBe(expected);
  });
});
