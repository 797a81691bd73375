import { createHash, hash } from "node:crypto";
import {
  type BigIntStats,
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  opendirSync,
  openSync,
  readdirSync,
  readlinkSync,
  readSync,
} from "node:fs";
import { errorCode, type Failure, failure, failureOf } from "../../failure.ts";
import { decodeId, encodeId } from "../../ids.ts";
import type { DigestAlgorithm, Read } from "../../transport.ts";
import { plainStat } from "../stat.ts";
import type { PlainStat } from "./messages.ts";

/** Never through a link and never waiting: a path may turn into a pipe or a device between two calls. */
const FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK | constants.O_NOCTTY;
const BUFFER_BYTES = 256 * 1024;
/** How often what changes while it is read is looked at anew. */
const ATTEMPTS = 3;
/** A control character, `%`, or a byte beyond ASCII: only then is an id other than the path. */
const PLAIN = /^[ -$&-~]*$/;

export type Looked = Read<{ readonly stat: PlainStat; readonly linkTarget?: Uint8Array }>;
/** What the path turned out to be when it was opened, and the digests of its content, parted by a space. */
export type Hashed = Read<{ readonly stat: PlainStat; readonly digests: Read<string> }>;

/** A path as the system takes it. */
type SystemPath = string | Buffer;

function systemPath(id: string): SystemPath {
  if (PLAIN.test(id)) return id;
  const bytes = decodeId(id);
  // Ids come from `encodeId`.
  return bytes === undefined ? id : Buffer.from(bytes);
}

/** What the path itself is; a link is not followed. */
export function lookSync(id: string): Looked {
  const path = systemPath(id);
  try {
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const looked = lookOnce(path, lstatSync(path, { bigint: true }));
      if (looked !== undefined) return looked;
    }
    return failure("vanished", bytesOf(path), "it changed while it was read");
  } catch (error) {
    return failureOf(error, bytesOf(path));
  }
}

/** Undefined when the path was a link and is one no longer. */
function lookOnce(path: SystemPath, stats: BigIntStats): Looked | undefined {
  const stat = plainStat(stats);
  if (stat === undefined) return failure("unsupported", bytesOf(path), "it is of no known type");
  if (stat.type !== "link") return { ok: true, value: { stat } };
  try {
    return { ok: true, value: { stat, linkTarget: readlinkSync(path, { encoding: "buffer" }) } };
  } catch (error) {
    if (errorCode(error) === "EINVAL") return undefined;
    throw error;
  }
}

/**
 * The ids of what stands in a folder, `batch` at a time: one that is large is never held whole. Returns why it had to stop.
 */
export function* listSync(
  id: string,
  options: { readonly batch: number; readonly isLarge: boolean },
): Generator<string[], Failure | undefined> {
  const path = systemPath(id);
  const start = id === "/" ? id : `${id}/`;
  try {
    for (const names of options.isLarge ? namesInParts(path, options.batch) : [readdirSync(path, LATIN1)])
      yield names.map((name) => start + encodeName(name));
    return undefined;
  } catch (error) {
    return failureOf(error, bytesOf(path));
  }
}

/** One character for each byte of a name. */
const LATIN1 = { encoding: "latin1" } as const;

function* namesInParts(path: SystemPath, batch: number): Generator<string[], void> {
  const folder = opendirSync(path, { ...LATIN1, bufferSize: batch });
  try {
    for (;;) {
      const names: string[] = [];
      for (let entry = folder.readSync(); entry !== null; entry = folder.readSync()) {
        names.push(entry.name);
        if (names.length === batch) break;
      }
      if (names.length === 0) return;
      yield names;
    }
  } finally {
    folder.closeSync();
  }
}

function encodeName(latin1: string): string {
  return PLAIN.test(latin1) ? latin1 : encodeId(Buffer.from(latin1, "latin1"));
}

/** One buffer a thread: it does one thing at a time. */
const buffer = Buffer.allocUnsafeSlow(BUFFER_BYTES);

/** Digests of the regular file that the path itself is, with what it is. One that is no regular file any more is `absent`. */
export function hashSync(id: string, algorithms: readonly DigestAlgorithm[]): Hashed {
  const path = systemPath(id);
  let file: number | undefined;
  try {
    file = openQuietly(path);
    return hashOpened({ file, path, algorithms });
  } catch (error) {
    if (errorCode(error) === "ELOOP") return irregular(path);
    return failureOf(error, bytesOf(path));
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

/**
 * SHA-256 of what a file holds, where nothing but that is asked: whether it is what is known. So it need not be asked whether the file
 * changed meanwhile, or is one still. Undefined where it could not be read.
 */
export function sha256Sync(id: string): string | undefined {
  let file: number | undefined;
  try {
    file = openQuietly(systemPath(id));
    return contentDigests(file, undefined, ["sha256"]);
  } catch {
    // Whoever asked looks at the path anew.
    return undefined;
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

function irregular(path: SystemPath): Failure {
  return failure("absent", bytesOf(path), "it is no regular file any more");
}

/** Leaves the access time alone where the system lets us: only the owner and root may ask for that. */
function openQuietly(path: SystemPath): number {
  try {
    return openSync(path, FLAGS | constants.O_NOATIME);
  } catch (error) {
    if (errorCode(error) !== "EPERM") throw error;
    return openSync(path, FLAGS);
  }
}

interface Opened {
  readonly file: number;
  readonly path: SystemPath;
  readonly algorithms: readonly DigestAlgorithm[];
}

function hashOpened({ file, path, algorithms }: Opened): Hashed {
  let before = fstatSync(file, { bigint: true });
  let stat = plainStat(before);
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    if (stat?.type !== "file") return irregular(path);
    const content = contentDigests(file, Number(before.size), algorithms);
    const after = fstatSync(file, { bigint: true });
    stat = plainStat(after);
    if (stat !== undefined && isSameContent(before, after))
      return { ok: true, value: { stat, digests: { ok: true, value: content } } };
    before = after;
  }
  if (stat === undefined) return irregular(path);
  return { ok: true, value: { stat, digests: failure("failed", bytesOf(path), "it changed while it was read") } };
}

/** Up to the end, or `size` bytes where that is not 0: files of /proc say that they are empty. What is read at once is all where the size is not told. */
function contentDigests(file: number, size: number | undefined, algorithms: readonly DigestAlgorithm[]): string {
  const first = readSync(file, buffer, 0, buffer.length, 0);
  if (first < buffer.length && (size === undefined || first === size)) {
    const content = buffer.subarray(0, first);
    return algorithms.map((algorithm) => hash(algorithm, content, "hex")).join(" ");
  }
  const hashes = algorithms.map((algorithm) => createHash(algorithm));
  for (let position = 0, read = first; read > 0; read = readSync(file, buffer, 0, buffer.length, position)) {
    for (const one of hashes) one.update(buffer.subarray(0, read));
    position += read;
    if (position === size) break;
  }
  return hashes.map((one) => one.digest("hex")).join(" ");
}

function isSameContent(before: BigIntStats, after: BigIntStats): boolean {
  return before.size === after.size && before.mtimeNs === after.mtimeNs && before.ctimeNs === after.ctimeNs;
}

function bytesOf(path: SystemPath): Uint8Array {
  return typeof path === "string" ? Buffer.from(path) : path;
}
