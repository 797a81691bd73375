import { getOwn, isJsonObject, type Json } from "./json.ts";

/** Whether a value is one that sealing put in the place of a sensitive one: `{ $digest: "hmac-sha256:KEYID:HEX" }`. */
export function isDigest(value: Json): boolean {
  if (!isJsonObject(value) || Object.keys(value).length !== 1) return false;
  const digest = getOwn(value, "$digest");
  return typeof digest === "string" && digest.startsWith("hmac-sha256:");
}
