import type { JsonObject } from "./json.ts";
import type { Pointer } from "./pointer.ts";
import type { Instant } from "./time.ts";

/**
 * The last known good actual state of one resource. Sensitive values stand in it as digests. It never absorbs drift by
 * itself: declared attributes move only when observed in sync, undeclared ones are recorded at first sight.
 */
export interface Baseline {
  /** `absent`: it was known not to be there. */
  readonly presence: "present" | "absent";
  readonly attributes: JsonObject;
  readonly recordedAt: Instant;
  /** Attributes that stayed behind when others moved, with the time of their own value. */
  readonly held: Readonly<Record<Pointer, Instant>>;
  /** Attributes that could not be read then: they have no baseline. */
  readonly unobserved: readonly Pointer[];
  /** Hash of the kind's facts under which it was recorded. */
  readonly factsVersion: string;
}
