import { compileGlob } from "../../../model/glob.ts";
import type { JsonObject } from "../../../model/json.ts";
import type { Listing, ListingGap, Observation, PathFact, UncheckedReason } from "../../../model/observation.ts";
import type { KindRequest } from "../kind.ts";

/** What a read of one whole kind found of one resource. A resource that has no entry is not there. */
export type Entry =
  | { readonly status: "present"; readonly actual: JsonObject; readonly facts?: readonly PathFact[] }
  | Unread;

/** Why something could not be read. */
export interface Unread {
  readonly status: "unchecked";
  readonly reason: UncheckedReason;
  readonly detail: string;
}

/** Everything of one kind at one place, by id, and what of it stayed hidden. */
export interface Table {
  readonly status: "read";
  readonly entries: ReadonlyMap<string, Entry>;
  readonly gaps: readonly ListingGap[];
}

/** What was read of a resource, with what is known of some attributes. */
export function presentEntry(actual: JsonObject, facts: readonly PathFact[]): Entry {
  return { status: "present", actual, ...(facts.length === 0 ? {} : { facts }) };
}

export function unread(reason: UncheckedReason, detail: string): Unread {
  return { status: "unchecked", reason, detail };
}

/**
 * Answers a request from a table: each resource asked for, then whatever else is in scope, then one listing. What has no
 * entry is absent, unless a gap may hide it; of a kind that could not be read everything is unchecked.
 */
export function* answerFrom(
  kind: string,
  request: KindRequest,
  table: Table | Unread,
): Generator<Observation | Listing> {
  const { at, inScope } = request;
  const observedAt = request.now();
  const gaps = table.status === "read" ? table.gaps.map((gap) => ({ ...gap, hides: compileGlob(gap.glob) })) : [];
  const entryOf = (id: string): Entry | { readonly status: "absent" } => {
    if (table.status === "unchecked") return table;
    const entry = table.entries.get(id);
    if (entry !== undefined) return entry;
    const gap = gaps.find(({ hides }) => hides(id));
    return gap === undefined ? { status: "absent" } : unread(gap.reason, gap.detail);
  };

  const answered = new Set<string>();
  for (const { resource } of request.asked) {
    answered.add(resource.id);
    yield { resource, observedAt, ...entryOf(resource.id) };
  }
  if (inScope === undefined) return;
  if (table.status === "unchecked") {
    yield { kind, at, observedAt, ...table, status: "unlisted" };
    return;
  }
  for (const [id, entry] of table.entries) {
    if (!answered.has(id) && inScope(id)) yield { resource: { kind, at, id }, observedAt, ...entry };
  }
  yield { kind, at, observedAt, status: "listed", ...(table.gaps.length === 0 ? {} : { gaps: table.gaps }) };
}
