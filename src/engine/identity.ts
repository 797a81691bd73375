import { createHash, hash } from "node:crypto";
import { canonicalJson } from "../model/canonical-json.ts";
import { wordsOf } from "../model/digest-words.ts";
import type { Json } from "../model/json.ts";
import { type ResourceRef, resourceKey } from "../model/resource.ts";

const BASE32 = "abcdefghijklmnopqrstuvwxyz234567";

export function sha256(text: string): string {
  return hash("sha256", text, "hex");
}

/** What stands for a resource in tables that have no room for its name. */
export function digestWords(resource: ResourceRef): Uint32Array {
  return wordsOf(hash("sha256", resourceKey(resource), "buffer"));
}

/** The hash under which a document is stored, and by which two are told apart. */
export function hashJson(value: Json): string {
  return sha256(canonicalJson(value));
}

/** `f_` and 12 base32 characters (RFC 4648 alphabet, lower case) of sha256 over target, kind, at and id, joined by NUL. */
export function findingId(target: string, resource: ResourceRef): string {
  const bytes = createHash("sha256").update([target, resource.kind, resource.at, resource.id].join("\0")).digest();
  let id = "";
  for (let index = 0; index < 12; index++) {
    const bit = index * 5;
    // 60 bits of a 32-byte digest: the two bytes are always there.
    const pair = ((bytes[bit >> 3] ?? 0) << 8) | (bytes[(bit >> 3) + 1] ?? 0);
    id += BASE32[(pair >> (11 - (bit & 7))) & 31];
  }
  return `f_${id}`;
}
