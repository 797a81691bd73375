import type { KnownError } from "../../errors.ts";
import type { Tree } from "./tree.ts";
import { type Resolved, type RevisionFile, resolvePath, walkTree } from "./walk-tree.ts";

/** A desired source at one revision. Nothing in the repository it came from is changed. */
export interface Revision extends AsyncDisposable {
  /** The id of the commit, or `working-tree`. */
  readonly revision: string;
  /** Files under the path that differ from the commit at HEAD or are not in it; empty for another repository or ref. */
  readonly dirty: readonly string[];
  /** The source's path from the root of the repository; `""` is the root itself. */
  readonly path: string;
  /** Whether that is one file rather than a folder. */
  readonly single: boolean;
  /** Every file at or below the source's path, each once, in no particular order. */
  files(): AsyncIterable<RevisionFile>;
  /** One file anywhere in the repository, links followed; undefined when there is none. */
  file(path: string): Promise<RevisionFile | undefined>;
}

export interface TreeSource {
  readonly tree: Tree;
  readonly path: string;
  readonly revision: string;
  readonly dirty: readonly string[];
  /** What to say when nothing stands at the path. */
  readonly missing: () => Promise<KnownError>;
  /** What to close with the revision. */
  readonly resource?: AsyncDisposable;
}

/**
 * The files of a tree at or below a path.
 * @throws what `missing` gives when nothing stands there; then the resource is closed already
 */
export async function treeRevision(source: TreeSource): Promise<Revision> {
  try {
    const start = await resolvePath(source.tree, source.path);
    if (start === undefined) throw await source.missing();
    return revisionFrom(source, start);
  } catch (error) {
    await source.resource?.[Symbol.asyncDispose]();
    throw error;
  }
}

function revisionFrom(source: TreeSource, start: Resolved): Revision {
  const { tree, path, revision, dirty } = source;
  return {
    revision,
    dirty,
    path,
    single: "file" in start,
    files: () => ("folder" in start ? walkTree(tree, start.folder) : one(fileAt(tree, path))),
    file: (wanted) => fileAt(tree, wanted),
    async [Symbol.asyncDispose]() {
      await source.resource?.[Symbol.asyncDispose]();
    },
  };
}

async function fileAt(tree: Tree, path: string): Promise<RevisionFile | undefined> {
  const found = await resolvePath(tree, path);
  if (found === undefined || "folder" in found) return undefined;
  return { path, size: found.file.size, read: () => tree.read(found.file) };
}

async function* one(file: Promise<RevisionFile | undefined>): AsyncIterable<RevisionFile> {
  const found = await file;
  if (found !== undefined) yield found;
}
