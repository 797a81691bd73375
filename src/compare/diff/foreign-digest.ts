import type { Operator } from "../../model/expected.ts";
import { getOwn, isJsonObject, type Json } from "../../model/json.ts";
import { isList } from "./canonical-under.ts";
import { type Base, UNKNOWN } from "./session.ts";

/** A digest names its key; one made with another key can be compared with nothing. */
export function isForeignDigest(operator: Operator | undefined, actual: Json | undefined): boolean {
  return operator?.op === "digest" && areForeignDigests({ $digest: operator.digest }, actual);
}

/** Whether two sealed values, or two lists that hold some, were sealed with different keys. */
export function areForeignDigests(left: Base, right: Json | undefined): boolean {
  const leftKey = keyIn(left);
  const rightKey = leftKey === undefined ? undefined : keyIn(right);
  return rightKey !== undefined && leftKey !== rightKey;
}

/** Whether both are sealed values: they have no members of their own to compare. */
export function areDigests(left: unknown, right: Json): boolean {
  return isJsonObject(left) && digestKeyOf(left) !== undefined && digestKeyOf(right) !== undefined;
}

/** The key of a sealed value, or of the first in a list: all of a list is sealed at one time. */
function keyIn(value: Base): string | undefined {
  if (value === undefined || value === UNKNOWN || value === null || typeof value !== "object") return undefined;
  return isList(value) ? keyWithin(value) : digestKeyOf(value);
}

function keyWithin(value: Json): string | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const key = digestKeyOf(value);
  if (key !== undefined) return key;
  for (const member of Object.values(value)) {
    const found = keyWithin(member);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** `hmac-sha256:KEYID` of a sealed value `{ $digest: "hmac-sha256:KEYID:HEX" }`. */
function digestKeyOf(value: Json): string | undefined {
  if (!isJsonObject(value)) return undefined;
  const digest = getOwn(value, "$digest");
  return typeof digest === "string" ? digest.slice(0, digest.lastIndexOf(":")) : undefined;
}
