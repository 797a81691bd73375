import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { KnownError } from "../../errors.ts";
import { GIT_OPTIONS, gitEnvironment } from "./environment.ts";
import { type GitContext, gitMessage } from "./run-git.ts";

/** Reads the content of objects by their id through one `git cat-file --batch`, started with the first read. */
export class ObjectReader implements AsyncDisposable {
  readonly #context: GitContext;
  #batch: Batch | undefined;
  #last: Promise<unknown> = Promise.resolve();

  constructor(context: GitContext) {
    this.#context = context;
  }

  /** Reads run one after another, in the order in which they were asked for. */
  read(object: string): Promise<Uint8Array> {
    const answer = this.#last.then(() => {
      this.#context.signal.throwIfAborted();
      this.#batch ??= new Batch(this.#context);
      return this.#batch.read(object);
    });
    this.#last = answer.catch(() => undefined);
    return answer;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#last;
    await this.#batch?.close();
  }
}

class Batch {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #chunks: AsyncIterator<Buffer>;
  readonly #closed: Promise<void>;
  readonly #signal: AbortSignal;
  #pending: Buffer = Buffer.alloc(0);
  #stderr = "";

  constructor(context: GitContext) {
    this.#signal = context.signal;
    this.#child = spawn("git", [...GIT_OPTIONS, "cat-file", "--batch"], {
      cwd: context.cwd,
      env: gitEnvironment(context.env),
      signal: context.signal,
    });
    this.#chunks = this.#child.stdout[Symbol.asyncIterator]();
    this.#closed = new Promise((resolve) => this.#child.once("close", () => resolve()));
    // A failed start, an abort and a closed pipe all end stdout as well, which is where they are noticed.
    this.#child.on("error", () => this.#child.stdout.destroy());
    this.#child.stdin.on("error", () => undefined);
    this.#child.stderr.on("data", (chunk: Buffer) => {
      this.#stderr = (this.#stderr + chunk.toString("utf8")).slice(-4096);
    });
  }

  /** The answer is `ID blob SIZE`, a newline, SIZE bytes and a newline; or `ID missing`. */
  async read(object: string): Promise<Uint8Array> {
    this.#child.stdin.write(`${object}\n`);
    const header = await this.#line();
    const size = /^[0-9a-f]+ blob (\d+)$/.exec(header)?.[1];
    if (size === undefined) throw this.#failure(object, header);
    const content = await this.#take(Number(size) + 1, object);
    return content.subarray(0, -1);
  }

  async close(): Promise<void> {
    this.#child.stdin.end();
    this.#child.stdout.destroy();
    await this.#closed;
  }

  async #line(): Promise<string> {
    let end = this.#pending.indexOf(10);
    while (end === -1) {
      this.#pending = Buffer.concat([this.#pending, await this.#chunk("an object")]);
      end = this.#pending.indexOf(10);
    }
    const line = this.#pending.subarray(0, end).toString("utf8");
    this.#pending = this.#pending.subarray(end + 1);
    return line;
  }

  async #take(size: number, object: string): Promise<Buffer> {
    const chunks = [this.#pending];
    let length = this.#pending.length;
    while (length < size) {
      const chunk = await this.#chunk(object);
      chunks.push(chunk);
      length += chunk.length;
    }
    const all = chunks.length === 1 ? this.#pending : Buffer.concat(chunks, length);
    this.#pending = all.subarray(size);
    return all.subarray(0, size);
  }

  async #chunk(object: string): Promise<Buffer> {
    const next = await this.#chunks.next().catch(() => ({ done: true, value: undefined }) as const);
    this.#signal.throwIfAborted();
    if (next.done === true) throw this.#failure(object, this.#stderr);
    return next.value;
  }

  #failure(object: string, detail: string): KnownError {
    return new KnownError(
      "DESIRED_UNREADABLE",
      `Cannot read object ${object} of the repository: ${gitMessage(detail)}`,
      {
        hint: "Check the repository with: git fsck",
      },
    );
  }
}
