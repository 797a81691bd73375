import { opendir } from "node:fs/promises";
import { type Failure, failureOf } from "../failure.ts";
import { encodeId } from "../ids.ts";
import type { FileStat, HostPath, Read, WalkEntry, WalkOptions } from "../transport.ts";
import { statLocally } from "./stat.ts";

/** Names read, and looked at side by side, in one go: a folder of a million files is never held whole. */
const BATCH = 512;
const SLASH = Buffer.from("/");

interface Folder {
  readonly path: HostPath;
  readonly stat: Read<FileStat>;
}

/**
 * The root and everything below it, a folder after what stands in it. Links are not followed, so it ends. What vanishes
 * meanwhile is left out, the root too when it is not there. @throws the signal's reason once it is aborted
 */
export async function* walkLocally(root: HostPath, options: WalkOptions): AsyncGenerator<WalkEntry> {
  const folders: Folder[] = [];
  for (const entry of await look([root])) {
    if (mustEnter(entry, options)) folders.push(entry);
    else yield entry;
  }
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    const unlisted = yield* list(folder, folders, options);
    if (unlisted?.reason !== "absent") yield unlisted === undefined ? folder : { ...folder, unlisted };
  }
}

/** Yields what stands in one folder but the folders to enter, which it adds to `folders`. Returns why it had to stop. */
async function* list(
  folder: Folder,
  folders: Folder[],
  options: WalkOptions,
): AsyncGenerator<WalkEntry, Failure | undefined> {
  const names = namesIn(folder.path);
  for (;;) {
    options.signal?.throwIfAborted();
    const batch = await names.next();
    if (batch.done === true) return batch.value;
    const paths = batch.value.map((name) => join(folder.path, name));
    for (const entry of await look(kept(paths, options))) {
      if (mustEnter(entry, options)) folders.push(entry);
      else yield entry;
    }
  }
}

async function* namesIn(path: HostPath): AsyncGenerator<readonly Buffer[], Failure | undefined> {
  try {
    // The type knows no buffers here; the encoding makes every name one.
    const folder = await opendir(Buffer.from(path), { encoding: "buffer" as BufferEncoding, bufferSize: BATCH });
    let names: Buffer[] = [];
    for await (const entry of folder) {
      names.push(entry.name as string | Buffer as Buffer);
      if (names.length < BATCH) continue;
      yield names;
      names = [];
    }
    if (names.length > 0) yield names;
    return undefined;
  } catch (error) {
    return failureOf(error, path);
  }
}

/** What each path is; those that are gone meanwhile are left out. */
async function look(paths: readonly HostPath[]): Promise<readonly Folder[]> {
  const entries = await Promise.all(paths.map(async (path) => ({ path, stat: await statLocally(path) })));
  return entries.filter(({ stat }) => stat.ok || stat.reason !== "absent");
}

/** Without what must not even be looked at. */
function kept(paths: readonly HostPath[], { leaveOut }: WalkOptions): readonly HostPath[] {
  return leaveOut === undefined || leaveOut.size === 0 ? paths : paths.filter((path) => !leaveOut.has(encodeId(path)));
}

function mustEnter({ path, stat }: Folder, options: WalkOptions): boolean {
  return stat.ok && stat.value.type === "directory" && options.enter(path, stat.value);
}

function join(folder: HostPath, name: Uint8Array): HostPath {
  return folder.at(-1) === SLASH[0] ? Buffer.concat([folder, name]) : Buffer.concat([folder, SLASH, name]);
}
