import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canonicalJson } from "../../model/canonical-json.ts";
import type { Semantics } from "../../model/facts.ts";
import { isJsonObject, type Json, setOwn } from "../../model/json.ts";
import { comparerOf } from "./comparer.ts";

const NAMES = [
  "exact",
  "json",
  "iam-policy",
  "quantity",
  "duration",
  "cidr",
  "file-mode",
  "version",
  "pem",
  "arn",
  "case-insensitive",
  "timestamp",
] as const satisfies readonly Semantics[];

const key = fc.oneof(fc.constantFrom("__proto__", "constructor", "toString", "a", "b"), fc.string());
const ownMembers = <T>(value: fc.Arbitrary<T>) =>
  fc.array(fc.tuple(key, value), { maxLength: 4 }).map((entries) => {
    const object: { [key: string]: T } = {};
    for (const [name, member] of entries) setOwn(object, name, member);
    return object;
  });

/** Text that is near what the semantics read, so that equal values and near misses both come up. */
const text = fc.oneof(
  fc.string(),
  fc.stringMatching(/^-?(0|1|10|1024|1\.50?|01)( ?(Ki|Mi|M|k|m|MB|B)|e3)?$/),
  fc.stringMatching(/^-?(1|60|0\.5|90)(h|m|s|min| days|ms)?((0|30)s)?$/),
  fc.stringMatching(/^-?P(1Y)?([12]M)?(1D)?(T(1H)?(0\.5S)?)?$/),
  fc.stringMatching(/^20(24|25)-0[12]-(01|30)(T0[01]:00(:00(\.50?)?)?(Z|\+01:00)?)?$/),
  fc.stringMatching(/^[0-7]{1,4}$|^([r-][w-][xsS-]){2}[r-][w-][xtT-]$|^u=r?w?s?,g=x?,o=t?$/),
  fc.stringMatching(/^([01]:)?v?[01]\.[01]?[~^+a.]?0?1?(-rc1|\.0-(rc|alpha)\.?1?|-[01a]?)?$/),
  fc.stringMatching(/^(10\.0\.0\.[01]|::1?|0::1|::1\.2\.3\.4)(\/(0|8|32|128|255\.0\.0\.0))?$/),
  fc.stringMatching(/^-----BEGIN A-----\s?(QQ==|Q U I=|)\s?-----END [AB]-----$/),
  fc.stringMatching(/^(arn:aws:(iam|logs|s3):::)?((role|log-group)[:/])?(a\/)?[ab](:\*)?$/),
  fc.json({ maxDepth: 2 }),
);
const statement = fc.record(
  {
    Sid: text,
    Effect: fc.constantFrom("Allow", "Deny"),
    Action: fc.oneof(
      fc.constantFrom("s3:Get", "S3:get"),
      fc.array(fc.constantFrom("a:B", "A:b", "c"), { maxLength: 3 }),
    ),
    Principal: fc.oneof(
      fc.constant("*"),
      fc.record({ AWS: fc.constantFrom("*", "123456789012", "arn:aws:iam::123456789012:root") }),
    ),
    Condition: ownMembers(
      ownMembers(fc.oneof(fc.boolean(), fc.integer(), fc.constant("true"), fc.array(fc.boolean(), { maxLength: 2 }))),
    ),
  },
  { requiredKeys: [] },
);
const policy = fc.record({ Statement: fc.oneof(statement, fc.array(statement, { maxLength: 3 })) });
const scalar = fc.oneof(
  fc.constant(null),
  fc.boolean(),
  fc.double(),
  fc.integer(),
  fc.integer({ min: 0, max: 4095 }),
  fc.bigInt({ min: 2n ** 53n, max: 2n ** 70n }),
  text,
);
const value: fc.Arbitrary<Json> = fc.oneof(
  { weight: 6, arbitrary: scalar },
  { weight: 1, arbitrary: policy.map((document): Json => document) },
  { weight: 1, arbitrary: policy.map((document): Json => JSON.stringify(document)) },
  {
    weight: 1,
    arbitrary: fc.letrec<{ tree: Json }>((tie) => ({
      tree: fc.oneof({ depthSize: "small" }, scalar, fc.array(tie("tree"), { maxLength: 3 }), ownMembers(tie("tree"))),
    })).tree,
  },
);

/** The same value with the members of every object the other way round. */
function reversed(json: Json): Json {
  if (Array.isArray(json)) return json.map(reversed);
  if (!isJsonObject(json)) return json;
  const copy: { [key: string]: Json } = {};
  for (const [name, member] of Object.entries(json).reverse()) setOwn(copy, name, reversed(member));
  return copy;
}

const canonicalText = (name: Semantics, json: Json) => canonicalJson(comparerOf(name).canonical(json));

describe.each(NAMES)("the comparer of %s", (name) => {
  const comparer = comparerOf(name);

  it("finds a value the same as itself, whatever the order of keys", () => {
    fc.assert(
      fc.property(value, (a) => {
        expect(comparer.same(a, a)).toBe(true);
        expect(comparer.same(a, reversed(a))).toBe(true);
        expect(comparer.order(a, reversed(a))).toBe(0);
      }),
    );
  });

  it("gives one answer in both directions, and one canonical text to what is the same", () => {
    fc.assert(
      fc.property(value, value, (a, b) => {
        const same = comparer.same(a, b);
        expect(comparer.same(b, a)).toBe(same);
        if (name !== "arn" && same) expect(canonicalText(name, b)).toBe(canonicalText(name, a));
      }),
      { numRuns: 500 },
    );
  });

  it("finds a value the same as its canonical form, which has no other", () => {
    fc.assert(
      fc.property(value, (a) => {
        const canonical = comparer.canonical(a);
        expect(comparer.same(a, canonical)).toBe(true);
        expect(canonicalText(name, canonical)).toBe(canonicalJson(canonical));
      }),
      { numRuns: 500 },
    );
  });

  it("orders without contradiction", () => {
    fc.assert(
      fc.property(value, value, value, (a, b, c) => {
        const forth = comparer.order(a, b);
        const back = comparer.order(b, a);
        expect(forth === undefined ? undefined : Math.sign(forth) + 0).toBe(
          back === undefined ? undefined : 0 - Math.sign(back),
        );
        expect(forth === 0).toBe(comparer.same(a, b));
        const onwards = comparer.order(b, c);
        if (name !== "arn" && forth !== undefined && forth <= 0 && onwards !== undefined && onwards <= 0) {
          expect(comparer.order(a, c)).toBeLessThanOrEqual(0);
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe("comparerOf", () => {
  it("leaves the elements of sets and keyed lists to whoever walks them", () => {
    expect(comparerOf("set")).toBe(comparerOf("exact"));
    expect(comparerOf({ keyed: ["name"] })).toBe(comparerOf("exact"));
  });

  it("names each comparer as its semantics", () => {
    expect(NAMES.map((name) => comparerOf(name).name)).toEqual(NAMES);
  });
});
