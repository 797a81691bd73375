import { inspect } from "node:util";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Expected, isConstraint, OPERATORS } from "../model/expected.ts";
import { type KindFacts, kindCatalog } from "../model/facts.ts";
import type { Json, JsonObject } from "../model/json.ts";
import { readDocuments } from "./documents.ts";
import { Duplicates } from "./duplicates.ts";
import { type WrittenResource, writeDocuments } from "./write-documents.ts";

const anything: KindFacts = {
  kind: "test/anything",
  summary: "Anything",
  id: { description: "any text", example: "x" },
  attributes: [],
  open: true,
  emptyIs: "value",
  read: "get",
};
const kinds = kindCatalog([anything, { ...anything, kind: "test/other" }]);

async function readBack(text: string) {
  const options = { kinds, env: {}, duplicates: new Duplicates(), digestOf: async () => undefined };
  const { declared, problems } = await readDocuments("a.yaml", text, options);
  expect(problems).toEqual([]);
  return declared.map(({ kind, id, at, desired }) => ({
    kind,
    id,
    at,
    attributes: desired.presence === "present" ? plain(desired.attributes) : undefined,
  }));
}

/** The JSON that an expected value without constraints but literals and digests stands for. */
function plain(expected: Expected): Json {
  if (typeof expected !== "object" || expected === null) return expected;
  if (Array.isArray(expected)) return expected.map(plain);
  if (isConstraint(expected)) {
    const [operator] = expected[OPERATORS];
    if (operator?.op === "literal") return operator.value;
    if (operator?.op === "digest") return { $digest: operator.digest };
    throw new Error("It is a constraint");
  }
  return Object.fromEntries(Object.entries(expected).map(([key, member]) => [key, plain(member)]));
}

function written(attributes: JsonObject, id = "x"): string {
  return writeDocuments([{ kind: "test/anything", id, attributes }], "local");
}

describe("writeDocuments", () => {
  it("writes documents as a person would", () => {
    const resources: WrittenResource[] = [
      { kind: "test/other", id: "/etc/b", attributes: {} },
      {
        kind: "test/anything",
        id: "/etc/a",
        attributes: {
          mode: "0600",
          owner: "root",
          size: 12,
          immutable: false,
          groups: ["adm", "sudo"],
          none: [],
          text: 'say "hi"\n',
          rules: [{ port: 22, to: ["a b"] }],
        },
      },
    ];
    expect(writeDocuments(resources, "web-1")).toMatchInlineSnapshot(`
      "kind: test/anything
      id: /etc/a
      at: [web-1]
      attributes:
        mode: "0600"
        owner: root
        size: 12
        immutable: false
        groups: [adm, sudo]
        none: []
        text: "say \\"hi\\"\\n"
        rules:
          -
            port: 22
            to: ["a b"]
      ---
      kind: test/other
      id: /etc/b
      at: [web-1]
      attributes: {}
      "
    `);
  });

  const values: readonly Json[] = [
    "0600",
    "yes",
    "No",
    "1e3",
    "null",
    "~",
    "",
    " ",
    "a: b",
    "a #b",
    "- a",
    "*a",
    "&a",
    "!a",
    "%a",
    "@a",
    "`a`",
    "{a}",
    "[a]",
    "'a'",
    "a\tb\r\nc\n",
    "é ü 漢 🎉",
    "\u0000\u001f\u007f\u0085\u2028\u2029\ufeff\uffff\ud800",
    "...",
    "---",
    "<<",
    "=",
    ".inf",
    "0x10",
    "12:30:45",
    "2024-01-01",
    12345678901234567890n,
    -9007199254740993n,
    1e21,
    1e-7,
    0.1,
    null,
    [[], [[]], {}],
    [{ a: [{ b: null }] }, "x"],
  ];
  it.each(values.map((value) => ({ name: inspect(value), value })))(
    "writes $name so that it reads back the same",
    async ({ value }) => {
      expect(await readBack(written({ value }))).toMatchObject([{ attributes: { value } }]);
    },
  );

  it("wraps keys that would read as operators, and leaves digests of sensitive values", async () => {
    const attributes = {
      a: { $oneOf: [1] },
      b: [{ c: { $x: 1, d: { $y: 2 } } }],
      secret: { $digest: "hmac-sha256:k1:00ff" },
      fake: { $digest: "plain" },
    };
    const text = written(attributes);
    expect(text).toContain('secret:\n    "$digest": "hmac-sha256:k1:00ff"');
    expect(text).toContain('fake:\n    "$literal":\n      "$digest": plain');
    expect(await readBack(text)).toMatchObject([{ attributes }]);
  });

  it("writes keys of any length and kind", async () => {
    const long = "k".repeat(5000);
    const entries: [string, Json][] = [
      [long, { [long]: 1 }],
      ["__proto__", "a"],
      ["constructor", "b"],
      ["", 1],
      ["1", 2],
      ["a b", 3],
      ["<<", 4],
    ];
    const [read] = await readBack(written(Object.fromEntries(entries)));
    expect(new Map(Object.entries(read?.attributes ?? {}))).toEqual(new Map(entries));
  });

  it("sorts by id, then by kind, and escapes the place", async () => {
    const resources = ["b", "a", "B", "ä"].flatMap((id) =>
      ["test/other", "test/anything"].map((kind) => ({ kind, id, attributes: {} })),
    );
    const read = await readBack(writeDocuments(resources, "a*[b]\\"));
    expect(read.map(({ id, kind }) => `${id} ${kind}`)).toEqual(
      ["B", "a", "b", "ä"].flatMap((id) => [`${id} test/anything`, `${id} test/other`]),
    );
    expect(read[0]?.at).toEqual(["a\\*[b]\\\\"]);
  });

  const key = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.constantFrom("$oneOf", "$x", "$digest", "$literal", "mode", "yes", "null", "<<"),
  );
  const scalar = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.string({ unit: "grapheme" }),
    fc.constantFrom("0600", "yes", "1e3", "null", "\n", "a\nb", `\${X}`, `$\${X}`),
    fc.integer(),
    fc
      .double({ noNaN: true, noDefaultInfinity: true })
      .filter((value) => !Object.is(value, -0) && (!Number.isInteger(value) || Number.isSafeInteger(value))),
    fc.bigInt().filter((value) => !Number.isSafeInteger(Number(value))),
    fc.boolean(),
    fc.constant(null),
  );
  const { value } = fc.letrec<{ value: Json }>((tie) => ({
    value: fc.oneof(
      { depthSize: "small" },
      scalar,
      fc.array(tie("value"), { maxLength: 4 }),
      fc.dictionary(key, tie("value"), { maxKeys: 4 }),
    ),
  }));

  it("writes what reads back to the same resources", async () => {
    const name = key.filter((each) => !each.startsWith("$") || each.length > 0);
    const resource = fc.record({
      id: fc.string({ unit: "binary" }),
      attributes: fc.dictionary(name, value, { maxKeys: 4 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(resource, { selector: ({ id }) => id, maxLength: 5 }), async (resources) => {
        const all = resources.map((each) => ({ kind: "test/anything", ...each }));
        const read = await readBack(writeDocuments(all, "local"));
        const byId = (a: { id: string }, b: { id: string }) => (a.id < b.id ? -1 : 1);
        expect(read.sort(byId)).toEqual(all.map((each) => ({ ...each, at: ["local"] })).sort(byId));
      }),
      { numRuns: 300 },
    );
  });
});
