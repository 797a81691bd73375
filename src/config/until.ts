import type { Instant } from "../model/time.ts";

const DATE = /^\d{4}-\d{2}-\d{2}$/;
const MOMENT = /^(\d{4}-\d{2}-\d{2})T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2})$/;

/**
 * The moment at which something limited by `until` ends: a date (`2027-03-01`) ends it as that day begins in UTC, a moment
 * (`2027-03-01T12:00:00Z`) at that moment. Undefined when the text is neither, or no day of the calendar.
 */
export function parseUntil(text: string): Instant | undefined {
  const day = DATE.test(text) ? text : MOMENT.exec(text)?.[1];
  if (day === undefined || !isCalendarDay(day)) return undefined;
  const time = Date.parse(text);
  return Number.isNaN(time) ? undefined : new Date(time).toISOString();
}

/** `Date` takes 30 February for 2 March. */
function isCalendarDay(day: string): boolean {
  const time = Date.parse(`${day}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(day);
}
