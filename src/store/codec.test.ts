import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Json } from "../model/json.ts";
import { decodeDocument, decodeJson, encodeJson, sha256 } from "./codec.ts";

const { json } = fc.letrec<{ json: Json }>((tie) => ({
  json: fc.oneof(
    { maxDepth: 4 },
    fc.constant(null),
    fc.boolean(),
    fc.integer(),
    fc.double({ noNaN: true, noDefaultInfinity: true }).filter((value) => !Number.isInteger(value)),
    fc.bigInt({ min: 2n ** 53n, max: 2n ** 80n }),
    fc.string({ unit: "binary" }),
    fc.array(tie("json")),
    fc.dictionary(fc.oneof(fc.string(), fc.constantFrom("__proto__", "constructor", "toString")), tie("json")),
  ),
}));

describe("the codec of JSON columns", () => {
  it("gives back every value as it was, in one text for equal values", () => {
    fc.assert(
      fc.property(json, (value) => {
        const text = encodeJson(value);
        expect(encodeJson(decodeJson<Json>(text))).toBe(text);
        expect(decodeJson<Json>(text)).toEqual(value);
      }),
    );
  });

  it("takes nothing but an object for a document", () => {
    expect(decodeDocument('{"a":1}')).toEqual({ a: 1 });
    for (const text of ["[]", "1", "null"]) expect(() => decodeDocument(text)).toThrow("no JSON object");
  });

  it("hashes as sha256sum does", () => {
    expect(sha256("abc")).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  });
});
