import { compare } from "../compare/compare.ts";
import type { Comparison, ComparisonContext } from "../compare/comparison.ts";
import type { CompiledFacts } from "../compare/compile-facts.ts";
import { recordable } from "../compare/record-document.ts";
import { actualDigest } from "../lifecycle/covers.ts";
import type { Baseline } from "../model/baseline.ts";
import { canonicalJson } from "../model/canonical-json.ts";
import type { KindFacts } from "../model/facts.ts";
import type { Finding } from "../model/finding.ts";
import { isJsonObject, type JsonObject } from "../model/json.ts";
import type { Observation } from "../model/observation.ts";
import type { ResourceRef } from "../model/resource.ts";
import type { Instant } from "../model/time.ts";
import type { ResourceRecord, ScanWriter, StagedRecord } from "../store/store.ts";
import { type Catalog, factsAsJson } from "./catalog.ts";
import { collect, settle } from "./collect.ts";
import { declaredHash, type IndexEntry } from "./declared-index.ts";
import { isClean } from "./fresh-states.ts";
import { findingId, sha256 } from "./identity.ts";
import type { Case, ScanContext, Sealed } from "./scan-context.ts";
import { sealCase } from "./seal-case.ts";
import { keyOf, withoutUnchanged } from "./unchanged.ts";

/** Joins a batch of observations with what is declared and recorded, compares each, and stages what changed. */
export async function takeBatch(observations: readonly Observation[], context: ScanContext): Promise<void> {
  const remaining = withoutUnchanged(observations, context);
  if (remaining.length === 0) return;
  const records = await context.store.records(
    context.target,
    remaining.map(({ resource }) => resource),
  );
  const staged: StagedRecord[] = [];
  for (const [position, observation] of remaining.entries()) {
    const record = await takeObservation(observation, records[position], context);
    if (record === undefined) continue;
    staged.push(record);
    if (context.index.find(record.resource)?.declared === undefined) context.fresh.recordsUndeclared = true;
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
  if (!isFirstAnswer(resource, entry, context)) return undefined;
  const facts = context.catalog.facts(resource.kind);
  if (observation.status === "unchecked" || facts === undefined) {
    context.collector.addUnchecked(resource, { path: null, ...whyUnchecked(observation) });
    return undefined;
  }
  if (record !== undefined && observation.observedAt < record.observedAt) {
    const detail = `it was observed at ${observation.observedAt}, before what is recorded of it at ${record.observedAt}`;
    context.collector.addUnchecked(resource, { path: null, reason: "failed", detail });
    return undefined;
  }
  if (entry?.declared !== undefined) context.collector.checked++;
  return conclude({ observation, entry, record, facts }, context);
}

/** A second answer says nothing, whatever it says: only one can be recorded. */
function isFirstAnswer(resource: ResourceRef, entry: IndexEntry | undefined, { index, seen }: ScanContext): boolean {
  if (entry !== undefined && !index.answer(entry)) return false;
  if (entry?.declared !== undefined) return true;
  return seen.add(resource);
}

/** An observation nobody asked for counts when the resource is in scope and no other target declares it. */
function concernsOrphan({ resource }: Observation, context: ScanContext): boolean {
  return context.isInScope(resource) && !context.isManagedElsewhere(resource) && !context.isConfirmed(resource);
}

function whyUnchecked(observation: Observation): {
  reason: Extract<Observation, { status: "unchecked" }>["reason"];
  detail: string;
} {
  if (observation.status === "unchecked") return { reason: observation.reason, detail: observation.detail };
  return { reason: "unsupported", detail: `the connector knows no kind "${observation.resource.kind}"` };
}

async function conclude(one: Case, context: ScanContext): Promise<StagedRecord | undefined> {
  const sealed = sealCase(one, context);
  const document = sealed.observation.status === "present" ? recordable(sealed.observation.actual, one.facts) : null;
  const documentText = document === null ? null : canonicalJson(document);
  const documentHash = documentText === null ? null : sha256(documentText);
  const inSyncKey = inSyncKeyOf(one, documentHash, context);
  if (inSyncKey !== null && one.record?.inSyncKey === inSyncKey) {
    settle(one, sealed, { comparison: undefined, context });
    context.fresh.add(one.observation, one.entry);
    return undefined;
  }
  const comparison = await compareSealed(one, sealed, context);
  collect(one, sealed, { comparison, context });
  if (isClean(comparison)) context.fresh.add(one.observation, one.entry);
  return nextRecord(one, { comparison, document, documentHash, inSyncKey, sealed });
}

/** Under the same key a resource that was in sync is in sync; null where that cannot be promised. */
function inSyncKeyOf(
  { observation, entry, facts, record }: Case,
  documentHash: string | null,
  context: ScanContext,
): string | null {
  if (observation.status !== "present" || hasPathFacts(observation) || facts.hasSensitive) return null;
  if (record?.baseline?.factsVersion !== undefined && record.baseline.factsVersion !== facts.version) return null;
  const declared = entry?.declared === undefined ? undefined : declaredHash(entry.declared);
  return declared === undefined || documentHash === null
    ? null
    : keyOf({ declared, documentHash, factsVersion: facts.version }, context);
}

function hasPathFacts({ facts }: Extract<Observation, { status: "present" }>): boolean {
  return facts !== undefined && facts.length > 0;
}

async function compareSealed(one: Case, sealed: Sealed, context: ScanContext): Promise<Comparison> {
  const { observation, entry, record, facts } = one;
  const { resource } = observation;
  const earlier = await earlierFacts(sealed.baseline, facts, context);
  const finding = context.stored.get(findingId(context.target, resource));
  return compare(
    {
      resource,
      ...(sealed.declared === undefined ? {} : { declared: sealed.declared }),
      formerlyDeclared: entry !== undefined && entry.declared === undefined,
      ...(sealed.baseline === null ? {} : { baseline: sealed.baseline }),
      ...(earlier === undefined ? {} : { baselineFacts: earlier }),
      knownAbsent: record === undefined && context.wasListedWithout(resource),
      observation: sealed.observation,
    },
    facts,
    { ignore: context.ignore, now: observation.observedAt, accepted: acceptedBy(finding, observation.observedAt) },
  );
}

/** Undeclared values that a person accepted, exactly: path and digest of the value. */
function acceptedBy(finding: Finding | undefined, now: Instant): ComparisonContext["accepted"] {
  if (finding?.status !== "accepted" || finding.decision === null) return () => false;
  const { until } = finding.decision;
  if (until !== undefined && until <= now) return () => false;
  const covered = new Map(finding.decision.covers.map(({ path, digest }) => [path, digest]));
  return (path, actual) =>
    path !== "" && covered.get(path) === actualDigest(actual === undefined ? {} : { actual }, sha256);
}

async function earlierFacts(
  baseline: Baseline | null,
  facts: CompiledFacts,
  { earlierFacts: known, store }: ScanContext,
): Promise<KindFacts | undefined> {
  if (baseline === null || baseline.factsVersion === facts.version) return undefined;
  const version = baseline.factsVersion;
  if (!known.has(version)) {
    const stored = await store.facts(version);
    // Written by `stageFacts` from KindFacts, which is plain JSON.
    known.set(version, stored !== undefined && isJsonObject(stored) ? (stored as unknown as KindFacts) : undefined);
  }
  return known.get(version);
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
  const next: StagedRecord = {
    resource: observation.resource,
    presence: observation.status,
    document: made.document,
    documentHash: made.documentHash,
    observedAt: observation.observedAt,
    baseline: comparison.baseline === undefined ? made.sealed.baseline : comparison.baseline,
    everDeclared: !isRetired && (entry?.declared !== undefined || record?.everDeclared === true),
    inSyncKey: isClean(comparison) ? made.inSyncKey : null,
    retired: isRetired,
  };
  return record !== undefined && isSameRecord(record, next, comparison) ? undefined : next;
}

/** An unchanged resource writes no row: a newer time of observation alone is no change. */
function isSameRecord(record: ResourceRecord, next: StagedRecord, comparison: Comparison): boolean {
  return (
    comparison.baseline === undefined &&
    record.baseline === next.baseline &&
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
