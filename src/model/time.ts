/** A moment: ISO 8601 in UTC with milliseconds, as `Date.prototype.toISOString` writes it, so that text order is time order. */
export type Instant = string;

/** The time that an observation covers, when it is not one moment (a data window). */
export interface TimeSpan {
  readonly from: Instant;
  readonly to: Instant;
}

const UNIT_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};
const PART = /(\d+(?:\.\d+)?)(ms|s|m|h|d|w)/y;

/** Milliseconds of a duration such as `30d`, `1h30m`, `250ms`; undefined when the text is none. */
export function parseDuration(text: string): number | undefined {
  let total = 0;
  let position = 0;
  while (position < text.length) {
    PART.lastIndex = position;
    const match = PART.exec(text);
    if (match === null) return undefined;
    // The expression has both groups, and every unit it accepts is in the table.
    total += Number(match[1]) * (UNIT_MS[match[2] as string] as number);
    position = PART.lastIndex;
  }
  return text === "" ? undefined : total;
}

/** The moment `durationMs` after `instant`. */
export function addMs(instant: Instant, durationMs: number): Instant {
  return new Date(Date.parse(instant) + durationMs).toISOString();
}
