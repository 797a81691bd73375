import type { TypeError as CelTypeError, Environment, ParseError, ParseResult } from "@marcbachmann/cel-js";
import { LINEAR_MATCHES, type RuleFunction } from "./functions.ts";
import type { CelContext } from "./subject.ts";

/** A checked condition of a rule. */
export interface Expression {
  /** Never throws: an expression that cannot be evaluated says why. */
  evaluate(context: CelContext): boolean | { readonly error: string };
}

/** What is wrong with an expression, and where in its text. */
export interface ExpressionProblem {
  readonly message: string;
  /** Offset in the text, from 0. */
  readonly offset: number;
  /** The attribute that no kind of the rule has, when that is what is wrong. */
  readonly attribute?: string;
}

export interface ExpressionEnvironments {
  readonly checking: Environment;
  readonly evaluating: Environment;
  readonly functions: readonly RuleFunction[];
}

/** Checks an expression in the one environment and compiles it for the other. */
export function compileExpression(
  source: string,
  environments: ExpressionEnvironments,
): Expression | readonly ExpressionProblem[] {
  const checked = tryParse(source, environments.checking);
  if ("message" in checked) return [checked];
  const problems = literalProblems(checked, environments.functions);
  const result = checked.check();
  if (result.error !== undefined) problems.push(describe(result.error));
  else if (result.type !== "bool") {
    problems.push({ message: `it gives ${result.type ?? "nothing"}, but must give true or false`, offset: 0 });
  }
  if (problems.length > 0) return problems;
  return lazily(source, environments.evaluating);
}

/** Most rules of a pack meet no change in a scan, so each is compiled when it first does. Its text is known to be right. */
function lazily(source: string, evaluating: Environment): Expression {
  let compiled: ParseResult | undefined;
  return {
    evaluate: (context) => {
      compiled ??= parse(source, evaluating);
      return evaluate(compiled, context);
    },
  };
}

function tryParse(source: string, environment: Environment): ParseResult | ExpressionProblem {
  try {
    return parse(source, environment);
  } catch (error) {
    if (error instanceof Error) return describe(error);
    throw error;
  }
}

/** @throws ParseError when the text is no expression */
function parse(source: string, environment: Environment): ParseResult {
  const parsed = environment.parse(source);
  walk(parsed.ast, redirectMatches);
  return parsed;
}

function evaluate(parsed: ParseResult, context: CelContext): boolean | { readonly error: string } {
  try {
    const value: unknown = parsed(context);
    return typeof value === "boolean" ? value : { error: `it gave ${typeof value}, not true or false` };
  } catch (error) {
    if (error instanceof Error) return { error: summary(error) };
    throw error;
  }
}

/** A node of the tree as far as it is looked at: macros hold parts of it that the declared types do not show. */
interface Node {
  readonly op: string;
  readonly args: unknown;
  readonly start: number;
}

/**
 * `matches` is bound to an engine that backtracks, and cannot be replaced; a tree that is not yet checked can be redirected to
 * a function that takes linear time.
 */
function redirectMatches(node: Node): void {
  if (node.op === "rcall" && Array.isArray(node.args) && node.args[0] === "matches") node.args[0] = LINEAR_MATCHES;
}

/** Mistakes that the types cannot show: texts that a function cannot read, and `has` on an attribute, which is always true. */
function literalProblems(parsed: ParseResult, functions: readonly RuleFunction[]): ExpressionProblem[] {
  const problems: ExpressionProblem[] = [];
  walk(parsed.ast, (node) => {
    const message = literalProblem(node, functions);
    if (message !== undefined) problems.push({ message, offset: node.start });
  });
  return problems;
}

function literalProblem(node: Node, functions: readonly RuleFunction[]): string | undefined {
  if ((node.op !== "call" && node.op !== "rcall") || !Array.isArray(node.args)) return undefined;
  const name: unknown = node.args[0];
  const last: unknown = node.args.at(-1);
  const argument: unknown = Array.isArray(last) ? last.at(-1) : undefined;
  if (!isNode(argument)) return undefined;
  if (name === "has" && rootOf(argument) === "resource") {
    return "has() cannot tell an attribute that is not there; compare it with null";
  }
  if (argument.op !== "value" || typeof argument.args !== "string") return undefined;
  const known = functions.find(({ signature }) => signature.split("(")[0]?.split(".").at(-1) === name);
  return known?.checkLiteral?.(argument.args);
}

function rootOf(node: Node): unknown {
  if (node.op === "id") return node.args;
  const [inner]: unknown[] = Array.isArray(node.args) ? node.args : [];
  return isNode(inner) ? rootOf(inner) : undefined;
}

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && "op" in value && "args" in value;
}

/** Visits every node, those included that macros were expanded to. */
function walk(root: unknown, visit: (node: Node) => void): void {
  const seen = new Set<object>();
  const pending: unknown[] = [root];
  while (pending.length > 0) {
    const value = pending.pop();
    if (typeof value !== "object" || value === null || seen.has(value)) continue;
    seen.add(value);
    if (isNode(value)) visit(value);
    pending.push(...Object.values(value));
    if ("meta" in value && typeof value.meta === "object" && value.meta !== null) pending.push(value.meta);
  }
}

function describe(error: ParseError | CelTypeError | Error): ExpressionProblem {
  const offset = "range" in error ? (error.range?.start ?? 0) : 0;
  const attribute = unknownAttribute(error);
  const message = summary(error);
  return attribute === undefined ? { message, offset } : { message, offset, attribute };
}

/** The message without the picture of the source that follows it, in the names that the rule uses. */
function summary(error: Error): string {
  const text = "summary" in error && typeof error.summary === "string" ? error.summary : error.message;
  return text.replaceAll(LINEAR_MATCHES, "matches");
}

/** Whether what is missing was looked for in one of the three states. */
function unknownAttribute(error: Error): string | undefined {
  if (!("code" in error) || error.code !== "no_such_key" || !("node" in error) || !isNode(error.node)) return undefined;
  const [left, name]: unknown[] = Array.isArray(error.node.args) ? error.node.args : [];
  if (!isNode(left) || left.op !== "." || !Array.isArray(left.args) || rootOf(left) !== "resource") return undefined;
  const [, state]: unknown[] = left.args;
  if (state !== "desired" && state !== "baseline" && state !== "actual") return undefined;
  if (typeof name === "string") return name;
  return isNode(name) && typeof name.args === "string" ? name.args : undefined;
}
