import { Worker } from "node:worker_threads";
import { builtProgram } from "../../../../package-root.ts";
import type { Answer, Job, ThreadData } from "./messages.ts";

const ENTRY = builtProgram("survey-worker");
/** A thread holds one answer and one buffer: without a limit its heap would grow as if the machine were its own. */
const LIMITS = { maxYoungGenerationSizeMb: 4, maxOldGenerationSizeMb: 128 };
/** One that it works on, and enough that it never waits for the next. */
const JOBS_A_THREAD = 3;
/** More often than this no thread is started in the place of one that died. */
const MOST_DEATHS = 32;

type Unnumbered<Each> = Each extends Job ? Omit<Each, "job"> : never;
export type Work = Unnumbered<Exclude<Job, { do: "more" }>>;
/** Work that a thread has in hand. */
type Given = Exclude<Job, { do: "more" }>;

export interface ThreadsOptions extends ThreadData {
  /** How many there are at most. One is started when each that there is has work. */
  readonly count: number;
  /** The program of a thread; that of surveys when left out. */
  readonly entry?: URL;
}

/** A few threads that read the file system, so that neither waits for the other and none for the main thread. */
export class Threads {
  readonly #options: ThreadsOptions;
  readonly #listener: ThreadListener;
  readonly #threads: Thread[];
  #lastJob = 0;
  #deaths = 0;

  constructor(options: ThreadsOptions, listener: ThreadListener) {
    this.#options = options;
    this.#listener = listener;
    this.#threads = [this.#start()];
  }

  /** Jobs that are not answered yet, or not to their end. */
  get busy(): number {
    return this.#threads.reduce((sum, { underWay, halted }) => sum + underWay.size + halted.size, 0);
  }

  get hasRoom(): boolean {
    return this.#threads.some(hasRoom) || this.#isShort;
  }

  /** Gives work to the thread that has the least of it. */
  give(work: Work): void {
    if (this.#isShort) this.#threads.push(this.#start());
    const [first, ...others] = this.#threads;
    if (first === undefined) throw new Error("There is no thread");
    const thread = others.reduce((least, each) => (each.underWay.size < least.underWay.size ? each : least), first);
    this.#lastJob += 1;
    const job: Given = { ...work, job: this.#lastJob };
    thread.underWay.set(job.job, job);
    thread.worker.postMessage(job);
  }

  /** Goes on with one list that is not at its end. Returns false where there is none, or no room for it. */
  goOn(): boolean {
    for (const thread of this.#threads) {
      const [job] = thread.halted.values();
      if (job === undefined || !hasRoom(thread)) continue;
      thread.halted.delete(job.job);
      thread.underWay.set(job.job, job);
      thread.worker.postMessage({ do: "more", job: job.job } satisfies Job);
      return true;
    }
    return false;
  }

  /** Ends the threads wherever they are. It waits for none: one that hangs in the kernel cannot be ended. */
  stop(): void {
    for (const thread of this.#threads) end(thread);
    this.#threads.length = 0;
  }

  get #isShort(): boolean {
    const { length } = this.#threads;
    return length > 0 && length < this.#options.count && this.#threads.every(({ underWay }) => underWay.size > 0);
  }

  #start(): Thread {
    const { entry = ENTRY, leaveOut, confirm } = this.#options;
    const workerData: ThreadData = { leaveOut, confirm };
    const worker = new Worker(entry, { resourceLimits: LIMITS, execArgv: [], env: {}, name: "survey", workerData });
    const thread: Thread = { worker, underWay: new Map(), halted: new Map() };
    let reason: unknown = new Error("A thread that reads the file system has ended");
    worker.on("message", (answer: Answer) => {
      const job = thread.underWay.get(answer.job);
      thread.underWay.delete(answer.job);
      if (job !== undefined && !answer.isEnd) thread.halted.set(job.job, job);
      this.#listener.take(answer);
    });
    worker.on("error", (error) => {
      reason = error;
    });
    worker.on("exit", () => this.#bury(thread, reason));
    return thread;
  }

  /** Another thread takes its place, and what it had in hand is lost. */
  #bury(thread: Thread, reason: unknown): void {
    const position = this.#threads.indexOf(thread);
    if (position < 0) return;
    const lost = [...thread.underWay.values(), ...thread.halted.values()];
    end(thread);
    this.#deaths += 1;
    if (this.#deaths > MOST_DEATHS) this.#listener.fail(reason);
    else {
      this.#threads[position] = this.#start();
      this.#listener.lose(lost, reason);
    }
  }
}

function hasRoom({ underWay }: Thread): boolean {
  return underWay.size < JOBS_A_THREAD;
}

function end({ worker }: Thread): void {
  // Whatever becomes of it now concerns nobody.
  worker.removeAllListeners();
  worker.on("error", () => {});
  worker.unref();
  void worker.terminate();
}

export interface ThreadListener {
  take(answer: Answer): void;
  /** A thread has died: nothing more comes of what it had in hand. */
  lose(jobs: readonly Given[], reason: unknown): void;
  /** Nothing more comes of anything. */
  fail(error: unknown): void;
}

interface Thread {
  readonly worker: Worker;
  readonly underWay: Map<number, Given>;
  /** Lists that go on when they are asked for more. */
  readonly halted: Map<number, Given>;
}
