import type { Problem } from "../errors.ts";
import type { KindFacts } from "../model/facts.ts";
import { compileGlob } from "../model/glob.ts";
import { nearest } from "../model/nearest.ts";
import type { Rule } from "../model/rule.ts";
import type { AttributeSchema } from "./attributes.ts";
import type { ExpressionProblem } from "./expression.ts";
import { canMatchPath } from "./path-pattern.ts";
import { TITLE_PLACEHOLDERS } from "./title.ts";

/** Where a rule stands, as far as it is known. Lines and columns count from 1. */
export interface RuleOrigin {
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
}

/** What is wrong, and what to write instead, before it is known where. */
export type Mistake = Pick<Problem, "message" | "hint" | "excerpt">;

/** Mistakes in all but the expression: kind and path patterns that can match nothing, and the title. */
export function checkPatterns(rule: Rule, kinds: readonly KindFacts[], ruleKinds: readonly KindFacts[]): Mistake[] {
  const mistakes = rule.kinds
    .filter((pattern) => !kinds.some(({ kind }) => compileGlob(pattern)(kind)))
    .map((pattern): Mistake => {
      const close = nearest(
        pattern,
        kinds.map(({ kind }) => kind),
      );
      return { message: `unknown kind "${pattern}"`, ...suggestion(close, "`leeway kinds` lists the kinds") };
    });
  if (rule.kinds.length === 0) mistakes.push({ message: "no kind is given", hint: "Name at least one under kinds" });
  if (ruleKinds.length > 0) mistakes.push(...checkPaths(rule, ruleKinds));
  return [...mistakes, ...checkTitle(rule)];
}

function checkPaths(rule: Rule, ruleKinds: readonly KindFacts[]): Mistake[] {
  return (rule.paths ?? [])
    .filter((path) => !ruleKinds.some((facts) => canMatchPath(path, facts)))
    .map((path): Mistake => {
      const paths = ruleKinds.flatMap(({ attributes }) => attributes.map((attribute) => attribute.path));
      const start = path === "" || path.startsWith("/") ? "" : ': a path starts with "/"';
      return {
        message: `path "${path}" matches no attribute of ${names(ruleKinds)}${start}`,
        ...suggestion(nearest(path, paths), `Its attributes are ${paths.join(", ")}`),
      };
    });
}

function checkTitle(rule: Rule): Mistake[] {
  const unknown = [...rule.title.matchAll(/\{(\w*)\}/g)].filter(([, name = ""]) => !TITLE_PLACEHOLDERS.includes(name));
  const mistakes = unknown.map(([text]): Mistake => {
    const known = TITLE_PLACEHOLDERS.map((name) => `{${name}}`).join(", ");
    return { message: `the title has "${text}", which is never filled in`, hint: `Use ${known}` };
  });
  if (rule.title.trim() === "") mistakes.push({ message: "the title is empty", hint: "Say in one line what drifted" });
  return mistakes;
}

/** A mistake in the rule's expression, in the words of the rule's kinds. */
export function expressionMistake(
  source: string,
  problem: ExpressionProblem,
  context: { readonly kinds: readonly KindFacts[]; readonly schema: AttributeSchema },
): Mistake {
  const lines = source.slice(0, problem.offset).split("\n");
  const excerpt = source.split("\n")[lines.length - 1] ?? source;
  const position = `character ${(lines.at(-1) ?? "").length + 1}${lines.length > 1 ? ` of line ${lines.length}` : ""}`;
  if (problem.attribute === undefined) {
    return { message: `when, at ${position}: ${problem.message}`, excerpt };
  }
  const attributes = [...context.schema.types.keys()];
  return {
    message: `when, at ${position}: ${names(context.kinds)} has no attribute "${problem.attribute}"`,
    excerpt,
    ...suggestion(nearest(problem.attribute, attributes), `Its attributes are ${attributes.join(", ")}`),
  };
}

function names(kinds: readonly KindFacts[]): string {
  return kinds.map(({ kind }) => kind).join(", ");
}

function suggestion(close: string | undefined, otherwise: string): { readonly hint: string } {
  return { hint: close === undefined ? otherwise : `Did you mean "${close}"?` };
}
