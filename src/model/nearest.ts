/** The candidate that a person most likely meant by `text`: the one that the fewest edits lead to, when those are few. */
export function nearest(text: string, candidates: Iterable<string>): string | undefined {
  const wanted = text.toLowerCase();
  let best: string | undefined;
  let limit = Math.floor((text.length + 1) / 3);
  for (const candidate of candidates) {
    const distance = editDistance(wanted, candidate.toLowerCase(), limit);
    if (distance > limit || (best !== undefined && distance === limit)) continue;
    best = candidate;
    limit = distance;
  }
  return best;
}

/**
 * Optimal string alignment distance: edits are an insertion, a removal, a replacement, and two neighbours that changed places.
 * More than `limit` as soon as that is known.
 */
function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let before: readonly number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const replaced = at(row, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swapped = isSwap([a, i], [b, j]) ? at(before, j - 2) + 1 : replaced;
      next.push(Math.min(at(row, j) + 1, at(next, j - 1) + 1, replaced, swapped));
    }
    if (Math.min(...next, ...row) > limit) return limit + 1;
    before = row;
    row = next;
  }
  return at(row, b.length);
}

/** A text, and how much of its start is looked at. */
type Upto = readonly [text: string, length: number];

/** Whether the last two characters of both changed places. */
function isSwap([a, i]: Upto, [b, j]: Upto): boolean {
  return i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Number.POSITIVE_INFINITY;
}
