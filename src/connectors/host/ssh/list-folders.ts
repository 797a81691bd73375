import { type Failure, failure } from "../failure.ts";
import type { FileStat, HostPath, Read } from "../transport.ts";
import type { Job, JobEnd } from "./job.ts";
import {
  type Complaints,
  FIND_DEEP,
  FIND_FORMAT,
  LISTED,
  type Look,
  parseComplaints,
  parseFindRecord,
  parseStatRecord,
  statFormat,
  statSeparator,
} from "./parse-find.ts";
import { failureOfComplaint, lateRead, lostRead, refusedRead, sudoRefusal } from "./remote-failure.ts";
import { pathText, quote, quoteAll } from "./shell-text.ts";
import type { Site } from "./site.ts";
import { sudoRead } from "./sudo-scripts.ts";

export interface FolderList {
  /** What stands in the folders, as it comes. What cannot be looked at comes last. */
  readonly entries: AsyncIterable<readonly Listed[]>;
  /** The folders whose listing began, once all has come: those that were asked for, and of a `deep` list others below them. */
  begun(): readonly Listed[];
  /** Whether the program came to its end. */
  isWhole(): boolean;
  /** How the listing of a folder ended, once all has come; `open` when it was not begun and is worth another try. */
  outcome(path: HostPath): Failure | "listed" | "open";
}

export interface Listed {
  readonly path: HostPath;
  readonly stat: Read<FileStat>;
}

/** Entries that wait to be taken; above that the host must wait too. */
const MOST_WAITING = 4096;

export interface ListOptions {
  /**
   * Whether all folders below are listed too, on the same file system: what is mounted there is listed itself, but nothing below
   * it. Only where `canListDeep`.
   */
  readonly deep: boolean;
  readonly signal: AbortSignal | undefined;
}

/** Of what stat alone prints nobody could tell which folder was listed and which one only stands in another. */
export function canListDeep({ capabilities }: Site): boolean {
  return capabilities.printf;
}

/** Lists folders with one program. A reader that stops ends it. */
export function listFolders(site: Site, paths: readonly HostPath[], { deep, signal }: ListOptions): FolderList {
  const lister = new Lister(site, paths, deep);
  return {
    entries: lister.entries(signal),
    begun: () => lister.begun(),
    isWhole: () => lister.isWhole(),
    outcome: (path) => lister.outcome(path),
  };
}

/** Until all folders are known nothing comes; where that takes long, one may hang, and only asking level by level finds out which. */
const DEEP_TIMEOUT_MS = 10_000;

class Lister {
  readonly #site: Site;
  readonly #paths: readonly string[];
  readonly #isDeep: boolean;
  /** By the text of the path; what it is, once its listing began. */
  readonly #folders: Map<string, Read<FileStat> | undefined>;
  readonly #isAlone: boolean;
  #last: string | undefined;
  #rest = "";
  #stderr = "";
  #waiting: Listed[] = [];
  #end: JobEnd | undefined;
  #complaints: Complaints = { byPath: new Map(), others: [] };
  #wake: () => void = () => {};
  #resume: (() => void) | undefined;
  #isLeft = false;
  /** Whether it can be handed back no more, so that what it prints is printed once. */
  #isFirst = false;

  constructor(site: Site, paths: readonly HostPath[], isDeep: boolean) {
    this.#site = site;
    this.#paths = paths.map(pathText);
    this.#isDeep = isDeep;
    this.#folders = new Map(this.#paths.map((path) => [path, undefined]));
    this.#isAlone = paths.length === 1 && !isDeep;
  }

  isWhole(): boolean {
    return this.#end?.how === "done";
  }

  begun(): readonly Listed[] {
    return [...this.#folders].flatMap(([text, stat]) => (stat === undefined ? [] : [{ path: toPath(text), stat }]));
  }

  async *entries(signal: AbortSignal | undefined): AsyncGenerator<readonly Listed[]> {
    const wake = () => this.#wake();
    const job = this.#job();
    signal?.addEventListener("abort", wake);
    this.#site.walks.submit(job);
    try {
      for (;;) {
        signal?.throwIfAborted();
        yield this.#isFirst ? this.#waiting.splice(0) : [];
        if (this.#isFirst && this.#waiting.length > 0) continue;
        if (this.#end !== undefined) break;
        this.#goOn();
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
      yield [...this.#unseen()];
    } finally {
      signal?.removeEventListener("abort", wake);
      this.#isLeft = true;
      this.#goOn();
      if (this.#end === undefined) this.#site.walks.abandon(job);
    }
  }

  outcome(path: HostPath): Failure | "listed" | "open" {
    const text = pathText(path);
    const end = this.#end;
    if (end?.how === "lost") return lostRead(end.failure, path);
    const isBegun = this.#folders.get(text) !== undefined;
    const complaint = this.#complaints.byPath.get(text);
    if (complaint !== undefined) return failureOfComplaint(complaint, path);
    if (end?.how === "timeout") {
      if (isBegun && text !== this.#last) return "listed";
      return isBegun || this.#isAlone ? lateRead(path, this.#site.timeoutMs) : "open";
    }
    return this.#outcomeOfDone(path, isBegun);
  }

  #outcomeOfDone(path: HostPath, isBegun: boolean): Failure | "listed" | "open" {
    const refusal = this.#site.sudo ? sudoRefusal(this.#stderr) : undefined;
    if (refusal !== undefined) return refusedRead(path, "find", refusal);
    const isClean = this.#end?.how === "done" && this.#end.code === "0";
    const [other] = isClean ? [] : this.#complaints.others;
    // Nobody knows which folder it is about.
    if (other !== undefined) return this.#isDeep && !isBegun ? "open" : failure("failed", path, other);
    if (isBegun) return "listed";
    return this.#isAlone ? failure("failed", path, "it was not listed") : "open";
  }

  #goOn(): void {
    const resume = this.#resume;
    this.#resume = undefined;
    resume?.();
  }

  #job(): Job {
    return {
      script: (this.#isDeep ? deepScript : listScript)(this.#site, this.#paths),
      timeoutMs: this.#isDeep ? Math.min(this.#site.timeoutMs, DEEP_TIMEOUT_MS) : this.#site.timeoutMs,
      streams: true,
      stdout: (bytes) => {
        this.#take(bytes.toString("latin1"));
        this.#wake();
        return this.#isLeft || this.#waiting.length < MOST_WAITING;
      },
      resumed: (resume) => {
        this.#resume = resume;
      },
      stderr: (bytes) => {
        this.#stderr += bytes.toString("latin1");
      },
      begin: () => {
        this.#isFirst = true;
        this.#wake();
      },
      restart: () => {
        this.#rest = "";
        this.#stderr = "";
        this.#waiting = [];
        this.#last = undefined;
        this.#folders.clear();
        for (const path of this.#paths) this.#folders.set(path, undefined);
      },
      end: (end) => {
        const complaints = parseComplaints(this.#stderr, this.#site.capabilities.printf);
        this.#complaints = { ...complaints, others: complaints.others.filter((line) => !line.startsWith("sudo: ")) };
        this.#end = end;
        this.#wake();
      },
      isAbandoned: () => this.#isLeft,
    };
  }

  #take(text: string): void {
    const { printf } = this.#site.capabilities;
    const pieces = (this.#rest + text).split(printf ? "\0" : statSeparator(this.#site.nonce));
    const rest = [pieces.pop() ?? ""];
    // Of find two pieces belong together.
    if (printf && pieces.length % 2 === 1) rest.unshift(pieces.pop() ?? "");
    this.#rest = rest.join("\0");
    for (let at = 0; at < pieces.length; at += printf ? 2 : 1) this.#takeRecord(pieces[at] ?? "", pieces[at + 1] ?? "");
  }

  #takeRecord(record: string, target: string): void {
    const look = this.#toLook(record, target);
    if (look !== undefined) this.#takeLook(look);
    else if (record === LISTED) this.#last = undefined;
  }

  #toLook(record: string, target: string): Look | undefined {
    if (this.#site.capabilities.printf) return parseFindRecord(record, target);
    return this.#withDepth(parseStatRecord(record, this.#site.nonce));
  }

  #withDepth(look: Omit<Look, "depth"> | undefined): Look | undefined {
    return look && { ...look, depth: this.#folders.has(look.path) ? 0 : 1 };
  }

  #takeLook({ depth, path: text, stat: look }: Look): void {
    const path = toPath(text);
    const stat: Read<FileStat> =
      look === undefined ? failure("unsupported", path, "it is of no known type") : { ok: true, value: look };
    if (depth > 0) {
      this.#waiting.push({ path, stat });
      return;
    }
    this.#folders.set(text, stat);
    this.#last = text;
  }

  /** What has a name, but cannot be looked at. */
  *#unseen(): Generator<Listed> {
    for (const [text, complaint] of this.#complaints.byPath) {
      if (this.#folders.has(text) || !this.#folders.has(folderOf(text))) continue;
      const path = toPath(text);
      const stat = failureOfComplaint(complaint, path);
      if (stat.reason !== "absent") yield { path, stat };
    }
  }
}

/** Prints what folders are and what stands in them. */
export function listScript(site: Site, texts: readonly string[]): string {
  const { printf } = site.capabilities;
  if (site.sudo) return `${sudoRead(site.nonce, [printf ? "find" : "list", "1"], texts)}; c=$?`;
  const what = printf ? `-printf ${quote(FIND_FORMAT)}` : `-exec stat -c ${quote(statFormat(site.nonce))} -- {} +`;
  return `find ${quoteAll(texts)} -maxdepth 1 ${what} </dev/null; c=$?`;
}

/** First finds the folders, and then does what `listScript` does with as many as one program takes; after each lot it says `LISTED`. */
function deepScript(site: Site, texts: readonly string[]): string {
  if (site.sudo) return `${sudoRead(site.nonce, ["deep", "1"], texts)}; c=$?`;
  return `find ${quoteAll(texts)} ${FIND_DEEP} </dev/null; c=$?`;
}

function toPath(text: string): HostPath {
  return Buffer.from(text.startsWith("./") ? text.slice(2) : text, "latin1");
}

function folderOf(text: string): string {
  return text.slice(0, text.lastIndexOf("/")) || "/";
}
