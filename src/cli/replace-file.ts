import { randomBytes } from "node:crypto";
import type { Stats } from "node:fs";
import { type FileHandle, open, realpath, rename, rm, stat, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { KnownError } from "../errors.ts";
import { systemCode, whyRefused } from "../store/files.ts";

/** What a refusal says: how the person named the file, and what to do instead. */
export interface Telling {
  readonly name: string;
  readonly hint: string;
}

/**
 * Writes a text file whole or not at all: a draft beside it takes its place. A file that is there keeps its mode and owner, a
 * link still leads to it; a device or a pipe is written to and never replaced.
 * @throws KnownError `WRITE_REFUSED`; then what was there is as it was
 */
export async function replaceFile(path: string, text: string, telling: Telling): Promise<void> {
  try {
    const target = await whereItLeads(path);
    const found = await statIfThere(target);
    if (found !== undefined && !found.isFile()) await writeFile(target, text);
    else await replaceRegular(target, text, found);
  } catch (cause) {
    throw refused(cause, telling);
  }
}

function refused(cause: unknown, { name, hint }: Telling): KnownError {
  return new KnownError("WRITE_REFUSED", `Cannot write "${name}": ${whyNot(cause)}`, { cause, hint });
}

/** The end of a link; the path itself where nothing is yet. */
async function whereItLeads(path: string): Promise<string> {
  return realpath(path).catch((error: unknown) => {
    if (systemCode(error) === "ENOENT") return path;
    throw error;
  });
}

async function statIfThere(path: string): Promise<Stats | undefined> {
  return stat(path).catch((error: unknown) => {
    if (systemCode(error) === "ENOENT") return undefined;
    throw error;
  });
}

async function replaceRegular(target: string, text: string, found: Stats | undefined): Promise<void> {
  const draft = join(dirname(target), `.${basename(target)}.${randomBytes(4).toString("hex")}.part`);
  const handle = await open(draft, "wx");
  try {
    await handle.writeFile(text);
    if (found !== undefined) await keepRights(handle, found);
    await handle.sync();
    await handle.close();
    await rename(draft, target);
  } catch (error) {
    // What the draft failed with is what is told; closing it twice or finding it gone is nothing more.
    await handle.close().catch(() => undefined);
    await rm(draft, { force: true }).catch(() => undefined);
    throw error;
  }
}

/** Only root may give a file away; anybody else becomes the owner, as with any editor that replaces what it saves. */
async function keepRights(handle: FileHandle, found: Stats): Promise<void> {
  await handle.chown(found.uid, found.gid).catch((error: unknown) => {
    if (systemCode(error) !== "EPERM") throw error;
  });
  await handle.chmod(found.mode & 0o7777);
}

function whyNot(cause: unknown): string {
  switch (systemCode(cause)) {
    case "ENOENT":
      return "there is no such folder";
    case "EISDIR":
      return "it is a folder";
    default:
      return whyRefused(cause) ?? (cause instanceof Error ? cause.message : String(cause));
  }
}
