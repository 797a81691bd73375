import type { Environment } from "@marcbachmann/cel-js";
import { KnownError, type Problem } from "../errors.ts";
import type { KindFacts } from "../model/facts.ts";
import { compileGlob } from "../model/glob.ts";
import type { Pointer } from "../model/pointer.ts";
import type { Rule } from "../model/rule.ts";
import { type AttributeSchema, attributeSchema } from "./attributes.ts";
import { checkPatterns, expressionMistake, type Mistake, type RuleOrigin } from "./check-rule.ts";
import { checkingEnvironment, evaluatingEnvironment } from "./environment.ts";
import { compileExpression, type Expression } from "./expression.ts";
import { type RuleDependencies, type RuleFunction, ruleFunctions } from "./functions.ts";

/** Checked rules, ready to be tried in order. Made by `loadRules`. */
export interface RuleSet {
  readonly rules: readonly Rule[];
  /** The rules that can match a resource of the kind, in order. */
  forKind(kind: string): readonly CompiledRule[];
  /** The attributes of the kind, as rules see them. */
  schemaOf(kind: string): AttributeSchema;
}

export interface CompiledRule {
  readonly rule: Rule;
  readonly matchesPath: (path: Pointer) => boolean;
  /** Undefined when the rule has no condition. */
  readonly expression: Expression | undefined;
}

export interface LoadRulesOptions {
  readonly functions: RuleDependencies;
  /** Where a rule stands, for problems; the rule's id serves as the file when it is left out. */
  readonly origin?: (rule: Rule, index: number) => RuleOrigin;
  /**
   * How many rules at the end ship with the program, whose tests check them: each is compiled when it is first tried, as most scans try
   * none. None when left out.
   */
  readonly shipped?: number;
}

/**
 * Checks rules against the kinds that they name, and compiles them. The first rule that matches wins, so the order given is
 * the order tried.
 * @throws KnownError `RULE_INVALID` with one problem for each mistake in any rule
 */
export function loadRules(rules: readonly Rule[], kinds: readonly KindFacts[], options: LoadRulesOptions): RuleSet {
  const loader = createLoader(kinds, ruleFunctions(options.functions));
  const checked = rules.length - (options.shipped ?? 0);
  const problems: Problem[] = [];
  const compiled: CompiledRule[] = [];
  const firstById = new Map<string, number>();
  for (const [index, rule] of rules.entries()) {
    const origin = options.origin?.(rule, index) ?? { file: rule.id };
    const loaded = index < checked ? loader(rule) : { compiled: new LazyRule(rule, loader), mistakes: [] };
    const mistakes = [...duplicateMistake(rule, index, firstById), ...loaded.mistakes];
    problems.push(
      ...mistakes.map((mistake) => ({ ...origin, ...mistake, message: `Rule "${rule.id}": ${mistake.message}` })),
    );
    compiled.push(loaded.compiled);
  }
  if (problems.length > 0) throw invalid(problems);
  return createRuleSet(compiled, kinds);
}

/** A rule that is compiled when it is first tried. */
class LazyRule implements CompiledRule {
  readonly rule: Rule;
  readonly #loader: (rule: Rule) => Loaded;
  #compiled: CompiledRule | undefined;

  constructor(rule: Rule, loader: (rule: Rule) => Loaded) {
    this.rule = rule;
    this.#loader = loader;
  }

  get matchesPath(): CompiledRule["matchesPath"] {
    return this.#load().matchesPath;
  }

  get expression(): Expression | undefined {
    return this.#load().expression;
  }

  #load(): CompiledRule {
    if (this.#compiled !== undefined) return this.#compiled;
    const { compiled, mistakes } = this.#loader(this.rule);
    if (mistakes.length > 0) throw invalid(mistakes.map((mistake) => ({ file: this.rule.id, ...mistake })));
    this.#compiled = compiled;
    return compiled;
  }
}

function invalid(problems: readonly Problem[]): KnownError {
  const count = problems.length === 1 ? "1 mistake" : `${problems.length} mistakes`;
  return new KnownError("RULE_INVALID", `Cannot load the rules: ${count}`, {
    problems,
    hint: "Correct the rules; docs/rules.md tells how one is written",
  });
}

function duplicateMistake(rule: Rule, index: number, firstById: Map<string, number>): Mistake[] {
  const first = firstById.get(rule.id);
  if (first === undefined) {
    firstById.set(rule.id, index);
    return [];
  }
  return [{ message: `the id is already taken by rule ${first + 1}`, hint: "Give each rule an id of its own" }];
}

interface Loaded {
  readonly compiled: CompiledRule;
  readonly mistakes: readonly Mistake[];
}

/** Rules for the same kinds share one checking environment: making one costs more than checking a rule. */
function createLoader(kinds: readonly KindFacts[], functions: readonly RuleFunction[]): (rule: Rule) => Loaded {
  let made: Environment | undefined;
  const prepared = new Map<string, Prepared>();
  return (rule) => {
    made ??= evaluatingEnvironment(functions);
    const evaluating = made;
    const ruleKinds = kindsOf(rule, kinds);
    const mistakes = checkPatterns(rule, kinds, ruleKinds);
    const compiled = { rule, matchesPath: pathMatcher(rule.paths), expression: undefined };
    if (rule.when === undefined || ruleKinds.length === 0) return { compiled, mistakes };
    const key = ruleKinds.map(({ kind }) => kind).join("\0");
    const { schema, checking } = prepared.get(key) ?? prepare(ruleKinds, functions);
    prepared.set(key, { schema, checking });
    const result = compileExpression(rule.when, { checking, evaluating, functions });
    if ("evaluate" in result) return { compiled: { ...compiled, expression: result }, mistakes };
    const source = rule.when;
    const wrong = result.map((problem) => expressionMistake(source, problem, { kinds: ruleKinds, schema }));
    return { compiled, mistakes: [...mistakes, ...wrong] };
  };
}

interface Prepared {
  readonly schema: AttributeSchema;
  readonly checking: Environment;
}

function prepare(kinds: readonly KindFacts[], functions: readonly RuleFunction[]): Prepared {
  const schema = attributeSchema(kinds);
  return { schema, checking: checkingEnvironment(schema, functions) };
}

function kindsOf(rule: Rule, kinds: readonly KindFacts[]): readonly KindFacts[] {
  const matchers = rule.kinds.map(compileGlob);
  return kinds.filter(({ kind }) => matchers.some((matches) => matches(kind)));
}

function pathMatcher(paths: Rule["paths"]): (path: Pointer) => boolean {
  if (paths === undefined) return () => true;
  const matchers = paths.map(compileGlob);
  return (path) => matchers.some((matches) => matches(path));
}

function createRuleSet(compiled: readonly CompiledRule[], kinds: readonly KindFacts[]): RuleSet {
  const factsOf = new Map(kinds.map((facts) => [facts.kind, facts]));
  const schemaOf = remember((kind) => {
    const facts = factsOf.get(kind);
    return facts === undefined ? UNKNOWN : attributeSchema([facts]);
  });
  const byKind = new Map<string, readonly CompiledRule[]>();
  const matcherOf = remember(compileGlob);
  return {
    rules: compiled.map(({ rule }) => rule),
    forKind: (kind) => {
      const known = byKind.get(kind);
      if (known !== undefined) return known;
      const found = compiled.filter(({ rule }) => rule.kinds.some((pattern) => matcherOf(pattern)(kind)));
      byKind.set(kind, found);
      return found;
    },
    schemaOf,
  };
}

/** Many rules name the same few kinds. */
function remember<T>(make: (key: string) => T): (key: string) => T {
  const made = new Map<string, T>();
  return (key) => {
    const known = made.get(key) ?? make(key);
    made.set(key, known);
    return known;
  };
}

const UNKNOWN: AttributeSchema = { types: new Map(), open: true };
