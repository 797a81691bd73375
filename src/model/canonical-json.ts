import type { Json, JsonObject } from "./json.ts";

/**
 * JSON text in which equal values are equal text: keys sorted by code unit, no white space, a bigint as its digits. What is
 * hashed, signed and stored; `parseJson` reads it back unchanged.
 */
export function canonicalJson(value: Json): string {
  switch (typeof value) {
    case "string":
      return JSON.stringify(value);
    case "number":
      return Object.is(value, -0) ? "0" : JSON.stringify(value);
    case "bigint":
    case "boolean":
      return String(value);
    case "object":
      if (value === null) return "null";
      return isArray(value) ? `[${value.map(canonicalJson).join(",")}]` : canonicalObject(value);
  }
}

function canonicalObject(object: JsonObject): string {
  const members = Object.keys(object)
    .sort()
    // The key comes from Object.keys, so the member is there.
    .map((key) => `${JSON.stringify(key)}:${canonicalJson(object[key] as Json)}`);
  return `{${members.join(",")}}`;
}

/** `Array.isArray` does not narrow a readonly array. */
function isArray(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
