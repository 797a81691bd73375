import { availableParallelism } from "node:os";
import { type Failure, failure } from "../../failure.ts";
import { decodeId, encodeId } from "../../ids.ts";
import type {
  ContentPlan,
  DigestAlgorithm,
  Digests,
  FileStat,
  HostPath,
  Read,
  SurveyEntry,
  SurveyedFile,
  SurveyOptions,
} from "../../transport.ts";
import { type Answer, type KnownAnswer, readStat } from "./messages.ts";
import { type ThreadListener, Threads, type Work } from "./threads.ts";

/** Reading is bounded by copying and hashing: more threads than processors gain nothing, and each has a heap. */
const MOST_THREADS = 4;
/** Entries that were found and whose contents are to be read, from which on no further folder is listed. */
const MOST_WAITING = 8192;
/** Entries that nobody has asked for yet, from which on no further work is given. */
const MOST_READY = 16_384;
const FOLDERS_A_JOB = 64;
/** A folder that takes more is read in parts: it may hold a million names. */
const LARGE_FOLDER_BYTES = 256n * 1024n;
const FILES_A_JOB = 256;
/** A job of hashing is so long that its message costs nothing, and so short that no thread waits for another at the end. */
const BYTES_A_JOB = 16n * 1024n * 1024n;

export interface LocalSurveyOptions extends SurveyOptions {
  /** The program of a thread; that of surveys when left out. */
  readonly entry?: URL;
}

/**
 * Reads paths and whatever stands below them in threads of its own, from the moment of the call on: folders are listed while
 * contents are hashed, and while nobody asks for what was found, up to a limit. Entries come in no order. Links are not followed;
 * what vanishes meanwhile is left out, also a root that is not there. What a thread had in hand that died is a failure of each
 * of those paths. Whoever does not read it to its end must call `return`. @throws the signal's reason once it is aborted
 */
export function surveyLocally(
  roots: readonly HostPath[],
  options: LocalSurveyOptions,
): AsyncIterableIterator<readonly SurveyEntry[]> {
  return new Survey(roots, options);
}

interface Contents {
  readonly algorithms: readonly DigestAlgorithm[];
  readonly ids: string[];
  bytes: bigint;
}

/** A file whose content is to be read. */
interface Waiting {
  readonly stat: FileStat;
  readonly algorithms: readonly DigestAlgorithm[];
}

class Survey implements AsyncIterableIterator<readonly SurveyEntry[]>, ThreadListener {
  readonly #options: SurveyOptions;
  readonly #threads: Threads;
  readonly #abort = () => this.fail(this.#options.signal?.reason);
  readonly #roots: string[];
  /** Still to be listed. The last ones found come first, so that few wait. */
  readonly #folders: string[] = [];
  readonly #large = new Set<string>();
  /** Jobs of contents to be read, and what will be the next ones, by algorithms. */
  readonly #toHash: Contents[] = [];
  readonly #collecting = new Map<string, Contents>();
  /** Files that are as they are known but for their contents: jobs, and what will be the next one. */
  readonly #toProve: string[][] = [];
  #proving: { ids: string[]; bytes: number } = { ids: [], bytes: 0 };
  /** How many files are being planned. */
  #planning = 0;
  /** What files were when they were found, until their content is read. */
  readonly #waiting = new Map<string, Waiting>();
  #ready: SurveyEntry[] = [];
  #wake: () => void = () => {};
  #failure: { readonly error: unknown } | undefined;
  #isOver = false;

  constructor(roots: readonly HostPath[], { entry, ...options }: LocalSurveyOptions) {
    options.signal?.throwIfAborted();
    this.#options = options;
    this.#roots = roots.map(encodeId);
    const count = Math.min(availableParallelism(), MOST_THREADS);
    const leaveOut = options.leaveOut ?? new Set<string>();
    const threads = { count, leaveOut, confirm: options.confirm, ...(entry === undefined ? {} : { entry }) };
    this.#threads = new Threads(threads, this);
    options.signal?.addEventListener("abort", this.#abort, { once: true });
    this.#giveWork();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<readonly SurveyEntry[], undefined>> {
    while (this.#ready.length === 0 && this.#failure === undefined && this.#isUnderWay)
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

  take(answer: Answer): void {
    this.#advance(() => {
      if (answer.contents.length > 0) this.#takeContents(answer);
      else this.#takeFound(answer);
    });
  }

  lose(jobs: readonly (Work & { readonly job: number })[], reason: unknown): void {
    const why = reason instanceof Error ? reason.message : String(reason);
    this.#advance(() => {
      for (const { do: wanted, ids } of jobs) for (const id of ids) this.#losePath(id, wanted, why);
    });
  }

  fail(error: unknown): void {
    this.#failure ??= { error };
    this.#wake();
  }

  get #isUnderWay(): boolean {
    return !this.#isOver && (this.#threads.busy > 0 || this.#planning > 0);
  }

  #advance(step: () => void): void {
    try {
      step();
      this.#giveWork();
    } catch (error) {
      this.fail(error);
    }
    this.#wake();
  }

  #stop(): void {
    this.#isOver = true;
    this.#options.signal?.removeEventListener("abort", this.#abort);
    this.#threads.stop();
  }

  /** Contents first: what was found waits for them. */
  #giveWork(): void {
    while (!this.#isOver && this.#ready.length < MOST_READY && this.#threads.hasRoom) {
      if (this.#giveContents()) continue;
      if (this.#countWaiting() <= MOST_WAITING && this.#giveSearch()) continue;
      if (this.#collecting.size === 0 && this.#proving.ids.length === 0) return;
      for (const collected of this.#collecting.values()) this.#toHash.push(collected);
      this.#collecting.clear();
      this.#closeProving();
    }
  }

  #countWaiting(): number {
    return this.#waiting.size + this.#planning + this.#toProve.length * FILES_A_JOB;
  }

  #closeProving(): void {
    if (this.#proving.ids.length > 0) this.#toProve.push(this.#proving.ids);
    this.#proving = { ids: [], bytes: 0 };
  }

  #giveContents(): boolean {
    const unproven = this.#toProve.shift();
    if (unproven !== undefined) {
      this.#threads.give({ do: "prove", ids: unproven });
      return true;
    }
    const contents = this.#toHash.shift();
    if (contents === undefined) return false;
    const { ids, algorithms } = contents;
    this.#threads.give({ do: "hash", ids, algorithms });
    return true;
  }

  #giveSearch(): boolean {
    if (this.#threads.goOn()) return true;
    if (this.#roots.length > 0) this.#threads.give({ do: "look", ids: this.#roots.splice(0, FILES_A_JOB) });
    else if (this.#folders.length > 0) this.#giveFolders();
    else return false;
    return true;
  }

  #takeKnown({ folders, unproven, bytes, nameless }: KnownAnswer): void {
    for (const folder of folders) this.#enter(folder.id, folder);
    for (const [position, id] of unproven.entries()) {
      this.#proving.ids.push(id);
      this.#proving.bytes += bytes[position] ?? 0;
      if (this.#proving.ids.length === FILES_A_JOB || this.#proving.bytes >= Number(BYTES_A_JOB)) this.#closeProving();
    }
    if (nameless.users.length + nameless.groups.length > 0) this.#options.onNameless?.(nameless);
  }

  #takeFound(answer: Answer): void {
    if (answer.known !== undefined) this.#takeKnown(answer.known);
    const files: SurveyedFile[] = [];
    for (const [position, id] of answer.ids.entries()) {
      const failed = answer.failures.get(position);
      if (failed !== undefined) {
        this.#ready.push({ id, stat: failed });
        continue;
      }
      const stat = readStat(answer, position);
      if (stat.type === "file") files.push({ id, stat });
      else this.#takeOther(id, stat);
    }
    for (const [id, unlisted] of answer.unlisted) if (unlisted.reason !== "absent") this.#ready.push({ id, unlisted });
    if (files.length > 0) void this.#plan(files);
  }

  #takeOther(id: string, stat: FileStat): void {
    if (stat.type === "directory") this.#enter(id, stat);
    this.#ready.push({ id, stat: { ok: true, value: stat } });
  }

  #enter(id: string, stat: Pick<FileStat, "device" | "size">): void {
    if (!this.#options.enter(id, stat)) return;
    this.#folders.push(id);
    if (stat.size > LARGE_FOLDER_BYTES) this.#large.add(id);
  }

  #giveFolders(): void {
    const ids = this.#folders.splice(-FOLDERS_A_JOB);
    const large = new Set(ids.filter((id) => this.#large.delete(id)));
    this.#threads.give({ do: "list", ids, large });
  }

  async #plan(files: readonly SurveyedFile[]): Promise<void> {
    this.#planning += files.length;
    try {
      const plans = await this.#options.plan(files);
      this.#planning -= files.length;
      this.#advance(() => {
        for (const [position, file] of files.entries()) this.#sort(file, plans[position] ?? { read: [] });
      });
    } catch (error) {
      this.fail(error);
    }
  }

  #sort({ id, stat }: SurveyedFile, { read: algorithms }: ContentPlan): void {
    if (algorithms.length === 0) {
      this.#ready.push({ id, stat: { ok: true, value: stat } });
      return;
    }
    this.#waiting.set(id, { stat, algorithms });
    const key = algorithms.join(" ");
    const collecting = this.#collecting.get(key) ?? { algorithms, ids: [], bytes: 0n };
    this.#collecting.set(key, collecting);
    collecting.ids.push(id);
    collecting.bytes += stat.size;
    if (collecting.ids.length < FILES_A_JOB && collecting.bytes < BYTES_A_JOB) return;
    this.#collecting.delete(key);
    this.#toHash.push(collecting);
  }

  #losePath(id: string, wanted: Work["do"], why: string): void {
    const lost = failure("failed", pathOf(id), `the thread that read it has ended: ${why}`);
    if (wanted === "list") this.#ready.push({ id, unlisted: lost });
    else if (wanted === "look" || wanted === "prove") this.#ready.push({ id, stat: lost });
    else this.#closeWaiting(id, ({ stat }) => ({ id, stat: { ok: true, value: stat }, digests: lost }));
  }

  #takeContents(answer: Answer): void {
    for (const [position, id] of answer.ids.entries()) {
      const failed = answer.failures.get(position);
      this.#closeWaiting(id, (file) =>
        failed === undefined ? withContent(file, answer, position) : withoutContent(id, file, failed),
      );
    }
  }

  #closeWaiting(id: string, entryOf: (file: Waiting) => SurveyEntry): void {
    const file = this.#waiting.get(id);
    if (file === undefined) return;
    this.#waiting.delete(id);
    this.#ready.push(entryOf(file));
  }
}

function withContent({ algorithms }: Waiting, answer: Answer, position: number): SurveyEntry {
  const content = answer.contents[position] ?? "";
  return {
    id: answer.ids[position] ?? "",
    stat: { ok: true, value: readStat(answer, position) },
    digests: typeof content === "string" ? { ok: true, value: digestsOf(content, algorithms) } : content,
  };
}

function digestsOf(content: string, algorithms: readonly DigestAlgorithm[]): Digests {
  if (algorithms.length === 1) return { [algorithms[0] ?? "sha256"]: content };
  const digests = content.split(" ");
  return Object.fromEntries(algorithms.map((algorithm, index) => [algorithm, digests[index] ?? ""]));
}

/** What cannot be opened was there when it was found; what is not there, or no file any more, is something else by now. */
function withoutContent(id: string, { stat: found }: Waiting, failed: Failure): SurveyEntry {
  const stat: Read<FileStat> = { ok: true, value: found };
  const hasChanged = failed.reason === "absent" || failed.reason === "unsupported";
  return hasChanged ? { id, stat, hasChanged } : { id, stat, digests: failed };
}

/** Ids come from `encodeId`. */
function pathOf(id: string): HostPath {
  return decodeId(id) ?? Buffer.from(id);
}
