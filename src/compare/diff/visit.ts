import type { Cause, Change } from "../../model/drift.ts";
import { type Expected, type ExpectedObject, isConstraint, OPERATORS, type Operator } from "../../model/expected.ts";
import { getOwn, isJsonObject, type Json, type JsonObject } from "../../model/json.ts";
import type { Pointer } from "../../model/pointer.ts";
import type { Instant } from "../../model/time.ts";
import type { Digest } from "../comparison.ts";
import { elementFacts, type FactNode, memberFacts, NEVER_COMPARED } from "../compile-facts.ts";
import { formatExpected } from "../constraints/format-expected.ts";
import { holds } from "../constraints/holds.ts";
import { containsConstraint } from "../constraints/nested.ts";
import { canonicalTextUnder, isList } from "./canonical-under.ts";
import { elementPoint, listOf } from "./element-point.ts";
import { fold, foldReason, ownerOf } from "./fold.ts";
import { areDigests, areForeignDigests, isForeignDigest } from "./foreign-digest.ts";
import { identical, mayHaveLost } from "./identical.ts";
import { differSets, pairKeyed } from "./match-elements.ts";
import { memberPath, type Path, pointerOf, stableSteps } from "./path.ts";
import { explain, mayExplain } from "./provenance.ts";
import { type Base, baselineTime, type DiffSession, isKnown, type Point, UNKNOWN } from "./session.ts";
import { holdsUnread, liesInUnread } from "./unread.ts";

/** Compares everything at and below one point; what it finds is collected in the session. */
export function visit(session: DiffSession, point: Point): void {
  if (liesInUnread(session, point) || settledByRole(session, point)) return;
  const { expected } = point;
  if (expected !== undefined && isConstraint(expected)) visitConstraint(session, point, expected[OPERATORS]);
  else if (isOpaque(point)) visitWhole(session, point);
  else visitStructure(session, point);
}

/** Whether the value is compared as a whole, by its semantics. */
function isOpaque({ expected, node }: Point): boolean {
  return node.comparer.name !== "exact" && (expected === undefined || !containsConstraint(expected));
}

function visitStructure(session: DiffSession, point: Point): void {
  const { expected, actual } = point;
  if (Array.isArray(expected) && Array.isArray(actual)) visitList(session, point);
  else if (isMembers(expected) && isJsonObject(actual) && !areDigests(expected, actual))
    visitMembers(session, point, point.node.closed);
  else visitWhole(session, point);
}

/** Judges whatever nobody declared at this point against the baseline; first sight is no difference. */
export function visitUndeclared(session: DiffSession, point: Omit<Point, "expected" | "undeclared">): void {
  if (point.base === UNKNOWN) {
    // Still looked at for what cannot be read: an unread attribute must not pass for one that is not there.
    liesInUnread(session, { ...point, expected: undefined, undeclared: true });
    return;
  }
  visit(session, { ...point, expected: point.base, undeclared: true });
}

/** Whether a value satisfies an expectation at a time; no role, default or baseline plays a part. */
export function satisfies(expected: Expected | undefined, value: Json | undefined, at: Judging): boolean {
  const session = probe(at);
  visit(session, { expected, base: UNKNOWN, actual: value, node: at.node, path: undefined, undeclared: false });
  return session.changes.length === 0;
}

/** Whether two plain values are the same under the facts of their attribute, members of open objects included. */
export function sameUnder(left: Json | undefined, right: Json | undefined, at: Judging): boolean {
  if (identical(left, right)) return true;
  const session = probe(at);
  visit(session, { expected: left, base: left, actual: right, node: at.node, path: undefined, undeclared: true });
  return session.changes.length === 0;
}

export interface Judging {
  readonly node: FactNode;
  readonly now: Instant;
  readonly emptyIs: "absent" | "value";
  /** Given where the value is still in the clear: what a declared digest is held against. */
  readonly digest?: Digest | undefined;
}

function probe(at: Judging): DiffSession {
  return {
    resource: { kind: "", at: "", id: "" },
    emptyIs: at.emptyIs,
    now: at.now,
    pathFacts: [],
    baseline: undefined,
    provenance: undefined,
    accepted: () => false,
    strict: true,
    digest: at.digest,
    changes: [],
    differing: [],
    shown: [],
    folds: [],
    unchecked: [],
    gaps: [],
    held: [],
  };
}

function settledByRole(session: DiffSession, point: Point): boolean {
  const { roles } = point.node;
  if (roles.size === 0) return false;
  if (roles.has("write-only")) {
    if (!point.undeclared)
      session.gaps.push({ path: pointerOf(point.path), reason: "write-only: it can never be read" });
    return true;
  }
  const role = NEVER_COMPARED.find((candidate) => roles.has(candidate));
  if (role === undefined) return false;
  // An input is for the connector alone: no observation has it.
  if (role !== "input" && !point.undeclared && !identical(point.expected, point.actual)) fold(session, point, role);
  return true;
}

function visitConstraint(session: DiffSession, point: Point, operators: readonly Operator[]): void {
  const [first] = operators;
  if (operators.length === 1 && first?.op === "literal") {
    visit(session, { ...point, expected: first.value });
  } else if (operators.length === 1 && first?.op === "only" && isJsonObject(point.actual)) {
    visitMembers(session, { ...point, expected: first.members }, true);
  } else if (isForeignDigest(first, point.actual)) {
    session.unchecked.push({
      path: pointerOf(point.path),
      reason: "unsupported",
      detail: "the declared digest was made with another key",
    });
    session.held.push(stableSteps(point.path));
  } else if (!holdsUnread(session, point) && !allHold(operators, point.actual, judgingAt(session, point.node))) {
    differ(session, point);
  }
}

function judgingAt({ now, emptyIs, digest }: DiffSession, node: FactNode): Judging {
  return { node, now, emptyIs, digest };
}

function allHold(operators: readonly Operator[], actual: Json | undefined, at: Judging): boolean {
  return operators.every((operator) => {
    if (operator.op === "literal") return satisfies(operator.value, actual, at);
    if (operator.op === "digest" && at.digest !== undefined)
      return actual !== undefined && at.digest(canonicalTextUnder(actual, at.node)) === operator.digest;
    if (operator.op === "only") {
      const node = { ...at.node, closed: true };
      return isJsonObject(actual) && satisfies(operator.members, actual, { ...at, node });
    }
    const node = operator.op === "contains" ? containedFacts(at.node, actual) : at.node;
    return holds(operator, actual, {
      comparer: at.node.comparer,
      now: at.now,
      matches: (expected, value) => satisfies(expected, value, { ...at, node }),
    });
  });
}

/** What a part is judged by: an element's facts in a list; of an object its own, but open, whatever the kind says. */
function containedFacts(node: FactNode, actual: Json | undefined): FactNode {
  return isList<Json>(actual ?? null) ? elementFacts(node) : { ...node, closed: false };
}

/** Compares a value that has no structure of its own, or whose two sides differ in structure. */
function visitWhole(session: DiffSession, point: Point): void {
  const { expected, actual, node } = point;
  if (holdsUnread(session, point) || identical(expected, actual)) return;
  if (session.emptyIs === "absent" && isEmpty(expected) && isEmpty(actual)) {
    if (expected !== undefined && actual !== undefined) fold(session, point, "empty is absent");
  } else if (isSame(expected, actual, node)) {
    fold(session, point, `same ${node.comparer.name}`);
  } else {
    differ(session, point);
  }
}

function isSame(expected: Expected | undefined, actual: Json | undefined, node: FactNode): boolean {
  if (expected === undefined || actual === undefined || containsConstraint(expected)) return false;
  // It holds no constraint, so it is plain JSON.
  return node.comparer.same(expected as Json, actual);
}

/** Whether a value is nothing where the kind says that null, absent and empty are the same. */
export function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === "") return true;
  if (Array.isArray(value)) return value.length === 0;
  return typeof value === "object" && Reflect.ownKeys(value).length === 0;
}

function visitMembers(session: DiffSession, point: Point, closed: boolean): void {
  // The callers made sure that both are objects.
  const expected = point.expected as ExpectedObject;
  const actual = point.actual as JsonObject;
  for (const key of Object.keys(expected)) {
    const base = isJsonObject(point.base) ? getOwn(point.base, key) : undefined;
    if (isSettled(session, { expected: expected[key], base, actual: getOwn(actual, key) })) continue;
    const member = memberPoint(session, point, key);
    if (isFirstSight(session, point, member.base)) visitUndeclared(session, member);
    else visit(session, { ...member, expected: expected[key], undeclared: point.undeclared });
  }
  const surplus = Object.keys(actual).filter((key) => !Object.hasOwn(expected, key));
  if (closed || point.undeclared) visitSurplus(session, point, surplus);
  else {
    visitUndeclaredMembers(session, point, surplus);
    visitVanishedMembers(session, point, { expected, actual });
  }
}

/** Whether a member of something undeclared has no baseline, though what it lies in has one. */
function isFirstSight(session: DiffSession, parent: Point, base: Base): boolean {
  return parent.undeclared && base === UNKNOWN && !session.strict;
}

/** Where the object itself is new or was none before, nothing was recorded of its members: they are seen for the first time. */
function visitUndeclaredMembers(session: DiffSession, point: Point, keys: readonly string[]): void {
  const isRecorded = typeof point.base !== "symbol" && isJsonObject(point.base);
  for (const key of keys) {
    const member = memberPoint(session, point, key);
    visitUndeclared(session, isRecorded ? member : { ...member, base: UNKNOWN });
  }
}

/** Most members are the same to the letter, which leaves nothing to say under any facts. */
function isSettled(
  session: DiffSession,
  {
    expected,
    base,
    actual,
  }: { readonly expected: Expected | undefined; readonly base: Base; readonly actual: unknown },
): boolean {
  return session.pathFacts.length === 0 && identical(expected, actual) && !mayHaveLost(base, actual);
}

/** Members that a closed object must not have, or that the baseline of an undeclared one has not. */
function visitSurplus(session: DiffSession, point: Point, keys: readonly string[]): void {
  for (const key of keys) {
    const member = memberPoint(session, point, key);
    if (isFirstSight(session, point, member.base)) visitUndeclared(session, member);
    else visit(session, { ...member, expected: undefined, undeclared: point.undeclared });
  }
}

/** Members that nobody declared, that the baseline has and that are gone. */
function visitVanishedMembers(
  session: DiffSession,
  point: Point,
  present: { expected: ExpectedObject; actual: JsonObject },
): void {
  if (typeof point.base === "symbol" || !isJsonObject(point.base)) return;
  for (const key of Object.keys(point.base)) {
    if (Object.hasOwn(present.expected, key) || Object.hasOwn(present.actual, key)) continue;
    visitUndeclared(session, memberPoint(session, point, key));
  }
}

function memberPoint(session: DiffSession, parent: Point, key: string): Omit<Point, "expected" | "undeclared"> {
  const path = memberPath(parent.path, key);
  const base = baseMember(session, parent.base, { path, key });
  const actual = isJsonObject(parent.actual) ? getOwn(parent.actual, key) : undefined;
  return {
    base: areForeignDigests(base, actual) ? UNKNOWN : base,
    actual,
    node: memberFacts(parent.node, key),
    path,
  };
}

function baseMember(session: DiffSession, base: Base, at: { path: Path; key: string }): Base {
  if (base === UNKNOWN) return UNKNOWN;
  if (session.baseline !== undefined && !at.path.inList) {
    const steps = stableSteps(at.path);
    if (!isKnown(session.baseline, pointerOf(at.path), steps[0] ?? "")) return UNKNOWN;
  }
  return isJsonObject(base) ? getOwn(base, at.key) : undefined;
}

function visitList(session: DiffSession, point: Point): void {
  // The caller made sure that both are lists.
  const expected = point.expected as readonly Expected[];
  const actual = point.actual as readonly Json[];
  const { list } = point.node;
  if (list === "sequence") visitSequence(session, point, { expected, actual });
  else if (list === "set") visitSet(session, point, { expected, actual });
  else if (list !== "keyed" || !visitKeyed(session, point, { expected, actual }))
    visitOrdered(session, point, { expected, actual });
}

function visitOrdered(session: DiffSession, point: Point, { expected, actual }: Lists): void {
  if (expected.length !== actual.length) {
    visitWhole(session, point);
    return;
  }
  const base = listOf(point.base);
  for (const [index, item] of expected.entries()) {
    // Which element of the baseline this one was is a guess: nothing is lost of an element that is as declared.
    if (isSettled(session, { expected: item, base: UNKNOWN, actual: actual[index] })) continue;
    visit(
      session,
      elementPoint(point, { step: String(index), expected: item, base: base[index], actual: actual[index] }),
    );
  }
}

type Lists = { readonly expected: readonly Expected[]; readonly actual: readonly Json[] };

function visitSet(session: DiffSession, point: Point, lists: Lists): void {
  if (holdsUnread(session, point) || identical(lists.expected, lists.actual)) return;
  const at = judgingAt(session, elementFacts(point.node));
  const { added, removed } = differSets(lists.expected, lists.actual, {
    node: point.node,
    matches: (expected, actual) => satisfies(expected, actual, at),
  });
  if (added.length === 0 && removed.length === 0) {
    if (!containsConstraint(lists.expected)) fold(session, point, "same set");
  } else {
    differ(session, point, { added, removed: removed.map(formatExpected) });
  }
}

/** One change of the whole list: what was added and removed, or neither where only the order or the number of equal ones differs. */
function visitSequence(session: DiffSession, point: Point, { expected, actual }: Lists): void {
  if (holdsUnread(session, point)) return;
  const at = judgingAt(session, elementFacts(point.node));
  const isSameAt = (item: Expected, index: number) => satisfies(item, actual[index], at);
  if (expected.length === actual.length && expected.every(isSameAt)) return;
  const { added, removed } = differSets(expected, actual, {
    node: point.node,
    matches: (item, value) => satisfies(item, value, at),
  });
  const differs = added.length > 0 || removed.length > 0;
  differ(session, point, differs ? { added, removed: removed.map(formatExpected) } : {});
}

function visitKeyed(session: DiffSession, point: Point, lists: Lists): boolean {
  const pairs = pairKeyed({ ...lists, base: listOf(point.base) }, point.node);
  if (pairs === undefined) return false;
  const before = session.changes.length;
  for (const pair of pairs) {
    if (!isSettled(session, pair)) visit(session, elementPoint(point, pair));
  }
  const clean = session.changes.length === before;
  if (clean && !containsConstraint(lists.expected) && !identical(lists.expected, lists.actual))
    fold(session, point, "same keyed list");
  return true;
}

function differ(session: DiffSession, point: Point, sets: Pick<Change, "added" | "removed"> = {}): void {
  const path = pointerOf(point.path);
  session.differing.push(path);
  const { shownBy, roles } = point.node;
  const isFoldedAnyway = session.strict || (point.undeclared && roles.has("computed"));
  if (shownBy !== undefined && !isFoldedAnyway) session.shown.push({ point, shownBy });
  else tell(session, point, sets);
}

/** Makes a change of a difference, unless something folds it. */
export function tell(session: DiffSession, point: Point, sets: Pick<Change, "added" | "removed"> = {}): void {
  const path = pointerOf(point.path);
  const owner = ownerOf(session.pathFacts, path);
  if (owner !== undefined) session.held.push(stableSteps(point.path));
  const folded = owner === undefined ? foldReason(session, point) : `owned by ${owner}`;
  if (folded !== undefined) {
    fold(session, point, folded);
    return;
  }
  if (point.undeclared && session.accepted(path, point.actual)) return;
  if (isExplained(session, point, path)) {
    explain(session, point);
    return;
  }
  session.held.push(stableSteps(point.path));
  session.changes.push({
    path,
    ...(point.undeclared || point.expected === undefined ? {} : { desired: formatExpected(point.expected) }),
    ...(point.base === UNKNOWN || point.base === undefined ? {} : { baseline: point.base }),
    ...(point.actual === undefined ? {} : { actual: point.actual }),
    cause: point.undeclared ? "external" : causeOf(session, point, path),
    ...sets,
  });
}

function isExplained(session: DiffSession, point: Point, path: Pointer): boolean {
  return mayExplain(session, point) && (point.undeclared || wasSatisfied(session, point, path));
}

/** The three-way table: `d = x` is asked at x's own time, so that time alone can be told from a change. */
function causeOf(session: DiffSession, point: Point, path: Pointer): Cause {
  const { base, actual, node } = point;
  if (session.strict || base === UNKNOWN || session.baseline === undefined) return "unrecorded";
  const isUnmoved = sameUnder(base, actual, { node, emptyIs: session.emptyIs, now: session.now });
  if (wasSatisfied(session, point, path)) return isUnmoved ? "elapsed" : "out-of-band";
  return isUnmoved ? "undeployed" : "conflict";
}

/** Whether what is expected was there when the baseline was recorded. */
function wasSatisfied({ baseline, emptyIs }: DiffSession, { expected, base, node }: Point, path: Pointer): boolean {
  if (base === UNKNOWN || baseline === undefined) return false;
  return satisfies(expected, base, { node, emptyIs, now: baselineTime(baseline.record, path) });
}

function isMembers(expected: Expected | undefined): expected is ExpectedObject {
  return typeof expected === "object" && expected !== null && !Array.isArray(expected) && !isConstraint(expected);
}
