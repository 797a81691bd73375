import type { Json } from "./json.ts";
import type { Pointer } from "./pointer.ts";

/** How two values of one attribute compare. The words of DESIGN and docs/semantics.md; `compare/` implements each. */
export type Semantics =
  | "exact"
  | "set"
  | "sequence"
  | "json"
  | "iam-policy"
  | "quantity"
  | "duration"
  | "cidr"
  | "file-mode"
  | "version"
  | "pem"
  | "arn"
  | "case-insensitive"
  | "timestamp"
  | { readonly keyed: readonly string[] };

/**
 * What part an attribute plays. `computed`: made by the system, folded unless declared. `volatile`: changes by itself, never
 * compared nor stored. `write-only`: can never be read, a known gap when declared. `sensitive`: leaves the border only as a
 * digest. `input`: read by the connector, never compared. `evidence`: kept and shown, never compared.
 */
export type Role = "computed" | "volatile" | "write-only" | "sensitive" | "input" | "evidence";

export type AttributeType = "string" | "integer" | "number" | "boolean" | "list" | "object" | "any";

export interface AttributeFacts {
  /** A pattern over pointers: the step `*` stands for any one member or element (`/rules/` `*` `/cidr`). */
  readonly path: Pointer;
  readonly type: AttributeType;
  /** One line for people, without a full stop. */
  readonly description: string;
  /** `exact` when left out. */
  readonly semantics?: Semantics;
  readonly roles?: readonly Role[];
  /** The value that the system gives when nobody declares one. */
  readonly default?: Json;
  /** A declared object is open (undeclared members are judged against the baseline) unless this says it is not. */
  readonly closed?: boolean;
  /** The text form that a declared literal must have: a regular expression (whole value), and an example that has it. */
  readonly form?: { readonly pattern: string; readonly example: string };
  /** A declared number or boolean is taken as the text it was written as (`value: 0` means "0"). */
  readonly scalarAsText?: boolean;
  /**
   * Another attribute of the resource that says what changed where this one differs. Where it is there on both sides, a difference
   * here is folded: as shown by that one when that one differs too, and as no difference when all of that one is the same.
   */
  readonly shownBy?: Pointer;
  /** Names under which a document may give the thing whose SHA-256 this attribute is. */
  readonly digestOf?: { readonly text: string; readonly file: string };
}

/**
 * Evidence that names what put a resource where it stands: texts whose first word is the name of it and whose rest is its
 * version. Given only for a resource that is, at the covered paths, exactly what was put there. What that explains is folded: a
 * difference between a resource as one version put it and as another one did, the presence of a resource that nobody
 * declares, and the absence of one that the connector says went with what had put it there.
 */
export interface Provenance {
  /** What it is that puts resources there: `package`. */
  readonly by: string;
  readonly path: Pointer;
  /** Evidence given instead where something put a resource there and another hand changed it since. */
  readonly altered: Pointer;
  /** The attributes that were put there. No other one is ever folded. */
  readonly covers: readonly Pointer[];
}

/** What is known of one kind of resource before any is seen. Plain data: two that are equal compare alike. */
export interface KindFacts {
  readonly kind: string;
  readonly summary: string;
  /** What an id of this kind looks like. */
  readonly id: { readonly description: string; readonly pattern?: string; readonly example: string };
  readonly attributes: readonly AttributeFacts[];
  /** Whether attributes may appear that are not listed above (then unknown ones are no error). */
  readonly open?: boolean;
  /** Whether null, absent and empty (`[]`, `{}`, `""`) are the same value. */
  readonly emptyIs: "absent" | "value";
  /** Where one missing and one unmanaged resource equal each other at all of these, they are one that `moved`. */
  readonly identity?: readonly Pointer[];
  readonly provenance?: Provenance;
  /** How long the system takes to settle after a change, in milliseconds. */
  readonly settleMs?: number;
  /** How it is read, for people: the commands, files or calls. */
  readonly read: string;
}

export type KindCatalog = ReadonlyMap<string, KindFacts>;

/** A catalog of the given kinds, in their order. */
export function kindCatalog(kinds: readonly KindFacts[]): KindCatalog {
  return new Map(kinds.map((facts) => [facts.kind, facts]));
}
