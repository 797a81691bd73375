import type { Instant } from "../model/time.ts";
import { formatPlural } from "./visible.ts";

/** `2026-11-24 10:03 UTC`. */
export function formatInstant(instant: Instant): string {
  return `${instant.slice(0, 10)} ${instant.slice(11, 16)} UTC`;
}

/** `3 hours ago`; `just now` within a minute, and also for a time that another clock puts into the future. */
export function formatAge(since: Instant, now: Instant): string {
  const seconds = (Date.parse(now) - Date.parse(since)) / 1000;
  return seconds < 60 ? "just now" : `${formatSeconds(seconds)} ago`;
}

const UNITS: readonly (readonly [name: string, seconds: number])[] = [
  ["day", 86_400],
  ["hour", 3600],
  ["minute", 60],
  ["second", 1],
];

/** A span in its largest whole unit: `2 days`, `3 hours`, `less than a second`. */
export function formatSeconds(seconds: number): string {
  const unit = UNITS.find(([, size]) => seconds >= size);
  if (unit === undefined) return "less than a second";
  const [name, size] = unit;
  return formatPlural(Math.floor(seconds / size), name);
}

/** How long something took, in seconds with one decimal: `2.1 s`. */
export function formatElapsed(startedAt: Instant, finishedAt: Instant): string {
  return `${((Date.parse(finishedAt) - Date.parse(startedAt)) / 1000).toFixed(1)} s`;
}
