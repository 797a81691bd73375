import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { nearest } from "./nearest.ts";

describe("nearest", () => {
  it.each([
    ["moed", ["mode", "owner"], "mode"],
    ["Mode", ["owner", "mode"], "mode"],
    ["host/fil", ["host/group", "host/file"], "host/file"],
    ["ab", ["xy"], undefined],
    ["shell", ["sha256", "size"], undefined],
    ["", ["a"], undefined],
    ["constructor", ["constructors"], "constructors"],
  ])("takes %j among %j for %j", (text, candidates, expected) => {
    expect(nearest(text, candidates)).toBe(expected);
  });

  it("finds a candidate that is written exactly so, wherever it stands", () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), fc.array(fc.string()), (text, others) => {
        const found = nearest(text, [...others, text]);
        expect(found?.toLowerCase()).toBe(text.toLowerCase());
      }),
    );
  });

  it("takes the first of equally near ones", () => {
    expect(nearest("cat", ["hat", "bat"])).toBe("hat");
  });
});
