import type { OperatorName } from "../../model/expected.ts";

/** An operator that a document may use. `sealed` has no written form: it is what is left of one. */
export type WrittenOperator = Exclude<OperatorName, "sealed">;

/** In the order in which they are listed to people. */
export const WRITTEN_OPERATORS: readonly WrittenOperator[] = [
  "literal",
  "secret",
  "digest",
  "absent",
  "oneOf",
  "anyOf",
  "allOf",
  "not",
  "min",
  "max",
  "atLeast",
  "atMost",
  "matches",
  "startsWith",
  "endsWith",
  "semver",
  "contains",
  "only",
  "length",
  "expiresAfter",
];

const BY_KEY: ReadonlyMap<string, WrittenOperator> = new Map(WRITTEN_OPERATORS.map((name) => [`$${name}`, name]));

/** The operator that a key of a document names. */
export function operatorOfKey(key: string): WrittenOperator | undefined {
  return BY_KEY.get(key);
}

/** What other tools call the same. */
const CALLED_ELSEWHERE: ReadonlyMap<string, WrittenOperator> = new Map([
  ["$and", "allOf"],
  ["$or", "anyOf"],
  ["$in", "oneOf"],
  ["$enum", "oneOf"],
  ["$eq", "literal"],
  ["$ne", "not"],
  ["$gte", "min"],
  ["$lte", "max"],
  ["$ge", "min"],
  ["$le", "max"],
  ["$regex", "matches"],
  ["$pattern", "matches"],
  ["$match", "matches"],
  ["$size", "length"],
  ["$len", "length"],
  ["$exists", "absent"],
  ["$includes", "contains"],
]);

/** The operator that an unknown key was probably meant to be. */
export function suggestOperator(key: string): string | undefined {
  const synonym = CALLED_ELSEWHERE.get(key.toLowerCase());
  if (synonym !== undefined) return `$${synonym}`;
  const candidates = [...BY_KEY.keys()].map((name) => ({
    name,
    distance: editDistance(key.toLowerCase(), name.toLowerCase()),
  }));
  const [nearest] = candidates.sort((a, b) => a.distance - b.distance);
  return nearest !== undefined && nearest.distance <= Math.max(1, Math.floor(nearest.name.length / 3))
    ? nearest.name
    : undefined;
}

/** The fewest insertions, deletions and replacements that make one text the other (Levenshtein), in quadratic time. */
function editDistance(a: string, b: string): number {
  // A longer text is near no operator, and only costs time.
  if (a.length > 40) return a.length;
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
