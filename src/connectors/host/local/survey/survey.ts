import { availableParallelism } from "node:os";
import { encodeId } from "../../ids.ts";
import type { FileStat, HostPath, Read, SurveyEntry, SurveyOptions } from "../../transport.ts";
import type { Failure } from "../failure.ts";
import { type Answer, readStat } from "./messages.ts";
import { type Arrival, type ThreadListener, Threads } from "./threads.ts";

/** Reading is bounded by copying and hashing: more threads than processors gain nothing, and each has a heap. */
const MOST_THREADS = 4;
/** Entries that were found and whose contents are to be read, from which on no further folder is listed. */
const MOST_WAITING = 8192;
/** Entries that nobody has asked for yet, from which on no further work is given. */
const MOST_READY = 16_384;
const FOLDERS_A_JOB = 64;
const FILES_A_JOB = 256;
/** A job of hashing is so long that its message costs nothing, and so short that no thread waits for another at the end. */
const BYTES_A_JOB = 16n * 1024n * 1024n;

/**
 * Reads paths and whatever stands below them in threads of its own, from the moment of the call on: folders are listed while
 * contents are hashed, and while nobody asks for what was found, up to a limit. Entries come in no order. Links are not followed;
 * what vanishes meanwhile is left out, also a root that is not there. Whoever does not read it to its end must call `return`.
 * @throws the signal's reason once it is aborted
 */
export function surveyLocally(
  roots: readonly HostPath[],
  options: SurveyOptions,
): AsyncIterableIterator<readonly SurveyEntry[]> {
  return new Survey(roots, options);
}

interface Contents {
  readonly ids: string[];
  bytes: bigint;
}

class Survey implements AsyncIterableIterator<readonly SurveyEntry[]>, ThreadListener {
  readonly #options: SurveyOptions;
  readonly #threads: Threads;
  readonly #abort = () => this.fail(this.#options.signal?.reason);
  readonly #roots: string[];
  /** Still to be listed. The last ones found come first, so that few wait. */
  readonly #folders: string[] = [];
  /** Lists that go on when there is room. */
  readonly #halted: (() => void)[] = [];
  /** Jobs of contents to be read, and what will be the next one. */
  readonly #toHash: Contents[] = [];
  #collecting: Contents = { ids: [], bytes: 0n };
  /** What files were when they were found, until their content is read. */
  readonly #found = new Map<string, FileStat>();
  #ready: SurveyEntry[] = [];

  #wake: () => void = () => {};
  #failure: { readonly error: unknown } | undefined;

  constructor(roots: readonly HostPath[], options: SurveyOptions) {
    options.signal?.throwIfAborted();
    this.#options = options;
    this.#roots = roots.map(encodeId);
    this.#threads = new Threads(Math.min(availableParallelism(), MOST_THREADS), this);
    options.signal?.addEventListener("abort", this.#abort, { once: true });
    this.#giveWork();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<readonly SurveyEntry[], undefined>> {
    while (this.#ready.length === 0 && this.#failure === undefined && this.#threads.busy > 0)
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    if (this.#failure !== undefined) {
      this.#stop();
      throw this.#failure.error;
    }
    const ready = this.#ready;
    this.#ready = [];
    this.#giveWork();
    return ready.length > 0 ? { done: false, value: ready } : await this.return();
  }

  async return(): Promise<IteratorReturnResult<undefined>> {
    this.#stop();
    this.#ready = [];
    return { done: true, value: undefined };
  }

  take({ answer, goOn }: Arrival): void {
    try {
      if (answer.contents.length > 0) this.#takeContents(answer);
      else this.#takeFound(answer);
      if (!answer.isEnd) this.#halted.push(goOn);
      this.#giveWork();
    } catch (error) {
      this.fail(error);
    }
    this.#wake();
  }

  fail(error: unknown): void {
    this.#failure ??= { error };
    this.#wake();
  }

  #stop(): void {
    this.#options.signal?.removeEventListener("abort", this.#abort);
    this.#threads.stop();
  }

  /** Contents first: what was found waits for them. */
  #giveWork(): void {
    while (this.#ready.length < MOST_READY && this.#threads.hasRoom) {
      if (this.#giveContents()) continue;
      if (this.#found.size <= MOST_WAITING && this.#giveSearch()) continue;
      if (this.#collecting.ids.length === 0) return;
      this.#closeJob();
    }
  }

  #giveContents(): boolean {
    const contents = this.#toHash.shift();
    if (contents !== undefined) this.#threads.give({ do: "hash", ids: contents.ids });
    return contents !== undefined;
  }

  #giveSearch(): boolean {
    const goOn = this.#halted.shift();
    if (goOn !== undefined) goOn();
    else if (this.#roots.length > 0) this.#threads.give({ do: "look", ids: this.#roots.splice(0, FILES_A_JOB) });
    else if (this.#folders.length > 0) this.#threads.give({ do: "list", ids: this.#folders.splice(-FOLDERS_A_JOB) });
    else return false;
    return true;
  }

  #takeFound(answer: Answer): void {
    for (const [position, id] of answer.ids.entries()) {
      const failure = answer.failures.get(position);
      if (failure === undefined) this.#sort(id, readStat(answer, position));
      else this.#ready.push({ id, stat: failure });
    }
    for (const [id, unlisted] of answer.unlisted) if (unlisted.reason !== "absent") this.#ready.push({ id, unlisted });
  }

  #sort(id: string, stat: FileStat): void {
    const { enter, wantsContent } = this.#options;
    if (stat.type === "file" && wantsContent(id, stat)) {
      this.#found.set(id, stat);
      this.#collect(id, stat.size);
      return;
    }
    if (stat.type === "directory" && enter(id, stat)) this.#folders.push(id);
    this.#ready.push({ id, stat: { ok: true, value: stat } });
  }

  #collect(id: string, bytes: bigint): void {
    const collecting = this.#collecting;
    collecting.ids.push(id);
    collecting.bytes += bytes;
    if (collecting.ids.length >= FILES_A_JOB || collecting.bytes >= BYTES_A_JOB) this.#closeJob();
  }

  #closeJob(): void {
    this.#toHash.push(this.#collecting);
    this.#collecting = { ids: [], bytes: 0n };
  }

  #takeContents(answer: Answer): void {
    for (const [position, id] of answer.ids.entries()) {
      const failure = answer.failures.get(position);
      const found = this.#found.get(id);
      this.#found.delete(id);
      if (failure === undefined) this.#ready.push(withContent(id, answer, position));
      else if (found !== undefined) this.#ready.push(withoutContent(id, found, failure));
    }
  }
}

function withContent(id: string, answer: Answer, position: number): SurveyEntry {
  const content = answer.contents[position] ?? "";
  const sha256: Read<string> = typeof content === "string" ? { ok: true, value: content } : content;
  return { id, stat: { ok: true, value: readStat(answer, position) }, sha256 };
}

/** What cannot be opened was there when it was found; what is not there, or no file any more, is something else by now. */
function withoutContent(id: string, found: FileStat, failure: Failure): SurveyEntry {
  const stat: Read<FileStat> = { ok: true, value: found };
  const hasChanged = failure.reason === "absent" || failure.reason === "unsupported";
  return hasChanged ? { id, stat, hasChanged } : { id, stat, sha256: failure };
}
