import { canMatchPath } from "../classify/path-pattern.ts";
import type { KindFacts } from "../model/facts.ts";
import { compileGlob } from "../model/glob.ts";
import { nearest } from "../model/nearest.ts";
import type { CheckedTarget } from "./check-targets.ts";
import type { IgnoreRule } from "./config.ts";
import type { ConfigReport } from "./config-report.ts";
import type { Parsed } from "./parse-config.ts";
import type { PathProblem } from "./yaml-source.ts";

/** Reports an ignore rule that can never fold anything, and one that would fold everything. */
export function checkIgnore(
  { value: rule, path }: Parsed<IgnoreRule>,
  targets: readonly CheckedTarget[],
  report: ConfigReport,
): void {
  const criteria = Object.keys(rule).filter((key) => key !== "reason" && key !== "until");
  if (criteria.length === 0) {
    const hint = "Say what it is for: target, at, kind, id, path or drift";
    report.add(path, { message: "This rule would ignore every difference", hint });
    return;
  }
  const names = targets.map(({ name }) => name);
  if (rule.target !== undefined && names.length > 0 && !names.some(compileGlob(rule.target))) {
    report.add([...path, "target"], {
      message: `No target matches "${rule.target}"`,
      ...suggest(rule.target, names, "Targets"),
    });
    return;
  }
  const kinds = knownKinds(rule, targets);
  if (kinds === undefined) return;
  const matching = rule.kind === undefined ? kinds : kinds.filter(({ kind }) => compileGlob(rule.kind ?? "")(kind));
  if (rule.kind !== undefined && matching.length === 0) {
    const all = kinds.map(({ kind }) => kind);
    report.add([...path, "kind"], { message: `No kind matches "${rule.kind}"`, ...suggest(rule.kind, all, "Kinds") });
  } else if (rule.path !== undefined && !matching.some((facts) => canMatchPath(rule.path ?? "", facts))) {
    report.add([...path, "path"], pathProblem(rule.path, matching));
  }
}

/** The kinds that the rule's targets can have; undefined when some are only known live, or no target is sound. */
function knownKinds(rule: IgnoreRule, targets: readonly CheckedTarget[]): readonly KindFacts[] | undefined {
  const matches = rule.target === undefined ? () => true : compileGlob(rule.target);
  const meant = targets.filter(({ name }) => matches(name));
  if (meant.length === 0 || meant.some(({ connector }) => connector?.kinds === undefined)) return undefined;
  return [...new Set(meant.flatMap(({ connector }) => [...(connector?.kinds?.values() ?? [])]))];
}

function pathProblem(written: string, kinds: readonly KindFacts[]): PathProblem {
  const paths = [...new Set(kinds.flatMap(({ attributes }) => attributes.map(({ path }) => path)))];
  const slash = written.startsWith("/") || written === "" ? undefined : `/${written}`;
  if (slash !== undefined && kinds.some((facts) => canMatchPath(slash, facts)))
    return { message: `A path starts with "/": "${written}" matches nothing`, hint: `Did you mean "${slash}"?` };
  const of = kinds.length === 1 ? ` of ${kinds[0]?.kind ?? ""}` : "";
  return { message: `No attribute${of} matches "${written}"`, ...suggest(written, paths, "Attributes") };
}

/** More names than this help nobody. */
const MOST_NAMES = 20;

function suggest(written: string, known: readonly string[], what: string): { readonly hint: string } {
  const meant = nearest(written, known);
  if (meant !== undefined) return { hint: `Did you mean "${meant}"?` };
  const shown = known.slice(0, MOST_NAMES).join(", ");
  return { hint: `${what} are ${shown}${known.length > MOST_NAMES ? ", …" : ""}` };
}
