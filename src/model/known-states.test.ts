import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { wordsOf } from "./digest-words.ts";
import { KnownRecords, KnownStates } from "./known-states.ts";

const words = (...values: readonly number[]) => Uint32Array.from([0, 1, 2, 3], (index) => values[index] ?? 0);
const states = (...keys: readonly Uint32Array[]) => {
  const records = new KnownRecords();
  for (const key of keys) records.add(key, { sign: words(1), proof: words(2) });
  const known = new KnownStates(keys.length);
  known.addPart(records.take());
  return known;
};

describe("known states", () => {
  it("tell what is known, its sign and its proof", () => {
    const known = states(words(7), words(8));
    const at = known.find(words(7));
    expect(at).toBeDefined();
    expect(known.find(words(9))).toBeUndefined();
    if (at === undefined) return;
    expect([known.hasSign(at, words(1)), known.hasSign(at, words(2))]).toEqual([true, false]);
    expect([known.hasProof(at, words(2)), known.hasProof(at, words(1))]).toEqual([true, false]);
  });

  it("tell keys apart that have the same place", () => {
    const keys = [words(1, 1), words(1, 2), words(1, 3), words(1, 0, 4)];
    const known = states(...keys);
    expect(new Set(keys.map((key) => known.find(key))).size).toBe(4);
    expect(known.find(words(1, 9))).toBeUndefined();
  });

  it("share what was seen with all who have the buffer", () => {
    const known = states(words(1), words(2));
    const shared = new KnownStates(known.buffer);
    const at = shared.find(words(2));
    if (at !== undefined) shared.see(at);
    expect([known.isSeen(words(1)), known.isSeen(words(2)), known.isSeen(words(3))]).toEqual([false, true, false]);
    expect([known.size, known.seen]).toEqual([2, 1]);
  });

  it("hold nothing where there is nothing to hold", () => {
    const known = new KnownStates(0);
    expect([known.find(words(1)), known.size, [...known.parts()]]).toEqual([undefined, 0, []]);
  });

  it("are made anew of what was seen, part by part", () => {
    const key = fc.uint32Array({ minLength: 4, maxLength: 4 }).map((each) => wordsOf(new Uint8Array(each.buffer)));
    const keyAndSeen = fc.uniqueArray(fc.tuple(key, fc.boolean()), {
      selector: ([each]) => String(each),
      maxLength: 200,
    });
    fc.assert(
      fc.property(keyAndSeen, (all) => {
        const known = states(...all.map(([each]) => each));
        const seen = all.filter(([, isSeen]) => isSeen).map(([each]) => each);
        for (const each of seen) known.see(known.find(each) ?? 0);
        const again = new KnownStates(all.length);
        for (const part of known.parts()) again.addPart(part);
        expect(all.filter(([each]) => again.find(each) !== undefined).map(([each]) => each)).toEqual(seen);
      }),
    );
  });
});

describe("digest words", () => {
  it("are the first 128 bits, little-endian, and never all zeros", () => {
    const bytes = Uint8Array.from({ length: 32 }, (_, index) => index + 0xf0);
    expect([...wordsOf(bytes)]).toEqual([0xf3f2f1f0, 0xf7f6f5f4, 0xfbfaf9f8, 0xfffefdfc]);
    expect([...wordsOf(new Uint8Array(32))]).toEqual([1, 0, 0, 0]);
  });
});
