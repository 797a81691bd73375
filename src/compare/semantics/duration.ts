import type { Json } from "../../model/json.ts";
import {
  add,
  compareDecimals,
  type Decimal,
  decimal,
  decimalOf,
  formatDecimal,
  multiply,
  negate,
  parseDecimal,
} from "./decimal.ts";

/** A span of time: calendar months beside exact seconds, because no number of seconds is a month. */
interface Duration {
  readonly months: Decimal;
  readonly seconds: Decimal;
}

/** `3600` for seconds alone, else ISO 8601 such as `P12MT3600S`: text that is read back as the same duration. */
export function canonicalDuration(value: Json): Json {
  const duration = readDuration(value);
  if (duration === undefined) return value;
  const seconds = formatDecimal(duration.seconds);
  if (duration.months.digits === 0n) return seconds;
  const isNegative = duration.months.digits < 0n;
  const months = formatDecimal(isNegative ? negate(duration.months) : duration.months);
  const time = duration.seconds.digits === 0n ? "" : `T${seconds.replace("-", "")}S`;
  return `${isNegative ? "-" : ""}P${months}M${time}`;
}

/** Durations in months and durations in seconds are not comparable with each other. */
export function orderDurations(a: Json, b: Json): number | undefined {
  const left = readDuration(a);
  const right = readDuration(b);
  if (left === undefined || right === undefined) return undefined;
  const byMonths = compareDecimals(left.months, right.months);
  const bySeconds = compareDecimals(left.seconds, right.seconds);
  if (byMonths === 0 || bySeconds === 0) return byMonths + bySeconds;
  return undefined;
}

/** Whether a text is a duration in any of the forms that are read, a plain number of seconds included. */
export function isDuration(text: string): boolean {
  return readDuration(text) !== undefined;
}

/**
 * Reads seconds as a number (or its text), Go's `1h0m0s`, systemd's `5min 20s`, words as in `30 days`, and ISO 8601 `P1Y2M3DT4H5M6S`.
 * A day is 24 hours and a week 7 days. Sources: Go `time.ParseDuration`, systemd.time(7), ISO 8601-1 §5.5.2.
 */
function readDuration(value: Json): Duration | undefined {
  const seconds = decimalOf(value);
  if (seconds !== undefined) return { months: ZERO, seconds };
  if (typeof value !== "string" || value.length > LONGEST) return undefined;
  const [, sign, text = ""] = SIGNED.exec(value) ?? [];
  const duration = text.startsWith("P") ? readIso(text) : readParts(text);
  if (duration === undefined || sign !== "-") return duration;
  return { months: negate(duration.months), seconds: negate(duration.seconds) };
}

const LONGEST = 200;
const ZERO = decimal(0n, 0);
const SIGNED = /^\s*([+-]?)(.*?)\s*$/s;
const PART = /(\d+(?:\.\d*)?|\.\d+) ?(\p{L}+) */uy;
const AMOUNT = String.raw`(\d+(?:[.,]\d+)?)`;
const ISO = new RegExp(
  `^P(?=.)(?:${AMOUNT}Y)?(?:${AMOUNT}M)?(?:${AMOUNT}W)?(?:${AMOUNT}D)?(?:T(?=.)(?:${AMOUNT}H)?(?:${AMOUNT}M)?(?:${AMOUNT}S)?)?$`,
);

const MINUTE = decimal(60n, 0);
const HOUR = decimal(3600n, 0);
const DAY = decimal(86_400n, 0);
const WEEK = decimal(604_800n, 0);
const YEAR_MONTHS = decimal(12n, 0);

const UNITS: readonly { readonly names: readonly string[]; readonly seconds: Decimal }[] = [
  { names: ["ns", "nsec"], seconds: decimal(1n, -9) },
  // The micro sign and the Greek letter look alike, and Go accepts both.
  { names: ["us", "usec", "\u00b5s", "\u03bcs"], seconds: decimal(1n, -6) },
  { names: ["ms", "msec"], seconds: decimal(1n, -3) },
  { names: ["s", "sec", "second", "seconds"], seconds: decimal(1n, 0) },
  { names: ["m", "min", "minute", "minutes"], seconds: MINUTE },
  { names: ["h", "hr", "hour", "hours"], seconds: HOUR },
  { names: ["d", "day", "days"], seconds: DAY },
  { names: ["w", "week", "weeks"], seconds: WEEK },
];
const SECONDS_OF: ReadonlyMap<string, Decimal> = new Map(
  UNITS.flatMap(({ names, seconds }) => names.map((name): [string, Decimal] => [name, seconds])),
);

function readParts(text: string): Duration | undefined {
  let seconds = ZERO;
  let position = 0;
  while (position < text.length) {
    PART.lastIndex = position;
    const [, amountText = "", unitName = ""] = PART.exec(text) ?? [];
    const amount = parseDecimal(amountText);
    const unit = SECONDS_OF.get(unitName);
    if (amount === undefined || unit === undefined) return undefined;
    seconds = add(seconds, multiply(amount, unit));
    position = PART.lastIndex;
  }
  return text === "" ? undefined : { months: ZERO, seconds };
}

function readIso(text: string): Duration | undefined {
  const match = ISO.exec(text);
  if (match === null) return undefined;
  const [years, months, weeks, days, hours, minutes, seconds] = match.slice(1).map(readAmount);
  return {
    months: sum([times(years, YEAR_MONTHS), months]),
    seconds: sum([times(weeks, WEEK), times(days, DAY), times(hours, HOUR), times(minutes, MINUTE), seconds]),
  };
}

function readAmount(text: string | undefined): Decimal {
  return parseDecimal(text?.replace(",", ".") ?? "0") ?? ZERO;
}

function times(amount: Decimal | undefined, unit: Decimal): Decimal {
  return multiply(amount ?? ZERO, unit);
}

function sum(parts: readonly (Decimal | undefined)[]): Decimal {
  return parts.reduce<Decimal>((total, part) => add(total, part ?? ZERO), ZERO);
}
