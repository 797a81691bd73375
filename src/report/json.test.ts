import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { describe, expect, it } from "vitest";
import type { ScanResult } from "../model/scan-result.ts";
import { buildChange, buildFinding, buildResult, calmResult } from "./fixtures/build-result.ts";
import { richResult } from "./fixtures/rich-result.ts";
import { renderJson, toReport } from "./json.ts";
import { reportSchemaText } from "./report-v1.ts";

const SCHEMA_FILE = "../../schemas/leeway.report.v1.schema.json";

function validator() {
  const ajv = new Ajv2020({ strict: true, allErrors: true });
  addFormats.default(ajv);
  return ajv.compile(JSON.parse(reportSchemaText()));
}

describe("leeway.report/v1", () => {
  it("is published as the schema that its definition gives (vitest -u writes it)", async () => {
    await expect(reportSchemaText()).toMatchFileSnapshot(SCHEMA_FILE);
  });

  it.each<[string, ScanResult]>([
    ["with everything", richResult()],
    ["of a target in sync", calmResult()],
    ["of nothing at all", buildResult({ targets: [] })],
  ])("holds for a report %s", (_, result) => {
    const validate = validator();
    const isValid = validate(JSON.parse(renderJson(result)));
    expect(validate.errors).toBeNull();
    expect(isValid).toBe(true);
  });

  it.each<[string, (report: { [member: string]: unknown; findings: { changes: unknown[] }[] }) => void]>([
    ["an unknown member", (report) => Object.assign(report, { extra: 1 })],
    ["an unknown member of a finding", (report) => Object.assign(report.findings[0] ?? {}, { extra: 1 })],
    ["an unknown member of a change", (report) => Object.assign(report.findings[0]?.changes[0] ?? {}, { extra: 1 })],
    ["an unknown severity", (report) => Object.assign(report.findings[0] ?? {}, { severity: "high" })],
    ["an id that is none", (report) => Object.assign(report.findings[0] ?? {}, { id: "f_1" })],
    ["a finding without a change", (report) => Object.assign(report.findings[0] ?? {}, { changes: [] })],
    ["another version", (report) => Object.assign(report, { schema: "leeway.report/v2" })],
    ["a missing list", (report) => delete report["unchecked"]],
  ])("refuses %s", (_, spoil) => {
    const report = JSON.parse(renderJson(richResult()));
    spoil(report);
    expect(validator()(report)).toBe(false);
  });
});

describe("renderJson", () => {
  it("has the members that the contract names", () => {
    const report = JSON.parse(renderJson(richResult()));
    expect(report).toMatchObject({
      schema: "leeway.report/v1",
      targets: [
        {
          name: "edge",
          verdict: "drifted",
          revision: "9f3c2ab41d07c5e8f6b1a2d3c4e5f60718293a4b",
          coverage: { knownGaps: 1 },
        },
        {},
        {},
      ],
      folded: [{ reason: "ignored: patched by unattended-upgrades", count: 38 }, {}],
    });
    expect(report.findings[0]).toMatchObject({
      id: "f_k7q2mznp4xra",
      target: "edge",
      kind: "host/file",
      at: "local",
      resource: "/etc/ssl/private/edge.key",
      drift: "changed",
      cause: "out-of-band",
      severity: "critical",
      type: "security",
      status: "open",
      flapping: false,
      rule: "host/private-key-readable",
      occurredAt: "2026-11-24T06:48:00.000Z",
      latencySeconds: 721,
      actor: "root (pts/0 from 10.0.0.99)",
      declaredAt: { file: "desired/edge/local/file.yaml", line: 12 },
    });
    expect(report.findings[0].changes[0]).toMatchObject({
      path: "/mode",
      desired: "0600",
      baseline: "0600",
      actual: "0644",
      cause: "out-of-band",
      rule: "host/private-key-readable",
    });
    expect(report.unchecked[1]).toEqual({
      target: "edge",
      kind: "host/file",
      at: "local",
      resource: "/etc/shadow",
      path: "/sha256",
      reason: "denied",
      detail: "EACCES: permission denied",
    });
  });

  it("writes an integer beyond 2^53 as its digits", () => {
    expect(renderJson(richResult())).toContain('"actual": 9007199254740995');
  });

  it("tells a null from a value that is not there", () => {
    const { actual: _, ...bare } = buildChange({ desired: null });
    const [change] =
      toReport(buildResult({ findings: [buildFinding({ id: "f_aaaaaaaaaaaa", changes: [bare] })] })).findings[0]
        ?.changes ?? [];
    expect(change).toHaveProperty("desired", null);
    expect(change).not.toHaveProperty("actual");
  });

  it("keeps keys such as __proto__ and constructor of a value", () => {
    const actual = JSON.parse('{"__proto__":1,"constructor":2}');
    const text = renderJson(
      buildResult({ findings: [buildFinding({ id: "f_aaaaaaaaaaaa", changes: [buildChange({ actual })] })] }),
    );
    expect(text).toMatch(/"__proto__": 1,\s*"constructor": 2/);
  });
});
