import { type Expected, type ExpectedObject, isConstraint, OPERATORS } from "../../model/expected.ts";
import { getOwn, isJsonObject, type Json, type JsonObject } from "../../model/json.ts";
import { isWithin, type Pointer, parsePointer } from "../../model/pointer.ts";
import { type FactNode, memberFacts } from "../compile-facts.ts";
import { containsConstraint } from "../constraints/nested.ts";
import { fold } from "./fold.ts";
import { stableSteps } from "./path.ts";
import { type DiffSession, isKnown, type ShownDifference } from "./session.ts";
import { type Judging, sameUnder, satisfies, tell } from "./visit.ts";

interface States {
  readonly desired: ExpectedObject;
  readonly actual: JsonObject;
  readonly root: FactNode;
}

/**
 * Judges the differences that another attribute shows, once everything else was compared. Folded is only what is certain: that
 * attribute is there on both sides and differs as well, or all of it is the same. Anything else is told.
 */
export function settleShown(session: DiffSession, states: States): void {
  for (const shown of session.shown) {
    const reason = foldedBy(session, shown, states);
    if (reason === undefined) tell(session, shown.point);
    else fold(session, shown.point, reason);
  }
}

function foldedBy(session: DiffSession, { point, shownBy }: ShownDifference, states: States): string | undefined {
  const actual = valueAt<Json>(states.actual, shownBy);
  const before = point.undeclared ? recordedAt(session, shownBy) : valueAt<Expected>(states.desired, shownBy);
  if (actual === undefined || before === undefined || isUnread(session, shownBy)) return undefined;
  if (session.differing.some((path) => isWithin(path, shownBy))) {
    // It stays behind together with what shows it.
    if (session.changes.some(({ path }) => isWithin(path, shownBy))) session.held.push(stableSteps(point.path));
    return `shown by ${shownBy}`;
  }
  const at = { node: factsAt(states.root, shownBy), now: session.now, emptyIs: session.emptyIs };
  // What stands in a baseline is plain JSON.
  const isSame = point.undeclared ? sameUnder(before as Json, actual, at) : isAllOf(before, actual, at);
  // What was never as declared is no good state of it.
  if (isSame && !point.undeclared) session.held.push(stableSteps(point.path));
  return isSame ? `same ${parsePointer(shownBy).join("/")}` : undefined;
}

/** A part that could not be read may be the one that differs. */
function isUnread({ pathFacts, unchecked }: DiffSession, shownBy: Pointer): boolean {
  const isUnreadFact = pathFacts.some(({ fact, path }) => fact === "unchecked" && touches(path, shownBy));
  return isUnreadFact || unchecked.some(({ path }) => touches(path, shownBy));
}

function touches(one: Pointer, other: Pointer): boolean {
  return isWithin(one, other) || isWithin(other, one);
}

function recordedAt({ baseline }: DiffSession, path: Pointer): Json | undefined {
  if (baseline === undefined || !isKnown(baseline, path, parsePointer(path)[0] ?? "")) return undefined;
  return valueAt<Json>(baseline.record.attributes, path);
}

function valueAt<T extends Expected>(object: { readonly [key: string]: T }, path: Pointer): T | undefined {
  let value: T | undefined;
  let members: { readonly [key: string]: T } | undefined = object;
  for (const step of parsePointer(path)) {
    value = members === undefined ? undefined : getOwn(members, step);
    // The members of a value are of its own sort.
    members = isJsonObject(value) ? (value as unknown as { readonly [key: string]: T }) : undefined;
  }
  return value;
}

function factsAt(root: FactNode, path: Pointer): FactNode {
  return parsePointer(path).reduce(memberFacts, root);
}

/** Whether a value satisfies an expectation and holds nothing that it does not name. */
function isAllOf(expected: Expected, actual: Json, at: Judging): boolean {
  // It holds no constraint, so it is plain JSON.
  if (!containsConstraint(expected)) return sameUnder(expected as Json, actual, at);
  const members = membersOf(expected);
  // Which element of a list stands for which is for its semantics to say, and an open one says nothing of the rest of it.
  if (Array.isArray(expected) && expected.some((element) => membersOf(element) !== undefined)) return false;
  if (members === undefined || !isJsonObject(actual)) return satisfies(expected, actual, at);
  if (Object.keys(actual).some((key) => !Object.hasOwn(members, key))) return false;
  return Object.entries(members).every(([key, member]) => {
    const value = getOwn(actual, key);
    const node = memberFacts(at.node, key);
    return value === undefined ? satisfies(member, value, { ...at, node }) : isAllOf(member, value, { ...at, node });
  });
}

/** Of an object as it is declared; undefined of what is none. */
function membersOf(expected: Expected): ExpectedObject | undefined {
  if (typeof expected !== "object" || expected === null || Array.isArray(expected)) return undefined;
  // Neither a list nor a constraint.
  if (!isConstraint(expected)) return expected as ExpectedObject;
  const [only, ...others] = expected[OPERATORS];
  return only?.op === "only" && others.length === 0 ? only.members : undefined;
}
