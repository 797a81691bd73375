import { compare } from "../compare/compare.ts";
import type { Comparison, ComparisonContext, Digest, Ignore } from "../compare/comparison.ts";
import type { CompiledFacts } from "../compare/compile-facts.ts";
import { formatExpected } from "../compare/constraints/format-expected.ts";
import { recordable } from "../compare/record-document.ts";
import { seal } from "../compare/seal.ts";
import { actualDigest } from "../lifecycle/covers.ts";
import { resolutionOf } from "../lifecycle/resolution.ts";
import type { Baseline } from "../model/baseline.ts";
import { canonicalJson } from "../model/canonical-json.ts";
import type { DeclaredResource } from "../model/declared.ts";
import type { Drift } from "../model/drift.ts";
import type { ExpectedObject } from "../model/expected.ts";
import type { KindFacts } from "../model/facts.ts";
import { type ClassifiedDrift, type Finding, SEVERITIES } from "../model/finding.ts";
import { isJsonObject, type Json, type JsonObject, setOwn } from "../model/json.ts";
import type { Observation } from "../model/observation.ts";
import { type ResourceRef, resourceKey } from "../model/resource.ts";
import type { ResourceRecord, ScanWriter, StagedRecord, Store } from "../store/store.ts";
import { type Catalog, factsAsJson } from "./catalog.ts";
import type { Collector } from "./collector.ts";
import { type DeclaredIndex, declaredHash, type IndexEntry } from "./declared-index.ts";
import { findingId, hashJson, sha256 } from "./identity.ts";

/** The documents a drift is judged on, sealed. */
export interface States {
  readonly desired: JsonObject;
  readonly baseline: JsonObject;
  readonly actual: JsonObject;
}

/** What every observation of one scan is worked on with. */
export interface ScanContext {
  readonly target: string;
  readonly store: Store;
  readonly writer: ScanWriter;
  readonly catalog: Catalog;
  readonly index: DeclaredIndex;
  readonly collector: Collector;
  readonly digest: Digest;
  readonly ignore: Ignore;
  /** Equal for equal ignore rules: part of what must not have changed for the short cut. */
  readonly ignoreFingerprint: string;
  readonly classify: (drift: Drift, states: States, declared: DeclaredResource | undefined) => ClassifiedDrift;
  /** Findings of the target that are not resolved, by id. */
  readonly stored: ReadonlyMap<string, Finding>;
  readonly wasListedWithout: (resource: ResourceRef) => boolean;
  readonly isManagedElsewhere: (resource: ResourceRef) => boolean;
  readonly isInScope: (resource: ResourceRef) => boolean;
  /** Undeclared resources that were seen, so that those that were not can be told. */
  readonly seen: Set<string>;
}

type Answered = Exclude<Observation, { status: "unchecked" }>;

/** Joins a batch of observations with what is declared and recorded, compares each, and stages what changed. */
export async function takeBatch(observations: readonly Observation[], context: ScanContext): Promise<void> {
  const records = await context.store.records(
    context.target,
    observations.map(({ resource }) => resource),
  );
  const staged: StagedRecord[] = [];
  for (const [position, observation] of observations.entries()) {
    const record = await takeObservation(observation, records[position], context);
    if (record !== undefined) staged.push(record);
  }
  if (staged.length > 0) await context.writer.stage(staged);
}

async function takeObservation(
  observation: Observation,
  record: ResourceRecord | undefined,
  context: ScanContext,
): Promise<StagedRecord | undefined> {
  const { resource } = observation;
  const entry = context.index.find(resource);
  if (entry === undefined && !concernsOrphan(observation, context)) return undefined;
  if (entry !== undefined && !context.index.answer(entry)) return undefined;
  if (entry?.declared === undefined) context.seen.add(resourceKey(resource));
  const facts = context.catalog.facts(resource.kind);
  if (observation.status === "unchecked" || facts === undefined) {
    context.collector.addUnchecked(resource, { path: null, ...whyUnchecked(observation) });
    return undefined;
  }
  // A re-read that was overtaken by a newer one says nothing.
  if (record !== undefined && observation.observedAt < record.observedAt) return undefined;
  if (entry?.declared !== undefined) context.collector.checked++;
  return conclude({ observation, entry, record, facts }, context);
}

/** An observation nobody asked for counts when the resource is in scope and no other target declares it. */
function concernsOrphan({ resource }: Observation, context: ScanContext): boolean {
  return context.isInScope(resource) && !context.isManagedElsewhere(resource);
}

function whyUnchecked(observation: Observation): {
  reason: Extract<Observation, { status: "unchecked" }>["reason"];
  detail: string;
} {
  if (observation.status === "unchecked") return { reason: observation.reason, detail: observation.detail };
  return { reason: "unsupported", detail: `the connector knows no kind "${observation.resource.kind}"` };
}

interface Case {
  readonly observation: Answered;
  readonly entry: IndexEntry | undefined;
  readonly record: ResourceRecord | undefined;
  readonly facts: CompiledFacts;
}

async function conclude(one: Case, context: ScanContext): Promise<StagedRecord | undefined> {
  const sealed = sealCase(one, context);
  const document = sealed.observation.status === "present" ? recordable(sealed.observation.actual, one.facts) : null;
  const documentText = document === null ? null : canonicalJson(document);
  const documentHash = documentText === null ? null : sha256(documentText);
  const inSyncKey = inSyncKeyOf(one, documentHash, context);
  if (inSyncKey !== null && one.record?.inSyncKey === inSyncKey) {
    settle(one, sealed, { comparison: undefined, context });
    return undefined;
  }
  const comparison = await compareSealed(one, sealed, context);
  collect(one, sealed, { comparison, context });
  return nextRecord(one, { comparison, document, documentHash, inSyncKey, sealed });
}

interface Sealed {
  readonly observation: Answered;
  readonly declared: DeclaredResource | undefined;
}

function sealCase({ observation, entry, facts }: Case, context: ScanContext): Sealed {
  const declared = entry?.declared;
  if (observation.status !== "present") return { observation, declared };
  const attributes: ExpectedObject = declared?.desired.presence === "present" ? declared.desired.attributes : {};
  const pair = seal(attributes, observation.actual, {
    facts,
    pathFacts: observation.facts ?? [],
    digest: context.digest,
    now: observation.observedAt,
  });
  return {
    observation: { ...observation, actual: pair.actual },
    declared:
      declared?.desired.presence === "present"
        ? { ...declared, desired: { presence: "present", attributes: pair.desired } }
        : declared,
  };
}

/** Under the same key a resource that was in sync is in sync; null where that cannot be promised. */
function inSyncKeyOf(
  { observation, entry, facts, record }: Case,
  documentHash: string | null,
  context: ScanContext,
): string | null {
  if (observation.status !== "present" || observation.facts !== undefined || facts.hasSensitive) return null;
  if (record?.baseline?.factsVersion !== undefined && record.baseline.factsVersion !== facts.version) return null;
  const declared = entry?.declared === undefined ? undefined : declaredHash(entry.declared);
  return declared === undefined ? null : hashJson([declared, documentHash, facts.version, context.ignoreFingerprint]);
}

async function compareSealed(one: Case, sealed: Sealed, context: ScanContext): Promise<Comparison> {
  const { observation, entry, record, facts } = one;
  const { resource } = observation;
  const earlier = await earlierFacts(record?.baseline ?? null, facts, context.store);
  const finding = context.stored.get(findingId(context.target, resource));
  return compare(
    {
      resource,
      ...(sealed.declared === undefined ? {} : { declared: sealed.declared }),
      formerlyDeclared: entry !== undefined && entry.declared === undefined,
      ...(record?.baseline == null ? {} : { baseline: record.baseline }),
      ...(earlier === undefined ? {} : { baselineFacts: earlier }),
      knownAbsent: record === undefined && context.wasListedWithout(resource),
      observation: sealed.observation,
    },
    facts,
    { ignore: context.ignore, now: observation.observedAt, accepted: acceptedBy(finding) },
  );
}

/** Undeclared values that a person accepted, exactly: path and digest of the value. */
function acceptedBy(finding: Finding | undefined): ComparisonContext["accepted"] {
  if (finding?.status !== "accepted" || finding.decision === null) return () => false;
  const covered = new Map(finding.decision.covers.map(({ path, digest }) => [path, digest]));
  return (path, actual) =>
    path !== "" && covered.get(path) === actualDigest(actual === undefined ? {} : { actual }, sha256);
}

async function earlierFacts(
  baseline: Baseline | null,
  facts: CompiledFacts,
  store: Store,
): Promise<KindFacts | undefined> {
  if (baseline === null || baseline.factsVersion === facts.version) return undefined;
  const stored = await store.facts(baseline.factsVersion);
  // Written by `stageFacts` from KindFacts, which is plain JSON.
  return stored !== undefined && isJsonObject(stored) ? (stored as unknown as KindFacts) : undefined;
}

interface Outcome {
  /** Missing when the short cut was taken. */
  readonly comparison: Comparison | undefined;
  readonly context: ScanContext;
}

function collect(one: Case, sealed: Sealed, { comparison, context }: Outcome & { comparison: Comparison }): void {
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
  { drift, unread, context }: { drift: Drift; unread: ReadonlySet<string>; context: ScanContext },
): void {
  const id = findingId(context.target, drift.resource);
  const states = statesOf(one, sealed);
  const classified = context.classify(drift, states, one.entry?.declared);
  context.collector.drifts.set(id, withFrozenChanges(classified, context.stored.get(id), unread));
  const displaced = {
    findingId: id,
    drift,
    attributes: drift.drift === "missing" ? { ...states.baseline, ...states.desired } : states.actual,
  };
  if (drift.drift === "missing") addTo(context.collector.missing, drift.resource.kind, displaced);
  if (drift.drift === "unmanaged" && drift.cause === "orphaned")
    addTo(context.collector.orphaned, drift.resource.kind, displaced);
}

function unreadPaths(comparison: Comparison | undefined): ReadonlySet<string> {
  return new Set(comparison?.uncheckedPaths.map(({ path }) => path));
}

/** What could not be read this time stays in the finding as it was known. */
function withFrozenChanges(
  drift: ClassifiedDrift,
  finding: Finding | undefined,
  unread: ReadonlySet<string>,
): ClassifiedDrift {
  const frozen = finding?.changes.filter(({ path }) => unread.has(path)) ?? [];
  if (finding === undefined || frozen.length === 0) return drift;
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

function statesOf(one: Case, sealed: Sealed): States {
  const desired = sealed.declared?.desired;
  return {
    desired: desired?.presence === "present" ? formatMembers(desired.attributes) : {},
    baseline: one.record?.baseline?.attributes ?? {},
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
function settle(one: Case, sealed: Sealed, { comparison, context }: Outcome): void {
  const { resource } = one.observation;
  const id = findingId(context.target, resource);
  const finding = context.stored.get(id);
  if (finding === undefined) return;
  const unread = unreadPaths(comparison);
  if (finding.changes.some(({ path }) => unread.has(path))) return;
  context.collector.settled.set(id, resolution(one, sealed, { finding, comparison }));
}

function resolution(one: Case, sealed: Sealed, how: { finding: Finding; comparison: Comparison | undefined }) {
  if (how.comparison?.folds.some(({ reason }) => reason.startsWith("ignored: ")) === true) return "ignored";
  if (sealed.declared === undefined) return how.finding.drift === "unmanaged" ? "vanished" : "undeclared";
  const { desired, actual } = statesOf(one, sealed);
  return resolutionOf(how.finding, { desired, actual, presence: one.observation.status }, sha256);
}

function nextRecord(
  { observation, entry, record }: Case,
  made: {
    comparison: Comparison;
    document: JsonObject | null;
    documentHash: string | null;
    inSyncKey: string | null;
    sealed: Sealed;
  },
): StagedRecord | undefined {
  const { comparison } = made;
  const isRetired = comparison.baseline === null;
  if (isRetired && record === undefined) return undefined;
  const isClean =
    comparison.drift === undefined &&
    comparison.folds.length === 0 &&
    comparison.uncheckedPaths.length === 0 &&
    comparison.gaps.length === 0;
  const next: StagedRecord = {
    resource: observation.resource,
    presence: observation.status,
    document: made.document,
    documentHash: made.documentHash,
    observedAt: observation.observedAt,
    baseline: comparison.baseline === undefined ? (record?.baseline ?? null) : comparison.baseline,
    everDeclared: !isRetired && (entry?.declared !== undefined || record?.everDeclared === true),
    inSyncKey: isClean ? made.inSyncKey : null,
    retired: isRetired,
  };
  return record !== undefined && isSameRecord(record, next, comparison) ? undefined : next;
}

/** An unchanged resource writes no row: a newer time of observation alone is no change. */
function isSameRecord(record: ResourceRecord, next: StagedRecord, comparison: Comparison): boolean {
  return (
    comparison.baseline === undefined &&
    record.presence === next.presence &&
    record.documentHash === next.documentHash &&
    record.everDeclared === next.everDeclared &&
    record.inSyncKey === next.inSyncKey
  );
}

/** Facts of every kind that this scan may record something under. */
export async function stageFacts(writer: ScanWriter, catalog: Catalog): Promise<void> {
  for (const kind of catalog.kinds) {
    const compiled = catalog.facts(kind.kind);
    if (compiled !== undefined) await writer.stageFacts(compiled.version, factsAsJson(kind));
  }
}
