import { afterEach, describe, expect, it, vi } from "vitest";
import { progressLine, startProgress } from "./progress.ts";
import type { Shell } from "./shell.ts";

const of = (answered: number, expected: number) => ({ target: "edge", answered, expected });

describe("progressLine", () => {
  it.each([
    ["before the first answer", of(0, 10), 5000, "Scanning edge: 0 observed"],
    ["half way", of(5, 10), 5000, "Scanning edge: 5 of 10 observed, about 5 s left"],
    ["with part of a second left", of(9, 10), 900, "Scanning edge: 9 of 10 observed, about 1 s left"],
    ["with thousands", of(1200, 4800), 1000, "Scanning edge: 1,200 of 4,800 observed, about 3 s left"],
    ["at the last declared one", of(10, 10), 5000, "Scanning edge: 10 observed"],
    ["among what nobody declared", of(25, 10), 5000, "Scanning edge: 25 observed"],
    ["where nothing is declared", of(25, 0), 5000, "Scanning edge: 25 observed"],
  ])("says %s how far it is", (_, progress, elapsedMs, expected) => {
    expect(progressLine(progress, elapsedMs)).toBe(expected);
  });
});

describe("startProgress", () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  function shellOf(drawsProgress: boolean): Shell & { readonly drawn: string[] } {
    const drawn: string[] = [];
    return {
      drawn,
      out: async () => undefined,
      err: () => undefined,
      draw: (line) => drawn.push(line),
      env: {},
      secrets: new Set(),
      cwd: "/",
      isInteractive: false,
      drawsProgress,
      color: false,
      width: 100,
      signal: new AbortController().signal,
      now: () => "2027-01-01T00:00:00.000Z",
      version: "0.0.0",
      login: "ann",
    };
  }

  it("draws nothing where there is no terminal", () => {
    const shell = shellOf(false);
    const progress = startProgress(shell);
    progress.update(of(1, 2));
    progress.end();
    expect(shell.drawn).toEqual([]);
  });

  it("draws at once, then no more often than the eye needs, and takes the line back", () => {
    const shell = shellOf(true);
    const progress = startProgress(shell);
    for (let answered = 0; answered < 100; answered++) progress.update(of(answered, 100));
    progress.end();
    expect(shell.drawn[0]).toBe("Scanning edge: 0 observed");
    expect(shell.drawn.length).toBeLessThan(100);
    expect(shell.drawn.at(-1)).toBe("");
  });

  it("tells the time left by the rate of one target, whatever went before it", () => {
    vi.useFakeTimers({ toFake: ["performance"] });
    const shell = shellOf(true);
    const progress = startProgress(shell);
    vi.advanceTimersByTime(60_000);
    progress.update({ target: "one", answered: 0, expected: 1 });
    vi.advanceTimersByTime(60_000);
    progress.update(of(0, 10));
    vi.advanceTimersByTime(1000);
    progress.update(of(1, 10));
    expect(shell.drawn.at(-1)).toBe("Scanning edge: 1 of 10 observed, about 9 s left");
  });
});
