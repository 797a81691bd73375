/** The schema of SARIF 2.1.0 as its authors publish it in a package of their own. */
import SCHEMA from "@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json" with { type: "json" };
import Ajv from "ajv-draft-04";
import addFormats from "ajv-formats";
import { describe, expect, it } from "vitest";
import type { ScanResult } from "../model/scan-result.ts";
import { buildFinding, buildResult, buildTarget, calmResult } from "./fixtures/build-result.ts";
import { richResult } from "./fixtures/rich-result.ts";
import { renderSarif } from "./sarif.ts";

function validator() {
  // The schema has a pattern that is no Unicode pattern.
  const ajv = new Ajv.default({ strict: false, allErrors: true, unicodeRegExp: false });
  addFormats.default(ajv);
  return ajv.compile(SCHEMA);
}

function runOf(result: ScanResult) {
  return JSON.parse(renderSarif(result, "0.1.0")).runs[0];
}

const one = (members: Parameters<typeof buildFinding>[0]) =>
  runOf(buildResult({ findings: [buildFinding(members)] })).results[0];

describe("renderSarif", () => {
  it.each<[string, ScanResult]>([
    ["everything", richResult()],
    ["a target in sync", calmResult()],
    ["nothing", buildResult({ targets: [] })],
  ])("is valid against the schema of SARIF 2.1.0 for %s", (_, result) => {
    const validate = validator();
    validate(JSON.parse(renderSarif(result, "0.1.0")));
    expect(validate.errors).toBeNull();
  });

  it("is checked by a validator that refuses what is not SARIF", () => {
    const log = JSON.parse(renderSarif(richResult(), "0.1.0"));
    log.runs[0].results[0].level = "critical";
    expect(validator()(log)).toBe(false);
  });

  it("puts a finding on the line that declares it", () => {
    const result = one({ id: "f_aaaaaaaaaaaa", declaredAt: { file: "desired/a b/ö:1.yaml", line: 7 } });
    expect(result.locations[0].physicalLocation).toEqual({
      artifactLocation: { uri: "desired/a%20b/%C3%B6%3A1.yaml", uriBaseId: "SRCROOT" },
      region: { startLine: 7 },
    });
  });

  it("gives a finding that nobody declares a file too, because code scanning refuses results without one", () => {
    const result = one({ id: "f_aaaaaaaaaaaa", declaredAt: null });
    expect(result.locations[0].physicalLocation.artifactLocation.uri).toBe("leeway.yaml");
  });

  it.each([
    ["critical", "error"],
    ["warning", "warning"],
    ["informational", "note"],
  ] as const)("calls %s %s", (severity, level) => {
    expect(one({ id: "f_aaaaaaaaaaaa", severity }).level).toBe(level);
  });

  it("identifies results by the id of the finding, and points each at its rule", () => {
    const run = runOf(richResult());
    for (const result of run.results) {
      expect(result.partialFingerprints["leewayFindingId/v1"]).toBe(result.properties.id);
      expect(run.tool.driver.rules[result.ruleIndex].id).toBe(result.ruleId);
    }
    const ids = run.tool.driver.rules.map(({ id }: { id: string }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).toContain("host/private-key-readable");
    expect(ids).toContain("leeway/missing");
  });

  it("marks what a person decided as suppressed, and what nobody decided not", () => {
    const suppressed = runOf(richResult()).results.map(
      ({ properties, suppressions }: { properties: { status: string }; suppressions?: { status: string }[] }) => [
        properties.status,
        suppressions?.[0]?.status,
      ],
    );
    expect(new Map(suppressed)).toEqual(
      new Map([
        ["open", undefined],
        ["pending", undefined],
        ["acknowledged", "underReview"],
        ["snoozed", "underReview"],
        ["accepted", "accepted"],
      ]),
    );
  });

  it("does not call a scan successful that left something unchecked", () => {
    const { invocations } = runOf(richResult());
    expect(invocations.map(({ executionSuccessful }: { executionSuccessful: boolean }) => executionSuccessful)).toEqual(
      [false, true, false],
    );
    expect(invocations[0].toolExecutionNotifications).toHaveLength(4);
    expect(invocations[0].toolExecutionNotifications[0].message.text).toBe(
      "Not checked: host/file /root/.netrc at local: EACCES: permission denied",
    );
    expect(invocations[2].toolExecutionNotifications[0]).toMatchObject({ level: "error" });
  });

  it.each(["failed", "incomplete", "stale"] as const)("does not call a %s target successful", (verdict) => {
    const { invocations } = runOf(buildResult({ targets: [buildTarget({ verdict })] }));
    expect(invocations[0].executionSuccessful).toBe(false);
  });
});
