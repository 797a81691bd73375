import type { ByteText } from "../../bytes.ts";

const NONE = -1;

/**
 * Which package put something at which path, and the digest of what it put: hundreds of thousands of paths in a few tens of
 * megabytes. Packages are numbers that the caller gives.
 */
export class PathTable {
  readonly #positions = new Map<ByteText, number>();
  readonly #owners: number[] = [];
  /** Where a path's digest starts, in digests. */
  readonly #digestAt: number[] = [];
  readonly #digestBytes: number;
  #digests: Buffer;
  #digestCount = 0;

  constructor(digestBytes: number) {
    this.#digestBytes = digestBytes;
    this.#digests = Buffer.alloc(digestBytes * 1024);
  }

  /** Of packages that share a path (a folder) the one with the smallest number counts. */
  add(path: ByteText, owner: number): void {
    const position = this.#positions.get(path);
    if (position === undefined) {
      this.#positions.set(path, this.#owners.length);
      this.#owners.push(owner);
      this.#digestAt.push(NONE);
    } else if (owner < (this.#owners[position] ?? owner)) this.#owners[position] = owner;
  }

  /** Of a path that is not there, nothing is kept. */
  setDigest(path: ByteText, hex: string): void {
    const position = this.#positions.get(path);
    if (position === undefined) return;
    const start = this.#digestCount * this.#digestBytes;
    if (start === this.#digests.length) this.#digests = Buffer.concat([this.#digests], start * 2);
    this.#digests.write(hex, start, this.#digestBytes, "hex");
    this.#digestAt[position] = this.#digestCount;
    this.#digestCount += 1;
  }

  ownerOf(path: ByteText): number | undefined {
    const position = this.#positions.get(path);
    return position === undefined ? undefined : this.#owners[position];
  }

  digestOf(path: ByteText): string | undefined {
    const position = this.#positions.get(path);
    const digest = position === undefined ? NONE : (this.#digestAt[position] ?? NONE);
    if (digest === NONE) return undefined;
    return this.#digests.toString("hex", digest * this.#digestBytes, (digest + 1) * this.#digestBytes);
  }
}
