import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { Problem } from "../errors.ts";
import type { Declared } from "../model/declared.ts";
import { constraint } from "../model/expected.ts";
import { readDocuments } from "./documents.ts";
import { Duplicates } from "./duplicates.ts";
import { kinds } from "./fixtures/kinds.ts";

const FILES: Readonly<Record<string, string>> = { "desired/files/hosts": "127.0.0.1\n", "shared/x": "x" };
const env = { PASSWORD: "hunter2", OTHER: "more" };

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

async function read(text: string | Uint8Array) {
  return await readDocuments("desired/a.yaml", text, {
    kinds,
    env,
    duplicates: new Duplicates(),
    digestOf: async (path) => (Object.hasOwn(FILES, path) ? sha256(FILES[path] ?? "") : undefined),
  });
}

async function declared(text: string): Promise<readonly Declared[]> {
  const { declared: found, problems } = await read(text);
  expect(problems).toEqual([]);
  return found;
}

async function attributes(kind: string, written: string): Promise<unknown> {
  const id = kind === "test/file" ? "/x" : "x";
  const [first] = await declared(`kind: ${kind}\nid: ${id}\nattributes: ${written}\n`);
  return first?.desired.presence === "present" ? first.desired.attributes : undefined;
}

async function mistakes(text: string | Uint8Array): Promise<readonly Problem[]> {
  const { problems } = await read(text);
  expect(problems.every((problem) => problem.file === "desired/a.yaml")).toBe(true);
  return problems;
}

describe("readDocuments", () => {
  it("reads several documents of a file, with places and positions", async () => {
    const text = [
      "# Hosts",
      "kind: test/file",
      "id: /etc/hosts",
      'attributes: { mode: "0644", uid: 0, immutable: false, ratio: 0.5 }',
      "---",
      "",
      "kind: test/setting",
      "id: net.x",
      'at: ["web-*", db]',
      "attributes:",
      "  value: 0",
      "---",
      "kind: test/file",
      "id: /tmp/x",
      "at: web-1",
      "absent: true",
    ].join("\n");
    expect(await declared(text)).toEqual([
      {
        kind: "test/file",
        id: "/etc/hosts",
        desired: { presence: "present", attributes: { mode: "0644", uid: 0, immutable: false, ratio: 0.5 } },
        declaredAt: { file: "desired/a.yaml", line: 2 },
      },
      {
        kind: "test/setting",
        id: "net.x",
        at: ["web-*", "db"],
        desired: { presence: "present", attributes: { value: "0" } },
        declaredAt: { file: "desired/a.yaml", line: 7 },
      },
      {
        kind: "test/file",
        id: "/tmp/x",
        at: ["web-1"],
        desired: { presence: "absent" },
        declaredAt: { file: "desired/a.yaml", line: 13 },
      },
    ]);
  });

  it("reads anchors, merges, and Windows line ends", async () => {
    const text =
      'kind: test/file\r\nid: /a\r\nattributes: &common\r\n  mode: "0600"\r\n  owner: root\r\n---\r\n' +
      "kind: test/file\r\nid: /b\r\nattributes: &other { owner: root }\r\n---\r\n" +
      "kind: test/open\r\nid: c\r\nattributes:\r\n  base: &base { a: 1 }\r\n  more: { <<: *base, b: 2 }\r\n";
    const found = await declared(text);
    expect(found[2]?.desired).toEqual({ presence: "present", attributes: { base: { a: 1 }, more: { a: 1, b: 2 } } });
  });

  it("declares only that it exists when there are no attributes", async () => {
    const bare = { presence: "present", attributes: {} };
    expect((await declared("kind: test/file\nid: /x"))[0]?.desired).toEqual(bare);
    expect((await declared("kind: test/file\nid: /x\nattributes:\nabsent: false"))[0]?.desired).toEqual(bare);
  });

  it("keeps names that JavaScript gives a meaning as ordinary names", async () => {
    const found = await attributes("test/open", "{ __proto__: 1, constructor: 2, toString: { __proto__: x } }");
    expect(Object.entries(found ?? {})).toEqual([
      ["__proto__", 1],
      ["constructor", 2],
      ["toString", expect.anything()],
    ]);
  });

  it("keeps integers that a number would round", async () => {
    expect(await attributes("test/file", "{ uid: 12345678901234567890 }")).toEqual({ uid: 12345678901234567890n });
  });

  it("reads a file of comments as nothing", async () => {
    expect(await declared("# nothing here\n---\n# nor here\n")).toEqual([]);
  });
});

describe("a scalar where the attribute is text", () => {
  it.each([
    ["0", "0"],
    ["0600", "0600"],
    ["1.10", "1.10"],
    ["0x1F", "0x1F"],
    ["true", "true"],
    ["yes", "yes"],
    ['"0"', "0"],
    ["1e3", "1e3"],
    ["12345678901234567890", "12345678901234567890"],
  ])("is taken as it is written: %s", async (written, value) => {
    expect(await attributes("test/setting", `{ value: ${written} }`)).toEqual({ value });
  });

  it("is taken so in lists and in constraints, but not where a constraint needs a number", async () => {
    const found = await attributes(
      "test/setting",
      "{ ports: [22, 0600], value: { $oneOf: [1, true], $not: 3, $min: 1 } }",
    );
    expect(found).toEqual({
      ports: ["22", "0600"],
      value: constraint([
        { op: "oneOf", options: ["1", "true"] },
        { op: "not", option: "3" },
        { op: "min", bound: 1 },
      ]),
    });
  });
});

describe("content and source", () => {
  it("become the digest of the text or of the file", async () => {
    expect(await attributes("test/file", '{ content: "a\\n" }')).toEqual({ sha256: sha256("a\n") });
    expect(await attributes("test/file", "{ source: files/hosts }")).toEqual({ sha256: sha256("127.0.0.1\n") });
    expect(await attributes("test/file", "{ source: ../shared/x }")).toEqual({ sha256: sha256("x") });
    expect(await attributes("test/file", '{ content: "" }')).toEqual({ sha256: sha256("") });
  });

  it.each([
    ["{ source: files/none }", 'There is no file "files/none" beside the document in this revision'],
    ["{ source: ../../outside }", 'There is no file "../../outside" beside the document in this revision'],
    ["{ source: /etc/hosts }", 'There is no file "/etc/hosts" beside the document in this revision'],
    ["{ source: '' }", 'There is no file "" beside the document in this revision'],
    ["{ source: [a] }", '"source" must be text, not a list'],
    ["{ content: 5 }", '"content" must be text, not a number'],
    ["{ content: a, source: files/hosts }", '"sha256" is declared twice, the second time by "source"'],
    ["{ sha256: abc, content: a }", '"sha256" is declared twice, the second time by "content"'],
    ["{ content: a, sha256: abc }", '"sha256" is declared twice, the second time by "sha256"'],
  ])("are refused: %s", async (written, message) => {
    const problems = await mistakes(`kind: test/file\nid: /x\nattributes: ${written}\n`);
    expect(problems.map((problem) => problem.message)).toEqual([message]);
  });
});

describe("a secret", () => {
  it("is taken from the environment", async () => {
    expect(await attributes("test/setting", `{ password: { $secret: "\${PASSWORD}" } }`)).toEqual({
      password: constraint([{ op: "secret", value: "hunter2" }]),
    });
    expect(await attributes("test/setting", `{ password: { $secret: "a-\${PASSWORD}-\${OTHER}-$\${X}" } }`)).toEqual({
      password: constraint([{ op: "secret", value: `a-hunter2-more-\${X}` }]),
    });
  });

  it.each([
    [`"\${NONE}"`, 'Environment variable "NONE" is not set'],
    [`"\${PASSWORD}\${NONE}"`, 'Environment variable "NONE" is not set'],
    [`"\${constructor}"`, 'Environment variable "constructor" is not set'],
    [`"\${file:x}"`, `"\${file:x}" names no environment variable`],
    ["hunter2", "A secret must not be written into a document"],
    ["5", 'Cannot read "$secret": expected text, not a number'],
  ])("is refused as %s, without showing a line", async (written, message) => {
    const problems = await mistakes(`kind: test/setting\nid: x\nattributes: { password: { $secret: ${written} } }\n`);
    expect(problems).toMatchObject([{ message, line: 3 }]);
    expect(JSON.stringify(problems)).not.toContain("hunter2");
    expect(problems[0]?.excerpt).toBeUndefined();
  });

  it("is in no message about something else on its line", async () => {
    const problems = await mistakes(
      "kind: test/setting\nid: x\nattributes: { password: 12345, value: [hunter2], nope: 1 }\n",
    );
    expect(problems.map((problem) => problem.message)).toEqual([
      'Attribute "password" must be text, not a number',
      'Attribute "value" must be text, not a list',
      'test/setting has no attribute "nope"',
    ]);
    expect(JSON.stringify(problems)).not.toMatch(/12345|hunter2/);
  });

  it("is text like another inside a literal", async () => {
    expect(await attributes("test/open", "{ a: { $literal: { $secret: plain } } }")).toEqual({
      a: constraint([{ op: "literal", value: { $secret: "plain" } }]),
    });
  });
});

describe("a mistake", () => {
  it.each<[written: string, expected: Partial<Problem>]>([
    [
      "kind: test/fil\nid: /x",
      { message: 'Unknown kind "test/fil"', hint: 'Did you mean "test/file"?', line: 1, column: 7 },
    ],
    ["kind: nonsense\nid: /x", { hint: "Known are: test/file, test/setting, test/open" }],
    ["id: /x", { message: '"kind" is missing', line: 1 }],
    ["kind: [a]\nid: /x", { message: '"kind" must be text, not a list' }],
    ["kind: constructor\nid: /x", { message: 'Unknown kind "constructor"' }],
    ["kind: test/file", { message: '"id" is missing', hint: 'The absolute path: write it like "/etc/hosts"' }],
    [
      "kind: test/open\nid: 010",
      { message: '"id" must be text, not a number', hint: 'Put it in quotes: "010"', line: 2 },
    ],
    ["kind: test/file\nid: etc", { message: '"etc" is no id of test/file', column: 5, excerpt: "id: etc" }],
    ["kind: test/file\nid: /x\nat: []", { message: '"at" is empty: the resource is meant for no place' }],
    ["kind: test/file\nid: /x\nat: {}", { message: '"at" must be a pattern or a list of patterns, not a map' }],
    ["kind: test/file\nid: /x\nat: [a, 5]", { message: "A pattern must be text, not a number", column: 9 }],
    ["kind: test/file\nid: /x\nabsent: yes", { message: '"absent" must be true or false, not text' }],
    ["kind: test/file\nid: /x\nattributes: [a]", { message: '"attributes" must be a map, not a list' }],
    [
      "kind: test/file\nid: /x\nabsent: true\nattributes: { uid: 0 }",
      { message: '"absent: true" cannot stand together with attributes', line: 4, column: 1 },
    ],
    [
      "kind: test/file\nid: /x\natributes: {}",
      { message: 'Unknown key "atributes" in a document', hint: 'Did you mean "attributes"?' },
    ],
    ["kind: test/file\nid: /x\nmode: '0600'", { hint: 'Move it under "attributes"' }],
    ["kind: test/file\nid: /x\ncontent: x", { hint: 'Move it under "attributes"' }],
    ["[a, b]", { message: "A document must be a map with kind, id and attributes, not a list" }],
    ["just text", { message: "A document must be a map with kind, id and attributes, not text" }],
  ])("is reported: %s", async (written, expected) => {
    const problems = await mistakes(written);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatchObject(expected);
  });

  it.each<[written: string, expected: Partial<Problem>]>([
    [
      "mode: 0600",
      {
        message: 'Attribute "mode" must be text, not a number',
        hint: 'Put it in quotes: "0600"',
        line: 4,
        column: 9,
        excerpt: "  mode: 0600",
      },
    ],
    ["mode: 600", { hint: 'Four octal digits: write it like "0600"' }],
    ['mode: "600"', { message: 'Attribute "mode" of test/file does not have the form that it must have' }],
    ["moed: '0600'", { message: 'test/file has no attribute "moed"', hint: 'Did you mean "mode"?', column: 3 }],
    ["colour: red", { hint: "Its attributes are: content, source, mode, owner, uid, immutable, sha256, tags, ratio" }],
    ["constructor: 1", { message: 'test/file has no attribute "constructor"' }],
    ["owner:", { message: 'Attribute "owner" must be text, not nothing' }],
    ["owner: 0", { hint: 'Put it in quotes: "0"' }],
    ["uid: root", { message: 'Attribute "uid" must be a whole number, not text' }],
    ['uid: "0"', { hint: "Write it without quotes" }],
    ["uid: 1.5", { message: 'Attribute "uid" must be a whole number, not a number' }],
    ["immutable: yes", { message: 'Attribute "immutable" must be true or false, not text' }],
    ["tags: a", { message: 'Attribute "tags" must be a list, not text', hint: "Write it in brackets: [a]" }],
    ["ratio: high", { message: 'Attribute "ratio" must be a number, not text' }],
    ["owner: { $onOf: [a] }", { message: 'Unknown operator "$onOf"', line: 4, column: 12 }],
    ["tags: { $contains: [{ $matches: '(' }] }", { line: 4, column: 25 }],
    ["owner: { $oneOf: [a], plain: 1 }", { line: 4 }],
  ])("in an attribute is reported: %s", async (written, expected) => {
    const problems = await mistakes(`kind: test/file\nid: /x\nattributes:\n  ${written}\n`);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatchObject(expected);
  });

  it("is reported for members of attributes, in constraints too", async () => {
    const problems = await mistakes(
      [
        "kind: test/setting",
        "id: x",
        "attributes:",
        "  rules:",
        "    - { cidr: 10.0.0.0/8, prot: 1 }",
        '    - { cidr: 1, port: { $oneOf: ["a"] } }',
      ].join("\n"),
    );
    expect(problems.map(({ message, line, column }) => ({ message, line, column }))).toEqual([
      { message: 'test/setting has no attribute "prot"', line: 5, column: 27 },
      { message: 'Attribute "rules/*/cidr" must be text, not a number', line: 6, column: 15 },
    ]);
  });

  it("does not hide the others: all of a file are reported at once", async () => {
    const problems = await mistakes(
      "kind: test/file\nid: x\nmoed: 1\nattributes: { mode: 0600, uid: a }\n---\nkind: nope\n---\n{ unclosed\n---\nkind: test/file\nid: /y\nattributes: { tags: 1 }\n",
    );
    expect(problems.map((problem) => problem.line)).toEqual([3, 2, 4, 4, 6, 6, 9, 12]);
  });

  it("may be a declared null where the kind takes it as absent", async () => {
    expect(await attributes("test/setting", "{ value: null }")).toEqual({ value: null });
  });

  it("is nothing that a constraint does not check: types are not, names are", async () => {
    expect(await attributes("test/file", "{ uid: { $oneOf: ['a', 1] } }")).toMatchObject({ uid: expect.anything() });
    const unknown = await mistakes("kind: test/file\nid: /x\nattributes: { nope: { $min: 1 } }\n");
    expect(unknown.map((problem) => problem.message)).toEqual(['test/file has no attribute "nope"']);
  });
});

describe("a file that is no document", () => {
  it("is refused when it is empty, binary or not UTF-8", async () => {
    expect((await mistakes(""))[0]?.message).toBe('Cannot read "desired/a.yaml": it is empty');
    expect((await mistakes(Buffer.from([0, 1, 2, 3])))[0]?.message).toContain("it is not UTF-8 text");
    expect((await mistakes(Buffer.from([0xff, 0xfe, 0x41])))[0]?.message).toContain("it is not UTF-8 text");
  });

  it("is refused when its aliases grow without end", async () => {
    const bomb = ["kind: test/open", "id: x", "attributes:", "  a0: &a0 [x, x, x, x, x, x, x, x, x, x]"];
    for (let index = 1; index < 12; index += 1)
      bomb.push(
        `  a${index}: &a${index} [${Array(10)
          .fill(`*a${index - 1}`)
          .join(", ")}]`,
      );
    expect((await mistakes(bomb.join("\n")))[0]?.message).toBe("Aliases stand for too many values");
    expect(await mistakes("kind: test/open\nid: x\nattributes: &a { b: *a }")).toHaveLength(1);
  });
});

describe("a resource that is declared twice", () => {
  const document = (at: string) => `kind: test/file\nid: /x\n${at === "" ? "" : `at: ${at}\n`}`;

  it.each([
    ["", ""],
    ["", "[web-1]"],
    ["[web-*]", ""],
    ["[web-*]", "[web-*]"],
    ["[web-1]", "[web-*]"],
    ["[db, 'web-*']", "[web-2]"],
    ["['a\\*']", "['a?']"],
    ["['a*']", "['a\\*b\\?']"],
  ])("is reported with both places for at %j and %j", async (first, second) => {
    const text = `${document(first)}---\n${document(second)}`;
    const problems = await mistakes(text);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatchObject({
      message: 'test/file "/x" is declared twice, first at desired/a.yaml:1',
      line: first === "" ? 5 : 6,
      column: 5,
    });
  });

  it.each([
    ["[web-1]", "[web-2]"],
    ["[web-*]", "[db-1]"],
    ["['web-*']", "['*-1']"],
  ])("is left to the places for at %j and %j", async (first, second) => {
    const text = `${document(first)}---\n${document(second)}`;
    expect(await declared(text)).toHaveLength(2);
  });

  it("is no other kind or id", async () => {
    expect(
      await declared("kind: test/file\nid: /x\n---\nkind: test/file\nid: /y\n---\nkind: test/open\nid: /x\n"),
    ).toHaveLength(3);
  });
});

describe("what declared content implies", () => {
  const implying = async (written: string) => {
    const { declared: found } = await readDocuments(
      "desired/a.yaml",
      `kind: test/file\nid: /x\nattributes: ${written}\n`,
      {
        kinds,
        env,
        duplicates: new Duplicates(),
        digestOf: async (path) => (Object.hasOwn(FILES, path) ? sha256(FILES[path] ?? "") : undefined),
        textOf: async (path) => FILES[path],
        implied: ({ kind, id, text }) => ({ owner: `${kind} ${id} ${text.trim()}` }),
      },
    );
    return found[0]?.desired.presence === "present" ? found[0].desired.attributes : undefined;
  };

  it("is declared with it, of a text as of a file", async () => {
    expect(await implying("{ content: a }")).toEqual({ sha256: sha256("a"), owner: "test/file /x a" });
    expect(await implying("{ source: files/hosts }")).toEqual({
      sha256: sha256("127.0.0.1\n"),
      owner: "test/file /x 127.0.0.1",
    });
  });

  it("gives way to what the document declares itself, and needs content", async () => {
    expect(await implying("{ content: a, owner: root }")).toEqual({ sha256: sha256("a"), owner: "root" });
    expect(await implying(`{ sha256: "${sha256("a")}" }`)).toEqual({ sha256: sha256("a") });
  });
});
