import { describe, expect, it } from "vitest";
import { KnownError, type Problem } from "../errors.ts";
import type { Drift } from "../model/drift.ts";
import type { AttributeFacts, KindFacts } from "../model/facts.ts";
import type { Json, JsonObject } from "../model/json.ts";
import { parseJson } from "../model/parse-json.ts";
import type { Rule } from "../model/rule.ts";
import { classify, type RuleFailure } from "./classify.ts";
import { loadRules } from "./rule-set.ts";

function kind(name: string, attributes: readonly AttributeFacts[], open?: true): KindFacts {
  return {
    kind: name,
    summary: name,
    id: { description: "a name", example: "x" },
    attributes,
    emptyIs: "value",
    read: "nothing",
    ...(open === undefined ? {} : { open }),
  };
}

function attribute(path: string, type: AttributeFacts["type"]): AttributeFacts {
  return { path, type, description: path };
}

const KINDS: readonly KindFacts[] = [
  kind("t/file", [
    attribute("/mode", "string"),
    attribute("/size", "integer"),
    attribute("/ratio", "number"),
    attribute("/there", "boolean"),
    attribute("/groups", "list"),
    attribute("/settings", "object"),
    attribute("/rules/*/cidr", "string"),
  ]),
  kind("t/directory", [attribute("/mode", "string"), attribute("/size", "string")]),
  kind("t/open", [attribute("/known", "string")], true),
];

const functions = { versionOrder: (a: string, b: string) => Number(a) - Number(b) };

function rule(more: Partial<Rule>): Rule {
  return { id: "r", kinds: ["t/file"], severity: "warning", type: "functional", title: "A title", ...more };
}

function problemsOf(rules: readonly Rule[]): readonly Problem[] {
  try {
    loadRules(rules, KINDS, { functions });
  } catch (error) {
    if (error instanceof KnownError && error.code === "RULE_INVALID") return error.problems;
    throw error;
  }
  return [];
}

/** Whether a condition matches a change of `/mode` of a resource in such states, and what could not be evaluated. */
function evaluate(
  when: string,
  states: {
    readonly actual?: JsonObject;
    readonly desired?: JsonObject;
    readonly change?: Partial<Drift["changes"][number]>;
  },
  kinds: readonly string[] = ["t/file"],
): { readonly matched: boolean; readonly failures: readonly string[] } {
  const rules = loadRules([rule({ kinds, when })], KINDS, { functions });
  const failures: RuleFailure[] = [];
  const drift: Drift = {
    resource: { kind: kinds[0] ?? "t/file", at: "here", id: "x" },
    drift: "changed",
    cause: "out-of-band",
    observedAt: "2026-01-01T00:00:00.000Z",
    changes: [{ path: "/mode", cause: "out-of-band", ...states.change }],
  };
  const classified = classify(
    drift,
    { desired: states.desired ?? {}, baseline: {}, actual: states.actual ?? {} },
    {
      target: { name: "edge", connector: "t", criticality: "high" },
      actor: null,
      rules,
      declaredAt: null,
      onRuleFailure: (failure) => failures.push(failure),
    },
  );
  return { matched: classified.rule === "r", failures: failures.map(({ message }) => message) };
}

describe("loading rules", () => {
  it("accepts a rule that names what its kinds have", () => {
    const ok = rule({
      paths: ["/mode", "/settings/*", "/rules/*/cidr", "", "/**"],
      when: 'resource.actual.mode == "0644"',
    });
    expect(problemsOf([ok])).toEqual([]);
  });

  it("reports every mistake of every rule at once", () => {
    const rules = [
      rule({ id: "a", kinds: ["t/fiel"] }),
      rule({ id: "b", when: "1 +" }),
      rule({ id: "b", title: "{nothing}" }),
    ];
    expect(problemsOf(rules).map(({ file, message }) => `${file}: ${message}`)).toEqual([
      'a: Rule "a": unknown kind "t/fiel"',
      expect.stringMatching(/^b: Rule "b": when, at character 4: Unexpected token/),
      'b: Rule "b": the id is already taken by rule 2',
      'b: Rule "b": the title has "{nothing}", which is never filled in',
    ]);
  });

  it.each<[string, Partial<Rule>, RegExp]>([
    ["a kind nobody knows", { kinds: ["u/*"] }, /unknown kind "u\/\*"/],
    ["no kind", { kinds: [] }, /no kind is given/],
    ["a path that no attribute has", { paths: ["/moed"] }, /path "\/moed" matches no attribute of t\/file/],
    ["a path below an attribute that holds nothing", { paths: ["/mode/x"] }, /path "\/mode\/x" matches no attribute/],
    ["a path without its slash", { paths: ["mode"] }, /a path starts with "\/"/],
    ["a path without its slash for an open kind", { kinds: ["t/open"], paths: ["known"] }, /a path starts with "\/"/],
    ["an attribute that no kind has", { when: 'resource.actual.moed == "x"' }, /t\/file has no attribute "moed"/],
    ["an attribute of desired", { when: "resource.desired.nope == null" }, /has no attribute "nope"/],
    ["an attribute of baseline", { when: 'resource.baseline["nope"] == null' }, /has no attribute "nope"/],
    ["a prototype's member", { when: "resource.actual.constructor == null" }, /has no attribute "constructor"/],
    ["a variable nobody declares", { when: "resorce.id == 'x'" }, /Unknown variable: resorce/],
    ["a member that resource lacks", { when: "resource.name == 'x'" }, /No such key: name/],
    ["a member that change lacks", { when: "change.new == 'x'" }, /No such key: new/],
    ["a text compared with a number", { when: "resource.actual.mode == 644" }, /no such overload: string == int/],
    ["a number compared with a text", { when: 'resource.actual.size == "3"' }, /no such overload: int == string/],
    ["what is no condition", { when: "resource.actual.mode" }, /it gives string, but must give true or false/],
    ["a value of unknown type", { when: "change.after" }, /it gives dyn, but must give true or false/],
    ["a function nobody has", { when: "grant(resource.actual.mode)" }, /grant\(string\)/],
    ["a function on the wrong type", { when: 'grants(resource.actual.size, "o+r")' }, /grants\(int, string\)/],
    [
      "permissions that mean nothing",
      { when: 'grants(resource.actual.mode, "o-r")' },
      /permissions "o-r" are not of a form/,
    ],
    ["a pattern that is no RE2", { when: 'resource.id.matches("(?=x)")' }, /the pattern is no RE2 expression/],
    ["matches on a number", { when: 'resource.actual.size.matches("x")' }, /matches/],
    ["has() on an attribute", { when: "has(resource.actual.mode)" }, /compare it with null/],
    ["has() on an unknown attribute", { when: "has(resource.actual.nope)" }, /compare it with null/],
    ["an empty title", { title: " " }, /the title is empty/],
  ])("refuses %s", (_, more, message) => {
    const problems = problemsOf([rule(more)]);
    expect(problems).toHaveLength(1);
    expect(problems[0]?.message).toMatch(message);
  });

  it("suggests the attribute and the kind that were meant", () => {
    const hints = problemsOf([
      rule({ id: "a", when: 'resource.actual.moed == ""' }),
      rule({ id: "b", kinds: ["t/fil"] }),
    ]);
    expect(hints.map(({ hint }) => hint)).toEqual(['Did you mean "mode"?', 'Did you mean "t/file"?']);
  });

  it("points into the line of an expression that spans several", () => {
    const [problem] = problemsOf([rule({ when: 'resource.id == "x"\n  && resource.actual.moed == ""' })]);
    expect(problem).toMatchObject({ excerpt: '  && resource.actual.moed == ""' });
    expect(problem?.message).toContain("at character 22 of line 2");
  });

  it("says where a rule stands when it is told", () => {
    const origin = (_: Rule, index: number) => ({ file: "leeway.yaml", line: 10 + index, column: 3 });
    const load = () => loadRules([rule({}), rule({ id: "s", title: "{x}" })], KINDS, { functions, origin });
    expect(load).toThrow(
      expect.objectContaining({ problems: [expect.objectContaining({ file: "leeway.yaml", line: 11, column: 3 })] }),
    );
  });

  it("takes rules that ship with the program for right until one is tried, and then says what is wrong", () => {
    const [own, good, bad] = [
      rule({}),
      rule({ id: "s" }),
      rule({ id: "t", kinds: ["t/directory"], when: "nonsense(" }),
    ];
    const set = loadRules([own, good, bad], KINDS, { functions, shipped: 2 });
    expect(set.forKind("t/file").map(({ matchesPath, expression }) => [matchesPath("/mode"), expression])).toEqual([
      [true, undefined],
      [true, undefined],
    ]);
    const [found] = set.forKind("t/directory");
    expect(() => found?.expression).toThrow(
      expect.objectContaining({ code: "RULE_INVALID", problems: [expect.objectContaining({ file: "t" })] }),
    );
    expect(() => loadRules([own, good, bad], KINDS, { functions, shipped: 1 })).not.toThrow();
    expect(() => loadRules([own, rule({ id: "r" })], KINDS, { functions, shipped: 1 })).toThrow(/1 mistake/);
  });

  it("lets a rule for several kinds name what any of them has, without a type where they differ", () => {
    const both = ["t/file", "t/directory"];
    expect(
      problemsOf([rule({ kinds: both, when: "resource.actual.groups.size() > 0 || resource.actual.size == 'x'" })]),
    ).toEqual([]);
    expect(problemsOf([rule({ kinds: both, when: "resource.actual.nope == null" })])[0]?.message).toMatch(
      /t\/file, t\/directory has no/,
    );
  });

  it("lets a rule name any attribute of a kind whose attributes are not all known", () => {
    expect(problemsOf([rule({ kinds: ["t/open"], paths: ["/x"], when: "resource.actual.whatever == 1" })])).toEqual([]);
  });
});

describe("evaluating a condition", () => {
  it.each<[string, JsonObject, boolean]>([
    ['resource.actual.mode == "0644"', { mode: "0644" }, true],
    ["resource.actual.mode == null", {}, true],
    ["resource.actual.mode == null", { mode: null }, true],
    ["resource.actual.mode != null", { mode: "0644" }, true],
    ['resource.actual.mode == "0644"', {}, false],
    ["resource.actual.size == 0", {}, false],
    ["resource.actual.size == 0", { size: 0 }, true],
    ["resource.actual.size + 1 == 3", { size: 2 }, true],
    ["resource.actual.size % 2 == 1", { size: 3 }, true],
    ["resource.actual.ratio + 0.5 == 2.5", { ratio: 2 }, true],
    ["resource.actual.there", { there: true }, true],
    ["resource.actual.there == false", {}, false],
    ['"a" in resource.actual.groups', { groups: ["a"] }, true],
    ['"a" in resource.actual.groups', {}, false],
    ["size(resource.actual.groups) == 0", { groups: null }, true],
    ['resource.actual.groups.exists(g, g.matches("^b"))', { groups: ["a", "bc"] }, true],
    ["resource.actual.settings.limit == 5", { settings: { limit: 5 } }, true],
    ["resource.actual.settings.limit + 1 == 6", { settings: { limit: 5 } }, true],
    ["resource.actual.settings.inner.constructor + 1 == 2", { settings: { inner: { constructor: 1 } } }, true],
    ["resource.actual.settings.constructor == 1", { settings: { constructor: 1 } }, true],
    ['target.criticality == "high" && target.name == "edge"', {}, true],
    ["actor == null", {}, true],
    [
      'resource.kind == "t/file" && resource.at == "here" && resource.id == "x" && resource.drift == "changed"',
      {},
      true,
    ],
  ])("%s of %j gives %s", (when, actual, matched) => {
    expect(evaluate(when, { actual })).toEqual({ matched, failures: [] });
  });

  it("keeps integers exact beyond what a double holds", () => {
    const actual = parseJson('{"size": 9007199254740993}') as JsonObject;
    expect(evaluate("resource.actual.size == 9007199254740993", { actual }).matched).toBe(true);
    expect(evaluate("resource.actual.size == 9007199254740992", { actual }).matched).toBe(false);
  });

  it("reads a key named __proto__ as any other", () => {
    const actual = parseJson('{"settings": {"__proto__": {"x": 1}}}') as JsonObject;
    expect(evaluate('"__proto__" in resource.actual.settings', { actual }).matched).toBe(true);
    expect(evaluate('"x" in resource.actual.settings', { actual }).matched).toBe(false);
  });

  it.each<[string, Partial<Drift["changes"][number]>]>([
    ['change.before == "a" && change.desired == "a"', { desired: "a", baseline: "b" }],
    ['change.before == "b" && change.desired == null', { baseline: "b" }],
    ['change.before == "b" && change.desired["$oneOf"] == ["a"]', { desired: { $oneOf: ["a"] }, baseline: "b" }],
    ['change.before == "b"', { desired: [{ $oneOf: ["a"] }], baseline: "b" }],
    ["change.before == null", { desired: { $oneOf: ["a"] } }],
    ["change.after == 3 && change.actual == 3", { actual: 3 }],
    ["change.added == ['x'] && size(change.removed) == 0", { added: ["x"] }],
    ['change.path == "/mode" && change.cause == "out-of-band"', {}],
  ])("%s holds for the change %j", (when, change) => {
    expect(evaluate(when, { change })).toEqual({ matched: true, failures: [] });
  });

  it("does not match, but says why, where a condition cannot be evaluated", () => {
    expect(evaluate("resource.actual.size > 3", {})).toEqual({
      matched: false,
      failures: ["no such overload: dyn<null> > int"],
    });
    const text: { actual: Json } = { actual: "not a number" };
    expect(evaluate("int(change.after) > 3", { change: text }).failures).toHaveLength(1);
  });

  it("matches in time that grows with the text, whatever the expression and however it is nested", () => {
    const text = `${"a".repeat(100_000)}!`;
    const call = 'change.after.matches("^(a+)+$")';
    const forms = [
      call,
      `!(${call}) && false`,
      `["x"].exists(x, [x].exists(y, ${call}))`,
      `["x"].all(x, ${call})`,
      `(${call} ? 1 : 2) == 1`,
      `cel.bind(found, ${call}, found)`,
      `{"k": ${call}}["k"]`,
      `[${call}][0] == true`,
      `["x"].filter(x, ${call}) == ["x"]`,
      `["x"].map(x, ${call}) == [true]`,
    ];
    for (const when of forms)
      expect(evaluate(when, { change: { actual: text } })).toEqual({ matched: false, failures: [] });
  });
});
