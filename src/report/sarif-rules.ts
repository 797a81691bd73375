import type { Finding, Severity } from "../model/finding.ts";
import { visible } from "./visible.ts";
import { controlWords } from "./words.ts";

export interface SarifRule {
  readonly id: string;
  readonly name: string;
  readonly shortDescription: { readonly text: string };
  readonly fullDescription: { readonly text: string };
  readonly help: { readonly text: string; readonly markdown: string };
  readonly defaultConfiguration: { readonly level: "error" | "warning" | "note" };
  readonly properties: object;
}

/** Id under which a finding is filed: its rule, or its kind of drift where the defaults apply. */
export function ruleIdOf({ rule, drift }: Finding): string {
  return rule ?? `leeway/${drift}`;
}

/** One rule for each id among the findings, in the order of first appearance. */
export function sarifRules(findings: readonly Finding[]): readonly SarifRule[] {
  const rules = new Map<string, SarifRule>();
  for (const finding of findings) {
    const id = ruleIdOf(finding);
    if (!rules.has(id)) rules.set(id, toRule(id, finding));
  }
  return [...rules.values()];
}

export const LEVELS: Readonly<Record<Severity, "error" | "warning" | "note">> = {
  critical: "error",
  warning: "warning",
  informational: "note",
};

/** What code scanning sorts security alerts by: from 9.0 critical, from 4.0 medium, below that low. */
const SECURITY_SEVERITY: Readonly<Record<Severity, string>> = { critical: "9.0", warning: "6.0", informational: "2.0" };

function toRule(id: string, finding: Finding): SarifRule {
  const words = visible(id.slice(id.lastIndexOf("/") + 1).replaceAll("-", " "));
  const controls = controlWords(finding);
  const basis = finding.rule === null ? "No rule matched, so the defaults apply." : `The rule ${visible(id)} matched.`;
  return {
    id,
    name: visible(id),
    shortDescription: { text: `Production drift: ${words}` },
    fullDescription: {
      text: `${basis} It is ${finding.severity}, and of type ${finding.type}.${controlSentence(controls)}`,
    },
    help: help(controls),
    defaultConfiguration: { level: LEVELS[finding.severity] },
    properties: {
      tags: ["drift", finding.type, ...controls],
      ...(finding.type === "security" ? { "security-severity": SECURITY_SEVERITY[finding.severity] } : {}),
    },
  };
}

function controlSentence(controls: readonly string[]): string {
  return controls.length === 0 ? "" : ` It bears on ${controls.join(", ")}.`;
}

const MEANING =
  "The actual state of production has moved away from the state that is declared for it in this repository, or was never declared.";

const WAYS_OUT: readonly (readonly [name: string, what: string])[] = [
  ["Revert", "put production back to what is declared, where the change was not wanted"],
  ["Adopt", "change the declaration to what production is, where the change was wanted"],
  ["Accept", "run `leeway accept ID --until 30d --reason …`, where it may stay for a while"],
  ["Ignore", "run `leeway ignore ID --reason …`, where it will never matter"],
];

function help(controls: readonly string[]): { readonly text: string; readonly markdown: string } {
  const bears = controlSentence(controls);
  const plain = WAYS_OUT.map(([name, what]) => `${name}: ${what.replaceAll("`", "")}.`).join("\n");
  const list = WAYS_OUT.map(([name, what]) => `- **${name}**: ${what}`).join("\n");
  const story = "`leeway show ID` tells the story of a finding.";
  return {
    text: `${MEANING}${bears}\n${plain}\n${story.replaceAll("`", "")}`,
    markdown: `${MEANING}${bears}\n\n${list}\n\n${story}`,
  };
}
