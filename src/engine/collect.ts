import type { Comparison } from "../compare/comparison.ts";
import { formatExpected } from "../compare/constraints/format-expected.ts";
import { resolutionOf } from "../lifecycle/resolution.ts";
import type { Change, Drift } from "../model/drift.ts";
import type { ExpectedObject } from "../model/expected.ts";
import { type ClassifiedDrift, type Finding, SEVERITIES } from "../model/finding.ts";
import { type Json, type JsonObject, setOwn } from "../model/json.ts";
import { isWithin, type Pointer, parsePointer } from "../model/pointer.ts";
import type { Collector } from "./collector.ts";
import { findingId, sha256 } from "./identity.ts";
import type { Case, ScanContext, Sealed, States } from "./scan-context.ts";

interface Outcome {
  /** Missing when the short cut was taken. */
  readonly comparison: Comparison | undefined;
  readonly context: ScanContext;
}

/** Notes what a comparison found: gaps, folds, drift, or how the finding of before ended. */
export function collect(
  one: Case,
  sealed: Sealed,
  { comparison, context }: Outcome & { comparison: Comparison },
): void {
  const { collector } = context;
  const { resource } = one.observation;
  for (const path of comparison.uncheckedPaths) collector.addUnchecked(resource, path);
  for (const gap of comparison.gaps) collector.addGap(resource, gap);
  collector.addFolds(comparison.folds);
  if (comparison.drift === undefined) settle(one, sealed, { comparison, context });
  else addDrift(one, sealed, { drift: comparison.drift, unread: unreadPaths(comparison), context });
}

function addDrift(
  one: Case,
  sealed: Sealed,
  { drift, unread, context }: { drift: Drift; unread: readonly Pointer[]; context: ScanContext },
): void {
  const id = findingId(context.target, drift.resource);
  const states = statesOf(sealed);
  const classified = context.classify(drift, states, one.entry?.declared);
  context.collector.drifts.set(id, withFrozenChanges(classified, context.stored.get(id), unread));
  addDisplaced(one, { drift, states, unread, findingId: id }, context.collector);
}

/** Notes what may be half of a move, with no more than tells whether it is; where that could not be read it is none. */
function addDisplaced(
  { facts, record }: Case,
  found: { drift: Drift; states: States; unread: readonly Pointer[]; findingId: string },
  collector: Collector,
): void {
  const { drift, states } = found;
  const { identity = [] } = facts.kind;
  const isUnknown = (unread: readonly Pointer[]) =>
    identity.some((path) => unread.some((other) => isWithin(path, other)));
  if (identity.length === 0) return;
  if (drift.drift === "missing") {
    const attributes = { ...states.baseline, ...states.desired };
    const unobserved = record?.baseline?.unobserved.filter((path) => !Object.hasOwn(states.desired, firstStep(path)));
    if (!isUnknown(unobserved ?? [])) addTo(collector.missing, drift.resource.kind, { ...found, attributes });
  } else if (drift.drift === "unmanaged" && drift.cause === "orphaned" && !isUnknown(found.unread)) {
    const steps = new Set(identity.map(firstStep));
    const attributes = Object.fromEntries(Object.entries(states.actual).filter(([name]) => steps.has(name)));
    addTo(collector.orphaned, drift.resource.kind, { findingId: found.findingId, drift, attributes });
  }
}

function firstStep(path: Pointer): string {
  return parsePointer(path)[0] ?? "";
}

function unreadPaths(comparison: Comparison | undefined): readonly Pointer[] {
  return comparison?.uncheckedPaths.map(({ path }) => path) ?? [];
}

/** Whether nothing is known of a change: it lies in what could not be read, or the other way round. */
function isUnread(change: Pick<Change, "path">, unread: readonly Pointer[]): boolean {
  return change.path !== "" && unread.some((path) => touches(change.path, path));
}

function touches(one: Pointer, other: Pointer): boolean {
  return isWithin(one, other) || isWithin(other, one);
}

/** What could not be read this time stays in the finding as it was known. */
function withFrozenChanges(
  drift: ClassifiedDrift,
  finding: Finding | undefined,
  unread: readonly Pointer[],
): ClassifiedDrift {
  if (finding === undefined || unread.length === 0) return drift;
  const isSeen = new Set(drift.changes.map(({ path }) => path));
  const frozen = finding.changes.filter((change) => isUnread(change, unread) && !isSeen.has(change.path));
  if (frozen.length === 0) return drift;
  const changes = [...drift.changes, ...frozen].sort((left, right) => (left.path < right.path ? -1 : 1));
  const isGraver = SEVERITIES.indexOf(finding.severity) < SEVERITIES.indexOf(drift.severity);
  const { severity, type, title, rule, controls } = isGraver ? finding : drift;
  return { ...drift, changes, severity, type, title, rule, controls };
}

function addTo<T>(groups: Map<string, T[]>, key: string, value: T): void {
  const group = groups.get(key);
  if (group === undefined) groups.set(key, [value]);
  else group.push(value);
}

function statesOf(sealed: Sealed): States {
  const desired = sealed.declared?.desired;
  return {
    desired: desired?.presence === "present" ? formatMembers(desired.attributes) : {},
    baseline: sealed.baseline?.attributes ?? {},
    actual: sealed.observation.status === "present" ? sealed.observation.actual : {},
  };
}

/** Member by member, for an attribute may be named like an operator. */
function formatMembers(attributes: ExpectedObject): JsonObject {
  const formatted: { [key: string]: Json } = {};
  for (const [key, expected] of Object.entries(attributes)) setOwn(formatted, key, formatExpected(expected));
  return formatted;
}

/** A resource without drift ends the finding it had, when all of it could be checked. */
export function settle(one: Case, sealed: Sealed, { comparison, context }: Outcome): void {
  const { resource } = one.observation;
  const id = findingId(context.target, resource);
  const finding = context.stored.get(id);
  if (finding === undefined) return;
  const unread = unreadPaths(comparison);
  if (finding.changes.some((change) => isUnread(change, unread))) return;
  context.collector.settled.set(id, resolution(one, sealed, { finding, comparison }));
}

function resolution(one: Case, sealed: Sealed, how: { finding: Finding; comparison: Comparison | undefined }) {
  if (isIgnored(how.finding, how.comparison)) return "ignored";
  if (sealed.declared === undefined) return endOfUndeclared(how.finding, one.observation.status);
  const { desired, actual } = statesOf(sealed);
  return resolutionOf(how.finding, { desired, actual, presence: one.observation.status }, sha256);
}

/** What is unmanaged and still there is no drift any more only where its presence is folded. */
function endOfUndeclared({ drift }: Finding, presence: "present" | "absent") {
  if (drift !== "unmanaged") return "undeclared";
  return presence === "present" ? "ignored" : "vanished";
}

/** Whether a rule folds any of what the finding was about. */
function isIgnored({ changes }: Finding, comparison: Comparison | undefined): boolean {
  const ignored = comparison?.folds.filter(({ reason }) => reason.startsWith("ignored: ")) ?? [];
  return ignored.some((fold) =>
    changes.some(({ path }) => path === fold.path || (path !== "" && touches(path, fold.path))),
  );
}
