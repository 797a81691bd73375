import { canonicalJson } from "../model/canonical-json.ts";
import type { Change } from "../model/drift.ts";
import type { CoveredChange, Finding } from "../model/finding.ts";

/** SHA-256 of a text, as lower-case hex; an argument, because the pure parts hash nothing themselves. */
export type Digest = (canonicalText: string) => string;

/** The digest of the actual value of a change; that of the empty text where there is none. */
export function actualDigest(change: Pick<Change, "actual">, digest: Digest): string {
  return digest(change.actual === undefined ? "" : canonicalJson(change.actual));
}

/** What a decision made now would cover: each change by its path and the digest of its actual value. */
export function coveredChanges(changes: readonly Change[], digest: Digest): CoveredChange[] {
  return changes.map((change) => ({ path: change.path, digest: actualDigest(change, digest) }));
}

/** The paths of `changes` that `covers` does not hold with exactly that value. */
export function uncoveredPaths(
  changes: readonly CoveredChange[],
  covers: readonly CoveredChange[],
): CoveredChange["path"][] {
  const covered = new Set(covers.map(keyOf));
  return changes.filter((change) => !covered.has(keyOf(change))).map(({ path }) => path);
}

function keyOf({ path, digest }: CoveredChange): string {
  return `${digest} ${path}`;
}

/**
 * Whether the presence itself turned: a missing resource that is there now, or one that moved elsewhere. Changes of presence
 * carry no actual value by which their digests could differ.
 */
export function presenceTurned(before: PresenceOf, after: PresenceOf): boolean {
  const isPresenceChange = after.changes.some(({ path }) => path === "");
  return isPresenceChange && (before.drift !== after.drift || before.movedTo !== after.movedTo);
}

type PresenceOf = Pick<Finding, "drift" | "changes" | "movedTo">;
