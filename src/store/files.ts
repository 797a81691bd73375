import { mkdir, stat } from "node:fs/promises";
import { dirname } from "node:path";

const WHY: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EPERM: "permission denied",
  EROFS: "the file system is read-only",
  ENOSPC: "the disk is full",
  EDQUOT: "the disk quota is used up",
  EIO: "reading or writing the disk failed",
  ENOTDIR: "a part of the path is no folder",
  EEXIST: "a part of the path is no folder",
  ELOOP: "the path is a loop of links",
  ENAMETOOLONG: "the path is too long",
};

/** What the system's refusal means, for people; undefined when the error is none of those that lie outside this program. */
export function whyRefused(error: unknown): string | undefined {
  return WHY[systemCode(error) ?? ""];
}

/** `ENOENT` and the like; undefined for an error that is not the system's. */
export function systemCode(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}

/**
 * Makes a folder for its owner alone, with those above it, unless it is there. Not by `recursive`, which on a read-only file
 * system says that there is no such folder.
 */
export async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { mode: 0o700 });
  } catch (error) {
    const code = systemCode(error);
    if (code === "EEXIST" || code === "EROFS") {
      if (await isFolder(path)) return;
    }
    if (code !== "ENOENT" || dirname(path) === path) throw error;
    await makeFolder(dirname(path));
    await makeFolder(path);
  }
}

async function isFolder(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  return found?.isDirectory() === true;
}
