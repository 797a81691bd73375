import { getOwn, isJsonObject, type Json, type JsonObject } from "../../model/json.ts";
import type { PathFact } from "../../model/observation.ts";
import { isWithin, type Pointer, parsePointer } from "../../model/pointer.ts";
import { pointerOf, stableSteps } from "./path.ts";
import type { DiffSession, Point } from "./session.ts";

type Unread = Extract<PathFact, { readonly fact: "unchecked" }>;

/** Whether the point is unread, or lies in what is; then it is unchecked and its baseline stays. */
export function liesInUnread(session: DiffSession, point: Point): boolean {
  return settledWhere(session, point, (fact, path) => isWithin(path, fact));
}

/**
 * Whether something unread lies in the point, which is about to be judged as a whole: no verdict on the rest of it would be
 * one on the whole, so it is unchecked and its baseline stays.
 */
export function holdsUnread(session: DiffSession, point: Point): boolean {
  return settledWhere(session, point, (fact, path) => isWithin(fact, path));
}

function settledWhere(
  session: DiffSession,
  point: Point,
  concerns: (fact: Pointer, path: Pointer) => boolean,
): boolean {
  if (session.pathFacts.length === 0) return false;
  const path = pointerOf(point.path);
  const unread = unreadFacts(session).find((fact) => concerns(fact.path, path));
  if (unread === undefined) return false;
  session.unchecked.push({ path, reason: unread.reason, detail: unread.detail ?? "" });
  session.held.push(stableSteps(point.path));
  return true;
}

/** What is unread and was not come by, because nobody declares or recorded it, is unchecked all the same. */
export function collectUnvisited(session: DiffSession, actual: JsonObject): void {
  for (const { path, reason, detail } of unreadFacts(session)) {
    if (session.unchecked.some((told) => isWithin(path, told.path) || isWithin(told.path, path))) continue;
    session.unchecked.push({ path, reason, detail: detail ?? "" });
    session.held.push(stableStart(path, actual));
  }
}

function unreadFacts({ pathFacts }: DiffSession): Unread[] {
  return pathFacts.filter((fact) => fact.fact === "unchecked");
}

/** The steps of a path, up to the list that it lies in. */
function stableStart(path: Pointer, actual: JsonObject): string[] {
  const steps: string[] = [];
  let value: Json | undefined = actual;
  for (const step of parsePointer(path)) {
    if (Array.isArray(value)) break;
    steps.push(step);
    value = isJsonObject(value) ? getOwn(value, step) : undefined;
  }
  return steps;
}
