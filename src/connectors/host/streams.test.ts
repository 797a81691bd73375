import { describe, expect, it } from "vitest";
import { mapConcurrently, mergeStreams } from "./streams.ts";

async function* count(to: number): AsyncGenerator<number> {
  for (let number = 1; number <= to; number += 1) yield number;
}

async function collect<T>(stream: AsyncIterable<T>): Promise<T[]> {
  const elements: T[] = [];
  for await (const element of stream) elements.push(element);
  return elements;
}

describe("mergeStreams", () => {
  it("yields every element of every stream", async () => {
    expect((await collect(mergeStreams([count(3), count(0), count(2)]))).sort()).toEqual([1, 1, 2, 2, 3]);
    expect(await collect(mergeStreams([]))).toEqual([]);
  });

  it("does not wait for a stream that has nothing yet", async () => {
    let release = () => {};
    const late = (async function* () {
      await new Promise<void>((resolve) => {
        release = resolve;
      });
      yield "late";
    })();
    const seen: unknown[] = [];
    for await (const element of mergeStreams<unknown>([late, count(2)])) {
      seen.push(element);
      if (seen.length === 2) release();
    }
    expect(seen).toEqual([1, 2, "late"]);
  });

  it("fails with the stream that fails, and ends the others", async () => {
    let ended = false;
    const endless = (async function* () {
      try {
        for (;;) yield 1;
      } finally {
        ended = true;
      }
    })();
    const failing = (async function* (): AsyncGenerator<number> {
      yield 2;
      throw new Error("broken");
    })();
    await expect(collect(mergeStreams([endless, failing]))).rejects.toThrow("broken");
    expect(ended).toBe(true);
  });

  it("calls stop before it waits for the streams, when the reader stops", async () => {
    let stop = () => {};
    const stopped = new Promise<void>((resolve) => {
      stop = resolve;
    });
    const stuck = (async function* () {
      await stopped;
      yield 0;
    })();
    for await (const element of mergeStreams([stuck, count(5)], stop)) {
      expect(element).toBe(1);
      break;
    }
  });
});

describe("mapConcurrently", () => {
  it("maps every element once, never more than the limit at once", async () => {
    let atOnce = 0;
    let most = 0;
    const mapped = mapConcurrently(count(50), 4, async (number) => {
      atOnce += 1;
      most = Math.max(most, atOnce);
      await new Promise((resolve) => setImmediate(resolve));
      atOnce -= 1;
      return number * 2;
    });
    expect((await collect(mapped)).sort((one, other) => one - other)).toEqual(
      Array.from({ length: 50 }, (_, i) => i * 2 + 2),
    );
    expect(most).toBe(4);
  });

  it("takes no more than it needs where the reader is slow", async () => {
    let taken = 0;
    const source = (async function* () {
      for (;;) yield taken++;
    })();
    const mapped = mapConcurrently(source, 2, async (number) => number)[Symbol.asyncIterator]();
    for (let round = 0; round < 10; round += 1) await mapped.next();
    await mapped.return?.();
    expect(taken).toBeLessThan(20);
  });

  it("fails with the element that fails", async () => {
    const mapped = mapConcurrently(count(9), 3, async (number) => {
      if (number === 5) throw new Error("five");
      return number;
    });
    await expect(collect(mapped)).rejects.toThrow("five");
  });
});
