import { createHmac } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canonicalJson } from "../model/canonical-json.ts";
import type { Change } from "../model/drift.ts";
import { constraint, type ExpectedObject } from "../model/expected.ts";
import type { AttributeFacts, KindFacts } from "../model/facts.ts";
import { getOwn, isJsonObject, type Json, type JsonObject, setOwn } from "../model/json.ts";
import { parsePointer } from "../model/pointer.ts";
import { compare } from "./compare.ts";
import type { Comparison } from "./comparison.ts";
import { type CompiledFacts, compileFacts } from "./compile-facts.ts";
import { seal } from "./seal.ts";

const RESOURCE = { kind: "test/thing", at: "here", id: "one" };
const NOW = "2026-02-01T00:00:00.000Z";
const CONTEXT = { ignore: () => undefined, now: NOW, accepted: () => false };

const attribute = (path: string, more: Partial<AttributeFacts> = {}): AttributeFacts => ({
  path,
  type: "any",
  description: "",
  ...more,
});

/** Every object is closed, so that what desired does not name must not be there and changes carry all there is to do. */
const KIND: KindFacts = {
  kind: "test/thing",
  summary: "a thing",
  id: { description: "a name", example: "one" },
  attributes: [
    ...["", "/*", "/*/*", "/*/*/*", "/*/*/*/*"].map((path) => attribute(path, { closed: true })),
    attribute("/set", { semantics: "set" }),
    attribute("/keyed", { semantics: { keyed: ["id"] } }),
    attribute("/keyed/*", { closed: true }),
    attribute("/keyed/*/tags", { semantics: "set" }),
    attribute("/size", { semantics: "quantity" }),
    attribute("/text", { semantics: "case-insensitive" }),
  ],
  emptyIs: "value",
  read: "nothing",
};
const FACTS = compileFacts(KIND, "1");

const key = fc.constantFrom("a", "b", "constructor", "__proto__", "toString", "x/y", "~", "");
const leaf = fc.oneof(
  fc.constantFrom<Json>(null, true, false, "", "A", "a", 0, 1, 2 ** 53, 9007199254740993n, "1Gi", "1024Mi", "512Mi"),
  fc.integer(),
  fc.string({ maxLength: 4 }),
);

function object(value: fc.Arbitrary<Json>): fc.Arbitrary<JsonObject> {
  return fc.array(fc.tuple(key, value), { maxLength: 4 }).map((members) => {
    const result: { [key: string]: Json } = {};
    for (const [name, member] of members) setOwn(result, name, member);
    return result;
  });
}

const json: fc.Arbitrary<Json> = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small", maxDepth: 3 },
    leaf,
    fc.array(tie("value"), { maxLength: 3 }),
    object(tie("value")),
  ),
})).value;

const element = fc.record({ id: fc.constantFrom("p", "q", "r"), tags: fc.array(leaf, { maxLength: 3 }), n: leaf });

const document: fc.Arbitrary<JsonObject> = fc
  .tuple(
    object(json),
    fc.record(
      { set: fc.array(leaf, { maxLength: 4 }), keyed: fc.array(element, { maxLength: 4 }), size: leaf, text: leaf },
      { requiredKeys: [] },
    ),
  )
  .map(([open, known]) => ({ ...open, ...known }) as JsonObject);

function run(desired: ExpectedObject, actual: JsonObject, facts: CompiledFacts = FACTS): Comparison {
  return compare(
    {
      resource: RESOURCE,
      declared: {
        resource: RESOURCE,
        desired: { presence: "present", attributes: desired },
        declaredAt: { file: "x", line: 1 },
      },
      formerlyDeclared: false,
      knownAbsent: false,
      observation: { resource: RESOURCE, observedAt: NOW, status: "present", actual },
    },
    facts,
    CONTEXT,
  );
}

/** The same value with the members of every object, and the elements of every known set and keyed list, the other way round. */
function shuffled(value: Json, path: readonly string[] = []): Json {
  if (Array.isArray(value)) {
    const items = value.map((item: Json) => shuffled(item, [...path, "*"]));
    return ["/set", "/keyed", "/keyed/*/tags"].includes(`/${path.join("/")}`) ? items.reverse() : items;
  }
  if (!isJsonObject(value)) return value;
  const result: { [key: string]: Json } = {};
  for (const [name, member] of Object.entries(value).reverse()) setOwn(result, name, shuffled(member, [...path, name]));
  return result;
}

/**
 * Carries out changes on what is there, as a repair would: later elements first, so that removing one does not move those still
 * to be found, and what is missing last.
 */
function apply(actual: JsonObject, changes: readonly Change[]): JsonObject {
  const missing = changes.filter((change) => change.actual === undefined);
  const there = changes.filter((change) => change.actual !== undefined);
  const order = [...there.reverse(), ...missing];
  return order.reduce<Json>(
    (document, { path, desired }) => put(document, parsePointer(path), desired),
    actual,
  ) as JsonObject;
}

function put(value: Json, [step, ...rest]: readonly string[], desired: Json | undefined): Json {
  if (step === undefined) return desired ?? null;
  if (Array.isArray(value)) return putElement(value, { step, rest }, desired);
  const object = isJsonObject(value) ? value : {};
  const result: { [key: string]: Json } = {};
  for (const [name, member] of Object.entries(object)) if (name !== step) setOwn(result, name, member);
  if (rest.length > 0) setOwn(result, step, put(getOwn(object, step) ?? {}, rest, desired));
  else if (desired !== undefined) setOwn(result, step, desired);
  return result;
}

function putElement(
  list: readonly Json[],
  at: { step: string; rest: readonly string[] },
  desired: Json | undefined,
): Json {
  const [, id, copy = "1"] = /^id=(.*?)(?:#(\d+))?$/.exec(at.step) ?? [];
  const positions = list.flatMap((item, index) => (isJsonObject(item) && item["id"] === id ? [index] : []));
  const index = id === undefined ? Number(at.step) : (positions[Number(copy) - 1] ?? list.length);
  const items = [...list];
  if (at.rest.length === 0 && desired === undefined) items.splice(index, 1);
  else items[index] = at.rest.length === 0 ? (desired ?? null) : put(items[index] ?? {}, at.rest, desired);
  return items;
}

describe("comparing", () => {
  it("a thing with itself gives nothing", () => {
    fc.assert(
      fc.property(document, (value) => {
        const copy = structuredClone(value);
        const { drift, folds, uncheckedPaths, gaps } = run(value, copy);
        expect({ drift, folds, uncheckedPaths, gaps }).toEqual({
          drift: undefined,
          folds: [],
          uncheckedPaths: [],
          gaps: [],
        });
      }),
    );
  });

  it("gives changes that turn actual into desired", () => {
    fc.assert(
      fc.property(document, document, (desired, actual) => {
        const { drift } = run(desired, actual);
        const repaired = apply(actual, drift?.changes ?? []);
        expect(run(desired, repaired).drift).toBeUndefined();
      }),
      { numRuns: 1000 },
    );
  });

  it("finds a difference wherever two documents have other canonical text and no semantics makes them equal", () => {
    const plain = compileFacts(
      { ...KIND, attributes: KIND.attributes.filter(({ semantics }) => semantics === undefined) },
      "2",
    );
    fc.assert(
      fc.property(document, document, (desired, actual) => {
        expect(run(desired, actual, plain).drift === undefined).toBe(canonicalJson(desired) === canonicalJson(actual));
      }),
    );
  });

  it("does not depend on the order of keys nor of the elements of sets and keyed lists", () => {
    fc.assert(
      fc.property(document, document, (desired, actual) => {
        expect(run(desired, shuffled(desired) as JsonObject).drift).toBeUndefined();
        // Duplicate keys are told apart by position, so only documents without them must give the same paths.
        const ids = [desired, actual].map(({ keyed }) =>
          Array.isArray(keyed) ? keyed.map((item: Json) => (isJsonObject(item) ? item["id"] : item)) : [],
        );
        fc.pre(ids.every((list) => new Set(list).size === list.length));
        const paths = (comparison: Comparison) => comparison.drift?.changes.map(({ path }) => path) ?? [];
        expect(paths(run(desired, shuffled(actual) as JsonObject))).toEqual(paths(run(desired, actual)));
      }),
    );
  });

  it("never lets a sensitive value into anything it gives", () => {
    const sensitive = compileFacts(
      {
        ...KIND,
        attributes: [
          attribute("/password", { roles: ["sensitive"] }),
          attribute("/env/*", { roles: ["sensitive"] }),
          attribute("/list/*/token", { roles: ["sensitive"] }),
        ],
      },
      "3",
    );
    const secret = fc
      .string({ minLength: 6, maxLength: 12, unit: fc.constantFrom(..."abcdefghijkmnpqrstuvwxyz") })
      .map((text) => `S3CRET${text}`);
    const withSecrets = (values: readonly string[]): JsonObject => ({
      name: "x",
      password: values[0] ?? "",
      env: { A: values[1] ?? "", B: { nested: values[2] ?? "" } },
      list: [{ id: "p", token: values[3] ?? "" }],
      declared_only: values[4] ?? "",
    });
    const digest = (text: string) => `hmac-sha256:k1:${createHmac("sha256", "key").update(text).digest("hex")}`;
    fc.assert(
      fc.property(
        fc.array(secret, { minLength: 5, maxLength: 5 }),
        fc.array(secret, { minLength: 5, maxLength: 5 }),
        (theirs, ours) => {
          const desired: ExpectedObject = {
            ...withSecrets(ours),
            password: constraint([{ op: "oneOf", options: [ours[0] ?? "", "other"] }]),
            declared_only: constraint([{ op: "secret", value: ours[4] ?? "" }]),
          };
          const sealed = seal(desired, withSecrets(theirs), { facts: sensitive, pathFacts: [], digest, now: NOW });
          const comparison = run(sealed.desired, sealed.actual, sensitive);
          expect(
            canonicalJson(JSON.parse(JSON.stringify({ ...comparison, sealed: sealed.actual })) as Json),
          ).not.toContain("S3CRET");
          const same = seal(desired, withSecrets(ours), { facts: sensitive, pathFacts: [], digest, now: NOW });
          expect(run(same.desired, same.actual, sensitive).drift).toBeUndefined();
        },
      ),
    );
  });
});
