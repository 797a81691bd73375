import type { PathFact } from "../../../../model/observation.ts";
import type { KindRequest } from "../../kind.ts";
import type { Entry, Unread } from "../table.ts";

export interface UnreadAttributes {
  readonly kind: string;
  readonly id: string;
  /** Attributes that nobody could read; those that the entry has nevertheless are left as they are. */
  readonly names: readonly string[];
  readonly why: Unread;
}

/**
 * Says of attributes that could not be read that they are unchecked, where somebody wants to know them: they are declared, or
 * were read before. Of all others nothing is said, so that whoever may not read them is not told so at every scan.
 */
export async function withUnread(
  entry: Entry,
  { kind, id, names, why }: UnreadAttributes,
  request: KindRequest,
): Promise<Entry> {
  if (entry.status === "unchecked") return entry;
  const missing = names.filter((name) => !Object.hasOwn(entry.actual, name));
  if (missing.length === 0) return entry;
  const desired = request.asked.find(({ resource }) => resource.id === id)?.desired;
  const declared = desired?.presence === "present" ? desired.attributes : {};
  const recorded = (await request.lastRecorded?.({ kind, at: request.at, id })) ?? {};
  const wanted = missing.filter((name) => Object.hasOwn(declared, name) || Object.hasOwn(recorded, name));
  if (wanted.length === 0) return entry;
  const facts = wanted.map(
    (name): PathFact => ({ path: `/${name}`, fact: "unchecked", reason: why.reason, detail: why.detail }),
  );
  return { ...entry, facts: [...(entry.facts ?? []), ...facts] };
}
