import type { Finding } from "../model/finding.ts";
import type { Instant } from "../model/time.ts";

/** After this time a return counts half. */
const FLAP_HALF_LIFE_MS = 24 * 60 * 60 * 1000;
/** From this score on a finding is flapping: four returns spread evenly over less than 22 hours reach it. */
export const FLAPPING_FROM = 3;
/** Below this score it is no longer: after three returns at once, 38 hours without another. */
export const STEADY_BELOW = 1;

type Flaps = Finding["flaps"];

/** The score of returns at `now`, exponentially decayed since it was last brought up to date. */
export function flapScore(flaps: Flaps, now: Instant): number {
  const elapsedMs = Math.max(0, Date.parse(now) - Date.parse(flaps.at));
  return flaps.score * 2 ** (-elapsedMs / FLAP_HALF_LIFE_MS);
}

/** Counts one more return at `now`. */
export function countReturn(flaps: Flaps, now: Instant): Flaps {
  return { score: flapScore(flaps, now) + 1, at: now };
}
