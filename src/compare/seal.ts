import { constraint, type Expected, type ExpectedObject, isConstraint, OPERATORS } from "../model/expected.ts";
import { getOwn, isJsonObject, type Json, type JsonObject, setOwn } from "../model/json.ts";
import type { PathFact } from "../model/observation.ts";
import { isWithin } from "../model/pointer.ts";
import { isDigest } from "../model/sealed.ts";
import type { Instant } from "../model/time.ts";
import type { Digest } from "./comparison.ts";
import { type CompiledFacts, elementFacts, type FactNode, memberFacts } from "./compile-facts.ts";
import { declaresSecret } from "./constraints/nested.ts";
import { canonicalTextUnder, isList } from "./diff/canonical-under.ts";
import { memberPath, type Path, pointerOf } from "./diff/path.ts";
import { isEmpty } from "./diff/visit.ts";
import { sealExpected } from "./seal-expected.ts";

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
 * so, or when a document declares it as `$secret` or `$digest`. What cannot be told apart from a sensitive part of it (the
 * elements of a list, a text, whatever a constraint is about) is sealed as a whole.
 */
export function seal(desired: ExpectedObject, actual: JsonObject, sealing: Sealing): SealedPair {
  if (!mustSeal(desired, sealing)) return { desired, actual };
  return sealMembers({ desired, actual, node: sealing.facts.root, path: undefined }, { ...sealing, isSealed: never });
}

/**
 * What was recorded, sealed like what is observed now: it may be of a time when nobody said that it is sensitive. Digests in
 * it stay. Returns the same object when there is nothing to seal.
 */
export function sealRecorded(desired: ExpectedObject, attributes: JsonObject, sealing: Sealing): JsonObject {
  if (!mustSeal(desired, sealing)) return attributes;
  const pair = { desired, actual: attributes, node: sealing.facts.root, path: undefined };
  return sealMembers(pair, { ...sealing, isSealed: isDigest }).actual;
}

interface Border extends Sealing {
  /** Whether a value is one that was sealed before. Of an observed value that can never be known. */
  readonly isSealed: (value: Json) => boolean;
}

const never = () => false;

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

function sealMembers(pair: Pair<ExpectedObject, JsonObject>, border: Border): SealedPair {
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
      border,
    );
    if (sealed.desired !== undefined) setOwn(desired, key, sealed.desired);
    if (sealed.actual !== undefined) setOwn(actual, key, sealed.actual);
  }
  return { desired, actual };
}

type Loose = Pair<Expected | undefined, Json | undefined>;
type Sealed = Pick<Loose, "desired" | "actual">;

function sealValue(pair: Loose, border: Border): Sealed {
  const { desired, actual } = pair;
  if (isSensitive(pair, border)) return sealWhole(pair, border);
  const only = exactMembers(desired, actual);
  if (only !== undefined) return sealOnly(pair, only, border);
  if (desired !== undefined && isPlainObject(desired) && isJsonObject(actual))
    return sealMembers({ ...pair, desired, actual }, border);
  // One side is missing, or they differ in structure, or are lists, whose elements need not pair up: each is sealed by itself.
  return {
    desired: desired === undefined ? undefined : sealDesired(desired, pair, border),
    actual: actual === undefined ? undefined : sealActual(actual, pair, border),
  };
}

/** The members of an object that is declared to have no others, where the actual one can be held against them one by one. */
function exactMembers(desired: Expected | undefined, actual: Json | undefined): ExpectedObject | undefined {
  if (desired === undefined || !isConstraint(desired) || (actual !== undefined && !isJsonObject(actual)))
    return undefined;
  const [first, ...others] = desired[OPERATORS];
  return first?.op === "only" && others.length === 0 ? first.members : undefined;
}

function sealOnly(pair: Loose, members: ExpectedObject, border: Border): Sealed {
  const actual = pair.actual === undefined || !isJsonObject(pair.actual) ? undefined : pair.actual;
  const sealed = sealMembers({ ...pair, desired: members, actual: actual ?? {} }, border);
  return {
    desired: constraint([{ op: "only", members: sealed.desired }]),
    actual: actual === undefined ? undefined : sealed.actual,
  };
}

function sealDesired(desired: Expected, pair: Loose, border: Border): Expected {
  if (isPlainObject(desired)) return sealMembers({ ...pair, desired, actual: {} }, border).desired;
  if (!isList<Expected>(desired)) return desired;
  const element = { ...pair, node: elementFacts(pair.node), actual: undefined };
  return desired.map((item) => sealValue({ ...element, desired: item }, border).desired ?? null);
}

function sealActual(actual: Json, pair: Loose, border: Border): Json {
  if (isJsonObject(actual)) return sealMembers({ ...pair, desired: {}, actual }, border).actual;
  if (!isList(actual)) return actual;
  const element = { ...pair, node: elementFacts(pair.node), desired: undefined };
  return actual.map((item) => sealValue({ ...element, actual: item }, border).actual ?? null);
}

function isSensitive(pair: Loose, { pathFacts }: Border): boolean {
  const { desired, actual, node, path } = pair;
  if (node.roles.has("sensitive")) return true;
  const isListed = Array.isArray(desired) || Array.isArray(actual);
  const isJudged = desired !== undefined && isConstraint(desired) && exactMembers(desired, actual) === undefined;
  const isWhole = isJudged || isText(desired) || isText(actual);
  if (isWhole && node.holdsSensitive) return true;
  if ((isWhole || isListed) && desired !== undefined && declaresSecret(desired)) return true;
  if (pathFacts.length === 0) return false;
  const pointer = pointerOf(path);
  return pathFacts.some(
    (fact) =>
      fact.fact === "sensitive" &&
      (isWithin(pointer, fact.path) || ((isWhole || isListed) && isWithin(fact.path, pointer))),
  );
}

/** A text that is not empty: an object may have been written as one. */
function isText(value: Expected | undefined): boolean {
  return typeof value === "string" && value !== "";
}

function sealWhole({ desired, actual, node }: Loose, border: Border): Sealed {
  const digestOf = (value: Json) => border.digest(canonicalTextUnder(value, node));
  const { emptyIs } = border.facts.kind;
  const isNothing = (value: Expected) => emptyIs === "absent" && isEmpty(value);
  const sealedDesired = () =>
    desired === undefined || isNothing(desired)
      ? desired
      : sealExpected(desired, { actual, node, digestOf, digest: border.digest, now: border.now, emptyIs });
  const isKept = actual === undefined || isNothing(actual) || border.isSealed(actual);
  return { desired: sealedDesired(), actual: isKept ? actual : { $digest: digestOf(actual) } };
}

function isPlainObject(expected: Expected): expected is ExpectedObject {
  return typeof expected === "object" && expected !== null && !Array.isArray(expected) && !isConstraint(expected);
}
