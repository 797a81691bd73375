import { parentPort, workerData } from "node:worker_threads";
import type { Failure } from "../../failure.ts";
import { Confirmer } from "./confirmer.ts";
import {
  type Answer,
  type Job,
  type KnownAnswer,
  type KnownFolder,
  type ThreadData,
  WIDTH,
  writeStat,
} from "./messages.ts";
import { hashSync, type Looked, listSync, lookSync, sha256Sync } from "./read-sync.ts";

/** The most entries of one answer: enough to be worth a message, few enough to hold. */
const BATCH = 1024;
/** A `list` of many small folders answers when so many entries came together. */
const ENOUGH = 512;

/** A content that is smaller is read faster than it is handed to the thread that has the least to do. */
const SMALL_BYTES = 64n * 1024n;

// `Threads` gives it.
const { leaveOut, confirm } = workerData as ThreadData;
const confirmer = confirm === undefined ? undefined : new Confirmer(confirm);

/** Lists that are not done yet, by job. */
const lists = new Map<number, Generator<Answer, Answer>>();

parentPort?.on("message", (job: Job) => {
  const answer = answerTo(job);
  // The buffer is not used here again.
  parentPort?.postMessage(answer, [answer.stats.buffer]);
});

function answerTo(job: Job): Answer {
  switch (job.do) {
    case "look": {
      const answer = new Collected();
      answer.lookAt(job.ids);
      return answer.take(job.job, true);
    }
    case "hash":
      return hashAll(job);
    case "list":
      lists.set(job.job, listAll(job));
      return goOn(job.job);
    case "more":
      return goOn(job.job);
    case "prove":
      return proveAll(job);
  }
}

function goOn(job: number): Answer {
  const list = lists.get(job);
  // `more` is sent only for a list that is not done.
  if (list === undefined) throw new Error(`There is no list ${job}`);
  const { value, done } = list.next();
  if (done === true) lists.delete(job);
  return value;
}

function* listAll({ job, ids, large }: Extract<Job, { do: "list" }>): Generator<Answer, Answer> {
  let answer = new Collected();
  for (const folder of ids) {
    const names = listSync(folder, { batch: BATCH, isLarge: large.has(folder) });
    let next = names.next();
    for (; next.done !== true; next = names.next()) {
      // Those of a very large folder are for all threads.
      answer.lookAt(next.value, large.has(folder) ? 0n : SMALL_BYTES);
      if (answer.size < ENOUGH) continue;
      yield answer.take(job, false);
      answer = new Collected();
    }
    if (next.value !== undefined) answer.unlisted.set(folder, next.value);
  }
  return answer.take(job, true);
}

function hashAll({ job, ids, algorithms }: Extract<Job, { do: "hash" }>): Answer {
  const answer = new Collected();
  const contents = ids.map((id) => {
    const read = hashSync(id, algorithms);
    if (!read.ok) {
      answer.add(id, read);
      return "";
    }
    answer.add(id, { ok: true, value: { stat: read.value.stat } });
    return read.value.digests.ok ? read.value.digests.value : read.value.digests;
  });
  return answer.take(job, true, contents);
}

function proveAll({ job, ids }: Extract<Job, { do: "prove" }>): Answer {
  const answer = new Collected();
  for (const id of ids) {
    if (confirmer === undefined || !isProven(id, confirmer)) answer.lookAgain(id);
  }
  return answer.take(job, true);
}

function isProven(id: string, by: Confirmer): boolean {
  const sha256 = sha256Sync(id);
  return sha256 !== undefined && by.prove(id, sha256);
}

class Collected {
  readonly #ids: string[] = [];
  readonly #looked: Extract<Looked, { ok: true }>["value"][] = [];
  readonly #failures = new Map<number, Failure>();
  readonly unlisted = new Map<string, Failure>();
  readonly #folders: KnownFolder[] = [];
  readonly #unproven: string[] = [];
  readonly #bytes: number[] = [];

  get size(): number {
    return this.#ids.length + this.#unproven.length + this.#folders.length;
  }

  /** What is gone, or must not be looked at, is left out. */
  lookAt(ids: readonly string[], proveBelow = SMALL_BYTES): void {
    for (const id of ids) {
      if (leaveOut.has(id)) continue;
      const looked = lookSync(id);
      if (!looked.ok || confirmer === undefined || !this.#isKnown(id, looked.value, { confirmer, proveBelow }))
        this.#addFound(id, looked);
    }
  }

  /** At what is not as it is known. */
  lookAgain(id: string): void {
    this.#addFound(id, lookSync(id));
  }

  #addFound(id: string, looked: Looked): void {
    if (looked.ok || looked.reason !== "absent") this.add(id, looked);
  }

  /** @param by `proveBelow`: the size in bytes from which on a content is a job of its own */
  #isKnown(
    id: string,
    { stat, linkTarget }: Extract<Looked, { ok: true }>["value"],
    by: { readonly confirmer: Confirmer; readonly proveBelow: bigint },
  ): boolean {
    const confirmed = by.confirmer.look(id, linkTarget === undefined ? stat : { ...stat, linkTarget });
    if (confirmed === "unproven" && stat.size < by.proveBelow) return isProven(id, by.confirmer);
    if (confirmed === "unproven") {
      this.#unproven.push(id);
      this.#bytes.push(Number(stat.size));
    } else if (confirmed === "known" && stat.type === "directory") {
      const { device, size } = stat;
      this.#folders.push({ id, device, size });
    }
    return confirmed !== "other";
  }

  add(id: string, looked: Looked): void {
    if (looked.ok) this.#looked[this.#ids.length] = looked.value;
    else this.#failures.set(this.#ids.length, looked);
    this.#ids.push(id);
  }

  take(job: number, isEnd: boolean, contents: Answer["contents"] = []): Answer {
    const stats = new BigInt64Array(this.#ids.length * WIDTH);
    const links = new Map<number, Uint8Array>();
    for (const [position, looked] of this.#looked.entries()) {
      if (looked === undefined) continue;
      writeStat(stats, position, looked.stat);
      if (looked.linkTarget !== undefined) links.set(position, looked.linkTarget);
    }
    const { unlisted } = this;
    const known = this.#takeKnown();
    return {
      ...{ job, isEnd, ids: this.#ids, stats, failures: this.#failures, links, contents, unlisted },
      ...(known === undefined ? {} : { known }),
    };
  }

  #takeKnown(): KnownAnswer | undefined {
    if (confirmer === undefined) return undefined;
    const nameless = { users: [...confirmer.users], groups: [...confirmer.groups] };
    return { folders: this.#folders, unproven: this.#unproven, bytes: this.#bytes, nameless };
  }
}
