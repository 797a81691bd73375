import type { CommandOutput, Read, RunOptions } from "../transport.ts";

type Output = Promise<Read<CommandOutput>>;

/** A command that several kinds ask for at the same time, and for the same caller, runs once. What has ended is never used again. */
export class SharedRuns {
  readonly #underWay = new WeakMap<AbortSignal, Map<string, Output>>();

  async share(argv: readonly string[], options: RunOptions | undefined, run: () => Output): Output {
    const { signal, stdin, operands, timeoutMs } = options ?? {};
    if (signal === undefined || stdin !== undefined || operands !== undefined) return await run();
    const ofCaller = this.#underWay.get(signal) ?? new Map<string, Output>();
    this.#underWay.set(signal, ofCaller);
    const key = JSON.stringify([argv, timeoutMs ?? null]);
    const output = ofCaller.get(key) ?? run();
    ofCaller.set(key, output);
    try {
      return await output;
    } finally {
      ofCaller.delete(key);
    }
  }
}
