import type { Failure } from "../failure.ts";

/** A piece of script for a worker, and whoever takes its answer. */
export interface Job {
  /** Shell commands that set `c`, as `shell-text.ts` writes scripts. They must read the standard input of nobody. */
  readonly script: string;
  /** How long it may go without a sign of life: from its start, or from the last output where it `streams`. */
  readonly timeoutMs: number;
  readonly streams?: boolean;
  /** Whether it takes a moment and others may follow from it: then it goes first of those that wait. */
  readonly isQuick?: boolean;
  /** Returns false where no more is wanted for now; then `resumed` is given what asks for more. */
  stdout(bytes: Buffer): boolean;
  readonly resumed?: (resume: () => void) => void;
  stderr(bytes: Buffer): void;
  /** It is the next to end, and will not be handed back any more. What it is given may come before. */
  begin?(): void;
  /** Forgets what it was given: it was handed back, and will run from its start on another worker. */
  restart?(): void;
  /** Called once. */
  end(end: JobEnd): void;
  /** Whether nobody waits for the answer any more; then it may be killed. */
  isAbandoned(): boolean;
}

/** `code` is what the script left in `c`. */
export type JobEnd =
  | { readonly how: "done"; readonly code: string }
  | { readonly how: "timeout" }
  | { readonly how: "lost"; readonly failure: Lost };

/** Why the host can answer nothing; each read makes its own detail of it. */
export type Lost = Pick<Failure, "reason" | "detail">;

export interface Answer {
  readonly code: string;
  readonly stdout: Buffer;
  readonly stderr: string;
}

export type Collected =
  | ({ readonly how: "done" } & Answer)
  | Exclude<JobEnd, { readonly how: "done" }>
  | { readonly how: "overflow" };

export interface CollectOptions {
  readonly timeoutMs: number;
  readonly maxBytes: number;
  readonly signal?: AbortSignal | undefined;
  readonly isQuick?: boolean | undefined;
  readonly submit: (job: Job) => void;
  /** Told when the answer is not wanted any more. */
  readonly abandon: (job: Job) => void;
}

/** The whole answer of a script, as far as it is not larger than allowed. @throws the signal's reason once it is aborted */
export function collect(script: string, options: CollectOptions): Promise<Collected> {
  const { timeoutMs, maxBytes, signal, isQuick = false, submit, abandon } = options;
  return new Promise((resolve, reject) => {
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    let length = 0;
    let isSettled = false;
    const settle = (act: () => void, early: boolean) => {
      if (isSettled) return;
      isSettled = true;
      signal?.removeEventListener("abort", aborted);
      act();
      if (early) abandon(job);
    };
    const aborted = () => settle(() => reject(signal?.reason), true);
    const take = (chunks: Buffer[]) => (bytes: Buffer) => {
      length += bytes.length;
      if (length > maxBytes) settle(() => resolve({ how: "overflow" }), true);
      else if (!isSettled) chunks.push(Buffer.from(bytes));
      return true;
    };
    const takeOutput = take(stdout);
    const takeErrors = take(stderr);
    const job: Job = {
      script,
      timeoutMs,
      isQuick,
      stdout: takeOutput,
      stderr: (bytes) => void takeErrors(bytes),
      restart: () => {
        stdout.length = 0;
        stderr.length = 0;
        length = 0;
      },
      end: (end) =>
        settle(() => {
          if (end.how !== "done") resolve(end);
          else
            resolve({
              how: "done",
              code: end.code,
              stdout: Buffer.concat(stdout),
              stderr: Buffer.concat(stderr).toString("latin1"),
            });
        }, false),
      isAbandoned: () => isSettled,
    };
    signal?.addEventListener("abort", aborted, { once: true });
    submit(job);
  });
}
