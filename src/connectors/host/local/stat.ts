import { type BigIntStats, constants } from "node:fs";
import { lstat, readlink } from "node:fs/promises";
import { errorCode, failure, failureOf } from "../failure.ts";
import type { FileStat, FileType, HostPath, Read } from "../transport.ts";

/** How often a link that turns into something else while it is read is looked at anew. */
const ATTEMPTS = 3;

/** What the path itself is; a link is not followed. */
export async function statLocally(path: HostPath): Promise<Read<FileStat>> {
  try {
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const read = await toFileStat(path, await lstat(Buffer.from(path), { bigint: true }));
      if (read !== undefined) return read;
    }
    return failure("vanished", path, "it changed while it was read");
  } catch (error) {
    return failureOf(error, path);
  }
}

const TYPES: ReadonlyMap<number, FileType> = new Map([
  [constants.S_IFREG, "file"],
  [constants.S_IFDIR, "directory"],
  [constants.S_IFLNK, "link"],
  [constants.S_IFIFO, "fifo"],
  [constants.S_IFSOCK, "socket"],
  [constants.S_IFCHR, "character-device"],
  [constants.S_IFBLK, "block-device"],
]);

/** What the system says of a path, but where a link points to; undefined for a type of file that nobody knows. */
export function plainStat(stats: BigIntStats): Required<Omit<FileStat, "linkTarget">> | undefined {
  const mode = Number(stats.mode);
  const type = TYPES.get(mode & constants.S_IFMT);
  if (type === undefined) return undefined;
  return {
    type,
    mode: mode & 0o7777,
    uid: Number(stats.uid),
    gid: Number(stats.gid),
    size: stats.size,
    device: stats.dev,
    inode: stats.ino,
    modifiedNs: stats.mtimeNs,
    changedNs: stats.ctimeNs,
  };
}

/** Undefined when the path was a link and is one no longer. */
async function toFileStat(path: HostPath, stats: BigIntStats): Promise<Read<FileStat> | undefined> {
  const value = plainStat(stats);
  if (value === undefined) return failure("unsupported", path, "it is of no known type");
  if (value.type !== "link") return { ok: true, value };
  try {
    const linkTarget = await readlink(Buffer.from(path), { encoding: "buffer" });
    return { ok: true, value: { ...value, linkTarget } };
  } catch (error) {
    // So the system says that it is a link no longer.
    if (errorCode(error) === "EINVAL") return undefined;
    throw error;
  }
}
