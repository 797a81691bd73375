import { applyPatch } from "diff";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { KnownError } from "../errors.ts";
import type { IgnoreRule } from "./config.ts";
import { addIgnoreRule } from "./edit-config.ts";
import { readYaml } from "./yaml-source.ts";

const RULE: IgnoreRule = { kind: "host/file", id: "/etc/x", reason: "known: see wiki", until: "2027-03-01" };
const FLOW = '{ kind: host/file, id: /etc/x, reason: "known: see wiki", until: 2027-03-01 }';

const HEAD = "# mine\nversion:   1   # odd spacing\ntargets: {a: {connector: host,desired:   d}}\n";

/** Text before, and after; `|` marks nothing but the start of a line. */
const CASES: readonly (readonly [name: string, before: string, after: string])[] = [
  ["a file without the key", HEAD, `${HEAD}ignore:\n  - ${FLOW}\n`],
  ["no final newline", HEAD.trimEnd(), `${HEAD.trimEnd()}\nignore:\n  - ${FLOW}`],
  ["CRLF", HEAD.replaceAll("\n", "\r\n"), `${HEAD}ignore:\n  - ${FLOW}\n`.replaceAll("\n", "\r\n")],
  ["comments at the end", `${HEAD}# last\n\n`, `${HEAD}# last\n\nignore:\n  - ${FLOW}\n`],
  ["an end marker", `${HEAD}...\n`, `${HEAD}ignore:\n  - ${FLOW}\n...\n`],
  ["a start marker and a byte order mark", `\uFEFF---\n${HEAD}`, `\uFEFF---\n${HEAD}ignore:\n  - ${FLOW}\n`],
  ["an indented file", "  version: 1\n  notify: {}\n", `  version: 1\n  notify: {}\n  ignore:\n    - ${FLOW}\n`],
  ["an empty flow list", `${HEAD}ignore: []\nrules: []\n`, `${HEAD}ignore:\n  - ${FLOW}\nrules: []\n`],
  ["an empty flow list with a comment", `${HEAD}ignore: []   # none\n`, `${HEAD}ignore:   # none\n  - ${FLOW}\n`],
  ["an empty flow list at the end of the text", `${HEAD}ignore: []`, `${HEAD}ignore:\n  - ${FLOW}`],
  ["a key without a value", `${HEAD}ignore:\nrules: []\n`, `${HEAD}ignore:\n  - ${FLOW}\nrules: []\n`],
  [
    "a key with comments only",
    `${HEAD}ignore: # why\n  # - {kind: x}\n`,
    `${HEAD}ignore: # why\n  - ${FLOW}\n  # - {kind: x}\n`,
  ],
  ["a null", `${HEAD}ignore: ~ # none\n`, `${HEAD}ignore: # none\n  - ${FLOW}\n`],
  [
    "a list",
    `${HEAD}ignore:\n  - { kind: a, reason: b } # c\n\nrules: []\n`,
    `${HEAD}ignore:\n  - { kind: a, reason: b } # c\n  - ${FLOW}\n\nrules: []\n`,
  ],
  [
    "a list that is not indented",
    `${HEAD}ignore:\n- {kind: a, reason: b}\nrules: []\n`,
    `${HEAD}ignore:\n- {kind: a, reason: b}\n- {kind: host/file, id: /etc/x, reason: "known: see wiki", until: 2027-03-01}\nrules: []\n`,
  ],
  [
    "a list without a final newline",
    `${HEAD}ignore:\n    - { kind: a, reason: b }`,
    `${HEAD}ignore:\n    - { kind: a, reason: b }\n    - ${FLOW}`,
  ],
  [
    "a list in block style",
    `${HEAD}ignore:\n  - kind: a\n    reason: b # c\n# d\nrules: []\n`,
    `${HEAD}ignore:\n  - kind: a\n    reason: b # c\n  - kind: host/file\n    id: /etc/x\n    reason: "known: see wiki"\n    until: 2027-03-01\n# d\nrules: []\n`,
  ],
  [
    "a list that ends in a block scalar",
    `${HEAD}ignore:\n  - kind: a\n    reason: |\n      long\n      text\nrules: []\n`,
    `${HEAD}ignore:\n  - kind: a\n    reason: |\n      long\n      text\n  - kind: host/file\n    id: /etc/x\n    reason: "known: see wiki"\n    until: 2027-03-01\nrules: []\n`,
  ],
  [
    "a flow list",
    `${HEAD}ignore: [{kind: a, reason: b}]\n`,
    `${HEAD}ignore: [{kind: a, reason: b}, {kind: host/file, id: /etc/x, reason: "known: see wiki", until: 2027-03-01}]\n`,
  ],
  [
    "a flow list over several lines with a trailing comma",
    `${HEAD}ignore: [\n  { kind: a, reason: b },\n]\n`,
    `${HEAD}ignore: [\n  { kind: a, reason: b },\n  ${FLOW},\n]\n`,
  ],
  [
    "JSON",
    '{\n  "version": 1,\n  "ignore": [\n    {"kind": "a", "reason": "b"}\n  ]\n}\n',
    `{\n  "version": 1,\n  "ignore": [\n    {"kind": "a", "reason": "b"},\n    ${JSON.stringify(RULE)}\n  ]\n}\n`,
  ],
  ["JSON without the key", '{\n  "version": 1\n}\n', `{\n  "version": 1,\n  "ignore": [${JSON.stringify(RULE)}]\n}\n`],
  ["JSON with an empty list", '{"version": 1, "ignore": []}', `{"version": 1, "ignore": [${JSON.stringify(RULE)}]}`],
  [
    "anchors elsewhere",
    "a: &a {x: 1}\nb: {<<: *a}\nignore: &i []\n",
    `a: &a {x: 1}\nb: {<<: *a}\nignore:\n  - ${FLOW}\n`,
  ],
];

describe("addIgnoreRule", () => {
  it.each(CASES)("keeps every byte around the rule in %s", (_name, before, after) => {
    expect(addIgnoreRule(before, RULE).text).toBe(after);
  });

  it.each(CASES)("gives a diff that leads from one to the other in %s", (_name, before, after) => {
    const { diff } = addIgnoreRule(before, RULE);
    expect(applyPatch(before, diff, { autoConvertLineEndings: false })).toBe(after);
  });

  it("shows a unified diff", () => {
    expect(
      addIgnoreRule("version: 1\nignore:\n  - { kind: a, reason: b }\n", RULE, "ops/leeway.yaml").diff,
    ).toMatchInlineSnapshot(`
      "--- a/ops/leeway.yaml
      +++ b/ops/leeway.yaml
      @@ -1,3 +1,4 @@
       version: 1
       ignore:
         - { kind: a, reason: b }
      +  - { kind: host/file, id: /etc/x, reason: "known: see wiki", until: 2027-03-01 }
      "
    `);
  });

  it.each([
    ["an alias", "x: &x []\nignore: *x\n"],
    ["a list that comes from a merge", "x: &x {ignore: [{kind: a, reason: b}]}\n<<: *x\n"],
    ["no list", "ignore: {}\n"],
    ["an empty list over two lines", "ignore: [\n]\n"],
    ["an empty file", ""],
    ["several documents", "version: 1\n---\nversion: 1\n"],
    ["text that is no YAML", "a: [\n"],
  ])("refuses %s, and says what to write by hand", (_name, text) => {
    const edit = () => addIgnoreRule(text, RULE);
    expect(edit).toThrow(KnownError);
    expect(edit).toThrow(/^Cannot add an ignore rule to "leeway.yaml": /);
    try {
      edit();
    } catch (error) {
      expect(error).toMatchObject({ code: "WRITE_REFUSED", hint: expect.stringContaining(FLOW) });
    }
  });

  it("writes any text so that it reads back, whatever it holds", () => {
    const text = fc.oneof(
      fc.string({ minLength: 1 }),
      fc.string({ minLength: 1, unit: "binary" }),
      fc.constantFrom(
        "a, b",
        "}",
        "# x",
        "yes",
        "0600",
        "\n",
        "*x",
        "a: b",
        "{x}",
        "'",
        "- ",
        "\n\n!",
        "long\ntext ".repeat(20),
      ),
    );
    const printable = text.filter((each) => !each.includes("\0"));
    const bodies = fc.constantFrom(
      HEAD,
      `${HEAD}ignore:\n  - kind: a\n    reason: b\n`,
      `${HEAD}ignore: [{kind: a, reason: b}]\n`,
      '{"version": 1, "ignore": []}',
    );
    fc.assert(
      fc.property(bodies, printable, printable, (before, reason, id) => {
        const rule: IgnoreRule = { id, reason };
        const [document] = readYaml(addIgnoreRule(before, rule).text, { file: "f" }).documents();
        expect(document?.value).toHaveProperty("ignore");
        expect(Object(document?.value).ignore.at(-1)).toEqual(rule);
      }),
      { numRuns: 300 },
    );
  });
});
