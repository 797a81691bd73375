import { mergeStreams } from "../streams.ts";
import type { FileStat, HostPath, Read, WalkEntry, WalkOptions } from "../transport.ts";
import { cut } from "./batcher.ts";
import type { FolderReader } from "./folder-reader.ts";
import { canListDeep, type FolderList, listFolders } from "./list-folders.ts";
import { byteText } from "./shell-text.ts";
import type { Site } from "./site.ts";

export interface WalkParts {
  readonly site: Site;
  readonly stat: (path: HostPath) => Promise<Read<FileStat>>;
  readonly folders: FolderReader;
}

/** Folders that one program lists. */
const MOST = 512;

interface Looked {
  readonly path: HostPath;
  readonly stat: Read<FileStat>;
}

/** One to list; what it is may not be known yet. */
interface Folder {
  readonly path: HostPath;
  readonly stat?: Read<FileStat>;
}

/**
 * The root and everything below it, a folder after what stands in it. Whether to enter a folder is decided here, so it goes
 * level by level, many folders at a time; but at once where all below them is entered. @throws the signal's reason once it is aborted
 */
export async function* walkRemotely(parts: WalkParts, root: HostPath, options: WalkOptions): AsyncGenerator<WalkEntry> {
  options.signal?.throwIfAborted();
  // What the root is, its listing says too.
  if (options.enter(root)) yield* new Walk(parts, options).from(root);
  else yield* lookAt(parts, root, options);
}

async function* lookAt(parts: WalkParts, root: HostPath, { signal }: WalkOptions): AsyncGenerator<WalkEntry> {
  const stat = await parts.stat(root);
  signal?.throwIfAborted();
  if (stat.ok || stat.reason !== "absent") yield { path: root, stat };
}

interface Batch {
  readonly folders: readonly Folder[];
  readonly isDeep: boolean;
}

class Walk {
  readonly #parts: WalkParts;
  readonly #options: WalkOptions;
  readonly #folders: Folder[] = [];
  /** Those whose listing did not come to its end in company. */
  readonly #again: Folder[] = [];
  #mayGoDeep: boolean;

  constructor(parts: WalkParts, options: WalkOptions) {
    this.#parts = parts;
    this.#options = options;
    this.#mayGoDeep = options.entersAll !== undefined && canListDeep(parts.site);
  }

  async *from(root: HostPath): AsyncGenerator<WalkEntry> {
    const first = { path: root };
    const list = this.#isWhole(first) ? undefined : await this.#parts.folders.list(root);
    if (list === undefined) this.#folders.push(first);
    else yield* this.#listed(list, { folders: [first], isDeep: false });
    while (this.#folders.length + this.#again.length > 0)
      yield* mergeStreams(this.#takeBatches().map((batch) => this.#list(batch)));
  }

  /** The folders that are listed next: many together, but alone those that were not listed together. */
  #takeBatches(): readonly Batch[] {
    if (this.#folders.length === 0) return [{ folders: this.#again.splice(-1), isDeep: false }];
    const [deep, flat]: [Folder[], Folder[]] = [[], []];
    for (const folder of this.#folders.splice(-MOST)) (this.#isWhole(folder) ? deep : flat).push(folder);
    return [...this.#batchOf(deep, true), ...this.#batchOf(flat, false)];
  }

  #batchOf(all: readonly Folder[], isDeep: boolean): readonly Batch[] {
    const [folders, ...left] = cut(all, MOST, ({ path }) => path);
    this.#folders.push(...left.flat());
    return folders === undefined ? [] : [{ folders, isDeep }];
  }

  #isWhole({ path }: Folder): boolean {
    return this.#mayGoDeep && this.#options.entersAll?.(path) === true;
  }

  #list(batch: Batch): AsyncGenerator<WalkEntry> {
    const paths = batch.folders.map(({ path }) => path);
    const options = { deep: batch.isDeep, signal: this.#options.signal };
    return this.#listed(listFolders(this.#parts.site, paths, options), batch);
  }

  async *#listed(list: FolderList, { folders, isDeep }: Batch): AsyncGenerator<WalkEntry> {
    const { signal } = this.#options;
    const within: Looked[] = [];
    for await (const listed of list.entries) {
      signal?.throwIfAborted();
      const entries = await completeAll(this.#parts, listed);
      within.push(...entries.filter(isFolder));
      yield* entries.filter((entry) => !isFolder(entry));
    }
    if (isDeep && !list.isWhole()) this.#mayGoDeep = false;
    const begun = list.begun();
    for (const folder of await completeAll(this.#parts, begun)) yield* entryOf(folder, list.outcome(folder.path));
    const isBegun = new Set(begun.map(({ path }) => byteText(path)));
    const isOpen = ({ path }: Folder) => !isBegun.has(byteText(path));
    yield* this.#notEntered(within.filter(isOpen));
    for (const folder of folders.filter(isOpen)) yield* this.#unbegun(folder, list.outcome(folder.path), isDeep);
  }

  /** The others are listed next. */
  *#notEntered(found: readonly Looked[]): Generator<WalkEntry> {
    for (const folder of found)
      if (this.#options.enter(folder.path, folder.stat.ok ? folder.stat.value : undefined)) this.#folders.push(folder);
      else yield folder;
  }

  *#unbegun(folder: Folder, outcome: Outcome, isDeep: boolean): Generator<WalkEntry> {
    if (outcome === "open" || outcome === "listed") {
      // What is no folder is found by no deep list.
      if (isDeep) this.#mayGoDeep = false;
      (isDeep ? this.#folders : this.#again).push(folder);
    } else if (folder.stat !== undefined) yield* entryOf({ path: folder.path, stat: folder.stat }, outcome);
    else if (outcome.reason !== "absent") yield { path: folder.path, stat: outcome };
  }
}

function isFolder({ stat }: Looked): boolean {
  return stat.ok && stat.value.type === "directory";
}

type Outcome = ReturnType<FolderList["outcome"]>;

/** None for a folder that vanished. */
function* entryOf(folder: Looked, outcome: Outcome): Generator<WalkEntry> {
  if (typeof outcome === "string") yield folder;
  else if (outcome.reason !== "absent") yield { ...folder, unlisted: outcome };
}

async function completeAll(parts: WalkParts, listed: readonly Looked[]): Promise<readonly Looked[]> {
  const entries = await Promise.all(listed.map((entry) => complete(parts, entry)));
  return entries.filter(({ stat }) => stat.ok || stat.reason !== "absent");
}

/** A link of which the listing does not say where it points to is asked for. */
async function complete(parts: WalkParts, { path, stat }: Looked): Promise<Looked> {
  if (!stat.ok || stat.value.type !== "link") return { path, stat };
  const { linkTarget } = stat.value;
  return linkTarget === undefined || linkTarget.length === 0 ? { path, stat: await parts.stat(path) } : { path, stat };
}
