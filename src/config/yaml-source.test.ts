import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseJson } from "../model/parse-json.ts";
import { readYaml, type YamlDocument } from "./yaml-source.ts";

function only(text: string): YamlDocument {
  const documents = [...readYaml(text, { file: "f.yaml" }).documents()];
  expect(documents).toHaveLength(1);
  // The line before says that there is one.
  return documents[0] as YamlDocument;
}

const values = (text: string) => [...readYaml(text, { file: "f.yaml" }).documents()].map(({ value }) => value);
const places = (text: string) => only(text).problems.map(({ line, column, message }) => `${line}:${column} ${message}`);

describe("readYaml", () => {
  it("reads integers exactly, and as numbers where that is exact", () => {
    expect(only("[1, 0x1F, 0o600, 9007199254740993, -12345678901234567890, 1.5, 1e3]").value).toEqual([
      1,
      31,
      384,
      9007199254740993n,
      -12345678901234567890n,
      1.5,
      1000,
    ]);
  });

  it("takes YAML 1.2 words, dates and zero-led digits as its core schema does", () => {
    expect(only("[yes, on, ~, null, true, 2027-03-01, 0755, 12:30]").value).toEqual([
      "yes",
      "on",
      null,
      null,
      true,
      "2027-03-01",
      755,
      "12:30",
    ]);
  });

  it("treats __proto__, constructor and toString as ordinary keys, also when merged", () => {
    const value = only("a: &a {__proto__: {x: 1}, constructor: 2}\nb: {<<: *a, toString: 3}").value as {
      readonly a: object;
      readonly b: object;
    };
    expect(Object.entries(value.a)).toEqual([
      ["__proto__", { x: 1 }],
      ["constructor", 2],
    ]);
    expect(Object.keys(value.b).sort()).toEqual(["__proto__", "constructor", "toString"]);
    expect(Object.getPrototypeOf(value.b)).toBe(Object.prototype);
  });

  it("keeps keys as they are written", () => {
    expect(only("{0600: a, true: b, 1.0: c, ~: d}").value).toEqual({ "0600": "a", true: "b", "1.0": "c", "~": "d" });
  });

  it("merges `<<`: own keys win, then the earlier map", () => {
    expect(only("a: &a {x: 1, y: 1}\nb: &b {y: 2, z: 2}\nc: {<<: [*a, *b], x: 3}\nd: {'<<': 1}").value).toEqual({
      a: { x: 1, y: 1 },
      b: { y: 2, z: 2 },
      c: { x: 3, y: 1, z: 2 },
      d: { "<<": 1 },
    });
  });

  it("leaves empty documents and comments out", () => {
    expect(values("")).toEqual([]);
    expect(values("# only a comment\n---\n")).toEqual([]);
    expect(values("a: 1\n---\n---\n# c\n---\nb: 2\n...\n")).toEqual([{ a: 1 }, { b: 2 }]);
    expect(values("--- null\n")).toEqual([null]);
  });

  it("reads back whatever JSON is written", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(values(JSON.stringify(value))).toEqual([parseJson(JSON.stringify(value))]);
      }),
      { numRuns: 200 },
    );
  });

  it("answers any text with values or problems, never with an exception", () => {
    const fragment = fc.constantFrom(
      "a: ",
      "- ",
      "\n",
      "  ",
      "{",
      "}",
      "[",
      "]",
      "&x ",
      "*x",
      "<<: ",
      "'",
      '"',
      "|\n",
      "#",
      "---\n",
      "%",
      "!",
      "?",
      "\t",
      "1",
    );
    fc.assert(
      fc.property(fc.array(fragment, { maxLength: 30 }), (fragments) => {
        for (const document of readYaml(fragments.join(""), { file: "f.yaml" }).documents())
          for (const { line, column } of document.problems)
            expect([line, column].every((n) => Number(n) >= 1)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});

describe("problems of YAML text", () => {
  it.each([
    ["a: 'x", ["1:6 The closing ' is missing"]],
    ['a: "x', ['1:6 The closing " is missing']],
    ["a: b: c", ["1:4 Unexpected nested key on this line"]],
    ["a:\n\tb: 1", ["2:1 A tab is used as indentation"]],
    ["a:\n  b: 1\n c: 2", ["3:1 Wrong indentation"]],
    ["- a\nb: 1", ["2:1 Unexpected text after a complete value"]],
    ["a: @x", ["1:4 A text cannot start with this character unquoted"]],
    ["a: ]", ["1:4 A closing bracket that was never opened"]],
    ["a: {b: 1,, c: 2}", ['1:10 A value is missing before this ","']],
    ["x: !vault abc", ["1:4 Unknown tag, or one that does not fit its value"]],
    ["? [1]\n: 2", ["1:3 A key must be a plain text"]],
    ["f: .inf", ['1:4 The number ".inf" has no exact value']],
    [
      "a: 1\nb: 2\na: 3\nb: 4",
      ['3:1 Key "a" is given twice, first on line 1', '4:1 Key "b" is given twice, first on line 2'],
    ],
    ["a: *x", ['1:4 Alias "*x" has no anchor before it']],
    ["a: &x [*x]", ['1:8 Alias "*x" stands inside its own anchor']],
    ["a: {<<: 1}", ['1:9 "<<" needs a map or a list of maps to merge']],
  ])("says what is wrong with %j and where", (text, expected) => {
    expect(places(text)).toEqual(expected);
  });

  it("keeps the value of a broken document back, and goes on with the next", () => {
    const [broken, sound] = [...readYaml("a: [1\n---\nb: 2\n", { file: "f.yaml" }).documents()];
    expect(broken?.value).toBeNull();
    expect(broken?.problems[0]).toMatchObject({ file: "f.yaml", message: expect.stringContaining("closing bracket") });
    expect(sound?.value).toEqual({ b: 2 });
  });

  it("shows the offending line, without what a terminal would act on", () => {
    expect(only('ok: 1\nx: !t "\u001B[31mred\u009b"\n').problems[0]?.excerpt).toBe('x: !t "\uFFFD[31mred\uFFFD"');
  });

  it("cuts the line of an excerpt, and shows none when the place lies behind the cut", () => {
    expect(only(`x: !t ${"y".repeat(1000)}`).problems[0]?.excerpt).toHaveLength(201);
    expect(only(`{x: ${"y".repeat(1000)}, z: !t 1}`).problems[0]).not.toHaveProperty("excerpt");
  });

  it("refuses an alias bomb, and serves many honest aliases", () => {
    const levels = Array.from({ length: 12 }, (_, level) => {
      const item = level === 0 ? "x" : `*l${level - 1}`;
      return `l${level}: &l${level} [${Array.from({ length: 10 }, () => item).join(", ")}]`;
    });
    expect(places(levels.join("\n"))[0]).toContain("Aliases stand for too many values");
    const uses = Array.from({ length: 20_000 }, (_, index) => `k${index}: {<<: *d, id: ${index}}`);
    expect(places(`d: &d {a: 1, b: 2, c: 3, e: 4}\n${uses.join("\n")}`)).toEqual([]);
  });

  it("gives the aliases of all documents of a file one budget", () => {
    const item = Array.from({ length: 300 }, () => "1").join(",");
    const bomb = `a: &a [${item}]\nb: &b [${"*a,".repeat(100)}]\nc: [${"*b,".repeat(20)}]\n`;
    const documents = [...readYaml(`${bomb}---\n${bomb}`, { file: "f.yaml" }).documents()];
    expect(documents.every(({ problems }) => problems.length > 0)).toBe(true);
  });

  it("stops where the nesting becomes too deep to walk", () => {
    expect(places("[".repeat(100_000))).toEqual(["1:201 Nested deeper than 200 levels"]);
    expect(places("- ".repeat(100_000))[0]).toContain("Nested deeper than 200 levels");
    expect(only(`${"[".repeat(150)}${"]".repeat(150)}`).problems).toEqual([]);
  });

  it("stops where one document has more parts than memory holds, and keeps those before it", () => {
    const [sound, broken, ...others] = readYaml(`a: 1\n---\n[${"1,".repeat(1_600_000)}]\n`, {
      file: "f.yaml",
    }).documents();
    expect(sound?.value).toEqual({ a: 1 });
    expect(broken?.problems).toMatchObject([{ line: 3, message: "The document is too large to be read at once" }]);
    expect(others).toEqual([]);
  });

  it.each([
    ["a NUL", "a: \0b", {}],
    ["bytes that are not UTF-8", Buffer.from("a: \xff\xfe", "latin1"), {}],
    ["UTF-16", Buffer.from("\uFEFFa: 1", "utf16le"), {}],
    ["more bytes than allowed", "a: ää", { maxBytes: 6 }],
  ])("refuses %s as a whole", (_name, source, options) => {
    const yaml = readYaml(source, { file: "f.yaml", ...options });
    expect(yaml.problems).toHaveLength(1);
    expect(yaml.problems[0]?.message).toMatch(/^Cannot read "f.yaml": /);
    expect([...yaml.documents()]).toEqual([]);
  });
});

describe("positions", () => {
  const text = [
    "# leading",
    "base: &base",
    "  mode: '0600'",
    "list:",
    "  - one",
    "  - { two: 2, three: }",
    "use:",
    "  <<: *base",
    "  own: |",
    "    text",
    "whole: *base",
  ].join("\n");
  const document = only(text);

  it.each([
    [["base"], "key", 2, 1],
    [["base", "mode"], "key", 3, 3],
    [["base", "mode"], "value", 3, 9],
    [["list", 0], "value", 5, 5],
    [["list", 1, "two"], "value", 6, 12],
    [["list", 1, "three"], "value", 6, 15],
    [["list", 7], "value", 5, 3],
    [["use", "mode"], "value", 3, 9],
    [["whole"], "value", 11, 8],
    [["whole", "mode"], "key", 3, 3],
    [["nowhere"], "value", 2, 1],
    [[], "value", 2, 1],
  ] as const)("finds %j (%s)", (path, what, line, column) => {
    expect(document.positionOf(path, what)).toEqual({ line, column });
  });

  it("counts columns after a byte order mark and CRLF as an editor does", () => {
    expect(only("\uFEFFa: 1").positionOf(["a"], "value")).toEqual({ line: 1, column: 4 });
    expect(only("a: 1\r\nb: 2\r\n").positionOf(["b"], "value")).toEqual({ line: 2, column: 4 });
  });

  it("gives the source of a scalar as it is written", () => {
    expect(document.sourceOf(["base", "mode"])).toBe("'0600'");
    expect(document.sourceOf(["whole", "mode"])).toBe("'0600'");
    expect(only("mode: 0600").sourceOf(["mode"])).toBe("0600");
    expect(document.sourceOf(["use", "own"])).toBe("|\n    text\n");
    expect(document.sourceOf(["list"])).toBeUndefined();
    expect(document.sourceOf(["nowhere"])).toBeUndefined();
  });

  it("tells plain scalars from quoted ones", () => {
    expect([document.isPlain(["list", 0]), document.isPlain(["base", "mode"]), document.isPlain(["list"])]).toEqual([
      true,
      false,
      false,
    ]);
  });

  it("starts a document at its first key, in the lines of the file", () => {
    const starts = [...readYaml("# c\n\na: 1\n---\n# d\nb: 2\n", { file: "f.yaml" }).documents()].map(
      (each) => each.startLine,
    );
    expect(starts).toEqual([3, 6]);
  });

  it("makes a problem at a path, and keeps the line back when it holds a secret", () => {
    const problem = document.problemAt(["base", "mode"], { message: "Wrong", hint: "Right" });
    expect(problem).toEqual({
      file: "f.yaml",
      line: 3,
      column: 9,
      message: "Wrong",
      hint: "Right",
      excerpt: "  mode: '0600'",
    });
    expect(document.problemAt(["base", "mode"], { message: "Wrong", secret: true })).not.toHaveProperty("excerpt");
  });
});
