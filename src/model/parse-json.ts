import { parse as parseLossless } from "lossless-json";
import type { Json } from "./json.ts";

/** A run of digits this long may be an integer that a `number` would round. */
const LONG_INTEGER = /\d{16}/;
const INTEGER = /^-?\d+$/;

/**
 * The one reader of JSON text: integers beyond 2^53 come back exact, as `bigint`.
 * @throws SyntaxError when the text is not JSON
 */
export function parseJson(text: string): Json {
  // JSON.parse yields nothing but Json, and lossless-json only what `parseExactNumber` makes besides.
  if (!LONG_INTEGER.test(text)) return JSON.parse(text) as Json;
  return parseLossless(text, undefined, {
    parseNumber: parseExactNumber,
    onDuplicateKey: ({ newValue }) => newValue,
  }) as Json;
}

/** The number that a numeric literal means: `bigint` only for an integer that `number` would round. */
export function parseExactNumber(literal: string): number | bigint {
  const value = Number(literal);
  return INTEGER.test(literal) && !Number.isSafeInteger(value) ? BigInt(literal) : value;
}
