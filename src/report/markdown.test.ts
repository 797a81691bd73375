import { describe, expect, it } from "vitest";
import type { Finding } from "../model/finding.ts";
import type { ScanResult } from "../model/scan-result.ts";
import { buildChange, buildFinding, buildResult, buildTarget, calmResult, NOW } from "./fixtures/build-result.ts";
import { richResult } from "./fixtures/rich-result.ts";
import { MARKDOWN_LIMIT, renderMarkdown } from "./markdown.ts";
import { code, fence, plain } from "./markdown-text.ts";

const OPTIONS = { explain: false, now: NOW };

function withFinding(members: Partial<Finding>): string {
  return renderMarkdown(buildResult({ findings: [buildFinding({ id: "f_aaaaaaaaaaaa", ...members })] }), OPTIONS);
}

/** A finding whose texts are as long as they get. */
function longFinding(index: number): Finding {
  const text = "long-".repeat(400);
  return buildFinding({
    id: `f_${String(index)
      .padStart(12, "a")
      .replaceAll(/[0189]/g, "z")}`,
    resource: `/srv/${index}/${text}`,
    title: text,
    changes: Array.from({ length: 30 }, (_, change) =>
      buildChange({ path: `/${change}/${text}`, desired: text, actual: `${text}!` }),
    ),
  });
}

describe("renderMarkdown", () => {
  it("opens with the counts, and shows each finding in the table and in the details", () => {
    const text = renderMarkdown(richResult(), OPTIONS);
    expect(text.split("\n")[0]).toBe(
      "## 🔴 Production drift: 10 findings: 2 critical, 5 warning, 3 informational (1 pending, 1 acknowledged, 1 snoozed, 1 accepted), 4 unchecked",
    );
    for (const { id } of richResult().findings) expect(text.split(`\`${id}\``)).toHaveLength(3);
  });

  it("closes what it opens", () => {
    const text = renderMarkdown(richResult(), OPTIONS);
    expect(text.split("<details>").length).toBe(text.split("</details>").length);
    expect(text.match(/^```/gm)).toHaveLength(2 * richResult().findings.length);
  });

  it.each<[string, ScanResult, string]>([
    ["a target in sync", calmResult(), "🟢"],
    ["a finding that counts", buildResult({ findings: [buildFinding({ id: "f_aaaaaaaaaaaa" })] }), "🔴"],
    [
      "findings that were all decided on",
      buildResult({ findings: [buildFinding({ id: "f_aaaaaaaaaaaa", status: "accepted" })] }),
      "🟢",
    ],
    [
      "an answer that is missing",
      buildResult({ targets: [buildTarget({ verdict: "incomplete" })], unchecked: richResult().unchecked }),
      "🟡",
    ],
    ["a target that could not be opened", buildResult({ targets: [buildTarget({ verdict: "failed" })] }), "🟡"],
  ])("gives %s its sign", (_, result, sign) => {
    expect(renderMarkdown(result, OPTIONS).startsWith(`## ${sign} `)).toBe(true);
  });

  it.each([1, 50, 5000])("stays within what GitHub takes with %d findings of the longest texts", (count) => {
    const findings = Array.from({ length: count }, (_, index) => longFinding(index));
    const unchecked = Array.from({ length: count }, (_, index) => ({
      target: "edge",
      kind: "host/file",
      at: "local",
      resource: `/root/${index}/${"x".repeat(500)}`,
      path: null,
      reason: "denied" as const,
      detail: "y".repeat(500),
    }));
    const targets = Array.from({ length: count }, (_, index) => buildTarget({ name: `target-${index}` }));
    const warnings = Array.from({ length: count }, () => "w".repeat(500));
    const text = renderMarkdown(buildResult({ targets, findings, unchecked, warnings, resolved: findings }), OPTIONS);
    expect(text.length).toBeLessThanOrEqual(MARKDOWN_LIMIT);
    expect(text.split("<details>").length).toBe(text.split("</details>").length);
  });

  it("says how many findings it leaves out", () => {
    const findings = Array.from({ length: 5000 }, (_, index) => longFinding(index));
    const text = renderMarkdown(buildResult({ findings }), OPTIONS);
    const shown = text.split("\n").filter((line) => line.startsWith("| 🔴")).length;
    expect(shown).toBeGreaterThan(20);
    expect(text).toContain(`${(5000 - shown).toLocaleString("en-US")} more findings are not shown here`);
    expect(text).toMatch(/the details of 4,9\d\d more findings: they did not fit here/);
  });

  it("keeps a table row in one line with its five cells, whatever the texts", () => {
    const row = withFinding({ title: "a | b\n`c", resource: "/x|y`z\\|\n", at: "h|h" })
      .split("\n")
      .find((line) => line.startsWith("| 🔴"));
    expect(row?.match(/(?<!\\)\|/g)).toHaveLength(6);
  });

  it("lets no text end the block of a diff", () => {
    const text = withFinding({
      changes: [buildChange({ path: "/content", desired: "a\n", actual: "```\n# owned\n````\n" })],
    });
    expect(text).toContain("`````diff\n");
    expect(text).toContain("\n`````\n");
  });

  it("mentions nobody outside of code", () => {
    const text = withFinding({ title: "@root changed #12 at https://example.com for @team", decision: null });
    const outside = text
      .replace(/`[^`]*`/g, "")
      .replace(/<code>.*?<\/code>/g, "")
      .replace(/&#(\d+);/g, (_, number) => String.fromCharCode(number));
    expect(outside).not.toMatch(/[@#]\w/);
    expect(outside).not.toContain("://");
  });
});

describe("plain", () => {
  it.each([
    ["HTML", "<img src=x onerror=alert(1)>", "&#60;img src=x onerror=alert(1)&#62;"],
    [
      "emphasis, links and code",
      "*a* _b_ [c](d) `e` ~~f~~",
      "&#42;a&#42; &#95;b&#95; &#91;c&#93;(d) &#96;e&#96; &#126;&#126;f&#126;&#126;",
    ],
    ["cells of a table", "a|b", "a&#124;b"],
    ["mentions and references", "@root #1 GH-2", "@&#8203;root #&#8203;1 GH-&#8203;2"],
    ["lines", "a\n# b", "a&#92;n# b"],
  ])("takes the meaning of %s", (_, text, expected) => {
    expect(plain(text)).toBe(expected);
  });
});

describe("code", () => {
  it.each([
    ["a path", "/etc/hosts", "`/etc/hosts`"],
    ["a back quote", "a`b", "<code>a&#96;b</code>"],
    ["a bar", "a|b", "<code>a&#124;b</code>"],
    ["HTML with a bar", "<b>|", "<code>&#60;b&#62;&#124;</code>"],
    ["nothing", "", "<code></code>"],
  ])("shows %s as it is", (_, text, expected) => {
    expect(code(text)).toBe(expected);
  });
});

describe("fence", () => {
  it("is longer than any fence inside", () => {
    expect(fence("diff", ["+ ````"])).toBe("`````diff\n+ ````\n`````");
  });
});
