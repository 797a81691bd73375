import { describe, expect, it } from "vitest";
import type { ClassifiedChange, Finding } from "../model/finding.ts";
import { diffLines } from "./describe-change.ts";
import { buildChange, buildFinding } from "./fixtures/build-result.ts";

const LIMITS = { value: 80, lines: 6 };

function linesOf(change: Partial<ClassifiedChange>, finding: Partial<Finding> = {}): readonly string[] {
  const { desired: _desired, baseline: _baseline, actual: _actual, ...bare } = buildChange();
  return diffLines(buildFinding({ id: "f_aaaaaaaaaaaa", ...finding, changes: [{ ...bare, ...change }] }), LIMITS);
}

describe("diffLines", () => {
  it("shows what is expected and what is there", () => {
    expect(linesOf({ desired: "0600", baseline: "0600", actual: "0644" })).toEqual(['/mode: "0600" → "0644"']);
  });

  it("tells a declared null from nothing declared", () => {
    expect(linesOf({ desired: null, baseline: "x", actual: "y" })).toEqual(['/mode: null → "y"']);
  });

  it("judges what nobody declared against the baseline, and says so", () => {
    expect(linesOf({ baseline: "a", actual: "b", cause: "external" })).toEqual([
      '/mode: "a" → "b"',
      "  (undeclared: judged against its baseline)",
    ]);
  });

  it("gives all three states of a conflict", () => {
    expect(linesOf({ desired: "a", baseline: "b", actual: "c", cause: "conflict" })).toEqual([
      '/mode: "a" → "c"',
      '  (last in sync as "b")',
    ]);
  });

  it("names the cause of a change where it is not that of the finding", () => {
    const lines = linesOf({ desired: "a", baseline: "a", actual: "c", cause: "undeployed" }, { cause: "out-of-band" });
    expect(lines).toContain("  (undeployed: the code moved on and is not rolled out)");
  });

  it("shows a set by what it lacks and what it has too much", () => {
    const set = { desired: ["a", "b"], actual: ["b", "c"], added: ["c"], removed: ["a"], path: "/groups" };
    expect(linesOf(set)).toEqual(["/groups: ".trim(), '  - "a"', '  + "c"']);
  });

  it("shows only the lines of a text that differ, and some around them", () => {
    const lines = Array.from({ length: 20 }, (_, index) => `line ${index}`);
    const desired = `${lines.join("\n")}\n`;
    expect(linesOf({ desired, actual: desired.replace("line 9\n", "line nine\n"), path: "/content" })).toEqual([
      "/content:",
      "    line 7",
      "    line 8",
      "  - line 9",
      "  + line nine",
      "    line 10",
      "    line 11",
    ]);
  });

  it("says how many lines it leaves out", () => {
    const added = Array.from({ length: 40 }, (_, index) => `user${index}`);
    const lines = linesOf({ desired: [], actual: added, added, removed: [], path: "/members" });
    expect(lines).toHaveLength(1 + LIMITS.lines);
    expect(lines.at(-1)).toBe("    … 35 more lines");
  });

  it("shows texts one after the other that have too little in common", () => {
    const text = (word: string) => Array.from({ length: 1500 }, (_, index) => `${word} ${index}`).join("\n");
    const lines = linesOf({ desired: text("old"), actual: text("new"), path: "/content" });
    expect(lines[1]).toBe("  - old 0");
    expect(lines.at(-1)).toBe("    … 2,995 more lines");
  });

  it("says that a secret changed, and never to what", () => {
    const secret = { desired: { $digest: "hmac-sha256:k1:aa" }, actual: { $digest: "hmac-sha256:k1:bb" } };
    expect(linesOf(secret)).toEqual(["/mode: (secret, changed)"]);
    expect(linesOf({ desired: { $sealed: true }, actual: { $digest: "hmac-sha256:k1:bb" } })).toEqual([
      "/mode: (secret, breaks its rule)",
    ]);
    expect(linesOf({ desired: { $secret: true } })).toEqual(["/mode: (secret) → (not set)"]);
  });

  it.each<[Finding["drift"], Partial<ClassifiedChange>, string]>([
    ["missing", { baseline: { mode: "0600" } }, "declared, and not there"],
    ["unmanaged", {}, "there, and not declared"],
    ["changed", { desired: { $absent: true }, actual: { mode: "0600" } }, "there, and declared to be absent"],
    [
      "moved",
      { desired: { at: "a", id: "x" }, actual: { at: "a", id: "y" } },
      "declared as /etc/ssl/private/edge.key, found as /new",
    ],
  ])("puts the presence of a %s resource into words", (drift, change, words) => {
    expect(linesOf({ path: "", ...change }, { drift, movedTo: "/new" })).toEqual([words]);
  });
});

describe("what is known besides", () => {
  const shown = (evidence: Finding["evidence"]) =>
    linesOf({ desired: "a", actual: "b" }, evidence === undefined ? {} : { evidence }).slice(1);

  it("stands behind the changes: a diff line by line, a text on one", () => {
    const diff = "--- desired\n+++ actual\n@@ -1,2 +1,2 @@\n same\n-old\u202e\n+new";
    expect(shown({ diff, installed_by: "openssh\nserver" })).toEqual([
      "diff:",
      "    @@ -1,2 +1,2 @@",
      "    same",
      "  - old\\u{202e}",
      "  + new",
      "installed_by: openssh\\nserver",
    ]);
  });

  it("is cut where it is long", () => {
    const lines = Array.from({ length: 9 }, (_, index) => `+${index}`);
    expect(shown({ diff: ["--- a", "+++ b", "@@ -0,0 +1,9 @@", ...lines].join("\n") }).at(-1)).toBe(
      "    … 5 more lines",
    );
  });
});
