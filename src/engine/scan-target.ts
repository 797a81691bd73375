import type { Ignore } from "../compare/comparison.ts";
import { pairMoved } from "../compare/pair-moved.ts";
import type { Target } from "../config/config.ts";
import type { Connector, ObserveRequest, Session } from "../connector.ts";
import { advance } from "../lifecycle/advance.ts";
import type { DeclaredResource } from "../model/declared.ts";
import type { Drift } from "../model/drift.ts";
import type { ClassifiedDrift, Finding, FindingStep } from "../model/finding.ts";
import { compileGlob } from "../model/glob.ts";
import { isListing, type Listing, type Observation } from "../model/observation.ts";
import {
  compileEntries,
  compileScope,
  parseScopeEntry,
  type ResourceRef,
  resourceKey,
  type Scope,
} from "../model/resource.ts";
import type { Coverage, TargetResult, Verdict } from "../model/scan-result.ts";
import type { Instant } from "../model/time.ts";
import type { Lease, ScanWriter, Store } from "../store/store.ts";
import type { Catalog } from "./catalog.ts";
import { Collector, type DisplacedFinding } from "./collector.ts";
import { DeclaredIndex } from "./declared-index.ts";
import { findingId, sha256 } from "./identity.ts";
import { type ScanContext, type States, stageFacts, takeBatch } from "./observation-batch.ts";

/** Everything that one scan of one target is made of; all I/O handles are open and belong to the caller. */
export interface TargetScan {
  readonly name: string;
  readonly target: Target;
  readonly connector: Connector;
  readonly session: Session;
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
  readonly graceMs: number;
  readonly keepFolds: boolean;
  readonly now: () => Instant;
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: ScanProgress) => void;
}

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
    await writer.abandon(cause instanceof Error ? cause.message : String(cause));
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
  await observe(scan, context);
  scan.signal.throwIfAborted();
  concludeUnanswered(context);
  concludeListings(context);
  await retireVanished(scan, context);
  foldMoves(scan, context);
  return publish(scan, { ...running, context });
}

async function prepare(scan: TargetScan, writer: ScanWriter): Promise<ScanContext> {
  const isPart = partOf(scan.only);
  const declared = scan.declared.filter(({ resource }) => isPart(resource.kind, resource.id));
  const declaredKeys = new Set(scan.declared.map(({ resource }) => resourceKey(resource)));
  const former: ResourceRef[] = [];
  for await (const { resource, everDeclared } of scan.store.recordedResources(scan.name)) {
    const isFormer = everDeclared && !declaredKeys.has(resourceKey(resource)) && isPart(resource.kind, resource.id);
    if (isFormer && !scan.isManagedElsewhere(resource)) former.push(resource);
  }
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
    index: new DeclaredIndex(declared, former),
    collector: new Collector(scan.name, { keepFolds: scan.keepFolds }),
    digest: scan.digest,
    ignore: scan.ignore,
    ignoreFingerprint: scan.ignoreFingerprint,
    classify: scan.classify,
    stored: new Map(stored.map((finding) => [finding.id, finding])),
    wasListedWithout: await earlierListings(scan),
    isManagedElsewhere: scan.isManagedElsewhere,
    isInScope: ({ kind, id }) => inScope(kind, id) && isPart(kind, id),
    seen: new Set(),
  };
}

function partOf(only: readonly string[]): (kind: string, id: string) => boolean {
  return only.length === 0 ? () => true : compileEntries(only);
}

/** Whether an earlier complete listing, in a scope that held the resource, did not show it. */
async function earlierListings(scan: TargetScan): Promise<(resource: ResourceRef) => boolean> {
  const listings = new Map<string, (kind: string, id: string) => boolean>();
  for (const [key, scope] of await scan.store.completeListings(scan.name)) {
    // Written by `publish` below, as the JSON of a Scope.
    listings.set(key, compileScope(JSON.parse(scope) as Scope));
  }
  return ({ kind, at, id }) => listings.get(listingKey({ kind, at }))?.(kind, id) === true;
}

function listingKey(listing: { readonly kind: string; readonly at: string }): string {
  return `${listing.kind}\0${listing.at}`;
}

async function observe(scan: TargetScan, context: ScanContext): Promise<void> {
  let batch: Observation[] = [];
  let answered = 0;
  for await (const answer of scan.session.observe(requestOf(scan, context), scan.signal)) {
    if (isListing(answer)) {
      context.collector.listings.set(listingKey(answer), answer);
      continue;
    }
    batch.push(answer);
    answered++;
    if (batch.length < BATCH) continue;
    await takeBatch(batch, context);
    batch = [];
    scan.onProgress?.({ target: scan.name, answered, expected: context.index.declaredCount });
  }
  await takeBatch(batch, context);
  scan.onProgress?.({ target: scan.name, answered, expected: context.index.declaredCount });
}

function requestOf(scan: TargetScan, context: ScanContext): ObserveRequest {
  const { scope } = scan.target;
  return {
    asked: context.index.asked(),
    ...(scope === undefined ? {} : { scope }),
    ...(scan.only.length === 0 ? {} : { only: scan.only }),
    listedKinds: scope === undefined ? [] : listedKinds(scan, scope),
    lastRecorded: async (resource) => (await scan.store.record(scan.name, resource))?.document ?? undefined,
  };
}

function listedKinds(scan: TargetScan, scope: Scope): string[] {
  const wanted = scope.include.map((entry) => compileGlob(parseScopeEntry(entry).kind));
  const part = scan.only.map((entry) => compileGlob(parseScopeEntry(entry).kind));
  return scan.catalog.kinds
    .map(({ kind }) => kind)
    .filter(
      (kind) => wanted.some((matches) => matches(kind)) && (part.length === 0 || part.some((matches) => matches(kind))),
    );
}

/** What the connector ended without answering could not be checked. */
function concludeUnanswered({ index, collector }: ScanContext): void {
  for (const { resource } of index.unanswered()) {
    collector.addUnchecked(resource, { path: null, reason: "failed", detail: "the connector ended without an answer" });
  }
}

function concludeListings({ collector }: ScanContext): void {
  for (const listing of collector.listings.values()) {
    const { kind, at } = listing;
    if (listing.status === "unlisted") {
      collector.addUnchecked({ kind, at, id: "**" }, { path: null, reason: listing.reason, detail: listing.detail });
    } else {
      for (const gap of listing.gaps ?? []) {
        collector.addUnchecked({ kind, at, id: gap.glob }, { path: null, reason: gap.reason, detail: gap.detail });
      }
    }
  }
}

/** Undeclared resources that were there and that a complete listing does not show any more. */
async function retireVanished(scan: TargetScan, context: ScanContext): Promise<void> {
  const { index, collector, seen } = context;
  const isPart = partOf(scan.only);
  for await (const { resource } of scan.store.recordedResources(scan.name)) {
    if (!isPart(resource.kind, resource.id) || index.find(resource) !== undefined || seen.has(resourceKey(resource)))
      continue;
    const resolution = endOf(resource, context);
    if (resolution === undefined) continue;
    collector.settled.set(findingId(scan.name, resource), resolution);
    await retire(scan, { context, resource });
  }
}

function endOf(resource: ResourceRef, context: ScanContext): "vanished" | "out-of-scope" | "undeclared" | undefined {
  if (context.isManagedElsewhere(resource)) return "undeclared";
  if (!context.isInScope(resource)) return "out-of-scope";
  const listing = context.collector.listings.get(listingKey(resource));
  if (listing?.status !== "listed" || isInGap(listing, resource)) return undefined;
  return "vanished";
}

function isInGap(listing: Extract<Listing, { status: "listed" }>, resource: ResourceRef): boolean {
  return listing.gaps?.some((gap) => compileGlob(gap.glob)(resource.id)) === true;
}

async function retire(
  scan: TargetScan,
  gone: { readonly context: ScanContext; readonly resource: ResourceRef },
): Promise<void> {
  const { resource, context } = gone;
  await context.writer.stage([
    {
      resource,
      presence: "absent",
      document: null,
      documentHash: null,
      observedAt: scan.now(),
      baseline: null,
      everDeclared: false,
      inSyncKey: null,
      retired: true,
    },
  ]);
}

/** One missing and one unmanaged resource that are the same become one that moved. */
function foldMoves(scan: TargetScan, context: ScanContext): void {
  for (const { kind } of scan.catalog.kinds) {
    const missing = context.collector.missing.get(kind) ?? [];
    const orphaned = context.collector.orphaned.get(kind) ?? [];
    const facts = scan.catalog.facts(kind);
    if (missing.length === 0 || orphaned.length === 0 || facts === undefined) continue;
    const { moved, explained } = pairMoved(missing, orphaned, facts.kind);
    dropExplained([...missing, ...orphaned], { explained, collector: context.collector });
    for (const drift of moved) addMove(drift, { context, missing });
  }
}

function dropExplained(
  displaced: readonly DisplacedFinding[],
  by: { readonly explained: ReadonlySet<Drift>; readonly collector: Collector },
): void {
  for (const { findingId: id, drift } of displaced) {
    if (!by.explained.has(drift)) continue;
    by.collector.drifts.delete(id);
    // The finding that an unmanaged half had of its own ends; the missing half's becomes the move.
    if (drift.drift === "unmanaged") by.collector.settled.set(id, "vanished");
  }
}

function addMove(
  drift: Drift,
  from: { context: ScanContext; missing: readonly { drift: Drift; attributes: States["actual"] }[] },
): void {
  const { context } = from;
  const entry = context.index.find(drift.resource);
  const attributes = from.missing.find((one) => one.drift.resource === drift.resource)?.attributes ?? {};
  const states = { desired: attributes, baseline: {}, actual: attributes };
  context.collector.drifts.set(
    findingId(context.target, drift.resource),
    context.classify(drift, states, entry?.declared),
  );
}

async function publish(scan: TargetScan, made: Running & { context: ScanContext }): Promise<TargetOutcome> {
  const { context, writer, startedAt } = made;
  const { collector } = context;
  const finishedAt = scan.now();
  const findings = planFindings(scan, { context, now: finishedAt });
  const coverage = coverageOf(context);
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

function coverageOf({ index, collector }: ScanContext): Coverage {
  const unmanaged = [...collector.drifts.values()].filter(({ drift }) => drift === "unmanaged").length;
  return {
    declared: index.declaredCount,
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
  const complete = new Map<string, string>();
  const { scope } = scan.target;
  if (scope === undefined || scan.only.length > 0) return complete;
  for (const [key, listing] of collector.listings) {
    const hasGaps = listing.status !== "listed" || (listing.gaps?.length ?? 0) > 0;
    if (!hasGaps) complete.set(key, JSON.stringify(scope));
  }
  return complete;
}
