import { JSDOM } from "jsdom";
import { describe, expect, it } from "vitest";
import type { ScanResult } from "../model/scan-result.ts";
import { buildFinding, buildResult, buildTarget, calmResult } from "./fixtures/build-result.ts";
import { richResult } from "./fixtures/rich-result.ts";
import { renderJunit } from "./junit.ts";

const { DOMParser } = new JSDOM("").window;

/** Reads it as strict XML 1.0. @throws Error when it is not well-formed */
function parse(text: string): Document {
  const document = new DOMParser().parseFromString(text, "application/xml");
  const error = document.querySelector("parsererror");
  if (error !== null) throw new Error(error.textContent ?? "not well-formed");
  return document;
}

function outcomes(result: ScanResult): readonly string[] {
  return Array.from(
    parse(renderJunit(result)).querySelectorAll("testcase"),
    (one) => one.firstElementChild?.tagName ?? "",
  );
}

describe("renderJunit", () => {
  it.each<[string, ScanResult]>([
    ["everything", richResult()],
    ["a target in sync", calmResult()],
    ["nothing", buildResult({ targets: [] })],
  ])("is well-formed XML for %s", (_, result) => {
    expect(parse(renderJunit(result)).documentElement.tagName).toBe("testsuites");
  });

  it("is checked by a parser that refuses what XML cannot hold", () => {
    expect(() => parse("<a>\u0001</a>")).toThrow("disallowed character");
  });

  it("keeps markup and characters that XML cannot hold out of its own structure", () => {
    const resource = `"/><x a='&\u0000\u001b\ufffe\ud800]]>`;
    const text = renderJunit(
      buildResult({ findings: [buildFinding({ id: "f_aaaaaaaaaaaa", resource, title: resource })] }),
    );
    const testcase = parse(text).querySelector("testcase");
    expect(testcase?.getAttribute("name")).toBe(
      `host/file "/><x a='&\\x00\\x1b\\u{fffe}\\u{d800}]]> at local (f_aaaaaaaaaaaa)`,
    );
    expect(parse(text).querySelector("x")).toBeNull();
  });

  it("has one suite a target, with counts that add up", () => {
    const document = parse(renderJunit(richResult()));
    const suites = Array.from(document.querySelectorAll("testsuite"));
    expect(suites.map((suite) => suite.getAttribute("name"))).toEqual(["edge", "web", "batch"]);
    for (const suite of [...suites, document.documentElement]) {
      const count = (selector: string) => String(suite.querySelectorAll(selector).length);
      expect({
        tests: suite.getAttribute("tests"),
        failures: suite.getAttribute("failures"),
        errors: suite.getAttribute("errors"),
        skipped: suite.getAttribute("skipped"),
      }).toEqual({
        tests: count("testcase"),
        failures: count("failure"),
        errors: count("error"),
        skipped: count("skipped"),
      });
    }
  });

  it("fails what counts, skips what a person decided on, and passes what was resolved", () => {
    const findings = (["open", "pending", "acknowledged", "snoozed", "accepted"] as const).map((status) =>
      buildFinding({ id: "f_aaaaaaaaaaaa", status }),
    );
    const resolved = [buildFinding({ id: "f_bbbbbbbbbbbb", status: "resolved", resolution: "reverted" })];
    expect(outcomes(buildResult({ findings, resolved }))).toEqual([
      "failure",
      "failure",
      "skipped",
      "skipped",
      "skipped",
      "system-out",
    ]);
  });

  it("names a finding alike whether it fails or was resolved", () => {
    const name = (members: Partial<ScanResult>) =>
      parse(renderJunit(buildResult(members)))
        .querySelector("testcase")
        ?.getAttribute("name");
    const finding = buildFinding({ id: "f_aaaaaaaaaaaa" });
    expect(name({ resolved: [{ ...finding, status: "resolved" }] })).toBe(name({ findings: [finding] }));
  });

  it.each([
    ["in-sync", "system-out"],
    ["failed", "error"],
    ["incomplete", "error"],
    ["stale", "error"],
  ] as const)("gives a target that is %s a case of its own: %s", (verdict, outcome) => {
    expect(outcomes(buildResult({ targets: [buildTarget({ verdict })] }))).toEqual([outcome]);
  });

  it("never passes what could not be checked", () => {
    const result = buildResult({ unchecked: richResult().unchecked });
    expect(outcomes(result)).toEqual(["error", "error", "error", "error"]);
  });
});
