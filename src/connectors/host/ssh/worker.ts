import type { Client } from "./client-shell.ts";
import type { Job, JobEnd } from "./job.ts";
import { MarkerParser } from "./marker-parser.ts";

/** How long a job may hold up those behind it before they are taken elsewhere. */
const PATIENCE_MS = 1500;
/** How long a worker has to end after it was told to. */
const END_MS = 2000;

export interface WorkerEvents {
  /** It has nothing to do. */
  readonly idle: (worker: Worker) => void;
  /** It ended or must not be used any more; what it had not ended is handed back. */
  readonly gone: (worker: Worker, unbegun: readonly Job[]) => void;
  /** Its first job takes long; what stands behind it is handed back. It is closed when that job ends. */
  readonly slow: (worker: Worker, unbegun: readonly Job[]) => void;
  /** Ends all that the worker runs; it still runs then, so its process group is still its own. */
  readonly kill: (processGroup: number) => void;
}

export interface WorkerParts {
  readonly child: Client;
  readonly nonce: string;
  readonly events: WorkerEvents;
  /** Waits until it is known whether the whole connection is lost, when the worker ends by itself. */
  readonly settled: () => Promise<void>;
  /** What a job ends with then. */
  readonly lost: () => { readonly reason: "unreachable"; readonly detail: string };
}

interface Running {
  readonly job: Job;
  readonly number: number;
}

/**
 * A shell on the host that runs jobs one after the other. What it prints is told apart by markers on both of its streams. One that
 * takes too long ends with the worker: there is no other way to stop what it runs.
 */
export class Worker {
  readonly #parts: WorkerParts;
  readonly #jobs: Running[] = [];
  #sent = 0;
  #outputDone = 0;
  #errorsDone = 0;
  readonly #codes = new Map<number, string>();
  #timer: NodeJS.Timeout | undefined;
  #patience: NodeJS.Timeout | undefined;
  #isPaused = false;
  #isOpen = true;
  #isRetiring = false;
  processGroup: number | undefined;

  constructor(parts: WorkerParts) {
    this.#parts = parts;
    const { child, nonce } = parts;
    const output = new MarkerParser(nonce, {
      data: (bytes) => this.#takeOutput(bytes),
      marker: (text) => {
        this.#outputDone += 1;
        this.#codes.set(this.#outputDone, text);
        this.#endJobs();
      },
    });
    const errors = new MarkerParser(nonce, {
      data: (bytes) => this.#jobs.find(({ number }) => number === this.#errorsDone + 1)?.job.stderr(bytes),
      marker: () => {
        this.#errorsDone += 1;
        this.#endJobs();
      },
    });
    child.stdout?.on("data", (chunk: Buffer) => this.#isOpen && output.feed(chunk));
    child.stderr?.on("data", (chunk: Buffer) => this.#isOpen && errors.feed(chunk));
    child.stdin?.on("error", () => {});
    child.once("error", () => void this.#ended());
    child.once("close", () => void this.#ended());
  }

  get jobs(): number {
    return this.#jobs.length;
  }

  get isUsable(): boolean {
    return this.#isOpen && !this.#isRetiring;
  }

  send(jobs: readonly Job[]): void {
    const wasIdle = this.#jobs.length === 0;
    let script = "";
    for (const job of jobs) {
      this.#sent += 1;
      this.#jobs.push({ job, number: this.#sent });
      script += `${job.script}\ne ${this.#sent}\n`;
    }
    this.#parts.child.stdin?.write(script, "latin1");
    if (wasIdle) this.#begin();
  }

  /** Ends it at once when the job that it runs is wanted no more. */
  abandoned(): void {
    if (this.#jobs[0]?.job.isAbandoned() === true) this.kill();
  }

  /** Ends what it runs, on the host too; the job that it runs ends with `end`. Jobs that it had not begun are handed back. */
  kill(end: JobEnd = { how: "lost", failure: this.#parts.lost() }): void {
    if (!this.#isOpen) return;
    const [first, ...behind] = this.#close();
    const { child } = this.#parts;
    // One that is slow may have begun what was taken from it.
    if (first === undefined && !this.#isRetiring) child.stdin?.end();
    else if (this.processGroup !== undefined) this.#parts.events.kill(this.processGroup);
    const timer = setTimeout(() => child.kill("SIGKILL"), END_MS);
    child.once("close", () => clearTimeout(timer));
    this.#parts.events.gone(this, handedBack(behind));
    first?.job.end(end);
  }

  #close(): Running[] {
    this.#isOpen = false;
    this.#stopTimers();
    // It must read on, else the process at the other end waits and never ends.
    this.#parts.child.stdout?.resume();
    return this.#jobs.splice(0);
  }

  #begin(): void {
    this.#stopTimers();
    const first = this.#jobs[0];
    if (first === undefined) {
      if (this.#isRetiring) this.kill();
      else this.#parts.events.idle(this);
      return;
    }
    if (first.job.isAbandoned()) {
      this.kill();
      return;
    }
    first.job.begin?.();
    this.#startTimer(first.job);
    this.#patience = setTimeout(() => this.#isSlow(), PATIENCE_MS);
  }

  #startTimer(job: Job): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.kill({ how: "timeout" }), job.timeoutMs);
  }

  #stopTimers(): void {
    clearTimeout(this.#timer);
    clearTimeout(this.#patience);
  }

  #isSlow(): void {
    const behind = this.#jobs.splice(1);
    if (behind.length === 0) return;
    this.#isRetiring = true;
    this.#parts.events.slow(this, handedBack(behind));
  }

  #takeOutput(bytes: Buffer): void {
    const running = this.#jobs.find(({ number }) => number === this.#outputDone + 1);
    if (running === undefined) return;
    const { job } = running;
    const wantsMore = job.stdout(bytes);
    if (!this.#isOpen || this.#jobs[0] !== running) return;
    if (wantsMore) {
      if (job.streams === true && !this.#isPaused) this.#startTimer(job);
    } else if (!this.#isPaused) this.#pause(job);
  }

  /** Whoever takes the output is slower than the host: that is no time the host takes. */
  #pause(job: Job): void {
    this.#isPaused = true;
    clearTimeout(this.#timer);
    this.#parts.child.stdout?.pause();
    job.resumed?.(() => {
      this.#isPaused = false;
      if (!this.#isOpen) return;
      if (this.#jobs[0]?.job === job) this.#startTimer(job);
      this.#parts.child.stdout?.resume();
    });
  }

  /** Ends the jobs whose both streams have ended, in their order. */
  #endJobs(): void {
    for (let first = this.#jobs[0]; first !== undefined; first = this.#jobs[0]) {
      if (!this.#isOpen || first.number > Math.min(this.#outputDone, this.#errorsDone)) return;
      const code = this.#codes.get(first.number);
      this.#codes.delete(first.number);
      this.#jobs.shift();
      // The number is there to be sure that both ends count alike.
      const [number, value = ""] = (code ?? "").split(" ");
      if (number !== String(first.number)) {
        this.kill();
        first.job.end({ how: "lost", failure: { reason: "failed", detail: "its shell does not answer as it should" } });
        return;
      }
      first.job.end({ how: "done", code: value });
      if (this.#isOpen) this.#begin();
    }
  }

  async #ended(): Promise<void> {
    if (!this.#isOpen) return;
    const [first, ...behind] = this.#close();
    await this.#parts.settled();
    this.#parts.events.gone(this, handedBack(behind));
    first?.job.end({ how: "lost", failure: this.#parts.lost() });
  }
}

/** The shell may have begun them, and what it printed may be here: when the first one's other stream comes late, or it was just ended. */
function handedBack(jobs: readonly Running[]): readonly Job[] {
  for (const { job } of jobs) job.restart?.();
  return jobs.map(({ job }) => job);
}
