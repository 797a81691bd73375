import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { ruleFunctions } from "../../../classify/functions.ts";
import { loadRules } from "../../../classify/rule-set.ts";
import { runExamples } from "../../../classify/run-examples.ts";
import { orderVersions } from "../../../compare/semantics/version.ts";
import { exampleComparer } from "../../../engine/compare-example.ts";
import { kindCatalog } from "../../../model/facts.ts";
import type { Rule } from "../../../model/rule.ts";
import { hostKindFacts } from "../kinds/facts.ts";
import { hostRules } from "./index.ts";

const text = readFileSync(new URL("../../../../docs/rules.md", import.meta.url), "utf8");
const functions = { versionOrder: orderVersions };

/** What stands between the comments that mark a table. */
function section(name: string): string {
  const [, behind = ""] = text.split(`<!-- ${name} -->\n`);
  const [inside = ""] = behind.split(`<!-- /${name} -->`);
  return inside.trim();
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`.replace("|  |", "| |");
  return [line(head), `|${"---|".repeat(head.length)}`, ...rows.map(line)].join("\n");
}

describe("docs/rules.md", () => {
  it("lists the host rules as they are", () => {
    const rows = hostRules.map(({ id, severity, type, title, controls = [] }) => [
      `\`${id}\``,
      severity,
      type,
      title,
      controls.map((control) => control.id).join(", "),
    ]);
    const expected = table(["id", "severity", "type", "title", "controls"], rows);
    expect(section("host rules").replaceAll(/ +\|/g, " |")).toBe(expected.replaceAll(/ +\|/g, " |"));
    expect(new Set(hostRules.flatMap(({ controls = [] }) => controls.map(({ framework }) => framework)))).toEqual(
      new Set(["CIS Debian Linux 12"]),
    );
  });

  it("lists the functions as they are", () => {
    const named = ruleFunctions(functions).map(({ signature, description }) => [
      `\`${signature.replace("matchesLinear", "matches").replaceAll("list<dyn>", "list")}\``,
      description,
    ]);
    expect(section("functions")).toBe(table(["function", "tells"], named));
  });

  it("shows rules that load, and whose examples hold", () => {
    const [, yaml = ""] = /```yaml\n([\s\S]*?)```/.exec(text) ?? [];
    // The document is this repository's own; a member that is wrong fails to load.
    const { rules } = parse(yaml) as { readonly rules: readonly Rule[] };
    const loaded = loadRules([...rules, ...hostRules], hostKindFacts, { functions });
    const results = runExamples(loaded, {
      compare: exampleComparer(kindCatalog(hostKindFacts)),
      examplesRequired: true,
    }).slice(0, rules.length);
    expect(results.filter(({ passed }) => !passed)).toEqual([]);
    expect(results).toHaveLength(2);
  });
});
