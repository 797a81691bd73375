import type { AttributeCase, KindCases } from "./attribute-cases/attribute-case.ts";

/** A case and the attribute that it is of. */
export interface PlacedCase {
  readonly kind: string;
  readonly path: string;
  readonly one: AttributeCase;
}

/** Cases that do not touch one another: they are declared in one repository, and changed between the same two scans. */
export type Round = readonly PlacedCase[];

/**
 * Puts cases together into as few rounds as their order allows. Cases of one kind mostly are of one resource, so no two of them
 * share a round, and they keep their order: what one prepares may build upon what the ones before it left.
 */
export function roundsOf(all: KindCases): readonly Round[] {
  const placed = Object.entries(all).flatMap(([kind, cases]) =>
    Object.entries(cases).map(([path, one]): PlacedCase => ({ kind, path, one })),
  );
  const rounds: PlacedCase[][] = [];
  for (const each of placed.filter(({ one }) => one.alone !== true)) {
    const after = rounds.findLastIndex((round) => round.some(({ kind }) => kind === each.kind));
    const free = rounds.findIndex((round, index) => index > after && !round.some((other) => touch(each, other)));
    if (free === -1) rounds.push([each]);
    else rounds[free]?.push(each);
  }
  return [...rounds, ...placed.filter(({ one }) => one.alone === true).map((each) => [each])];
}

function touch(a: PlacedCase, b: PlacedCase): boolean {
  return a.kind === b.kind || (a.one.touches ?? []).some((thing) => b.one.touches?.includes(thing));
}
