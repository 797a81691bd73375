import type { Baseline } from "../model/baseline.ts";
import type { KnownGap, Unchecked } from "../model/drift.ts";
import type { Finding, FindingStep, Transition } from "../model/finding.ts";
import type { Json, JsonObject } from "../model/json.ts";
import type { ResourceRef } from "../model/resource.ts";
import type { Coverage, FoldCount, Verdict } from "../model/scan-result.ts";
import type { Instant } from "../model/time.ts";

/**
 * The database of baselines, observations, findings and the audit log. Every method is one transaction or none; reading
 * sees published scans only. Opened by `openStore`.
 */
export interface Store extends AsyncDisposable {
  /**
   * Takes the target for this process, so that no two ever work on one at once. Waits while another process holds it;
   * a holder that died (its process is gone, or its lease ran out) is succeeded with a higher fencing token.
   * @throws KnownError `STORE_BUSY` naming the holder, once `waitMs` are over
   */
  acquireLease(target: string, options: LeaseOptions): Promise<Lease>;
  /** Starts staging a scan. What an earlier process left staged and unpublished for the target is removed. */
  beginScan(lease: Lease, scan: ScanBegin): Promise<ScanWriter>;

  /** The last published record of a resource; undefined when it was never seen or is retired. */
  record(target: string, resource: ResourceRef): Promise<ResourceRecord | undefined>;
  /** The same for many, in the order asked. */
  records(target: string, resources: readonly ResourceRef[]): Promise<readonly (ResourceRecord | undefined)[]>;
  /** Every resource of the target that has a record, without documents, in no order; many at a time. */
  recordedResources(target: string): AsyncIterable<readonly RecordedResource[]>;
  /** Kinds and places that an earlier published scan listed completely, as `KIND\0AT`, with the scope hash it had. */
  completeListings(target: string): Promise<ReadonlyMap<string, string>>;

  /** What the last scan of the whole target found in sync, by fingerprint; undefined where there is nothing to go by. */
  known(target: string): Promise<KnownHead | undefined>;
  /** The records of that, as they were written; `size` of them in all. */
  knownRecords(target: string): AsyncIterable<Uint32Array>;

  findings(filter?: FindingFilter): Promise<readonly Finding[]>;
  /** Findings whose id starts with `prefix` (with or without `f_`). */
  findingsByPrefix(prefix: string): Promise<readonly Finding[]>;
  transitions(findingId: string): Promise<readonly Transition[]>;
  /**
   * Changes one finding by a pure function, and writes its transitions and the audit entry, all in one transaction.
   * @returns the new finding, or undefined when there is none with that id
   */
  updateFinding(id: string, step: (finding: Finding) => FindingStep, audit: AuditDraft): Promise<Finding | undefined>;

  /** How one resource changed over time, oldest first; one entry a change. */
  history(
    target: string,
    resource: { readonly kind: string; readonly id: string; readonly at?: string },
  ): Promise<readonly HistoryEntry[]>;
  /**
   * The last published scan of each whole target, newest first. One of a part (`--only`) says nothing of the whole, so a
   * target of which only parts were scanned is not among them; the same holds for `unchecked` and `knownGaps`.
   */
  lastScans(): Promise<readonly PublishedScan[]>;
  unchecked(target: string): Promise<readonly Unchecked[]>;
  knownGaps(target: string): Promise<readonly KnownGap[]>;
  /** Facts of a kind by their version, as they were when something was recorded under it. */
  facts(version: string): Promise<Json | undefined>;

  appendAudit(entry: AuditDraft): Promise<AuditEntry>;
  audit(): AsyncIterable<AuditEntry>;
  /** Checks the database itself, the hash chain of the audit log and the documents. @returns what is wrong, one text each */
  verify(): Promise<readonly string[]>;
  /** Removes what is older than `keepMs`: superseded records and scans, never a baseline, an unresolved finding or the audit chain's head. */
  prune(now: Instant, keepMs: number): Promise<void>;
}

export interface LeaseOptions {
  readonly waitMs: number;
  readonly signal: AbortSignal;
  /** Called once when another process holds the target. */
  readonly onWait?: (holder: LeaseHolder) => void;
}

export interface LeaseHolder {
  readonly host: string;
  readonly pid: number;
  readonly since: Instant;
}

/** Renewed in the background until disposed. Writing under a lease that was lost fails. */
export interface Lease extends AsyncDisposable {
  readonly target: string;
  readonly token: number;
}

export interface ScanBegin {
  readonly revision: string;
  readonly startedAt: Instant;
}

/** Collects a scan in batches under its id; nothing of it is seen until `publish`, and then all of it. */
export interface ScanWriter {
  readonly id: number;
  /** Facts that records refer to by version. Known ones are skipped. */
  stageFacts(version: string, facts: Json): Promise<void>;
  /** Only resources whose record changes need be staged. */
  stage(records: readonly StagedRecord[]): Promise<void>;
  /**
   * Makes the whole scan visible in one small transaction, with the findings that `advance` makes of the stored ones.
   * `advance` is pure and sees every unresolved finding of the target and every one whose id is in `findingIds`.
   */
  publish(
    summary: ScanSummary,
    findings: {
      readonly findingIds: readonly string[];
      readonly advance: (stored: readonly Finding[]) => readonly FindingStep[];
    },
  ): Promise<readonly FindingStep[]>;
  /** Records that the scan did not finish, and why; removes what was staged. */
  abandon(reason: string): Promise<void>;
}

export interface ScanSummary {
  readonly finishedAt: Instant;
  readonly verdict: Verdict;
  readonly coverage: Coverage;
  readonly folded: readonly FoldCount[];
  readonly unchecked: readonly Unchecked[];
  readonly knownGaps: readonly KnownGap[];
  /** `KIND\0AT` → scope hash of what this scan listed completely. */
  readonly listings: ReadonlyMap<string, string>;
  /** Whether only a part was scanned (`--only`): then the target's coverage and verdict of the last whole scan stay. */
  readonly partial: boolean;
  /** Missing where what is known stays. */
  readonly known?: Known;
}

/** What fingerprints are known of, and when they can be gone by. */
export interface KnownHead {
  /** Equal where configuration, facts, ignore rules and the key of digests are: else what is known says nothing. */
  readonly basis: string;
  readonly revision: string;
  /** Of the desired state, for revisions that declare the same. */
  readonly desiredHash: string;
  readonly size: number;
  /** Whether nothing else is declared, and nothing else recorded. */
  readonly isComplete: boolean;
  /** When all of it was last read to be sure. */
  readonly provenAt: Instant;
}

export interface Known {
  readonly head: KnownHead;
  /** Missing where they stay as they are. */
  readonly records?: Iterable<Uint32Array>;
}

/** What the store knows of one resource. */
export interface ResourceRecord {
  readonly resource: ResourceRef;
  readonly presence: "present" | "absent";
  /** What was last observed: sealed, without volatile attributes; null when it was not there. */
  readonly document: JsonObject | null;
  /** SHA-256 of the document's canonical JSON; another one is refused when it is staged. */
  readonly documentHash: string | null;
  readonly observedAt: Instant;
  readonly baseline: Baseline | null;
  /** Whether a scanned revision declared it, then or earlier. */
  readonly everDeclared: boolean;
  /** Under which desired state, document, facts and ignore rules it was last found in sync; null when it was not. */
  readonly inSyncKey: string | null;
}

export interface StagedRecord extends ResourceRecord {
  /** The record ends here: neither declared nor there. History keeps it. */
  readonly retired: boolean;
}

export type RecordedResource = Pick<
  ResourceRecord,
  "resource" | "presence" | "everDeclared" | "observedAt" | "inSyncKey"
>;

export interface FindingFilter {
  readonly target?: string;
  readonly statuses?: readonly Finding["status"][];
}

export interface HistoryEntry {
  readonly at: string;
  readonly scan: number;
  readonly revision: string;
  readonly observedAt: Instant;
  readonly presence: "present" | "absent";
  readonly document: JsonObject | null;
  readonly retired: boolean;
}

export interface PublishedScan {
  readonly id: number;
  readonly target: string;
  readonly revision: string;
  readonly startedAt: Instant;
  readonly finishedAt: Instant;
  readonly verdict: Verdict;
  readonly coverage: Coverage;
  readonly folded: readonly FoldCount[];
  /** Why a later scan of the same target did not finish, when one did not. */
  readonly abandonedSince: { readonly at: Instant; readonly reason: string } | null;
}

export interface AuditDraft {
  readonly at: Instant;
  readonly actor: string;
  /** `finding.ack`, `finding.accept`, `ignore.add`, … */
  readonly action: string;
  readonly subject: string;
  readonly reason: string;
  readonly details: JsonObject;
}

/** `hash` = sha256 of the canonical JSON of all other members, `previousHash` included. */
export interface AuditEntry extends AuditDraft {
  readonly sequence: number;
  readonly previousHash: string;
  readonly hash: string;
}

export type { FindingStep };
