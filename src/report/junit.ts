import type { Unchecked } from "../model/drift.ts";
import type { Finding } from "../model/finding.ts";
import type { ScanResult, TargetResult } from "../model/scan-result.ts";
import { type DiffLimits, diffLines } from "./describe-change.ts";
import { groupByTarget, type TargetGroup } from "./group-findings.ts";
import { isActive } from "./summary.ts";
import { visible } from "./visible.ts";
import {
  controlWords,
  coverageLine,
  declaredWords,
  describeDrift,
  resourceWords,
  statusWords,
  VERDICT_WORDS,
} from "./words.ts";

const LIMITS: DiffLimits = { value: 400, lines: 40 };

type Outcome = "passed" | "failure" | "error" | "skipped";

/** A test case as XML, with how it counts. */
interface TestCase {
  readonly outcome: Outcome;
  readonly xml: string;
}

/**
 * JUnit XML: one suite a target. A finding that counts fails; one that a person decided on is skipped, with the reason; what could
 * not be checked is an error, never a pass. A target in sync, and each finding that this scan resolved, is a case that passes.
 */
export function renderJunit(result: ScanResult): string {
  const suites = groupByTarget(result).map((group) => suite(group, result));
  const cases = suites.flatMap((one) => one.cases);
  const lines = [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="leeway" ${counts(cases)}>`,
    ...suites.map((one) => one.xml),
    "</testsuites>",
  ];
  return `${lines.join("\n")}\n`;
}

function suite(group: TargetGroup, result: ScanResult): { readonly cases: readonly TestCase[]; readonly xml: string } {
  const own = (entry: { readonly target: string }) => entry.target === group.name;
  const cases = [
    ...targetCases(group),
    ...group.findings.map(findingCase),
    ...result.unchecked.filter(own).map(uncheckedCase),
    ...result.resolved.filter(own).map(resolvedCase),
  ];
  const lines = [
    `  <testsuite name="${escapeXml(group.name)}" ${counts(cases)}${times(group.target)}>`,
    ...properties(group.target),
    ...cases.map(({ xml }) => xml),
    ...notes(result, group.name),
    "  </testsuite>",
  ];
  return { cases, xml: lines.join("\n") };
}

/** What is no test case, as the output of the suite: known gaps of its target, and what the scan folded away and warned of. */
function notes({ knownGaps, folded, warnings }: ScanResult, target: string): readonly string[] {
  const lines = [
    ...knownGaps
      .filter((gap) => gap.target === target)
      .map((gap) => `known gap: ${resourceWords(gap)}${gap.path === null ? "" : ` ${gap.path}`}: ${gap.reason}`),
    ...folded.map(({ reason, count }) => `folded away in this scan: ${count} ${reason}`),
    ...warnings.map((warning) => `warning: ${warning}`),
  ];
  return lines.length === 0 ? [] : [`    <system-out>${lines.map(escapeXml).join("\n")}</system-out>`];
}

function counts(cases: readonly TestCase[]): string {
  const count = (outcome: Outcome) => cases.filter((one) => one.outcome === outcome).length;
  return `tests="${cases.length}" failures="${count("failure")}" errors="${count("error")}" skipped="${count("skipped")}"`;
}

function times(target: TargetResult | undefined): string {
  if (target === undefined) return "";
  const seconds = (Date.parse(target.finishedAt) - Date.parse(target.startedAt)) / 1000;
  return ` timestamp="${escapeXml(target.startedAt)}" time="${seconds.toFixed(3)}"`;
}

function properties(target: TargetResult | undefined): readonly string[] {
  if (target === undefined) return [];
  const members = {
    connector: target.connector,
    revision: target.revision,
    verdict: target.verdict,
    coverage: coverageLine(target),
  };
  const lines = Object.entries(members).map(
    ([name, value]) => `      <property name="${name}" value="${escapeXml(value)}"/>`,
  );
  return ["    <properties>", ...lines, "    </properties>"];
}

/** What holds of the target as a whole. A verdict that says nothing good has a case of its own, so that no suite passes by being empty. */
function targetCases({ name, target }: TargetGroup): readonly TestCase[] {
  if (target === undefined) return [];
  const named = { classname: name, name: "target" };
  switch (target.verdict) {
    case "in-sync":
      return [testCase({ ...named, outcome: "passed", body: coverageLine(target) })];
    case "failed":
      return [
        testCase({
          ...named,
          outcome: "error",
          message: target.failure?.message ?? VERDICT_WORDS.failed,
          body: target.failure?.hint ?? "",
        }),
      ];
    case "incomplete":
    case "stale":
      return [
        testCase({ ...named, outcome: "error", message: VERDICT_WORDS[target.verdict], body: coverageLine(target) }),
      ];
    case "drifted":
      return [];
  }
}

function findingCase(finding: Finding): TestCase {
  const named = { classname: `${finding.target}.${finding.kind}`, name: caseName(finding) };
  const title = `${finding.title} (${finding.severity}, ${finding.type})`;
  if (!isActive(finding))
    return testCase({
      ...named,
      outcome: "skipped",
      message: `${title}: ${statusWords(finding)}`,
      body: details(finding),
    });
  return testCase({ ...named, outcome: "failure", message: title, body: details(finding) });
}

/** The same whether it fails, is skipped or passes, so that a server sees one test over time. */
function caseName(finding: Finding): string {
  return `${resourceWords(finding)} (${finding.id})`;
}

function details(finding: Finding): string {
  const declared = declaredWords(finding);
  const lines = [
    describeDrift(finding.drift, finding.cause),
    ...diffLines(finding, LIMITS),
    `since ${finding.sinceAt}${declared === undefined ? "" : `, declared at ${declared}`}`,
    ...(finding.rule === null ? [] : [`rule ${visible(finding.rule)}`]),
    ...controlWords(finding),
  ];
  return lines.join("\n");
}

function uncheckedCase(entry: Unchecked): TestCase {
  const path = entry.path === null ? "" : ` ${entry.path}`;
  return testCase({
    classname: `${entry.target}.${entry.kind}`,
    name: `${resourceWords(entry)}${path}`,
    outcome: "error",
    message: `Not checked, ${entry.reason}: ${entry.detail}`,
    body: "",
  });
}

function resolvedCase(finding: Finding): TestCase {
  const body = `resolved: ${finding.resolution ?? ""}`;
  return testCase({ classname: `${finding.target}.${finding.kind}`, name: caseName(finding), outcome: "passed", body });
}

interface CaseParts {
  readonly classname: string;
  readonly name: string;
  readonly outcome: Outcome;
  readonly message?: string;
  readonly body: string;
}

function testCase({ classname, name, outcome, message = "", body }: CaseParts): TestCase {
  const opening = `    <testcase classname="${escapeXml(classname)}" name="${escapeXml(name)}">`;
  const element =
    outcome === "passed"
      ? `      <system-out>${escapeLines(body)}</system-out>`
      : `      <${outcome} message="${escapeXml(message)}"${typeAttribute(outcome)}>${escapeLines(body)}</${outcome}>`;
  return { outcome, xml: [opening, element, "    </testcase>"].join("\n") };
}

function typeAttribute(outcome: Outcome): string {
  if (outcome === "skipped") return "";
  return ` type="${outcome === "failure" ? "drift" : "unchecked"}"`;
}

function escapeLines(text: string): string {
  return text.split("\n").map(escapeXml).join("\n");
}

const ENTITIES: ReadonlyMap<string, string> = new Map([
  ["&", "&amp;"],
  ["<", "&lt;"],
  [">", "&gt;"],
  ['"', "&quot;"],
  ["'", "&apos;"],
]);

/** One line of text or an attribute. What XML 1.0 cannot hold is among what `visible` writes out. */
function escapeXml(text: string): string {
  return visible(text).replace(/[&<>"']/g, (character) => ENTITIES.get(character) ?? character);
}
