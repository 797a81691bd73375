import { createHash } from "node:crypto";
import { type BigIntStats, constants } from "node:fs";
import { type FileHandle, lstat, open, realpath } from "node:fs/promises";
import { errorCode, failure, failureOf } from "../failure.ts";
import type { DigestAlgorithm, HostPath, Read } from "../transport.ts";
import { BufferPool } from "./buffer-pool.ts";

/** Never through a link and never waiting: a path may turn into a pipe or a device between two calls. */
const FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK | constants.O_NOCTTY;
const DEFAULT_MAX_BYTES = 64 * 1024 * 1024;
const HASHES_AT_ONCE = 4;
const BUFFER_BYTES = 256 * 1024;
/** How often a file that changes while it is read is read again before that is an answer of its own. */
const ATTEMPTS = 3;

/** Where to look, and what was asked for. */
interface Place {
  readonly path: Buffer;
  readonly asked: HostPath;
}

interface OpenedFile {
  readonly file: FileHandle;
  readonly buffer: Buffer;
  readonly stats: BigIntStats;
}

/** Reads the content of regular files of this machine, a few at once, in buffers that are used again. */
export class ContentReader {
  readonly #buffers = new BufferPool(HASHES_AT_ONCE, BUFFER_BYTES);

  /** The content at a path; links are followed, because a program that is configured by the file follows them too. */
  async readFile(path: HostPath, maxBytes = DEFAULT_MAX_BYTES): Promise<Read<Uint8Array>> {
    try {
      const real = await realpath(Buffer.from(path), { encoding: "buffer" });
      return await this.#withFile({ path: real, asked: path }, async ({ file, buffer }) => {
        const chunks: Buffer[] = [];
        let length = 0;
        for await (const chunk of chunksOf(file, buffer, 0)) {
          length += chunk.length;
          if (length > maxBytes) return failure("unsupported", path, `it is larger than ${maxBytes} bytes`);
          chunks.push(Buffer.from(chunk));
        }
        return { ok: true, value: Buffer.concat(chunks, length) };
      });
    } catch (error) {
      return failureOf(error, path);
    }
  }

  /**
   * SHA-256 of the regular file that the path itself is. A file that keeps changing meanwhile is a failure.
   * @throws the signal's reason once it is aborted
   */
  async hash(path: HostPath, options: { readonly signal?: AbortSignal } = {}): Promise<Read<string>> {
    const digests = await this.digests(path, ["sha256"], options);
    return digests.ok ? { ok: true, value: digests.value[0] ?? "" } : digests;
  }

  /** Digests of one reading, as `hash` gives one. */
  async digests(
    path: HostPath,
    algorithms: readonly DigestAlgorithm[],
    options: { readonly signal?: AbortSignal } = {},
  ): Promise<Read<readonly string[]>> {
    try {
      return await this.#withFile({ path: Buffer.from(path), asked: path }, async ({ file, buffer, stats }) => {
        let before = stats;
        for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
          const hashes = algorithms.map((algorithm) => createHash(algorithm));
          for await (const chunk of chunksOf(file, buffer, Number(before.size))) {
            options.signal?.throwIfAborted();
            for (const hash of hashes) hash.update(chunk);
          }
          const after = await file.stat({ bigint: true });
          if (sameContent(before, after)) return { ok: true, value: hashes.map((hash) => hash.digest("hex")) };
          before = after;
        }
        return failure("failed", path, "it changed while it was read");
      });
    } catch (error) {
      options.signal?.throwIfAborted();
      return failureOf(error, path);
    }
  }

  /** Looks before it opens: opening a device can already set it off. */
  async #withFile<T>({ path, asked }: Place, read: (opened: OpenedFile) => Promise<Read<T>>): Promise<Read<T>> {
    const irregular = failure("unsupported", asked, "it is no regular file");
    if (!(await lstat(path, { bigint: true })).isFile()) return irregular;
    const buffer = await this.#buffers.acquire();
    try {
      const file = await openQuietly(path);
      try {
        const stats = await file.stat({ bigint: true });
        return stats.isFile() ? await read({ file, buffer, stats }) : irregular;
      } finally {
        await file.close();
      }
    } catch (error) {
      // The path became a link after it was looked at.
      if (errorCode(error) === "ELOOP") return irregular;
      throw error;
    } finally {
      this.#buffers.release(buffer);
    }
  }
}

/** Leaves the access time alone where the system lets us: only the owner and root may ask for that. */
async function openQuietly(path: Buffer): Promise<FileHandle> {
  try {
    return await open(path, FLAGS | constants.O_NOATIME);
  } catch (error) {
    if (errorCode(error) !== "EPERM") throw error;
    return await open(path, FLAGS);
  }
}

/**
 * Chunks stand in `buffer` until the next one is asked for. They end with the file, or after `size` bytes where that is not 0:
 * files of /proc say that they are empty.
 */
async function* chunksOf(file: FileHandle, buffer: Buffer, size: number): AsyncGenerator<Buffer> {
  let position = 0;
  do {
    const { bytesRead } = await file.read(buffer, 0, buffer.length, position);
    if (bytesRead === 0) return;
    position += bytesRead;
    yield buffer.subarray(0, bytesRead);
  } while (position !== size);
}

function sameContent(before: BigIntStats, after: BigIntStats): boolean {
  return before.size === after.size && before.mtimeNs === after.mtimeNs && before.ctimeNs === after.ctimeNs;
}
