import { createHmac } from "node:crypto";
import { describe, expect, it } from "vitest";
import { constraint, type Expected, type ExpectedObject, type Operator } from "../model/expected.ts";
import type { AttributeFacts } from "../model/facts.ts";
import type { Json, JsonObject } from "../model/json.ts";
import type { PathFact } from "../model/observation.ts";
import { compare } from "./compare.ts";
import { compileFacts } from "./compile-facts.ts";
import { seal, sealRecorded } from "./seal.ts";

const NOW = "2026-02-01T00:00:00.000Z";
const RESOURCE = { kind: "test/thing", at: "here", id: "one" };
const digestWith = (key: string) => (text: string) =>
  `hmac-sha256:${key}:${createHmac("sha256", key).update(text).digest("hex")}`;
const DIGEST = digestWith("k1");

function facts(...attributes: Partial<AttributeFacts>[]) {
  const described = attributes.map((one) => ({
    path: "/password",
    type: "any" as const,
    description: "",
    roles: ["sensitive" as const],
    ...one,
  }));
  const kind = {
    kind: "test/thing",
    summary: "",
    id: { description: "", example: "" },
    attributes: described,
    emptyIs: "value" as const,
    read: "",
  };
  return compileFacts(kind, "1");
}

function judge(
  desired: ExpectedObject,
  actual: JsonObject,
  options: {
    facts?: ReturnType<typeof facts>;
    pathFacts?: readonly PathFact[];
    baseline?: JsonObject;
    key?: string;
  } = {},
) {
  const compiled = options.facts ?? facts({});
  const pathFacts = options.pathFacts ?? [];
  const sealed = seal(desired, actual, {
    facts: compiled,
    pathFacts,
    digest: digestWith(options.key ?? "k1"),
    now: NOW,
  });
  const comparison = compare(
    {
      resource: RESOURCE,
      declared: {
        resource: RESOURCE,
        desired: { presence: "present", attributes: sealed.desired },
        declaredAt: { file: "x", line: 1 },
      },
      formerlyDeclared: false,
      knownAbsent: false,
      observation: { resource: RESOURCE, observedAt: NOW, status: "present", actual: sealed.actual },
      ...(options.baseline === undefined
        ? {}
        : {
            baseline: {
              presence: "present",
              attributes: options.baseline,
              recordedAt: NOW,
              held: {},
              unobserved: [],
              factsVersion: "1",
            },
          }),
    },
    compiled,
    { ignore: () => undefined, now: NOW, accepted: () => false },
  );
  expect(JSON.stringify([sealed.actual, comparison])).not.toMatch(/hunter\d/);
  return comparison;
}

const only = (operator: Operator): Expected => constraint([operator]);
const sealedAs = (value: Json, key = "k1"): JsonObject => ({ $digest: digestWith(key)(JSON.stringify(value)) });

describe("a sensitive attribute", () => {
  it("is compared by its digest", () => {
    expect(judge({ password: "hunter2" }, { password: "hunter2" }).drift).toBeUndefined();
    const { drift } = judge({ password: "hunter2" }, { password: "hunter3" });
    expect(drift?.changes).toMatchObject([
      { path: "/password", desired: sealedAs("hunter2"), actual: sealedAs("hunter3") },
    ]);
  });

  it.each<[string, Operator, boolean]>([
    ["$oneOf", { op: "oneOf", options: ["hunter1", "hunter2"] }, true],
    ["$oneOf of others", { op: "oneOf", options: ["hunter1"] }, false],
    ["$matches", { op: "matches", text: "^hunter\\d$" }, true],
    ["$not of a secret", { op: "not", option: only({ op: "secret", value: "hunter2" }) }, false],
    ["$anyOf with a secret", { op: "anyOf", options: [only({ op: "secret", value: "hunter2" })] }, true],
    ["$length", { op: "length", length: 7 }, true],
    ["$length with a minimum", { op: "length", length: only({ op: "min", bound: 8 }) }, false],
  ])("is judged by %s before it is sealed", (_, operator, holds) => {
    expect(judge({ password: only(operator) }, { password: "hunter2" }).drift === undefined).toBe(holds);
  });

  it("that must be absent is judged by whether it is there", () => {
    expect(judge({ password: only({ op: "absent", absent: true }) }, {}).drift).toBeUndefined();
    expect(judge({ password: only({ op: "absent", absent: true }) }, { password: "hunter2" }).drift).toBeDefined();
  });

  it("has the same digest however its semantics lets it be written", () => {
    const set = facts({ semantics: "set" });
    expect(
      judge({ password: ["hunter1", "hunter2"] }, { password: ["hunter2", "hunter1"] }, { facts: set }).drift,
    ).toBeUndefined();
  });

  it("may be an element or a member of one", () => {
    const elements = facts({ path: "/env/*" }, { path: "/users/*/token" });
    const value = { env: ["hunter1", "hunter2"], users: [{ name: "x", token: "hunter3" }] };
    expect(judge(value, structuredClone(value), { facts: elements }).drift).toBeUndefined();
    const changed = { env: ["hunter1", "hunter2"], users: [{ name: "x", token: "hunter4" }] };
    expect(judge(value, changed, { facts: elements }).drift?.changes).toMatchObject([{ path: "/users/0/token" }]);
  });

  it("may be named by the observation, or by a document alone", () => {
    const plain = compileFacts({ ...facts({}).kind, attributes: [] }, "1");
    const named: PathFact[] = [{ path: "/password", fact: "sensitive" }];
    expect(
      judge({ password: "hunter2" }, { password: "hunter3" }, { facts: plain, pathFacts: named }).drift,
    ).toBeDefined();
    const secret = { password: only({ op: "secret", value: "hunter2" }) };
    expect(judge(secret, { password: "hunter2" }, { facts: plain }).drift).toBeUndefined();
    expect(judge(secret, { password: "hunter3" }, { facts: plain }).drift).toBeDefined();
  });
});

describe("what lies around or within something sensitive", () => {
  const env = facts({ path: "/env/*" });
  const users = facts({ path: "/users/*/token" });

  it.each<[string, Operator, boolean]>([
    ["$only", { op: "only", members: { A: "hunter2" } }, true],
    ["$only of others", { op: "only", members: { B: "hunter2" } }, false],
    ["$contains", { op: "contains", part: { A: "hunter2" } }, true],
    ["$contains of another value", { op: "contains", part: { A: "hunter3" } }, false],
    ["$not", { op: "not", option: { A: "hunter2" } }, false],
  ])("is judged by %s on all of it before it is sealed", (_, operator, holds) => {
    expect(judge({ env: only(operator) }, { env: { A: "hunter2" } }, { facts: env }).drift === undefined).toBe(holds);
  });

  it.each<[string, Expected, Json]>([
    ["a list", { A: "hunter1" }, ["hunter2"]],
    ["an object", ["hunter1"], { A: "hunter2" }],
    ["a text", { A: "hunter1" }, "A=hunter2"],
    ["nothing", { A: "hunter1" }, null],
    ["an object instead of a text", "A=hunter1", { A: "hunter2" }],
  ])("is not shown where it is %s instead", (_, desired, actual) => {
    expect(judge({ env: desired }, { env: actual }, { facts: env }).drift).toBeDefined();
  });

  it.each(["/users/0/token", "/users/name=x/token", "/users/0", ""])(
    "is not shown where the observation names %s",
    (path) => {
      const plain = compileFacts({ ...facts({}).kind, attributes: [] }, "1");
      const value = (token: string) => ({ users: [{ name: "x", token }] });
      const options = { facts: plain, pathFacts: [{ path, fact: "sensitive" as const }] };
      expect(judge(value("hunter1"), value("hunter2"), options).drift).toBeDefined();
      expect(judge({}, value("hunter2"), options).drift).toBeUndefined();
      expect(judge(value("hunter2"), value("hunter2"), options).drift).toBeUndefined();
    },
  );

  it("is compared where a document gives the digests of elements", () => {
    const captured = { users: [{ name: "x", token: only({ op: "digest", digest: DIGEST('"hunter2"') }) }] };
    const actual = (token: string) => ({ users: [{ name: "x", token }] });
    expect(judge(captured, actual("hunter2"), { facts: users }).drift).toBeUndefined();
    expect(judge(captured, actual("hunter3"), { facts: users }).drift).toBeDefined();
    const foreign = judge(captured, actual("hunter2"), { facts: users, key: "k2" });
    expect(foreign.drift).toBeUndefined();
    expect(foreign.uncheckedPaths).toMatchObject([{ path: "/users" }]);
  });

  it("is the same where both are empty and the kind says that this is no difference", () => {
    const absent = compileFacts({ ...facts({}).kind, emptyIs: "absent" }, "1");
    expect(judge({ password: "" }, {}, { facts: absent }).drift).toBeUndefined();
    expect(judge({ password: "" }, { password: null }, { facts: absent }).drift).toBeUndefined();
    expect(judge({ password: "" }, { password: "hunter2" }, { facts: absent }).drift).toBeDefined();
  });
});

describe("a digest within a constraint", () => {
  const isDigest = (value: string, key = "k1") =>
    only({ op: "digest", digest: digestWith(key)(JSON.stringify(value)) });

  it.each<[string, Operator, boolean]>([
    ["$not", { op: "not", option: isDigest("hunter2") }, false],
    ["$not of another", { op: "not", option: isDigest("hunter1") }, true],
    ["$oneOf", { op: "oneOf", options: [isDigest("hunter1"), isDigest("hunter2")] }, true],
    ["$oneOf of others", { op: "oneOf", options: [isDigest("hunter1")] }, false],
  ])("is held against the value by %s", (_, operator, holds) => {
    expect(judge({ password: only(operator) }, { password: "hunter2" }).drift === undefined).toBe(holds);
  });

  it.each<[string, readonly Operator[]]>([
    ["$not", [{ op: "not", option: isDigest("hunter2", "k0") }]],
    ["$oneOf", [{ op: "oneOf", options: [isDigest("hunter2", "k0")] }]],
    [
      "another operator",
      [
        { op: "matches", text: "^h" },
        { op: "digest", digest: digestWith("k0")('"hunter2"') },
      ],
    ],
  ])("of another key leaves the value unchecked with %s", (_, operators) => {
    const result = judge({ password: constraint(operators) }, { password: "hunter2" });
    expect(result.drift).toBeUndefined();
    expect(result.uncheckedPaths).toMatchObject([{ path: "/password", reason: "unsupported" }]);
  });
});

describe("a baseline", () => {
  const recorded = (desired: ExpectedObject, attributes: JsonObject) =>
    sealRecorded(desired, attributes, { facts: facts({}), pathFacts: [], digest: DIGEST, now: NOW });

  it("is sealed where it was recorded before anybody said that it is sensitive", () => {
    expect(recorded({}, { password: "hunter2", a: 1 })).toEqual({ password: sealedAs("hunter2"), a: 1 });
    expect(recorded({ b: only({ op: "secret", value: "hunter1" }) }, { b: "hunter2" })).toEqual({
      b: sealedAs("hunter2"),
    });
  });

  it("stays as it is where it was sealed then, whatever the key", () => {
    const before = { password: sealedAs("hunter2"), other: sealedAs("hunter1", "k0") };
    expect(recorded({ other: only({ op: "secret", value: "hunter1" }) }, before)).toEqual(before);
  });
});

it("reports an undeclared sensitive attribute that changed as that attribute, and not as a part of its digest", () => {
  const { drift } = judge({}, { password: "hunter3" }, { baseline: { password: sealedAs("hunter2") } });
  expect(drift?.changes).toEqual([
    { path: "/password", baseline: sealedAs("hunter2"), actual: sealedAs("hunter3"), cause: "external" },
  ]);
});

describe("a digest made with another key", () => {
  it.each<[string, Partial<AttributeFacts>, JsonObject, JsonObject]>([
    ["a member", { path: "/env/*" }, { env: { A: sealedAs("hunter2", "k0") } }, { env: { A: "hunter2" } }],
    ["an element of a set", { path: "/env/*" }, { env: [sealedAs("hunter2", "k0")] }, { env: ["hunter2"] }],
    [
      "a member of an element",
      { path: "/env/*/t" },
      { env: [{ t: sealedAs("hunter2", "k0") }] },
      { env: [{ t: "hunter2" }] },
    ],
  ])("in the baseline of an orphan is first sight for %s", (_, about, baseline, actual) => {
    const compiled = facts(about, { path: "/env", semantics: "set", roles: [] });
    const sealed = seal({}, actual, { facts: compiled, pathFacts: [], digest: DIGEST, now: NOW });
    const comparison = compare(
      {
        resource: RESOURCE,
        baseline: {
          presence: "present",
          attributes: baseline,
          recordedAt: NOW,
          held: {},
          unobserved: [],
          factsVersion: "1",
        },
        formerlyDeclared: false,
        knownAbsent: false,
        observation: { resource: RESOURCE, observedAt: NOW, status: "present", actual: sealed.actual },
      },
      compiled,
      { ignore: () => undefined, now: NOW, accepted: () => false },
    );
    expect(comparison.drift?.changes.map(({ path }) => path)).toEqual([""]);
    expect(comparison.baseline).toMatchObject({ attributes: sealed.actual });
  });

  it("in a baseline is first sight, never drift", () => {
    const open = judge({}, { password: "hunter2" }, { baseline: { password: sealedAs("hunter2", "k0") } });
    expect(open.drift).toBeUndefined();
    expect(open.baseline).toMatchObject({ attributes: { password: sealedAs("hunter2") } });
  });

  it("in a document cannot be checked", () => {
    const operator: Operator = { op: "digest", digest: digestWith("k0")('"hunter2"') };
    const result = judge({ password: only(operator) }, { password: "hunter2" });
    expect(result.drift).toBeUndefined();
    expect(result.uncheckedPaths).toMatchObject([{ path: "/password", reason: "unsupported" }]);
  });

  it("is compared when the key is the same", () => {
    const operator: Operator = { op: "digest", digest: DIGEST('"hunter2"') };
    expect(judge({ password: only(operator) }, { password: "hunter2" }).drift).toBeUndefined();
    expect(judge({ password: only(operator) }, { password: "hunter3" }).drift).toBeDefined();
  });
});

describe("an object that is declared to have no other members", () => {
  const exactly = (members: ExpectedObject) => constraint([{ op: "only", members }]);
  const pathFacts: readonly PathFact[] = [{ path: "/env/KEY", fact: "sensitive" }];
  const desired = { env: exactly({ KEY: constraint([{ op: "secret", value: "hunter1" }]), PORT: "1" }) };

  it("is sealed member by member, so that what is no secret can be read", () => {
    expect(judge(desired, { env: { KEY: "hunter1", PORT: "1" } }, { pathFacts }).drift).toBeUndefined();
    expect(judge(desired, { env: { KEY: "hunter2", PORT: "2" } }, { pathFacts }).drift?.changes).toMatchObject([
      { path: "/env/KEY", desired: sealedAs("hunter1"), actual: sealedAs("hunter2") },
      { path: "/env/PORT", desired: "1", actual: "2" },
    ]);
  });

  it("is sealed where it is not there, or is none", () => {
    expect(judge(desired, {}).drift?.changes).toMatchObject([{ path: "/env" }]);
    expect(judge(desired, { env: "hunter2" }).drift?.changes).toMatchObject([{ path: "/env" }]);
  });

  it("is told where it has one more, sealed where that is a secret", () => {
    const { drift } = judge({ env: exactly({}) }, { env: { KEY: "hunter2" } }, { pathFacts });
    expect(drift?.changes).toMatchObject([{ path: "/env/KEY", actual: sealedAs("hunter2") }]);
  });
});
