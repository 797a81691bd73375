import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { builtProgram } from "../../../../package-root.ts";
import { type Failure, failure } from "../../failure.ts";
import type { DigestAlgorithm, FileStat, HostPath, Read, WalkEntry } from "../../transport.ts";
import type { Answered, Asked, Unsigned } from "./messages.ts";
import type { FarMount } from "./mount-table.ts";

const ENTRY = fileURLToPath(builtProgram("mount-reader"));
/** Slower than this a file passes for one that does not answer. */
const BYTES_A_MS = 1000n;

/** A question under way. */
interface Waiting {
  readonly path: HostPath;
  readonly limitMs: number;
  timer: NodeJS.Timeout;
  readonly take: (answered: Answered) => void;
  readonly fail: (why: Failure) => void;
}

/**
 * Reads what stands on one far file system, in a process that is started when first needed. When an answer is overdue the file
 * system counts as hung: the process is killed and not waited for, and every read from then on fails at once.
 */
export class MountReader implements Disposable {
  readonly #mount: FarMount;
  readonly #timeoutMs: number;
  readonly #waiting = new Map<number, Waiting>();
  #child: ChildProcess | undefined;
  #lost: (Pick<Failure, "reason"> & { readonly text: string }) | undefined;
  #last = 0;

  constructor(mount: FarMount, timeoutMs: number) {
    this.#mount = mount;
    this.#timeoutMs = timeoutMs;
  }

  stat(path: HostPath): Promise<Read<FileStat>> {
    return this.#read<FileStat>({ ask: "stat", path });
  }

  readFile(path: HostPath, maxBytes?: number): Promise<Read<Uint8Array>> {
    return this.#read<Uint8Array>({ ask: "readFile", path, ...(maxBytes === undefined ? {} : { maxBytes }) });
  }

  async digests(path: HostPath, algorithms: readonly DigestAlgorithm[]): Promise<Read<readonly string[]>> {
    const stat = await this.stat(path);
    if (!stat.ok) return stat;
    const limitMs = this.#timeoutMs + Number(stat.value.size / BYTES_A_MS);
    return await this.#read<readonly string[]>({ ask: "digests", path, algorithms }, limitMs);
  }

  /** The folder and what stands in it. Returns why it had to stop before the end. */
  async *list(path: HostPath, leaveOut: readonly string[]): AsyncGenerator<readonly WalkEntry[], Failure | undefined> {
    const parts: (readonly WalkEntry[])[] = [];
    let end: { readonly why: Failure | undefined } | undefined;
    let wake: () => void = () => {};
    this.#ask({ ask: "list", path, leaveOut }, this.#timeoutMs, {
      take: (answered) => {
        if (answered.is === "entries") parts.push(answered.entries);
        if (answered.is === "entries" && answered.isEnd) end = { why: undefined };
        wake();
      },
      fail: (why) => {
        end = { why };
        wake();
      },
    });
    for (;;) {
      const part = parts.shift();
      if (part !== undefined) yield part;
      else if (end !== undefined) return end.why;
      else
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
    }
  }

  [Symbol.dispose](): void {
    this.#lose("failed", "it is not read any more");
  }

  #read<T>(asked: Unsigned<Asked>, limitMs = this.#timeoutMs): Promise<Read<T>> {
    return new Promise((resolve) => {
      this.#ask(asked, limitMs, {
        // The process answers each question with what that asks for.
        take: (answered) => answered.is === "read" && resolve(answered.read as Read<T>),
        fail: resolve,
      });
    });
  }

  #ask(asked: Unsigned<Asked>, limitMs: number, { take, fail }: Pick<Waiting, "take" | "fail">): void {
    if (this.#lost !== undefined) {
      fail(failure(this.#lost.reason, asked.path, this.#lost.text));
      return;
    }
    this.#last += 1;
    const timer = setTimeout(() => this.#hang(), limitMs);
    this.#waiting.set(this.#last, { path: asked.path, limitMs, timer, take, fail });
    this.#child ??= this.#start();
    this.#child.send({ id: this.#last, ...asked });
  }

  #start(): ChildProcess {
    const child = fork(ENTRY, [], {
      cwd: "/",
      detached: true,
      execArgv: [],
      serialization: "advanced",
      stdio: ["ignore", "ignore", "ignore", "ipc"],
    });
    // Whoever waits for an answer has a timer; nothing else may keep this process from ending.
    child.unref();
    child.channel?.unref();
    child.on("message", (answered) => this.#take(answered as Answered));
    child.on("error", (error) => this.#lose("failed", error.message));
    child.on("exit", () => this.#lose("failed", "the process that reads it has ended"));
    return child;
  }

  #take(answered: Answered): void {
    const waiting = this.#waiting.get(answered.id);
    if (waiting === undefined) return;
    clearTimeout(waiting.timer);
    if (answered.is === "entries" && !answered.isEnd) waiting.timer = setTimeout(() => this.#hang(), waiting.limitMs);
    else this.#waiting.delete(answered.id);
    if (answered.is === "bug") waiting.fail(failure("failed", waiting.path, answered.message));
    else waiting.take(answered);
  }

  #hang(): void {
    const { point, type } = this.#mount;
    this.#lose("timeout", `the file system at "${point}" (${type}) did not answer within ${this.#timeoutMs / 1000} s`);
  }

  /** For good. */
  #lose(reason: Failure["reason"], text: string): void {
    this.#lost ??= { reason, text };
    this.#child?.kill("SIGKILL");
    for (const [id, { timer, path, fail }] of this.#waiting) {
      this.#waiting.delete(id);
      clearTimeout(timer);
      fail(failure(this.#lost.reason, path, this.#lost.text));
    }
  }
}
