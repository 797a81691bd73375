import type { Json } from "../../model/json.ts";
import { add, compareDecimals, type Decimal, decimal, decimalOf, multiply, parseDecimal } from "./decimal.ts";

/** ISO 8601 in UTC, with as many digits of a second as it needs: `2026-11-24T09:30:00.5Z`. */
export function canonicalTimestamp(value: Json): Json {
  const seconds = readTimestamp(value);
  return seconds === undefined ? value : formatTimestamp(seconds);
}

export function orderTimestamps(a: Json, b: Json): number | undefined {
  const left = readTimestamp(a);
  const right = readTimestamp(b);
  return left === undefined || right === undefined ? undefined : compareDecimals(left, right);
}

/**
 * Exact seconds since 1970. Reads ISO 8601 with a zone (`Z`, `+02:00`, `+0200`, `+02`), a date alone as midnight UTC, and a number as
 * seconds, or as milliseconds from 10^11 on (seconds reach that in the year 5138). A time without a zone is not read: it
 * would be taken for another moment than was meant.
 */
export function readTimestamp(value: Json): Decimal | undefined {
  if (typeof value === "string") return readIso(value.trim());
  const number = decimalOf(value);
  if (number === undefined) return undefined;
  const magnitude = Math.abs(Number(value));
  const seconds = magnitude >= FIRST_MILLISECONDS ? multiply(number, decimal(1n, -3)) : number;
  return isInYears(seconds) ? seconds : undefined;
}

const FIRST_MILLISECONDS = 1e11;
const DAY_SECONDS = 86_400;
const DATE = String.raw`(\d{4})-(\d\d)-(\d\d)`;
const CLOCK = String.raw`(\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,340}))?)?`;
const ZONE = String.raw`([Zz]|[+-]\d\d(?::?\d\d)?)`;
const EXTENDED = new RegExp(`^${DATE}(?:[Tt ]${CLOCK} ?${ZONE})?$`);
const BASIC = /^(\d{4})(\d\d)(\d\d)[Tt](\d\d)(\d\d)(\d\d)(?:[.,](\d{1,340}))?([Zz]|[+-]\d\d(?::?\d\d)?)$/;

/** Years that ISO 8601 writes in four digits. */
const FIRST = decimal(BigInt(yearStartMs(0)), -3);
const LAST = decimal(BigInt(yearStartMs(10_000)), -3);

function readIso(text: string): Decimal | undefined {
  const match = EXTENDED.exec(text) ?? BASIC.exec(text);
  if (match === null) return undefined;
  const [, year = "", month = "", day = "", hour = "0", minute = "0", second = "0", fraction = "0", zone = "Z"] = match;
  const midnight = midnightMs(Number(year), Number(month), Number(day));
  const offset = offsetMinutes(zone);
  const clock = clockSeconds(Number(hour), Number(minute), Number(second));
  const part = parseDecimal(`0.${fraction}`);
  if (midnight === undefined || offset === undefined || clock === undefined || part === undefined) return undefined;
  const seconds = add(decimal(BigInt(midnight / 1000 + clock - offset * 60), 0), part);
  return isInYears(seconds) ? seconds : undefined;
}

/** Undefined for a day that the month does not have. */
function midnightMs(year: number, month: number, day: number): number | undefined {
  const date = new Date(yearStartMs(year));
  date.setUTCMonth(month - 1, day);
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day ? date.getTime() : undefined;
}

/** `Date.UTC` takes the years 0 to 99 for 1900 to 1999. */
function yearStartMs(year: number): number {
  return new Date(0).setUTCFullYear(year, 0, 1);
}

/** A leap second is the first of the next minute; 24:00:00 is the next midnight. */
function clockSeconds(hour: number, minute: number, second: number): number | undefined {
  const seconds = hour * 3600 + minute * 60 + second;
  return minute < 60 && second <= 60 && seconds <= DAY_SECONDS ? seconds : undefined;
}

function offsetMinutes(zone: string): number | undefined {
  if (zone === "Z" || zone === "z") return 0;
  const minutes = Number(zone.slice(-2));
  const total = zone.length === 3 ? minutes * 60 : Number(zone.slice(1, 3)) * 60 + minutes;
  if (total > 24 * 60 || (zone.length > 3 && minutes > 59)) return undefined;
  return zone.startsWith("-") ? -total : total;
}

function isInYears(seconds: Decimal): boolean {
  return compareDecimals(seconds, FIRST) >= 0 && compareDecimals(seconds, LAST) < 0;
}

function formatTimestamp({ digits, exponent }: Decimal): string {
  const scale = 10n ** BigInt(Math.max(0, -exponent));
  const scaled = digits * 10n ** BigInt(Math.max(0, exponent));
  const fraction = ((scaled % scale) + scale) % scale;
  const iso = new Date(Number((scaled - fraction) / scale) * 1000).toISOString();
  const part = fraction === 0n ? "" : `.${String(fraction).padStart(-exponent, "0")}`;
  return `${iso.slice(0, 19)}${part}Z`;
}
