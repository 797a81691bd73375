import type { Ignore } from "../compare/comparison.ts";
import type { Target } from "../config/config.ts";
import type { Connector, ObserveRequest, Session } from "../connector.ts";
import { advance } from "../lifecycle/advance.ts";
import type { DeclaredResource } from "../model/declared.ts";
import type { Drift } from "../model/drift.ts";
import type { ClassifiedDrift, Finding, FindingStep } from "../model/finding.ts";
import { isListing, type Observation } from "../model/observation.ts";
import { compileEntries, compileScope, type Place, type ResourceRef } from "../model/resource.ts";
import type { Coverage, TargetResult, Verdict } from "../model/scan-result.ts";
import type { Instant } from "../model/time.ts";
import type { Lease, RecordedResource, ScanSummary, ScanWriter, StagedRecord, Store } from "../store/store.ts";
import { type Catalog, listedKinds } from "./catalog.ts";
import { Collector } from "./collector.ts";
import { type Confirmed, isAll } from "./confirm.ts";
import { DeclaredIndex } from "./declared-index.ts";
import { FreshStates } from "./fresh-states.ts";
import { digestWords, findingId, sha256 } from "./identity.ts";
import { absenceShownBy, scopeText } from "./listings.ts";
import { foldMoves } from "./moves.ts";
import { stageFacts, takeBatch } from "./observation-batch.ts";
import type { ScanContext, States } from "./scan-context.ts";
import { SeenResources } from "./seen-resources.ts";

/** Everything that one scan of one target is made of; all I/O handles are open and belong to the caller. */
export interface TargetScan {
  readonly name: string;
  readonly target: Target;
  readonly connector: Connector;
  readonly session: Session;
  /** All places of the target: what lives elsewhere is no longer watched. */
  readonly places: readonly Place[];
  readonly catalog: Catalog;
  readonly declared: readonly DeclaredResource[];
  readonly revision: string;
  /** Entries `KIND[:ID]` that limit the scan to a part. */
  readonly only: readonly string[];
  readonly store: Store;
  readonly lease: Lease;
  readonly digest: (canonicalText: string) => string;
  readonly ignore: Ignore;
  readonly ignoreFingerprint: string;
  readonly classify: (drift: Drift, states: States, declared: DeclaredResource | undefined) => ClassifiedDrift;
  readonly isManagedElsewhere: (resource: ResourceRef) => boolean;
  /** What was found as it was before, and need not be observed any more; missing where all must be. */
  readonly confirmed?: Confirmed | undefined;
  /** What may be known afterwards holds for; missing where nothing may. */
  readonly knownAs?: { readonly basis: string; readonly desiredHash: string } | undefined;
  readonly graceMs: number;
  readonly keepFolds: boolean;
  readonly now: () => Instant;
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: ScanProgress) => void;
}

/** Told at the start and after each answer: whoever shows it shows what the eye needs. */
export interface ScanProgress {
  readonly target: string;
  readonly answered: number;
  /** Of declared resources; what else stands in scope is not known beforehand. */
  readonly expected: number;
}

export interface TargetOutcome {
  readonly result: TargetResult;
  readonly collector: Collector;
  readonly steps: readonly FindingStep[];
}

const BATCH = 500;

/**
 * The cycle once, for one target: observe, compare, classify, and publish what came of it as one whole. When it throws,
 * nothing of it is seen in the store but that it did not finish.
 */
export async function scanTarget(scan: TargetScan): Promise<TargetOutcome> {
  const startedAt = scan.now();
  const writer = await scan.store.beginScan(scan.lease, { revision: scan.revision, startedAt });
  try {
    return await runScan(scan, { writer, startedAt });
  } catch (cause) {
    // Where even that fails the next scan of the target does it, and the first failure is the one to tell.
    await writer.abandon(cause instanceof Error ? cause.message : String(cause)).catch(() => undefined);
    throw cause;
  }
}

interface Running {
  readonly writer: ScanWriter;
  readonly startedAt: Instant;
}

async function runScan(scan: TargetScan, running: Running): Promise<TargetOutcome> {
  const context = await prepare(scan, running.writer);
  await stageFacts(running.writer, scan.catalog);
  const request = requestOf(scan, context);
  await observe(scan, context, request);
  scan.signal.throwIfAborted();
  concludeUnanswered(context);
  const kinds = [...request.listedKinds, ...kindsListed(scan.confirmed)];
  context.collector.listings.conclude({ kinds, places: scan.places }, context.collector);
  await retireVanished(scan, context);
  foldMoves(context);
  return publish(scan, { ...running, context });
}

/** The kinds that need not be listed any more. */
function kindsListed(confirmed: Confirmed | undefined): readonly string[] {
  return confirmed?.listings.map(({ kind }) => kind) ?? [];
}

/** Whether a resource was found as it was before. */
function isConfirmed({ confirmed }: TargetScan, resource: ResourceRef): boolean {
  return confirmed?.known.isSeen(digestWords(resource)) === true;
}

/** Adds what is recorded to what is declared. @returns how many resources are recorded and not declared */
async function addRecorded(index: DeclaredIndex, scan: TargetScan, isMeant: (resource: ResourceRef) => boolean) {
  let undeclared = 0;
  // Nothing else is recorded.
  if (scan.confirmed !== undefined && isAll(scan.confirmed)) return undeclared;
  const isFormer = (one: RecordedResource) =>
    one.everDeclared && isMeant(one.resource) && !scan.isManagedElsewhere(one.resource);
  for await (const recorded of scan.store.recordedResources(scan.name)) {
    for (const one of recorded.filter(({ resource }) => !isConfirmed(scan, resource))) {
      if (index.noteRecorded(one)) continue;
      undeclared += 1;
      if (isFormer(one)) index.addFormer(one.resource);
    }
  }
  return undeclared;
}

async function prepare(scan: TargetScan, writer: ScanWriter): Promise<ScanContext> {
  const isPart = partOf(scan.only);
  const placeNames = new Set(scan.places.map(({ name }) => name));
  const isAsked = ({ resource }: DeclaredResource) =>
    isPart(resource.kind, resource.id) && !isConfirmed(scan, resource);
  const index = new DeclaredIndex(scan.declared.filter(isAsked));
  const isMeant = ({ kind, at, id }: ResourceRef) => isPart(kind, id) && placeNames.has(at);
  const undeclared = await addRecorded(index, scan, isMeant);
  const collector = new Collector(scan.name, { keepFolds: scan.keepFolds });
  collector.checked = scan.confirmed?.count ?? 0;
  for (const listing of scan.confirmed?.listings ?? []) collector.listings.add(listing);
  const stored = await scan.store.findings({
    target: scan.name,
    statuses: ["pending", "open", "acknowledged", "snoozed", "accepted"],
  });
  const inScope = scan.target.scope === undefined ? () => false : compileScope(scan.target.scope);
  return {
    target: scan.name,
    store: scan.store,
    writer,
    catalog: scan.catalog,
    index,
    collector,
    digest: scan.digest,
    ignore: scan.ignore,
    ignoreFingerprint: scan.ignoreFingerprint,
    classify: scan.classify,
    stored: new Map(stored.filter(({ kind, resource }) => isPart(kind, resource)).map((one) => [one.id, one])),
    wasListedWithout: absenceShownBy(await scan.store.completeListings(scan.name)),
    earlierFacts: new Map(),
    isManagedElsewhere: scan.isManagedElsewhere,
    isPlace: (at) => placeNames.has(at),
    isConfirmed: (resource) => isConfirmed(scan, resource),
    isInScope: ({ kind, id }) => inScope(kind, id) && isPart(kind, id),
    seen: new SeenResources(),
    fresh: new FreshStates(),
    recordsUndeclared: undeclared > 0,
  };
}

function partOf(only: readonly string[]): (kind: string, id: string) => boolean {
  return only.length === 0 ? () => true : compileEntries(only);
}

async function observe(scan: TargetScan, context: ScanContext, request: ObserveRequest): Promise<void> {
  let batch: Observation[] = [];
  let answered = scan.confirmed?.count ?? 0;
  const expected = declaredCount(scan, context);
  const tellProgress = () => scan.onProgress?.({ target: scan.name, answered, expected });
  tellProgress();
  for await (const answer of scan.session.observe(request, scan.signal)) {
    if (isListing(answer)) {
      context.collector.listings.add(answer);
      continue;
    }
    batch.push(answer);
    answered++;
    tellProgress();
    if (batch.length < BATCH) continue;
    await takeBatch(batch, context);
    batch = [];
  }
  await takeBatch(batch, context);
}

function requestOf(scan: TargetScan, context: ScanContext): ObserveRequest {
  const { scope } = scan.target;
  const listed = new Set(kindsListed(scan.confirmed));
  const others = scan.confirmed?.others.filter((resource) => context.index.find(resource) === undefined) ?? [];
  return {
    asked: [...context.index.asked(), ...others.map((resource) => ({ resource }))],
    ...(scope === undefined ? {} : { scope }),
    ...(scan.only.length === 0 ? {} : { only: scan.only }),
    listedKinds:
      scope === undefined ? [] : listedKinds(scan.catalog, scope, scan.only).filter((kind) => !listed.has(kind)),
    lastRecorded: async (resource) => {
      const record = await scan.store.record(scan.name, resource);
      const { attributes } = record?.baseline?.presence === "present" ? record.baseline : { attributes: undefined };
      return record?.document ?? attributes;
    },
  };
}

/** What the connector ended without answering could not be checked. */
function concludeUnanswered({ index, collector }: ScanContext): void {
  for (const { resource } of index.unanswered()) {
    collector.addUnchecked(resource, { path: null, reason: "failed", detail: "the connector ended without an answer" });
  }
}

/** Undeclared resources that were there and that a complete listing does not show any more. */
async function retireVanished(scan: TargetScan, context: ScanContext): Promise<void> {
  const { index, collector, seen, writer } = context;
  if (!context.recordsUndeclared) return;
  const isPart = partOf(scan.only);
  const isUnseen = ({ resource }: RecordedResource) =>
    isPart(resource.kind, resource.id) &&
    index.find(resource) === undefined &&
    !seen.has(resource) &&
    !isConfirmed(scan, resource);
  for await (const recorded of scan.store.recordedResources(scan.name)) {
    const retired: StagedRecord[] = [];
    for (const { resource } of recorded.filter(isUnseen)) {
      const resolution = endOf(resource, context);
      if (resolution === undefined) continue;
      collector.settled.set(findingId(scan.name, resource), resolution);
      retired.push(retiredRecord(resource, scan.now()));
    }
    if (retired.length > 0) await writer.stage(retired);
  }
}

function endOf(resource: ResourceRef, context: ScanContext): "vanished" | "out-of-scope" | "undeclared" | undefined {
  if (context.isManagedElsewhere(resource)) return "undeclared";
  if (!context.isPlace(resource.at) || !context.isInScope(resource)) return "out-of-scope";
  return context.collector.listings.showsAbsence(resource) ? "vanished" : undefined;
}

function retiredRecord(resource: ResourceRef, observedAt: Instant): StagedRecord {
  return {
    resource,
    presence: "absent",
    document: null,
    documentHash: null,
    observedAt,
    baseline: null,
    everDeclared: false,
    inSyncKey: null,
    retired: true,
  };
}

async function publish(scan: TargetScan, made: Running & { context: ScanContext }): Promise<TargetOutcome> {
  const { context, writer, startedAt } = made;
  const { collector } = context;
  const finishedAt = scan.now();
  const findings = planFindings(scan, { context, now: finishedAt });
  const coverage = coverageOf(scan, context);
  const verdict = verdictOf(context);
  const steps = await writer.publish(
    {
      finishedAt,
      verdict,
      coverage,
      folded: collector.foldCounts(),
      unchecked: collector.unchecked,
      knownGaps: collector.knownGaps,
      listings: completeListings(scan, collector),
      partial: scan.only.length > 0,
      ...knownAfter(scan, { context, startedAt, declared: coverage.declared }),
    },
    findings,
  );
  const { name, connector, revision } = { name: scan.name, connector: scan.connector.name, revision: scan.revision };
  const orphansLookedFor = (scan.target.scope?.include.length ?? 0) > 0;
  return {
    result: { name, connector, verdict, revision, startedAt, finishedAt, coverage, orphansLookedFor, failure: null },
    collector,
    steps,
  };
}

function knownAfter(
  { confirmed, knownAs, revision }: TargetScan,
  { context, startedAt, declared }: { context: ScanContext; startedAt: Instant; declared: number },
): Pick<ScanSummary, "known"> {
  if (knownAs === undefined) return {};
  const { fresh, recordsUndeclared } = context;
  const as = { ...knownAs, revision };
  const known = fresh.known({ confirmed, knownAs: as, startedAt, declared, recordsUndeclared });
  return known === undefined ? {} : { known };
}

/** The lifecycle of every finding this scan says something about, against what is stored at the moment of publishing. */
function planFindings(scan: TargetScan, at: { context: ScanContext; now: Instant }) {
  const { drifts, settled } = at.context.collector;
  const common = { policy: { graceMs: scan.graceMs }, now: at.now, digest: sha256 };
  return {
    findingIds: [...drifts.keys()],
    advance: (stored: readonly Finding[]): FindingStep[] => {
      const byId = new Map(stored.map((finding) => [finding.id, finding]));
      const drifting = Array.from(drifts, ([id, drift]) =>
        advance({ stored: byId.get(id), outcome: { is: "drifting", id, drift }, ...common }),
      );
      const ended = Array.from(settled, ([id, resolution]) =>
        drifts.has(id)
          ? undefined
          : advance({ stored: byId.get(id), outcome: { is: "settled", resolution }, ...common }),
      );
      return [...drifting, ...ended].filter((step) => step !== undefined);
    },
  };
}

/** How many resources are declared, in the part that is scanned. */
function declaredCount({ confirmed }: TargetScan, { index }: ScanContext): number {
  return index.declaredCount + (confirmed?.count ?? 0);
}

function coverageOf(scan: TargetScan, context: ScanContext): Coverage {
  const { collector } = context;
  const unmanaged = [...collector.drifts.values()].filter(({ drift }) => drift === "unmanaged").length;
  return {
    declared: declaredCount(scan, context),
    checked: collector.checked,
    unchecked: collector.unchecked.length,
    unmanaged,
    folded: collector.foldedCount,
    knownGaps: collector.knownGaps.length,
  };
}

/** Drift is drift whatever people decided on it; a finding that could not be looked at again is still one. */
function verdictOf({ collector, stored }: ScanContext): Verdict {
  const remains = [...stored.keys()].some((id) => !collector.settled.has(id));
  if (collector.drifts.size > 0 || remains) return "drifted";
  return collector.unchecked.length > 0 ? "incomplete" : "in-sync";
}

function completeListings(scan: TargetScan, collector: Collector): Map<string, string> {
  const { scope } = scan.target;
  if (scope === undefined || scan.only.length > 0) return new Map();
  return new Map(collector.listings.completeKeys().map((key) => [key, scopeText(scope)]));
}
