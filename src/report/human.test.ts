import { describe, expect, it } from "vitest";
import type { ScanResult } from "../model/scan-result.ts";
import { buildChange, buildFinding, buildResult, buildTarget, calmResult, NOW } from "./fixtures/build-result.ts";
import { richResult } from "./fixtures/rich-result.ts";
import { renderFinding, renderHuman } from "./human.ts";
import type { HumanOptions } from "./human-context.ts";

const PLAIN: HumanOptions = { color: false, width: 100, explain: false, now: NOW };

function human(result: ScanResult, options: Partial<HumanOptions> = {}): string {
  return renderHuman(result, { ...PLAIN, ...options });
}

describe("renderHuman", () => {
  it("needs three lines when nothing drifted", () => {
    expect(human(calmResult())).toBe(
      `✓ Production is as declared at commit 9f3c2ab41d07
  edge: 212 declared · 212 checked · 0 unchecked · 0 unmanaged · 41 folded · 1 known gap
Nothing to do
`,
    );
  });

  it("tells one finding in full", () => {
    const [finding = buildFinding({ id: "f_aaaaaaaaaaaa" })] = richResult().findings;
    const targets = [
      buildTarget({ coverage: { declared: 3, checked: 3, unchecked: 0, unmanaged: 0, folded: 0, knownGaps: 0 } }),
    ];
    expect(human(buildResult({ targets, findings: [finding] }))).toBe(
      `edge  drifted  host · commit 9f3c2ab41d07 · 2026-11-24 10:00 UTC, 2.1 s

  ● critical security  Private key readable by everyone
    f_k7q2mznp4xra  host/file /etc/ssl/private/edge.key at local
    changed out of band: production was changed outside the workflow
      /mode  "0600" → "0644"
      /owner  "root" → "www-data"
    by root (pts/0 from 10.0.0.99), 2026-11-24 06:48 UTC (found 12 minutes later)
    since 2026-11-24 07:00 UTC (3 hours ago), declared at desired/edge/local/file.yaml:12
    rule host/private-key-readable · CIS Debian 12 6.1.9

Coverage
  edge: 3 declared · 3 checked · 0 unchecked · 0 unmanaged · 0 folded · 0 known gaps (drifted)

1 finding: 1 critical
Next: leeway show f_k7q2mznp4xra tells its story; put production right, or the code; or, where it may stay,
      leeway accept f_k7q2mznp4xra --until 30d --reason "…"
`,
    );
  });

  it("lists targets in their order and findings in theirs, most severe first", () => {
    const findings = [
      buildFinding({ id: "f_aaaaaaaaaaaa", target: "web" }),
      buildFinding({ id: "f_bbbbbbbbbbbb", target: "edge" }),
      buildFinding({ id: "f_cccccccccccc", target: "web", severity: "warning" }),
      buildFinding({ id: "f_dddddddddddd", target: "forgotten" }),
    ];
    const text = human(buildResult({ targets: [buildTarget(), buildTarget({ name: "web" })], findings }));
    const order = ["edge  ", "f_bbb", "web  ", "f_aaa", "f_ccc", "forgotten", "f_ddd"].map((part) =>
      text.indexOf(part),
    );
    expect(order).toEqual([...order].sort((left, right) => left - right));
    expect(order).not.toContain(-1);
  });

  it("puts two long values one below the other, cut to the width", () => {
    const changes = [buildChange({ path: "/sha256", desired: "a".repeat(300), actual: "b".repeat(300) })];
    const lines = human(buildResult({ findings: [buildFinding({ id: "f_aaaaaaaaaaaa", changes })] }), {
      width: 60,
    }).split("\n");
    const start = lines.indexOf("      /sha256");
    expect(lines[start + 1]).toMatch(/^ {8}− "a+…a*"? \(302 characters\)$/);
    expect(lines[start + 2]).toMatch(/^ {8}\+ "b+…b*"? \(302 characters\)$/);
    expect(Math.max(...lines.slice(start, start + 3).map((line) => line.length))).toBeLessThanOrEqual(60);
  });

  it("lets nothing from production act on the terminal, nor fake a line", () => {
    const evil = "x\u001b[2J\u009b31m\r\nfake: in sync\u202e";
    const result = buildResult({
      targets: [buildTarget({ name: evil, revision: evil, verdict: "failed", failure: { message: evil, hint: evil } })],
      findings: [
        buildFinding({
          id: "f_aaaaaaaaaaaa",
          resource: evil,
          at: evil,
          title: evil,
          rule: evil,
          actor: evil,
          controls: [{ framework: evil, id: evil }],
          declaredAt: { file: evil, line: 1 },
          status: "accepted",
          decision: { verb: "accept", by: evil, reason: evil, at: NOW, owner: evil, covers: [] },
          changes: [
            buildChange({ path: `/${evil}`, desired: evil, actual: { [evil]: evil } }),
            buildChange({ path: "/set", added: [evil], removed: [evil] }),
            buildChange({ path: "/text", desired: `${evil}\n`, actual: `${evil}\n${evil}\n` }),
          ],
        }),
      ],
      resolved: [buildFinding({ id: "f_bbbbbbbbbbbb", resource: evil, title: evil, resolution: "reverted" })],
      unchecked: [{ target: evil, kind: evil, at: evil, resource: evil, path: evil, reason: "denied", detail: evil }],
      knownGaps: [{ target: evil, kind: evil, at: evil, resource: evil, path: evil, reason: evil }],
      folded: [{ reason: evil, count: 1 }],
      folds: [{ target: evil, resource: { kind: evil, at: evil, id: evil }, path: evil, reason: evil }],
      warnings: [evil],
    });
    for (const explain of [false, true]) {
      const text = human(result, { explain });
      expect(text).toContain("x\\x1b[2J");
      expect(text.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Cf}]/u);
      // Lines of a text value stand deeper than any line of the report itself.
      expect(text).not.toMatch(/^ {0,7}fake/m);
    }
  });

  it("colours only where it may", () => {
    const control = "\u001b";
    expect(human(richResult())).not.toContain(control);
    const colored = human(richResult(), { color: true });
    expect(colored).toContain(`${control}[31m`);
    expect(colored.replaceAll(new RegExp(`${control}\\[\\d+m`, "g"), "")).toBe(human(richResult()));
  });

  it("counts what was folded, and lists it when asked to explain", () => {
    expect(human(richResult())).toContain("  38 ignored: patched by unattended-upgrades\n  3 same set\n");
    const explained = human(richResult(), { explain: true });
    expect(explained).toContain(
      "  edge: host/package openssl at local /version: ignored: patched by unattended-upgrades\n",
    );
    expect(explained).toContain("  edge: host/group docker at local /members: same set\n");
  });

  it("groups what is unchecked by its reason, and shortens long lists unless asked to explain", () => {
    const unchecked = Array.from({ length: 20 }, (_, index) => ({
      target: "edge",
      kind: "host/file",
      at: "local",
      resource: `/root/${index}`,
      path: null,
      reason: "denied" as const,
      detail: "EACCES",
    }));
    const result = buildResult({ targets: [buildTarget({ verdict: "incomplete" })], unchecked });
    expect(human(result)).toContain("  edge, denied: access was denied (20)\n    host/file /root/0 at local: EACCES\n");
    expect(human(result)).toContain("… and 12 more (--explain lists them)");
    expect(human(result, { explain: true })).toContain("host/file /root/19 at local: EACCES");
  });

  it.each([
    [
      "unchecked answers",
      buildResult({ targets: [buildTarget({ verdict: "incomplete" })], unchecked: richResult().unchecked }),
    ],
    ["a target that could not be opened", buildResult({ targets: [buildTarget({ verdict: "failed" })] })],
    ["a stale target", buildResult({ targets: [buildTarget({ verdict: "stale" })] })],
  ])("does not say that production is as declared with %s", (_, result) => {
    const text = human(result);
    expect(text).not.toContain("as declared");
    expect(text).not.toContain("In sync");
  });

  it("tells a finding alone as it does among others", () => {
    const [finding = buildFinding({ id: "f_aaaaaaaaaaaa" })] = richResult().findings;
    expect(human(richResult())).toContain(renderFinding(finding, PLAIN));
  });

  it("does not send a person after findings that were all decided on", () => {
    const text = human(buildResult({ findings: [buildFinding({ id: "f_aaaaaaaaaaaa", status: "accepted" })] }));
    expect(text).toMatch(/1 finding: 1 critical \(1 accepted\)\nNothing to do\n$/);
  });
});
