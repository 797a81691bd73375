/** A fixed number of buffers, made when first needed. Whoever wants one more waits, so it also bounds how many work at once. */
export class BufferPool {
  readonly #free: Buffer[] = [];
  readonly #waiting: ((buffer: Buffer) => void)[] = [];
  readonly #bytes: number;
  #unmade: number;

  constructor(buffers: number, bytes: number) {
    this.#unmade = buffers;
    this.#bytes = bytes;
  }

  /** A buffer with whatever was left in it. It must be released, else others wait for ever. */
  acquire(): Promise<Buffer> {
    const free = this.#free.pop();
    if (free !== undefined) return Promise.resolve(free);
    if (this.#unmade > 0) {
      this.#unmade -= 1;
      return Promise.resolve(Buffer.allocUnsafeSlow(this.#bytes));
    }
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
    });
  }

  release(buffer: Buffer): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#free.push(buffer);
    else next(buffer);
  }
}
