import type { ScanProgress } from "../engine/scan-target.ts";
import { formatCount } from "../report/visible.ts";
import type { Shell } from "./shell.ts";

const EVERY_MS = 100;

/** Counts and time left on a terminal's standard error; nothing elsewhere. */
export interface Progress {
  update(progress: ScanProgress): void;
  /** Takes the line back. */
  end(): void;
}

export function startProgress(shell: Shell): Progress {
  if (!shell.drawsProgress) return { update: () => undefined, end: () => undefined };
  let target: string | undefined;
  let startedAt = 0;
  let drawnAt = Number.NEGATIVE_INFINITY;
  return {
    update: (progress) => {
      const now = performance.now();
      // The time left is told by the rate of this target alone: neither others nor a wait for it say anything.
      if (progress.target !== target) startedAt = now;
      target = progress.target;
      if (now - drawnAt < EVERY_MS) return;
      drawnAt = now;
      shell.draw(progressLine(progress, now - startedAt));
    },
    end: () => shell.draw(""),
  };
}

/** What stands in scope without being declared is not known beforehand, so the time left is told only while it can be. */
export function progressLine({ target, answered, expected }: ScanProgress, elapsedMs: number): string {
  if (answered === 0 || answered >= expected) return `Scanning ${target}: ${formatCount(answered)} observed`;
  const leftSeconds = Math.ceil(((elapsedMs / answered) * (expected - answered)) / 1000);
  return `Scanning ${target}: ${formatCount(answered)} of ${formatCount(expected)} observed, about ${leftSeconds} s left`;
}
