import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { kindScope } from "./kind-scope.ts";

const FILE = "host/file";

describe("kindScope", () => {
  it("takes the entries that mean the kind, and exclude wins", () => {
    const { inScope } = kindScope(FILE, {
      include: ["host/file:/etc/**", "host/user:*", "host/*:/srv/*"],
      exclude: ["host/file:/etc/mtab"],
    });
    expect(["/etc/a/b", "/srv/x", "/etc/mtab", "root", "/srv/x/y"].map(inScope)).toEqual([
      true,
      true,
      false,
      false,
      false,
    ]);
  });

  it("knows the literal starts, and of a part only those that it has in common with the scope", () => {
    const scope = { include: ["host/file:/etc/**", "host/file:/srv/a*"], exclude: [] };
    expect(kindScope(FILE, scope).prefixes).toEqual(["/etc/", "/srv/a"]);
    expect(kindScope(FILE, scope, ["host/file:/etc/ssh/**", "host/file:/srv/**", "host/user"]).prefixes).toEqual([
      "/etc/ssh/",
      "/srv/a",
    ]);
    expect(kindScope(FILE, scope, ["host/user"]).prefixes).toEqual([]);
  });

  it.each([
    ["/etc/", true],
    ["/", true],
    ["/etc/cache/", false],
    ["/etc/cache/deep/", false],
    ["/etc/cached/", true],
    ["/var/", false],
    ["/srv/one/conf/", true],
    ["/srv/one/data/", false],
    ["/lit/a**/", true],
  ])("says whether anything may begin with %s: %s", (start, answer) => {
    const include = ["host/file:/etc/**", "host/file:/srv/*/conf/*", "host/file:/lit/**"];
    const exclude = ["host/file:/etc/cache/**", "host/file:**.bak", "host/file:/lit/a\\**", "host/user:**"];
    expect(kindScope(FILE, { include, exclude }).mayHold(start)).toBe(answer);
  });

  it.each([
    ["/etc/", false],
    ["/etc/ssh/", true],
    ["/etc/cache/", false],
    ["/", false],
    ["/srv/one/conf/", false],
    ["/lit/b/", true],
    ["/lit/", false],
  ])("says whether all that begins with %s may be in scope: %s", (start, answer) => {
    const include = ["host/file:/etc/**", "host/file:/srv/*/conf/*", "host/file:/lit/**"];
    const exclude = ["host/file:/etc/cache/**", "host/file:**.bak", "host/file:/lit/a\\**", "host/user:**"];
    const { holdsAll } = kindScope(FILE, {
      include: [...include, "host/file:/lit/a/**"],
      exclude: [...exclude, "host/file:/lit/a/**"],
    });
    expect(holdsAll(start)).toBe(answer);
  });

  it("never says of a start that all may be in scope where something that begins so cannot", () => {
    const text = fc.string({ unit: fc.constantFrom("a", "b", "/", "*", "**", "?", "\\"), maxLength: 6 });
    const entries = fc.array(
      text.map((glob) => `${FILE}:${glob}`),
      { maxLength: 3 },
    );
    const id = fc.string({ unit: fc.constantFrom("a", "b", "/", "*"), maxLength: 6 });
    fc.assert(
      fc.property(entries, entries, id, fc.nat(6), (include, exclude, id, length) => {
        const { holdsAll, mayHold } = kindScope(FILE, { include, exclude });
        if (holdsAll(id.slice(0, length))) expect(mayHold(id)).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  it("never says no to the start of an id that is in scope", () => {
    const text = fc.string({ unit: fc.constantFrom("a", "b", "/", "*", "**", "?", "\\"), maxLength: 6 });
    const entries = fc.array(
      text.map((glob) => `${FILE}:${glob}`),
      { maxLength: 3 },
    );
    const id = fc.string({ unit: fc.constantFrom("a", "b", "/", "*"), maxLength: 6 });
    fc.assert(
      fc.property(entries, entries, id, fc.nat(6), (include, exclude, id, length) => {
        const { inScope, mayHold, prefixes } = kindScope(FILE, { include, exclude });
        if (!inScope(id)) return;
        expect(mayHold(id.slice(0, length))).toBe(true);
        expect(prefixes.some((prefix) => id.startsWith(prefix))).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });
});
