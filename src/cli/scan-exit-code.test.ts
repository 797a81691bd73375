import { describe, expect, it } from "vitest";
import type { Finding, Severity, Status } from "../model/finding.ts";
import type { ScanResult, Verdict } from "../model/scan-result.ts";
import { FAIL_ON, type FailOn, scanExitCode } from "./scan-exit-code.ts";

interface Case {
  readonly verdicts?: readonly Verdict[];
  readonly findings?: readonly (readonly [Severity, Status])[];
  readonly unchecked?: number;
}

function resultOf({ verdicts = ["drifted"], findings = [], unchecked = 0 }: Case): ScanResult {
  return {
    targets: verdicts.map((verdict, index) => ({
      name: `t${index}`,
      connector: "host",
      verdict,
      revision: "0".repeat(40),
      startedAt: "2027-01-01T00:00:00.000Z",
      finishedAt: "2027-01-01T00:00:01.000Z",
      coverage: { declared: 1, checked: 1, unchecked, unmanaged: 0, folded: 0, knownGaps: 0 },
      orphansLookedFor: true,
      failure: verdict === "failed" ? { message: "Cannot open it", hint: null } : null,
    })),
    findings: findings.map(([severity, status], index) => findingOf(`f_${index}`, severity, status)),
    resolved: [],
    transitions: [],
    unchecked: Array.from({ length: unchecked }, (_, index) => ({
      target: "t0",
      kind: "host/file",
      at: "local",
      resource: `/${index}`,
      path: null,
      reason: "denied",
      detail: "permission denied",
    })),
    knownGaps: [],
    folded: [],
    folds: [],
    warnings: [],
  };
}

function findingOf(id: string, severity: Severity, status: Status): Finding {
  const at = "2027-01-01T00:00:00.000Z";
  return {
    id,
    target: "t0",
    kind: "host/file",
    at: "local",
    resource: `/etc/${id}`,
    drift: "changed",
    cause: "out-of-band",
    severity,
    type: "functional",
    title: "changed",
    rule: null,
    controls: [],
    changes: [],
    declaredAt: null,
    status,
    flapping: false,
    recurrence: 0,
    flaps: { score: 0, at },
    firstSeenAt: at,
    lastSeenAt: at,
    sinceAt: at,
    resolvedAt: null,
    resolution: null,
    occurredAt: null,
    latencySeconds: null,
    actor: null,
    decision: null,
  };
}

const exitCode = (given: Case, failOn: FailOn = "informational", respectGrace = false) =>
  scanExitCode(resultOf(given), failOn, { respectGrace });

describe("scanExitCode", () => {
  it.each<readonly [string, Case, number]>([
    ["everything in sync", { verdicts: ["in-sync"] }, 0],
    ["drift", { findings: [["informational", "open"]] }, 1],
    ["drift and something unchecked", { findings: [["warning", "open"]], unchecked: 1 }, 1],
    ["drift and a failed target", { verdicts: ["failed", "drifted"], findings: [["warning", "open"]] }, 1],
    ["something unchecked", { verdicts: ["incomplete"], unchecked: 1 }, 3],
    ["something unchecked beside drift that was accepted", { findings: [["critical", "accepted"]], unchecked: 1 }, 3],
    ["a stale target", { verdicts: ["stale", "in-sync"] }, 3],
    ["the only target failed", { verdicts: ["failed"] }, 2],
    ["all targets failed", { verdicts: ["failed", "failed"] }, 2],
    ["one of two targets failed", { verdicts: ["failed", "in-sync"] }, 3],
    ["one failed, one stale", { verdicts: ["failed", "stale"] }, 3],
  ])("gives for %s what the contract says", (_, given, expected) => {
    expect(exitCode(given)).toBe(expected);
  });

  it.each<readonly [Status, number]>([
    ["open", 1],
    ["pending", 1],
    ["acknowledged", 0],
    ["snoozed", 0],
    ["accepted", 0],
    ["resolved", 0],
  ])("with a critical finding that is %s gives %i", (status, expected) => {
    expect(exitCode({ findings: [["critical", status]] })).toBe(expected);
  });

  it("passes over pending findings, and no others, when grace is respected", () => {
    expect(exitCode({ findings: [["critical", "pending"]] }, "informational", true)).toBe(0);
    expect(exitCode({ findings: [["critical", "open"]] }, "informational", true)).toBe(1);
  });

  it.each<readonly [Severity, readonly number[]]>([
    ["critical", [1, 1, 1, 0]],
    ["warning", [0, 1, 1, 0]],
    ["informational", [0, 0, 1, 0]],
  ])("counts %s drift from each threshold on as it should", (severity, expected) => {
    expect(FAIL_ON).toEqual(["critical", "warning", "informational", "never"]);
    expect(FAIL_ON.map((failOn) => exitCode({ findings: [[severity, "open"]] }, failOn))).toEqual(expected);
  });

  it("says with --fail-on never what could not be checked or opened all the same", () => {
    expect(exitCode({ findings: [["critical", "open"]], unchecked: 1 }, "never")).toBe(3);
    expect(exitCode({ verdicts: ["failed", "drifted"], findings: [["critical", "open"]] }, "never")).toBe(3);
    expect(exitCode({ verdicts: ["failed"] }, "never")).toBe(2);
  });

  it("says so when drift below the threshold stands beside what could not be checked", () => {
    expect(exitCode({ findings: [["informational", "open"]], unchecked: 1 }, "critical")).toBe(3);
  });
});
