import type { Cause, DriftKind } from "./drift.ts";
import type { Control, FindingType, Severity } from "./finding.ts";
import type { Json, JsonObject } from "./json.ts";
import type { Pointer } from "./pointer.ts";

/**
 * One classification rule: plain data. Rules are tried in order for each change, and the first that matches wins. All parts
 * that are there must match.
 */
export interface Rule {
  /** `host/private-key-readable`; unique within the rules in force. */
  readonly id: string;
  /** Kind patterns (globs). A pattern that matches no known kind is an error when rules are loaded. */
  readonly kinds: readonly string[];
  /** Patterns of changed paths (`/mode`, `/settings/*`; `""` for presence); any path when left out. Checked against the kind. */
  readonly paths?: readonly Pointer[];
  readonly drift?: readonly DriftKind[];
  /** CEL over `resource`, `change`, `target`, `actor`; true when left out. Type-checked when loaded. */
  readonly when?: string;
  readonly severity: Severity;
  readonly type: FindingType;
  /** Without a full stop; `{id}`, `{path}`, `{before}`, `{after}` and, of a set, `{added}` and `{removed}` are filled in. */
  readonly title: string;
  readonly controls?: readonly Control[];
  readonly examples?: RuleExamples;
}

/** Cases that stand beside a rule: `leeway rules test` and the test suite run them. */
export interface RuleExamples {
  /** It must match at least one change of each of these. */
  readonly fires: readonly RuleExample[];
  /** It must match no change of any of these. */
  readonly silent: readonly RuleExample[];
}

/** A small drift, written as states: it is compared and classified by the real engine. */
export interface RuleExample {
  readonly kind: string;
  readonly id: string;
  /** Declared attributes; missing when nobody declares the resource. */
  readonly desired?: JsonObject;
  /** Recorded attributes; missing when there is no baseline. */
  readonly baseline?: JsonObject;
  /** Observed attributes; null when it is not there. */
  readonly actual: JsonObject | null;
  readonly target?: { readonly criticality?: string };
}

/** What a rule sees of one change, besides the resource's three states. */
export interface RuleSubject {
  readonly resource: {
    readonly kind: string;
    readonly at: string;
    readonly id: string;
    readonly drift: DriftKind;
    readonly desired: JsonObject;
    readonly baseline: JsonObject;
    readonly actual: JsonObject;
  };
  readonly change: {
    readonly path: Pointer;
    readonly cause: Cause;
    readonly desired: Json;
    readonly baseline: Json;
    readonly actual: Json;
    /** What it should be: `desired` where that is a plain value, else `baseline`; null where neither is. */
    readonly before: Json;
    /** The same as `actual`. */
    readonly after: Json;
    readonly added: readonly Json[];
    readonly removed: readonly Json[];
  };
  readonly target: { readonly name: string; readonly connector: string; readonly criticality: string };
  /** Who did it, where known, else null. */
  readonly actor: string | null;
}
