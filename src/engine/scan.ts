import type { RuleFailure } from "../classify/classify.ts";
import type { RuleSet } from "../classify/rule-set.ts";
import type { IgnoreRule } from "../config/config.ts";
import { compileIgnore } from "../config/ignore.ts";
import type { Session } from "../connector.ts";
import { declareAt } from "../desired/expand.ts";
import { KnownError } from "../errors.ts";
import type { DeclaredResource } from "../model/declared.ts";
import type { Finding } from "../model/finding.ts";
import { SEVERITIES } from "../model/finding.ts";
import { compileGlob } from "../model/glob.ts";
import { compileEntries, type Place, type ResourceRef } from "../model/resource.ts";
import type { FoldCount, ScanResult, TargetResult } from "../model/scan-result.ts";
import { parseDuration } from "../model/time.ts";
import { type DigestKey, loadDigestKey } from "../store/digest-key.ts";
import { openStore } from "../store/open-store.ts";
import type { KnownHead, LeaseHolder, Store } from "../store/store.ts";
import { type Catalog, compileCatalog } from "./catalog.ts";
import { basisOf, confirmKnown, holds, isAll } from "./confirm.ts";
import { DesiredSources } from "./desired-sources.ts";
import { classifierFor, rulesFor } from "./rules.ts";
import { type ScanProgress, scanTarget, type TargetOutcome } from "./scan-target.ts";
import { baseDir, checkPart, type NamedTarget, selectTargets, type Workspace } from "./workspace.ts";

export interface ScanOptions {
  /** All when empty. */
  readonly targets: readonly string[];
  /** Entries `KIND[:ID]`; nothing outside them is scanned, resolved or retired. */
  readonly only: readonly string[];
  /** Read desired files as they are now instead of the commit. */
  readonly workingTree: boolean;
  /** Keep every folded difference, not only the counts. */
  readonly explain: boolean;
  /** Read whatever must be read to be sure, though nothing seems to have changed. */
  readonly rehash: boolean;
  /** How long to wait for another process that scans the same target. */
  readonly waitMs: number;
  readonly onProgress?: (progress: ScanProgress) => void;
  readonly onWait?: (target: string, holder: LeaseHolder) => void;
}

/**
 * The cycle once over the chosen targets. A target that cannot be opened has the verdict `failed`; the others go on.
 * @throws KnownError when configuration, desired state or rules are wrong, or the store cannot be used
 */
export async function scan(workspace: Workspace, options: ScanOptions): Promise<ScanResult> {
  const chosen = selectTargets(workspace, options.targets);
  checkPart("scan", options.only, chosen);
  const ignoring = compileIgnore(workspace.loaded.config.ignore, workspace.now());
  const key = await loadDigestKey({ env: workspace.env, storeFile: workspace.storeFile });
  await using store = await openStore({ file: workspace.storeFile });
  const warnings: string[] = [];
  const outcomes: (TargetOutcome | TargetResult)[] = [];
  await using desired = new DesiredSources(workspace, options);
  for (const named of chosen) {
    workspace.signal.throwIfAborted();
    outcomes.push(await scanOne({ workspace, options, named, store, ignoring, key, warnings, desired }));
  }
  const isWhole = options.targets.length === 0 && options.only.length === 0;
  if (isWhole && outcomes.every((outcome) => "result" in outcome))
    warnings.push(...ignoring.unused().map(unusedWarning));
  warnings.push(...ignoring.expired.map(expiredWarning));
  if (options.only.length > 0) warnings.push(...outcomes.filter(sawNothing).map((one) => emptyPart(options.only, one)));
  warnings.push(...(await applyRetention(workspace, store)));
  return await assemble({ store, outcomes, warnings, only: options.only });
}

/** What was scanned is published by then, so a store that is busy costs no result. @returns what a person should know */
async function applyRetention(workspace: Workspace, store: Store): Promise<string[]> {
  const keepMs = parseDuration(workspace.loaded.config.store.retention);
  if (keepMs === undefined) return [];
  try {
    await store.prune(workspace.now(), keepMs);
    return [];
  } catch (error) {
    if (!(error instanceof KnownError)) throw error;
    return [`What is older than store.retention could not be removed: ${error.message}`];
  }
}

function sawNothing(outcome: TargetOutcome | TargetResult): outcome is TargetOutcome {
  if (!("result" in outcome)) return false;
  return outcome.result.coverage.declared === 0 && outcome.collector.listings.size === 0;
}

function emptyPart(only: readonly string[], { result }: TargetOutcome): string {
  return `Nothing of target "${result.name}" is meant by --only ${only.join(", ")}: nothing was checked there`;
}

interface OneScan {
  readonly workspace: Workspace;
  readonly options: ScanOptions;
  readonly named: NamedTarget;
  readonly store: Store;
  readonly ignoring: ReturnType<typeof compileIgnore>;
  readonly key: DigestKey;
  readonly warnings: string[];
  readonly desired: DesiredSources;
}

async function scanOne(one: OneScan): Promise<TargetOutcome | TargetResult> {
  const { workspace, options, named, warnings } = one;
  const { name } = named;
  const rules = rulesFor(workspace, named);
  const { revision, dirty } = await one.desired.open(named);
  if (dirty.length > 0 && !options.workingTree) warnings.push(dirtyWarning(name, dirty));
  const startedAt = workspace.now();
  const fail = (failure: KnownError) => failed({ ...named, revision, startedAt, finishedAt: workspace.now() }, failure);
  const opened = await open(workspace, named);
  if ("failure" in opened) return fail(opened.failure);
  try {
    await using session = opened.session;
    return await scanSession(one, { session, revision, rules });
  } catch (error) {
    if (error instanceof KnownError && error.code === "TARGET_UNREACHABLE") return fail(error);
    throw error;
  }
}

interface Opened {
  readonly session: Session;
  readonly revision: string;
  readonly rules: RuleSet;
}

async function scanSession(one: OneScan, { session, revision, rules }: Opened): Promise<TargetOutcome> {
  const { workspace, options, named, store, warnings } = one;
  const { name, target, connector } = named;
  const places = await session.places();
  if (places.length === 0) throw noPlace(name);
  warnings.push(...(session.warnings ?? []).map((warning) => `Target "${name}": ${warning}`));
  const catalog = compileCatalog(connector.kinds ?? new Map());
  const known = await knownOf(one, { session, places, catalog, revision });
  // Mistakes are told before anybody is waited for.
  if (known.head === undefined) await declaredAt(one, session, places);
  await using lease = await store.acquireLease(name, {
    waitMs: options.waitMs,
    signal: workspace.signal,
    onWait: (holder) => options.onWait?.(name, holder),
  });
  const onFailure = (reason: string) => warnings.push(unconfirmedWarning(name, reason));
  const asked = { mustProve: options.rehash, signal: workspace.signal, onFailure };
  const confirming = { name, target, session, catalog, store, ...asked };
  const confirmed = known.head === undefined ? undefined : await confirmKnown({ ...confirming, head: known.head });
  const isKnown = confirmed !== undefined && isAll(confirmed);
  const onRuleFailure = once((failure: RuleFailure) => warnings.push(ruleWarning(failure)));
  return await scanTarget({
    name,
    target,
    connector,
    session,
    places,
    catalog,
    declared: isKnown ? [] : await declaredAt(one, session, places),
    revision,
    only: options.only,
    store,
    lease,
    digest: one.key.digest,
    ignore: (subject) => one.ignoring.ignore({ ...subject, target: name }),
    ignoreFingerprint: one.ignoring.fingerprint,
    classify: classifierFor(named, rules, onRuleFailure),
    isManagedElsewhere: await declaredElsewhere(one),
    confirmed,
    knownAs: await known.after(),
    graceMs: parseDuration(target.grace) ?? 0,
    keepFolds: options.explain,
    now: workspace.now,
    signal: workspace.signal,
    ...(options.onProgress === undefined ? {} : { onProgress: options.onProgress }),
  });
}

/** What the target declares at its places. @throws KnownError `DESIRED_INVALID` */
async function declaredAt(
  { desired, named }: OneScan,
  session: Session,
  places: readonly Place[],
): Promise<readonly DeclaredResource[]> {
  const { declared } = await desired.load(named);
  const { resources, problems } = declareAt(places, declared, (await session.declared?.()) ?? []);
  if (problems.length === 0) return resources;
  throw new KnownError("DESIRED_INVALID", `Cannot apply the desired state of target "${named.name}" to its places`, {
    problems,
  });
}

interface KnownOfTarget {
  /** What is known and still holds. */
  readonly head: KnownHead | undefined;
  /** What will be known after the scan holds for. */
  after(): Promise<{ readonly basis: string; readonly desiredHash: string } | undefined>;
}

/** A scan of a part, of files that are not committed, or one that is to show every difference, goes by nothing that is known. */
async function knownOf(
  { options, named, store, ignoring, key, desired }: OneScan,
  at: { session: Session; places: readonly Place[]; catalog: Catalog; revision: string },
): Promise<KnownOfTarget> {
  const { session, revision, ...parts } = at;
  const isLimited = options.only.length > 0 || options.workingTree;
  if (isLimited || session.confirm === undefined) return { head: undefined, after: async () => undefined };
  const basis = basisOf({
    ...parts,
    target: named.target,
    ignoreFingerprint: ignoring.fingerprint,
    keyId: key.id,
  });
  const head = options.explain ? undefined : await store.known(named.name);
  const isSameRevision = head?.basis === basis && head.revision === revision;
  const desiredHash = async () => (isSameRevision ? head.desiredHash : (await desired.load(named)).hash);
  const now = { basis, revision, desiredHash: head === undefined ? "" : await desiredHash() };
  return {
    head: head !== undefined && holds(head, now) ? head : undefined,
    after: async () => ({ basis, desiredHash: await desiredHash() }),
  };
}

function noPlace(name: string): KnownError {
  return new KnownError("TARGET_UNREACHABLE", `Cannot scan target "${name}": its settings name no place`, {
    hint: "name what is to be watched in the settings of the target",
  });
}

/** Opening is the only step whose failure belongs to one target: every other error is of the input or the store. */
async function open(workspace: Workspace, { target, connector }: NamedTarget) {
  try {
    const session = await connector.open(target.settings, { baseDir: baseDir(workspace), now: workspace.now });
    return { session };
  } catch (error) {
    if (error instanceof KnownError) return { failure: error };
    throw error;
  }
}

function failed(
  what: NamedTarget & { revision: string; startedAt: string; finishedAt: string },
  failure: KnownError,
): TargetResult {
  const { name, connector, revision, startedAt, finishedAt } = what;
  return {
    name,
    connector: connector.name,
    verdict: "failed",
    revision,
    startedAt,
    finishedAt,
    coverage: { declared: 0, checked: 0, unchecked: 0, unmanaged: 0, folded: 0, knownGaps: 0 },
    orphansLookedFor: false,
    failure: { message: failure.message, hint: failure.hint ?? null },
  };
}

/** Resources that another target of the same connector declares are not orphans of this one. */
async function declaredElsewhere({
  workspace,
  named,
  warnings,
  desired: sources,
}: OneScan): Promise<(resource: ResourceRef) => boolean> {
  const others = selectTargets(workspace, []).filter(
    (other) => other.name !== named.name && other.connector === named.connector,
  );
  const declared = new Map<string, ((at: string) => boolean)[]>();
  for (const other of others) {
    const desired = await sources.load(other).catch((error: unknown) => {
      if (!(error instanceof KnownError)) throw error;
      warnings.push(
        `What target "${other.name}" declares could not be read, so it may show as unmanaged: ${error.message}`,
      );
      return undefined;
    });
    for (const { kind, id, at } of desired?.declared ?? []) {
      const patterns = (at ?? ["**"]).map(compileGlob);
      const key = `${kind}\0${id}`;
      declared.set(key, [...(declared.get(key) ?? []), (place) => patterns.some((matches) => matches(place))]);
    }
  }
  return ({ kind, at, id }) => declared.get(`${kind}\0${id}`)?.some((means) => means(at)) === true;
}

async function assemble(made: {
  readonly store: Store;
  readonly outcomes: readonly (TargetOutcome | TargetResult)[];
  readonly warnings: readonly string[];
  readonly only: readonly string[];
}): Promise<ScanResult> {
  const results = made.outcomes.map((outcome) => ("result" in outcome ? outcome.result : outcome));
  const finished = made.outcomes.filter((outcome) => "result" in outcome);
  const isPart = made.only.length === 0 ? () => true : compileEntries(made.only);
  const findings: Finding[] = [];
  for (const { name } of results) {
    const stored = await made.store.findings({
      target: name,
      statuses: ["pending", "open", "acknowledged", "snoozed", "accepted"],
    });
    for (const finding of stored) if (isPart(finding.kind, finding.resource)) findings.push(finding);
  }
  const steps = finished.flatMap((outcome) => outcome.steps);
  return {
    targets: results,
    findings: findings.sort(bySeverity),
    resolved: steps
      .filter(({ finding, transitions }) => finding.status === "resolved" && transitions.length > 0)
      .map(({ finding }) => finding),
    transitions: steps.flatMap(({ transitions }) => transitions),
    unchecked: finished.flatMap(({ collector }) => collector.unchecked),
    knownGaps: finished.flatMap(({ collector }) => collector.knownGaps),
    folded: mergeCounts(finished.map(({ collector }) => collector.foldCounts())),
    folds: finished.flatMap(({ collector }) => collector.folds),
    warnings: made.warnings,
  };
}

/** Most severe first; then by target, kind, place and id, so that two equal scans read alike. */
export function bySeverity(left: Finding, right: Finding): number {
  const severity = SEVERITIES.indexOf(left.severity) - SEVERITIES.indexOf(right.severity);
  if (severity !== 0) return severity;
  const key = ({ target, kind, at, resource }: Finding) => [target, kind, at, resource].join("\0");
  return key(left) < key(right) ? -1 : 1;
}

function mergeCounts(lists: readonly (readonly FoldCount[])[]): FoldCount[] {
  const counts = new Map<string, number>();
  for (const { reason, count } of lists.flat()) counts.set(reason, (counts.get(reason) ?? 0) + count);
  return Array.from(counts, ([reason, count]) => ({ reason, count })).sort((left, right) => right.count - left.count);
}

function once<T extends { readonly rule: string }>(tell: (subject: T) => void): (subject: T) => void {
  const told = new Set<string>();
  return (subject) => {
    if (told.has(subject.rule)) return;
    told.add(subject.rule);
    tell(subject);
  };
}

function ruleWarning({ rule, resource, path, message }: RuleFailure): string {
  return `Rule "${rule}" could not be evaluated on "${resource}" ${path}, so it did not match: ${message}`;
}

function unconfirmedWarning(target: string, reason: string): string {
  return `What was in sync of target "${target}" could not be confirmed, so all of it was observed: ${reason}`;
}

function dirtyWarning(target: string, dirty: readonly string[]): string {
  const shown = dirty.slice(0, 3).join(", ");
  const more = dirty.length > 3 ? ` and ${dirty.length - 3} more` : "";
  return `The desired state of target "${target}" has changes that are not committed and do not count: ${shown}${more}; --working-tree uses them`;
}

function unusedWarning(rule: IgnoreRule): string {
  return `An ignore rule folded nothing and may be stale: ${rule.reason}`;
}

function expiredWarning(rule: IgnoreRule): string {
  return `An ignore rule ended on ${rule.until} and folds nothing any more: ${rule.reason}`;
}
