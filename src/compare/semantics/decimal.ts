import type { Json } from "../../model/json.ts";

/** The exact number `digits × 10^exponent`. `digits` ends in no zero, and zero has the exponent 0: equal numbers are equal data. */
export interface Decimal {
  readonly digits: bigint;
  readonly exponent: number;
}

const NUMBER = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,4}))?$/;

/** A longer text or a larger exponent is no number anybody wrote, and would cost time and memory. */
const LONGEST = 1000;
const LARGEST_EXPONENT = 400;

/** Reads `12`, `-0.5`, `.5`, `1e3`; undefined when the text is no such number, or longer than any that is meant. */
export function parseDecimal(text: string): Decimal | undefined {
  if (text.length > LONGEST) return undefined;
  const match = NUMBER.exec(text);
  if (match === null) return undefined;
  const [, sign, whole = "", fraction = "", exponentText = "0"] = match;
  const exponent = Number(exponentText);
  if (whole + fraction === "" || Math.abs(exponent) > LARGEST_EXPONENT) return undefined;
  const digits = BigInt(whole + fraction);
  return decimal(sign === "-" ? -digits : digits, exponent - fraction.length);
}

/** The number that a value is, or that its text writes; undefined for anything else, NaN and infinity included. */
export function decimalOf(value: Json): Decimal | undefined {
  if (typeof value === "string") return parseDecimal(value);
  // The shortest text of a number is the one that it was read from.
  return typeof value === "number" || typeof value === "bigint" ? parseDecimal(String(value)) : undefined;
}

export function decimal(digits: bigint, exponent: number): Decimal {
  if (digits === 0n) return { digits, exponent: 0 };
  let shortened = digits;
  let grown = exponent;
  while (shortened % 10n === 0n) {
    shortened /= 10n;
    grown++;
  }
  return { digits: shortened, exponent: grown };
}

export function multiply(a: Decimal, b: Decimal): Decimal {
  return decimal(a.digits * b.digits, a.exponent + b.exponent);
}

export function add(a: Decimal, b: Decimal): Decimal {
  const exponent = Math.min(a.exponent, b.exponent);
  return decimal(digitsAt(a, exponent) + digitsAt(b, exponent), exponent);
}

export function negate(value: Decimal): Decimal {
  return { digits: -value.digits, exponent: value.exponent };
}

/** Less than 0, 0, or greater than 0, by value. */
export function compareDecimals(a: Decimal, b: Decimal): number {
  const exponent = Math.min(a.exponent, b.exponent);
  const left = digitsAt(a, exponent);
  const right = digitsAt(b, exponent);
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

/** In plain digits without an exponent; `parseDecimal` reads it back as long as it is not longer than any that is meant. */
export function formatDecimal({ digits, exponent }: Decimal): string {
  if (exponent >= 0) return `${digits}${"0".repeat(exponent)}`;
  const sign = digits < 0n ? "-" : "";
  const text = String(digits < 0n ? -digits : digits).padStart(1 - exponent, "0");
  return `${sign}${text.slice(0, exponent)}.${text.slice(exponent)}`;
}

function digitsAt(value: Decimal, exponent: number): bigint {
  return value.digits * 10n ** BigInt(value.exponent - exponent);
}
