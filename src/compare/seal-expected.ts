import { constraint, type Expected, type ExpectedObject, isConstraint, OPERATORS } from "../model/expected.ts";
import type { Json } from "../model/json.ts";
import type { Instant } from "../model/time.ts";
import type { Digest } from "./comparison.ts";
import type { FactNode } from "./compile-facts.ts";
import { containsConstraint, mapMembers, mapNested, someOperator } from "./constraints/nested.ts";
import { isList } from "./diff/canonical-under.ts";
import { satisfies } from "./diff/visit.ts";

/** What a sensitive expectation is judged on, still in the clear. */
export interface SealingOne {
  readonly actual: Json | undefined;
  readonly node: FactNode;
  /** The digest that the value of this attribute has. */
  readonly digestOf: (value: Json) => string;
  readonly digest: Digest;
  readonly now: Instant;
  readonly emptyIs: "absent" | "value";
}

/**
 * An expectation of a sensitive value without that value: the digest of a plain one, the verdict of any other. One that
 * holds a digest made with another key becomes that digest, which can be compared with nothing.
 */
export function sealExpected(desired: Expected, one: SealingOne): Expected {
  if (!containsConstraint(desired)) return constraint([{ op: "digest", digest: one.digestOf(desired as Json) }]); // Plain JSON.
  const operators = isConstraint(desired) ? desired[OPERATORS] : [];
  const [first] = operators;
  if (operators.length === 1 && first?.op === "secret")
    return constraint([{ op: "digest", digest: one.digestOf(first.value) }]);
  if (operators.length === 1 && (first?.op === "digest" || first?.op === "absent")) return desired;
  const foreign = foreignDigest(desired, one);
  if (foreign !== undefined) return constraint([{ op: "digest", digest: foreign }]);
  const holds = satisfies(openSecrets(desired), one.actual, one);
  return constraint([{ op: "sealed", holds }]);
}

function foreignDigest(desired: Expected, { digest }: SealingOne): string | undefined {
  const key = keyOf(digest(""));
  let foreign: string | undefined;
  someOperator(desired, (operator) => {
    if (operator.op === "digest" && keyOf(operator.digest) !== key) foreign = operator.digest;
    return foreign !== undefined;
  });
  return foreign;
}

function keyOf(digest: string): string {
  return digest.slice(0, digest.lastIndexOf(":"));
}

function openSecrets(expected: Expected): Expected {
  if (typeof expected !== "object" || expected === null) return expected;
  if (isList<Expected>(expected)) return expected.map(openSecrets);
  if (!isConstraint(expected)) return mapMembers(expected as ExpectedObject, openSecrets); // Neither a list nor a constraint.
  return constraint(
    expected[OPERATORS].map((operator) =>
      operator.op === "secret" ? { op: "literal", value: operator.value } : mapNested(operator, openSecrets),
    ),
  );
}
