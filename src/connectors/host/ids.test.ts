import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeId, encodeId } from "./ids.ts";

const bytesOf = (...bytes: number[]) => Uint8Array.from(bytes);

describe("encodeId", () => {
  it.each([
    ["/etc/hosts", "/etc/hosts"],
    ["/srv/käse 🧀", "/srv/käse 🧀"],
    ["/a\nb\tc\u007f", "/a%0Ab%09c%7F"],
    ["/100%", "/100%25"],
    ["/\u0085", "/%C2%85"],
    ["\ufeffname", "\ufeffname"],
    ["/\ufffd", "/\ufffd"],
  ])("writes %j as %s", (text, id) => {
    expect(encodeId(Buffer.from(text))).toBe(id);
  });

  it.each([
    [bytesOf(0x2f, 0xff, 0x61), "/%FFa"],
    [bytesOf(0xc3, 0xa4, 0xc3), "ä%C3"],
    [bytesOf(0xe2, 0x82), "%E2%82"],
    [bytesOf(0xc0, 0x80), "%C0%80"],
    [bytesOf(0xed, 0xa0, 0x80), "%ED%A0%80"],
    [bytesOf(0xff, 0x25, 0x0a), "%FF%25%0A"],
    [bytesOf(0xf0, 0x9f, 0xa7, 0x80, 0xf5), "🧀%F5"],
  ])("writes bytes that are not UTF-8 one by one: %o", (bytes, id) => {
    expect(encodeId(bytes)).toBe(id);
  });

  it("loses nothing: decodeId gives the same bytes back", () => {
    const hostile = fc.oneof(
      fc.uint8Array(),
      fc
        .array(fc.constantFrom(0x25, 0xc3, 0xa4, 0x80, 0xff, 0x0a, 0x41, 0xe2, 0x82, 0xac))
        .map((b) => Uint8Array.from(b)),
      fc.string({ unit: "binary" }).map((text) => new Uint8Array(Buffer.from(text))),
    );
    fc.assert(
      fc.property(hostile, (bytes) => {
        expect(Buffer.compare(decodeId(encodeId(bytes)) ?? Buffer.from("undefined"), bytes)).toBe(0);
      }),
    );
  });

  it("writes no control character and no lone surrogate", () => {
    fc.assert(fc.property(fc.uint8Array(), (bytes) => !/[\p{Cc}\p{Cs}]/u.test(encodeId(bytes))));
  });
});

describe("decodeId", () => {
  it.each(["%41", "%", "%4", "%zz", "%c3", "a%C3%A4", "a\nb", "\ud800", "%0a"])("knows no bytes for %j", (id) => {
    expect(decodeId(id)).toBeUndefined();
  });

  it("is the inverse wherever it answers", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom("%", "2", "5", "F", "C", "3", "A", "ä", "/", "0") }), (id) => {
        const bytes = decodeId(id);
        if (bytes !== undefined) expect(encodeId(bytes)).toBe(id);
      }),
    );
  });
});
