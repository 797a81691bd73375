import type { Unchecked } from "../model/drift.ts";
import type { Finding } from "../model/finding.ts";
import type { UncheckedReason } from "../model/observation.ts";
import type { ScanResult, TargetResult } from "../model/scan-result.ts";

/** The findings of one target, in the order of the result: most severe first. */
export interface TargetGroup {
  readonly name: string;
  /** Missing when the result holds findings of a target that it does not list: they are shown all the same. */
  readonly target?: TargetResult;
  readonly findings: readonly Finding[];
}

/** Every target of the result, with and without findings, in its order. No finding is left out. */
export function groupByTarget({ targets, findings }: ScanResult): readonly TargetGroup[] {
  const byName = groupBy(findings, ({ target }) => target);
  const listed = targets.map((target) => ({ name: target.name, target, findings: byName.get(target.name) ?? [] }));
  const known = new Set(targets.map(({ name }) => name));
  const others = [...byName].filter(([name]) => !known.has(name)).map(([name, own]) => ({ name, findings: own }));
  return [...listed, ...others];
}

export interface UncheckedGroup {
  readonly target: string;
  readonly reason: UncheckedReason;
  readonly entries: readonly Unchecked[];
}

/** What could not be checked, by target and reason, in the order of first appearance. */
export function groupUnchecked(unchecked: readonly Unchecked[]): readonly UncheckedGroup[] {
  const groups = groupBy(unchecked, ({ target, reason }) => JSON.stringify([target, reason]));
  return [...groups.values()].flatMap((entries) => {
    const [first] = entries;
    return first === undefined ? [] : [{ target: first.target, reason: first.reason, entries }];
  });
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}
