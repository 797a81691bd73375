import { Worker } from "node:worker_threads";
import type { Answer, Job } from "./messages.ts";

/** Node runs no TypeScript: unbuilt, as in tests, the thread is that of the build. */
const ENTRY = new URL(
  import.meta.url.endsWith(".ts")
    ? "../../../../../dist/connectors/host/local/survey/survey-worker.js"
    : "./survey-worker.js",
  import.meta.url,
);
/** A thread holds one answer and one buffer: without a limit its heap would grow as if the machine were its own. */
const LIMITS = { maxYoungGenerationSizeMb: 4, maxOldGenerationSizeMb: 96 };
/** One that it works on, and enough that it never waits for the next. */
const JOBS_A_THREAD = 3;

type Work = Job extends infer Each ? (Each extends Job ? Omit<Each, "job"> : never) : never;

/** A few threads that read the file system, so that neither waits for the other and none for the main thread. */
export class Threads {
  readonly #threads: Thread[];
  readonly #listener: ThreadListener;
  #lastJob = 0;

  constructor(count: number, listener: ThreadListener) {
    this.#listener = listener;
    this.#threads = Array.from({ length: count }, () => this.#start());
  }

  /** Jobs that are not answered yet. */
  get busy(): number {
    return this.#threads.reduce((sum, { jobs }) => sum + jobs.size, 0);
  }

  get hasRoom(): boolean {
    return this.#threads.some(({ jobs }) => jobs.size < JOBS_A_THREAD);
  }

  /** Gives work to the thread that has the least of it. */
  give(work: Work): void {
    const [first, ...others] = this.#threads;
    if (first === undefined) throw new Error("There is no thread");
    const thread = others.reduce((least, each) => (each.jobs.size < least.jobs.size ? each : least), first);
    this.#lastJob += 1;
    this.#send(thread, { ...work, job: this.#lastJob });
  }

  /** Ends the threads wherever they are. It waits for none: one that hangs in the kernel cannot be ended. */
  stop(): void {
    for (const { worker } of this.#threads) {
      // Whatever becomes of it now concerns nobody.
      worker.removeAllListeners();
      worker.on("error", () => {});
      worker.unref();
      void worker.terminate();
    }
    this.#threads.length = 0;
  }

  #start(): Thread {
    const worker = new Worker(ENTRY, { resourceLimits: LIMITS, execArgv: [], env: {}, name: "survey" });
    const thread: Thread = { worker, jobs: new Set() };
    worker.on("message", (answer: Answer) => {
      thread.jobs.delete(answer.job);
      this.#listener.take({ answer, goOn: () => this.#send(thread, { do: "more", job: answer.job }) });
    });
    worker.on("error", (error) => this.#listener.fail(error));
    worker.on("exit", () => this.#listener.fail(new Error("A thread that reads the file system has ended")));
    return thread;
  }

  #send(thread: Thread, job: Job): void {
    thread.jobs.add(job.job);
    thread.worker.postMessage(job);
  }
}

export interface ThreadListener {
  take(arrival: Arrival): void;
  /** A thread has ended: nothing more comes of it. */
  fail(error: unknown): void;
}

interface Thread {
  readonly worker: Worker;
  readonly jobs: Set<number>;
}

export interface Arrival {
  readonly answer: Answer;
  /** Asks for the rest of a `list` that is not at its end. */
  readonly goOn: () => void;
}
