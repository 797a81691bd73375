import { isJsonObject, type Json, type JsonObject, setOwn } from "../../model/json.ts";

/**
 * Deep equality of values: key order is nothing, list order is; a number equals the bigint of the same value, NaN itself
 * and -0 zero. Allocates nothing unless a number meets a bigint.
 */
export function sameExact(a: Json, b: Json): boolean {
  if (a === b) return true;
  if (typeof a !== "object" || typeof b !== "object") return sameNumber(a, b);
  if (a === null || b === null) return false;
  if (isList(a)) return isList(b) && sameLists(a, b);
  return isJsonObject(b) && sameObjects(a, b);
}

/** The value itself; integers that a `number` may round become bigints, so that equal numbers are equal text. */
export function canonicalExact(value: Json): Json {
  if (typeof value === "number") return isLargeInteger(value) ? BigInt(value) : value;
  if (typeof value !== "object" || value === null || !holdsLargeInteger(value)) return value;
  if (isList(value)) return value.map(canonicalExact);
  const canonical: { [key: string]: Json } = {};
  for (const [key, member] of Object.entries(value)) setOwn(canonical, key, canonicalExact(member));
  return canonical;
}

/** Orders numbers and bigints by value; equal values of any type are 0, anything else is not comparable. */
export function orderNumbers(a: Json, b: Json): number | undefined {
  if (sameExact(a, b)) return 0;
  if (!isNumeric(a) || !isNumeric(b) || Number.isNaN(a) || Number.isNaN(b)) return undefined;
  return a < b ? -1 : 1;
}

/** `Array.isArray` does not narrow a readonly array. */
export function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

function sameNumber(a: Json, b: Json): boolean {
  if (typeof a === "bigint") return typeof b === "number" && Number.isInteger(b) && BigInt(b) === a;
  if (typeof b === "bigint") return typeof a === "number" && Number.isInteger(a) && BigInt(a) === b;
  return Number.isNaN(a) && Number.isNaN(b);
}

function sameLists(a: readonly Json[], b: readonly Json[]): boolean {
  if (a.length !== b.length) return false;
  for (let index = 0; index < a.length; index++) {
    // The index is below both lengths.
    if (!sameExact(a[index] as Json, b[index] as Json)) return false;
  }
  return true;
}

function sameObjects(a: JsonObject, b: JsonObject): boolean {
  let surplus = 0;
  for (const key in a) {
    // The key is a's own, for plain data inherits nothing enumerable, and it is b's own where that is asked.
    if (!Object.hasOwn(b, key) || !sameExact(a[key] as Json, b[key] as Json)) return false;
    surplus++;
  }
  for (const _ in b) surplus--;
  return surplus === 0;
}

function holdsLargeInteger(value: Json): boolean {
  if (typeof value === "number") return isLargeInteger(value);
  return typeof value === "object" && value !== null && Object.values(value).some(holdsLargeInteger);
}

function isLargeInteger(value: number): boolean {
  return Number.isInteger(value) && !Number.isSafeInteger(value);
}

function isNumeric(value: Json): value is number | bigint {
  return typeof value === "number" || typeof value === "bigint";
}
