import type { PathFact } from "../../model/observation.ts";
import { isWithin, type Pointer } from "../../model/pointer.ts";
import { identical } from "./identical.ts";
import { pointerOf } from "./path.ts";
import type { DiffSession, Point } from "./session.ts";

/** Counts a difference that is not told, with the reason why. */
export function fold(session: DiffSession, point: Pick<Point, "path">, reason: string): void {
  if (!session.strict) session.folds.push({ resource: session.resource, path: pointerOf(point.path), reason });
}

/** Why a difference is none by what is known of the attribute; undefined when it is one. */
export function foldReason(session: DiffSession, point: Point): string | undefined {
  if (session.strict) return undefined;
  const { defaultValue, roles } = point.node;
  if (point.undeclared && roles.has("computed")) return "computed";
  if (defaultValue === undefined) return undefined;
  const isDefault = (value: unknown) => value === undefined || identical(value, defaultValue);
  return isDefault(point.expected) && isDefault(point.actual) ? "default" : undefined;
}

/** The controller that an observation says owns what stands at the path. */
export function ownerOf(facts: readonly PathFact[], path: Pointer): string | undefined {
  for (const fact of facts) if (fact.fact === "owned-by" && isWithin(path, fact.path)) return fact.owner;
  return undefined;
}
