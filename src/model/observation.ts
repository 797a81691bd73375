import type { JsonObject } from "./json.ts";
import type { Fingerprint } from "./known-states.ts";
import type { Pointer } from "./pointer.ts";
import type { ResourceRef } from "./resource.ts";
import type { Instant, TimeSpan } from "./time.ts";

export type UncheckedReason =
  | "denied"
  | "throttled"
  | "timeout"
  | "unreachable"
  | "unsupported"
  | "vanished"
  | "failed";

/** What a connector saw, and when. A failed read is `unchecked`: never `absent`, never in sync. */
export type Observation = { readonly resource: ResourceRef; readonly observedAt: Instant; readonly span?: TimeSpan } & (
  | {
      readonly status: "present";
      readonly actual: JsonObject;
      readonly facts?: readonly PathFact[];
      /** Where the connector can confirm it. */
      readonly fingerprint?: Fingerprint;
    }
  | { readonly status: "absent"; readonly facts?: readonly AbsenceFact[] }
  | { readonly status: "unchecked"; readonly reason: UncheckedReason; readonly detail: string }
);

/** What had put the resource there, as the last recorded document names it, went away or puts it there no longer. */
export interface AbsenceFact {
  readonly path: "";
  readonly fact: "explained-by";
  readonly by: string;
}

/** About one attribute of one resource: it could not be read, it is sensitive, a controller owns it. */
export type PathFact = { readonly path: Pointer } & (
  | { readonly fact: "unchecked"; readonly reason: UncheckedReason; readonly detail?: string }
  | { readonly fact: "sensitive" }
  | { readonly fact: "owned-by"; readonly owner: string }
);

/**
 * Whether everything of one kind in scope at one place was listed. Only then does a resource that was not answered count
 * as not there.
 */
export type Listing = { readonly kind: string; readonly at: string; readonly observedAt: Instant } & (
  | {
      readonly status: "listed";
      /** Parts that could not be listed (an unreadable folder): what stands there stays as it was known. */
      readonly gaps?: readonly ListingGap[];
    }
  | { readonly status: "unlisted"; readonly reason: UncheckedReason; readonly detail: string }
);

export interface ListingGap {
  /** Which ids the gap hides, as a glob. */
  readonly glob: string;
  readonly reason: UncheckedReason;
  readonly detail: string;
}

export function isListing(answer: Observation | Listing): answer is Listing {
  return answer.status === "listed" || answer.status === "unlisted";
}
