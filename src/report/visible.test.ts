import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cutMiddle, formatCount, formatPlural, visible } from "./visible.ts";

describe("visible", () => {
  it.each([
    ["plain text", "/etc/ssh/sshd_config", "/etc/ssh/sshd_config"],
    ["letters of any script and emoji", "größe 日本 🚢", "größe 日本 🚢"],
    ["a terminal escape", "\u001b[31mred", "\\x1b[31mred"],
    ["an eight-bit terminal escape", "\u009b31m", "\\x9b31m"],
    ["line feeds, returns and tabs", "a\nb\rc\td", "a\\nb\\rc\\td"],
    ["a bell and a delete", "\u0007\u007f", "\\x07\\x7f"],
    ["an override of direction", "txt.\u202egpj", "txt.\\u{202e}gpj"],
    ["a zero-width space and a byte order mark", "a\u200bb\ufeff", "a\\u{200b}b\\u{feff}"],
    ["line separators", "a\u2028b\u2029", "a\\u{2028}b\\u{2029}"],
    ["half a surrogate pair", "a\ud800b", "a\\u{d800}b"],
    ["what XML cannot hold", "\u0000\ufffe\uffff", "\\x00\\u{fffe}\\u{ffff}"],
  ])("writes out %s", (_, text, expected) => {
    expect(visible(text)).toBe(expected);
  });

  it("leaves nothing that a reader cannot see", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(visible(text)).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u);
      }),
    );
  });
});

describe("cutMiddle", () => {
  it("keeps what fits", () => {
    expect(cutMiddle("abcdef", 6)).toBe("abcdef");
  });

  it("keeps both ends of a longer text and says its length", () => {
    const cut = cutMiddle(`start${"x".repeat(2000)}end`, 60);
    expect(cut).toMatch(/^startx+…x+end \(2,008 characters\)$/);
    expect(cut.length).toBeLessThanOrEqual(60);
  });

  it("splits no character of two code units", () => {
    fc.assert(
      fc.property(fc.integer({ min: 30, max: 60 }), (limit) => {
        expect(cutMiddle("🚢".repeat(100), limit)).not.toMatch(/\p{Cs}/u);
      }),
    );
  });
});

describe("counts", () => {
  it.each([
    [0, "0"],
    [999, "999"],
    [1000, "1,000"],
    [1234567, "1,234,567"],
  ])("writes %d as %s", (count, text) => {
    expect(formatCount(count)).toBe(text);
  });

  it("has one of a thing, and many things", () => {
    expect([formatPlural(1, "finding"), formatPlural(0, "finding"), formatPlural(2, "answer")]).toEqual([
      "1 finding",
      "0 findings",
      "2 answers",
    ]);
  });
});
