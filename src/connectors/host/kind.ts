import type { AskedResource, KindFacts, Permission } from "../../connector.ts";
import type { JsonObject } from "../../model/json.ts";
import type { Listing, Observation } from "../../model/observation.ts";
import type { ResourceRef } from "../../model/resource.ts";
import type { Instant } from "../../model/time.ts";
import type { Transport } from "./transport.ts";

/** One kind of host resource: what is known of it, and how it is read. One file each in `kinds/`. */
export interface HostKind {
  readonly facts: KindFacts;
  /** Every file and every command that `read` uses: a command as the constant that it runs (`commandPermission`). */
  readonly permissions: readonly Permission[];
  /** Whether it tells of the connection itself, so that it is read where a host cannot be connected to as well. */
  readonly ofConnection?: boolean;
  /**
   * Reads one place: an observation for every resource asked for and, when `inScope` is there, for whatever else it accepts,
   * and then one listing. What could not be read is `unchecked` with its reason.
   */
  read(request: KindRequest, transport: Transport): AsyncIterable<Observation | Listing>;
}

export interface KindRequest {
  readonly at: string;
  readonly asked: readonly AskedResource[];
  /** Missing when unmanaged resources of this kind are not looked for: then no listing is given either. */
  readonly inScope?: (id: string) => boolean;
  /** Literal starts of the scope's include patterns for this kind, so that a walk starts no higher than it must. */
  readonly prefixes?: readonly string[];
  /** Whether anything in scope can have an id that begins with `start`, so that a walk looks into no folder for nothing. */
  readonly mayHold?: (start: string) => boolean;
  /** Whether what is mounted below the start of a walk is not looked into. */
  readonly oneFileSystem?: boolean;
  /** Whether `mayHold` is known to be true of whatever begins with `start`. */
  readonly holdsAll?: (start: string) => boolean;
  /** The document last recorded of a resource: what was read then must be read again, or it would seem to be gone. */
  readonly lastRecorded?: (resource: ResourceRef) => Promise<JsonObject | undefined>;
  readonly now: () => Instant;
  readonly signal: AbortSignal;
}
