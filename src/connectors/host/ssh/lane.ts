import type { Job, Lost } from "./job.ts";
import type { Worker, WorkerEvents } from "./worker.ts";

export interface LaneParts {
  /** How many workers there are once there is work for them. */
  readonly workers: number;
  /** How many there may be in all, those that are held up too: each is a session, and the host lets in only so many. */
  readonly most: number;
  readonly open: (events: Pick<WorkerEvents, "idle" | "gone" | "slow">) => Promise<Worker | Lost>;
  /** Told of each batch that goes to a worker. */
  readonly onBatch?: ((jobs: number) => void) | undefined;
}

/** How long jobs wait while all workers are at work, before one more is opened. */
const PATIENCE_MS = 1500;
/** How long a lane that has no worker asks the host again: sessions that were ended take a moment to leave. */
const REFUSED_MS = 3000;
const AGAIN_MS = 250;
/** Fewer are not worth sharing out. */
const SHARE = 4;

/** Gives jobs to a few workers. Those that are submitted in one turn of the event loop, or while all are at work, travel together. */
export class Lane {
  readonly #parts: LaneParts;
  readonly #workers = new Set<Worker>();
  readonly #waiting: Job[] = [];
  #opening = 0;
  #limit: number;
  #isScheduled = false;
  #patience: NodeJS.Timeout | undefined;
  #lost: Lost | undefined;
  /** Since when it has had no worker for that the host lets none in. */
  #refusedAt: number | undefined;

  constructor(parts: LaneParts) {
    this.#parts = parts;
    this.#limit = parts.workers;
  }

  readonly submit = (job: Job): void => {
    if (this.#lost !== undefined) {
      job.end({ how: "lost", failure: this.#lost });
      return;
    }
    this.#waiting.push(job);
    this.#schedule();
  };

  /** To be called when a job is wanted no more. */
  readonly abandon = (job: Job): void => {
    const at = this.#waiting.indexOf(job);
    if (at >= 0) this.#waiting.splice(at, 1);
    else for (const worker of this.#workers) worker.abandoned();
  };

  /** Ends all workers. Jobs under way and those to come are lost for that reason. */
  close(lost: Lost): void {
    this.#lost ??= lost;
    clearTimeout(this.#patience);
    for (const worker of [...this.#workers]) worker.kill({ how: "lost", failure: lost });
    this.#loseWaiting();
  }

  #loseWaiting(): void {
    const failure = this.#lost;
    if (failure !== undefined) for (const job of this.#waiting.splice(0)) job.end({ how: "lost", failure });
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      this.#share();
    });
  }

  #share(): void {
    this.#loseWaiting();
    if (this.#waiting.length === 0) return;
    this.#openMore();
    const idle = [...this.#workers].filter((worker) => worker.jobs === 0 && worker.isUsable);
    for (const [worker, jobs] of this.#deal(idle)) {
      this.#parts.onBatch?.(jobs.length);
      worker.send(jobs);
    }
    clearTimeout(this.#patience);
    if (this.#waiting.length > 0) this.#patience = setTimeout(() => this.#grow(), PATIENCE_MS);
  }

  /** In turn, so that those which were asked for together, and are slow for the same reason, do not stand one behind the other. */
  #deal(idle: readonly Worker[]): readonly (readonly [Worker, readonly Job[]])[] {
    const quick = this.#waiting.filter(({ isQuick }) => isQuick === true);
    this.#waiting.unshift(...quick, ...this.#waiting.splice(0).filter((job) => job.isQuick !== true));
    // Those that are at work or on their way up get their share too.
    const share = Math.max(SHARE, Math.ceil(this.#waiting.length / (this.#usable() + this.#opening || 1)));
    const jobs = this.#waiting.splice(0, idle.length * share);
    return idle
      .map((worker, turn) => [worker, jobs.filter((_, at) => at % idle.length === turn)] as const)
      .filter(([, own]) => own.length > 0);
  }

  /** All workers have been at work for a while. */
  #grow(): void {
    if (this.#limit < this.#parts.most) this.#limit += 1;
    this.#schedule();
  }

  #openMore(): void {
    const wanted = Math.min(this.#limit, this.#usable() + this.#waiting.length) - this.#usable() - this.#opening;
    const allowed = this.#parts.most - this.#workers.size - this.#opening;
    for (let count = 0; count < Math.min(wanted, allowed); count += 1) void this.#open();
  }

  #usable(): number {
    return [...this.#workers].filter((worker) => worker.isUsable).length;
  }

  async #open(): Promise<void> {
    this.#opening += 1;
    const opened = await this.#parts.open({
      idle: () => this.#schedule(),
      gone: (worker, unbegun) => {
        this.#workers.delete(worker);
        this.#takeBack(unbegun);
      },
      slow: (worker, unbegun) => {
        // Its place is taken by another until it ends.
        if (this.#workers.has(worker) && this.#limit < this.#parts.most) this.#limit += 1;
        this.#takeBack(unbegun);
      },
    });
    this.#opening -= 1;
    if ("reason" in opened) this.#refused(opened);
    else if (this.#lost !== undefined) opened.kill();
    else {
      this.#workers.add(opened);
      this.#refusedAt = undefined;
    }
    this.#schedule();
  }

  /** The host lets no more workers in: the others must do. */
  #refused(lost: Lost): void {
    const others = this.#usable() + this.#opening;
    this.#limit = Math.max(1, others);
    if (others > 0 || this.#workers.size > 0) return;
    this.#refusedAt ??= Date.now();
    if (Date.now() - this.#refusedAt < REFUSED_MS) {
      this.#rest();
      return;
    }
    for (const job of this.#waiting.splice(0)) job.end({ how: "lost", failure: lost });
  }

  #rest(): void {
    this.#isScheduled = true;
    setTimeout(() => {
      this.#isScheduled = false;
      this.#share();
    }, AGAIN_MS);
  }

  #takeBack(unbegun: readonly Job[]): void {
    this.#waiting.unshift(...unbegun.filter((job) => !job.isAbandoned()));
    this.#schedule();
  }
}
