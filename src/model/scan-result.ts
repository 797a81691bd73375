import type { Fold, KnownGap, Unchecked } from "./drift.ts";
import type { Finding, Transition } from "./finding.ts";
import type { Instant } from "./time.ts";

/** The first that applies. */
export const VERDICTS = ["failed", "drifted", "incomplete", "stale", "in-sync"] as const;
export type Verdict = (typeof VERDICTS)[number];

/** Counts of resources; `unchecked` also counts unread attributes and what listings could not see. */
export interface Coverage {
  readonly declared: number;
  readonly checked: number;
  readonly unchecked: number;
  readonly unmanaged: number;
  readonly folded: number;
  readonly knownGaps: number;
}

/** What one scan of one target found. */
export interface TargetResult {
  readonly name: string;
  readonly connector: string;
  readonly verdict: Verdict;
  /** The commit, or `working-tree`. */
  readonly revision: string;
  readonly startedAt: Instant;
  readonly finishedAt: Instant;
  readonly coverage: Coverage;
  /** Kinds and places with no scope: no unmanaged resource was looked for there. */
  readonly orphansLookedFor: boolean;
  /** Why it could not be opened, when the verdict is `failed`. */
  readonly failure: { readonly message: string; readonly hint: string | null } | null;
}

/** What `scan` returns: plain data that every format renders without another rule of its own. */
export interface ScanResult {
  readonly targets: readonly TargetResult[];
  /** Every finding of the targets (or of the part that was scanned) that is not resolved, most severe first. */
  readonly findings: readonly Finding[];
  /** Those that this scan resolved. */
  readonly resolved: readonly Finding[];
  readonly transitions: readonly Transition[];
  readonly unchecked: readonly Unchecked[];
  readonly knownGaps: readonly KnownGap[];
  readonly folded: readonly FoldCount[];
  /** Each folded difference; empty unless it was asked for (`--explain`). */
  readonly folds: readonly (Fold & { readonly target: string })[];
  /** What a person should look at that is no drift: a dirty tree, an ignore rule that is stale. */
  readonly warnings: readonly string[];
}

export interface FoldCount {
  readonly reason: string;
  readonly count: number;
}
