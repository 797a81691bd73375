import type { Control } from "../../../model/finding.ts";
import type { JsonObject } from "../../../model/json.ts";
import type { RuleExample } from "../../../model/rule.ts";

/** Recommendations of the CIS benchmark for Debian 12, by number. */
export function cis(...ids: readonly string[]): readonly Control[] {
  return ids.map((id) => ({ framework: "CIS Debian Linux 12", id }));
}

/** CEL: whether the id holds a match of an RE2 expression. */
export function idMatches(pattern: string): string {
  return `resource.id.matches(r"${pattern}")`;
}

/** CEL: whether the id is one of these. */
export function idIn(ids: readonly string[]): string {
  return `resource.id in ${list(ids)}`;
}

/** CEL: a list of texts. */
export function list(texts: readonly string[]): string {
  return `[${texts.map((text) => `"${text}"`).join(", ")}]`;
}

/** Declared and recorded as `before`, seen with other values. */
export function changed(kind: string, id: string, states: { before: JsonObject; after: JsonObject }): RuleExample {
  const { before, after } = states;
  return { kind, id, desired: before, baseline: before, actual: { ...before, ...after } };
}

/** There, but nobody declares it. */
export function unmanaged(kind: string, id: string, actual: JsonObject): RuleExample {
  return { kind, id, actual };
}

/** Declared and once seen, but no longer there. */
export function missing(kind: string, id: string, desired: JsonObject): RuleExample {
  return { kind, id, desired, baseline: desired, actual: null };
}
