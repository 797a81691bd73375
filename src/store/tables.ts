/**
 * The tables, as both dialects see them: texts and numbers only. Columns of JSON hold canonical JSON text, written and read
 * by `codec.ts` alone; instants are texts, whose order is time order; flags are 0 or 1.
 */
export interface Tables {
  readonly migrations: MigrationTable;
  readonly meta: MetaTable;
  readonly targets: TargetTable;
  readonly leases: LeaseTable;
  readonly scans: ScanTable;
  readonly documents: DocumentTable;
  readonly facts: FactsTable;
  readonly records: RecordTable;
  readonly listings: ListingTable;
  readonly known: KnownTable;
  readonly known_parts: KnownPartTable;
  readonly findings: FindingTable;
  readonly transitions: TransitionTable;
  readonly audit: AuditTable;
}

export interface MigrationTable {
  version: number;
  name: string;
  /** SHA-256 of its statements. */
  checksum: string;
  applied_at: string;
}

/** Single values: counters, the head of the audit log and its checkpoint. */
export interface MetaTable {
  name: string;
  /** JSON. */
  value: string;
}

/** What the scans of a target have come to. Publishing a scan is moving these pointers. */
export interface TargetTable {
  target: string;
  published_scan: number;
  /** The last published scan of the whole target; null when there were only parts. */
  whole_scan: number | null;
  /** JSON, of the whole scan. */
  unchecked: string;
  /** JSON, of the whole scan. */
  known_gaps: string;
}

export interface LeaseTable {
  target: string;
  /** Grows with every holder; a write names the token it was given. */
  token: number;
  /** Null when nobody holds the target; then the other members mean nothing. */
  pid: number | null;
  host: string;
  /** Tells machines and process namespaces apart, between which a pid means nothing. */
  machine: string;
  process_start: string;
  since: string;
  /** On the store's clock. */
  expires_at: string;
}

export interface ScanTable {
  id: number;
  target: string;
  state: "staged" | "published" | "abandoned";
  revision: string;
  started_at: string;
  /** When it was published or abandoned; null while it is staged. */
  ended_at: string | null;
  partial: number;
  verdict: string | null;
  /** JSON; null unless published. */
  coverage: string | null;
  /** JSON; null unless published. */
  folded: string | null;
  /** Why it was abandoned. */
  reason: string | null;
}

/** Attribute documents, each once, under the SHA-256 of its canonical JSON. */
export interface DocumentTable {
  hash: string;
  body: string;
}

export interface FactsTable {
  version: string;
  body: string;
}

/** Append-only: one row a change of a resource. What counts is the row of the latest scan that is published. */
export interface RecordTable {
  target: string;
  kind: string;
  at: string;
  id: string;
  scan: number;
  /** JSON; null where the reference has none. */
  aliases: string | null;
  presence: "present" | "absent";
  document_hash: string | null;
  observed_at: string;
  /** JSON of the baseline without its attributes, which are the document `baseline_hash`. */
  baseline: string | null;
  baseline_hash: string | null;
  ever_declared: number;
  in_sync_key: string | null;
  retired: number;
}

export interface ListingTable {
  target: string;
  kind: string;
  at: string;
  scope_hash: string;
}

/** What a target was in sync under; see `KnownHead`. */
export interface KnownTable {
  target: string;
  basis: string;
  revision: string;
  desired_hash: string;
  size: number;
  complete: number;
  proven_at: string;
}

export interface KnownPartTable {
  target: string;
  part: number;
  /** Little-endian words of 32 bits, as base64. */
  records: string;
}

export interface FindingTable {
  id: string;
  target: string;
  status: string;
  resolved_at: string | null;
  /** JSON. */
  body: string;
}

export interface TransitionTable {
  finding: string;
  sequence: number;
  /** JSON. */
  body: string;
}

export interface AuditTable {
  sequence: number;
  at: string;
  /** JSON of the entry. */
  body: string;
}
