import { createHash } from "node:crypto";
import { canonicalJson } from "../model/canonical-json.ts";
import { isJsonObject, type Json, type JsonObject } from "../model/json.ts";
import { parseJson } from "../model/parse-json.ts";

/** What the store writes as JSON: plain data whose members are JSON or left out, never functions, dates or undefined. */
type PlainData = Json | object;

/** The one way into a JSON column. */
export function encodeJson(value: PlainData): string {
  // Plain data by contract, so it is Json.
  return canonicalJson(value as Json);
}

/** The one way out of a JSON column: what `encodeJson` wrote there, a bigint included. */
export function decodeJson<T extends PlainData>(text: string): T {
  // Each column has one writer, which encoded a T; migrations change what it wrote before.
  return parseJson(text) as T;
}

export function decodeDocument(text: string): JsonObject {
  const value = parseJson(text);
  if (!isJsonObject(value)) throw new Error("A stored document is no JSON object");
  return value;
}

/** SHA-256 as lower-case hex. */
export function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
