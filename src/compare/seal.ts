import { constraint, type Expected, type ExpectedObject, isConstraint, OPERATORS } from "../model/expected.ts";
import { getOwn, isJsonObject, type Json, type JsonObject, setOwn } from "../model/json.ts";
import type { PathFact } from "../model/observation.ts";
import type { Instant } from "../model/time.ts";
import type { Digest } from "./comparison.ts";
import { type CompiledFacts, elementFacts, type FactNode, memberFacts } from "./compile-facts.ts";
import { containsConstraint, declaresSecret, mapMembers, mapNested } from "./constraints/nested.ts";
import { canonicalTextUnder, isList } from "./diff/canonical-under.ts";
import { memberPath, type Path, pointerOf } from "./diff/path.ts";
import { satisfies } from "./diff/visit.ts";

export interface Sealing {
  readonly facts: CompiledFacts;
  readonly pathFacts: readonly PathFact[];
  readonly digest: Digest;
  /** When the value was observed: constraints on it are judged here, once and for all. */
  readonly now: Instant;
}

export interface SealedPair {
  readonly desired: ExpectedObject;
  readonly actual: JsonObject;
}

/**
 * The border: replaces every sensitive value by its keyed digest, on both sides, after constraints on it were judged. What
 * comes out holds no sensitive value, wherever it goes then. An attribute is sensitive when the kind or the observation says
 * so, or when a document declares it as `$secret` or `$digest`.
 */
export function seal(desired: ExpectedObject, actual: JsonObject, sealing: Sealing): SealedPair {
  if (!mustSeal(desired, sealing)) return { desired, actual };
  return sealMembers({ desired, actual, node: sealing.facts.root, path: undefined }, sealing);
}

function mustSeal(desired: ExpectedObject, { facts, pathFacts }: Sealing): boolean {
  return facts.hasSensitive || pathFacts.some((fact) => fact.fact === "sensitive") || namesSecret(desired);
}

const naming = new WeakMap<object, boolean>();

/** Remembered, because one declaration meets many observations. */
function namesSecret(desired: ExpectedObject): boolean {
  const known = naming.get(desired);
  if (known !== undefined) return known;
  const answer = declaresSecret(desired);
  naming.set(desired, answer);
  return answer;
}

interface Pair<Desired, Actual> {
  readonly desired: Desired;
  readonly actual: Actual;
  readonly node: FactNode;
  readonly path: Path | undefined;
}

function sealMembers(pair: Pair<ExpectedObject, JsonObject>, sealing: Sealing): SealedPair {
  const desired: { [key: string]: Expected } = {};
  const actual: { [key: string]: Json } = {};
  for (const key of new Set([...Object.keys(pair.desired), ...Object.keys(pair.actual)])) {
    const sealed = sealValue(
      {
        desired: getOwn(pair.desired, key),
        actual: getOwn(pair.actual, key),
        node: memberFacts(pair.node, key),
        path: memberPath(pair.path, key),
      },
      sealing,
    );
    if (sealed.desired !== undefined) setOwn(desired, key, sealed.desired);
    if (sealed.actual !== undefined) setOwn(actual, key, sealed.actual);
  }
  return { desired, actual };
}

type Loose = Pair<Expected | undefined, Json | undefined>;

function sealValue(pair: Loose, sealing: Sealing): { desired: Expected | undefined; actual: Json | undefined } {
  const { desired, actual } = pair;
  if (isSensitive(pair, sealing)) return sealWhole(pair, sealing);
  const members = desired === undefined ? {} : desired;
  if (isPlainObject(members) && isJsonObject(actual ?? {})) {
    // Both are objects, or one is missing.
    const sealed = sealMembers({ ...pair, desired: members, actual: (actual ?? {}) as JsonObject }, sealing);
    return { desired: desired && sealed.desired, actual: actual && sealed.actual };
  }
  // Elements of two lists need not pair up, so each side is sealed by itself.
  return {
    desired: desired !== undefined && isList<Expected>(desired) ? sealDesiredElements(desired, pair, sealing) : desired,
    actual: actual !== undefined && isList<Json>(actual) ? sealActualElements(actual, pair, sealing) : actual,
  };
}

function sealDesiredElements(list: readonly Expected[], { node, path }: Loose, sealing: Sealing): Expected {
  const element = elementFacts(node);
  return list.map(
    (item) => sealValue({ desired: item, actual: undefined, node: element, path }, sealing).desired ?? null,
  );
}

function sealActualElements(list: readonly Json[], { node, path }: Loose, sealing: Sealing): Json {
  const element = elementFacts(node);
  return list.map(
    (item) => sealValue({ desired: undefined, actual: item, node: element, path }, sealing).actual ?? null,
  );
}

function isSensitive({ desired, node, path }: Loose, { pathFacts }: Sealing): boolean {
  if (node.roles.has("sensitive")) return true;
  if (desired !== undefined && isConstraint(desired) && declaresSecret(desired)) return true;
  if (desired !== undefined && Array.isArray(desired) && declaresSecret(desired)) return true;
  if (pathFacts.length === 0) return false;
  const pointer = pointerOf(path);
  return pathFacts.some((fact) => fact.fact === "sensitive" && fact.path === pointer);
}

function sealWhole(
  { desired, actual, node }: Loose,
  sealing: Sealing,
): { desired: Expected | undefined; actual: Json | undefined } {
  const digestOf = (value: Json) => sealing.digest(canonicalTextUnder(value, node));
  return {
    desired: desired === undefined ? undefined : sealExpected(desired, { actual, node, sealing, digestOf }),
    actual: actual === undefined ? undefined : { $digest: digestOf(actual) },
  };
}

interface SealingOne {
  readonly actual: Json | undefined;
  readonly node: FactNode;
  readonly sealing: Sealing;
  readonly digestOf: (value: Json) => string;
}

function sealExpected(desired: Expected, one: SealingOne): Expected {
  if (!containsConstraint(desired)) return constraint([{ op: "digest", digest: one.digestOf(desired as Json) }]); // Plain JSON.
  const operators = isConstraint(desired) ? desired[OPERATORS] : [];
  const [first] = operators;
  if (operators.length === 1 && first?.op === "secret")
    return constraint([{ op: "digest", digest: one.digestOf(first.value) }]);
  if (operators.length === 1 && (first?.op === "digest" || first?.op === "absent")) return desired;
  const sealedHere = { $digest: one.actual === undefined ? "" : one.digestOf(one.actual) };
  const holds = satisfiesSecretly(desired, { ...one, sealedHere });
  return constraint([{ op: "sealed", holds }]);
}

/** Judges a constraint on a value that is still in the clear; `$secret` operands are opened, `$digest` ones compared sealed. */
function satisfiesSecretly(desired: Expected, one: SealingOne & { sealedHere: JsonObject }): boolean {
  const at = { node: one.node, now: one.sealing.now, emptyIs: one.sealing.facts.kind.emptyIs };
  if (!isConstraint(desired)) return satisfies(openSecrets(desired), one.actual, at);
  return desired[OPERATORS].every((operator) =>
    operator.op === "digest"
      ? satisfies(constraint([operator]), one.sealedHere, at)
      : satisfies(openSecrets(constraint([operator])), one.actual, at),
  );
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

function isPlainObject(expected: Expected): expected is ExpectedObject {
  return typeof expected === "object" && expected !== null && !Array.isArray(expected) && !isConstraint(expected);
}
