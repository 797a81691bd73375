import type { FileStat, HostPath, Read, WalkEntry, WalkOptions } from "../transport.ts";
import { cut } from "./batcher.ts";
import { type FolderList, listFolders } from "./list-folders.ts";
import type { Site } from "./site.ts";

export interface WalkParts {
  readonly site: Site;
  readonly stat: (path: HostPath) => Promise<Read<FileStat>>;
}

/** Folders that one program lists. */
const MOST = 512;

interface Folder {
  readonly path: HostPath;
  readonly stat: Read<FileStat>;
}

/**
 * The root and everything below it, a folder after what stands in it. Whether to enter a folder is decided here, so it goes
 * level by level, many folders at a time. @throws the signal's reason once it is aborted
 */
export async function* walkRemotely(parts: WalkParts, root: HostPath, options: WalkOptions): AsyncGenerator<WalkEntry> {
  const stat = await parts.stat(root);
  options.signal?.throwIfAborted();
  if (!stat.ok && stat.reason === "absent") return;
  const first = { path: root, stat };
  if (!mustEnter(first, options)) {
    yield first;
    return;
  }
  const folders: Folder[] = [first];
  /** Those whose listing did not come to its end in company. */
  const again: Folder[] = [];
  while (folders.length + again.length > 0) {
    yield* list({ parts, options, batch: takeBatch(folders, again), folders, again });
  }
}

interface Listing {
  readonly parts: WalkParts;
  readonly options: WalkOptions;
  readonly batch: readonly Folder[];
  readonly folders: Folder[];
  readonly again: Folder[];
}

async function* list({ parts, options, batch, folders, again }: Listing): AsyncGenerator<WalkEntry> {
  const lister = listFolders(
    parts.site,
    batch.map(({ path }) => path),
    options.signal,
  );
  for await (const listed of lister.entries) {
    options.signal?.throwIfAborted();
    for (const entry of await completeAll(parts, listed)) {
      if (mustEnter(entry, options)) folders.push(entry);
      else yield entry;
    }
  }
  yield* judge(lister, batch, again);
}

function* judge(lister: FolderList, batch: readonly Folder[], again: Folder[]): Generator<WalkEntry> {
  for (const folder of batch) {
    const outcome = lister.outcome(folder.path);
    if (outcome === "open") again.push(folder);
    else if (outcome === "listed") yield folder;
    else if (outcome.reason !== "absent") yield { ...folder, unlisted: outcome };
  }
}

async function completeAll(parts: WalkParts, listed: readonly Folder[]): Promise<readonly Folder[]> {
  const entries = await Promise.all(listed.map((entry) => complete(parts, entry)));
  return entries.filter(({ stat }) => stat.ok || stat.reason !== "absent");
}

/** A link of which the listing does not say where it points to is asked for. */
async function complete(parts: WalkParts, { path, stat }: Folder): Promise<Folder> {
  if (!stat.ok || stat.value.type !== "link") return { path, stat };
  const { linkTarget } = stat.value;
  return linkTarget === undefined || linkTarget.length === 0 ? { path, stat: await parts.stat(path) } : { path, stat };
}

/** Takes the folders that are listed next: many together, but alone those that were not listed together. */
function takeBatch(folders: Folder[], again: Folder[]): readonly Folder[] {
  if (folders.length === 0) return again.splice(-1);
  const [batch = [], ...left] = cut(folders.splice(-MOST), MOST, ({ path }) => path);
  folders.push(...left.flat());
  return batch;
}

function mustEnter({ path, stat }: Folder, options: WalkOptions): boolean {
  return stat.ok && stat.value.type === "directory" && options.enter(path, stat.value);
}
