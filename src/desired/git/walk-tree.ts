import nodePath from "node:path/posix";
import { KnownError } from "../../errors.ts";
import type { Tree, TreeEntry } from "./tree.ts";

/** One file of a desired source. */
export interface RevisionFile {
  /** From the root of the repository, parted by `/`; the name under which it was reached when a link led to it. */
  readonly path: string;
  /** In bytes. */
  readonly size: number;
  read(): Promise<Uint8Array>;
}

/** More links in a row than this are a loop, as for Linux. */
const MAX_HOPS = 40;

/**
 * Every file at or below a folder, links followed inside the repository. A file that several names lead to comes once, so
 * links neither repeat what they lead to nor run in circles.
 * @throws KnownError `DESIRED_UNREADABLE` for a submodule, and for a link that leads out of the repository, nowhere or in a loop
 */
export async function* walkTree(tree: Tree, start: string): AsyncIterable<RevisionFile> {
  const walk: Walk = { tree, seen: new Set(), folders: [{ real: start, shown: start }] };
  for (const folder of walk.folders) yield* walkFolder(walk, folder);
}

interface Walk {
  readonly tree: Tree;
  /** Files that were given, and folders (with a final slash) that were listed. */
  readonly seen: Set<string>;
  /** Still to be listed; links to folders add to it. */
  readonly folders: Folder[];
}

/** A folder, and the name under which it was reached. */
interface Folder {
  readonly real: string;
  readonly shown: string;
}

async function* walkFolder(walk: Walk, folder: Folder): AsyncIterable<RevisionFile> {
  if (!isNew(walk, `${folder.real}/`)) return;
  const entries = await walk.tree.list(folder.real);
  for (const entry of entries) {
    if (entry.type === "submodule") throw submodule(entry.path);
    if (entry.type === "file" && isNew(walk, entry.path)) yield fileOf(walk.tree, entry, shownAs(folder, entry.path));
  }
  // After the files, so that what a link leads to keeps its own name.
  for (const link of entries.filter((entry) => entry.type === "link")) yield* walkLink(walk, folder, link);
}

async function* walkLink(walk: Walk, folder: Folder, link: TreeEntry): AsyncIterable<RevisionFile> {
  const target = await resolvePath(walk.tree, link.path);
  if (target === undefined)
    throw new KnownError("DESIRED_UNREADABLE", `Cannot follow link "${link.path}": it leads to nothing`, {
      hint: "Remove the link, or commit what it leads to",
    });
  const shown = shownAs(folder, link.path);
  if ("folder" in target) walk.folders.push({ real: target.folder, shown });
  else if (isNew(walk, target.file.path)) yield fileOf(walk.tree, target.file, shown);
}

function isNew({ seen }: Walk, path: string): boolean {
  return !seen.has(path) && seen.add(path) !== undefined;
}

/** Where a path leads to, links followed: a file, or the real path of a folder. */
export type Resolved = { readonly file: TreeEntry } | { readonly folder: string };

/**
 * Follows a path from the root of the repository; undefined when nothing stands there.
 * @throws KnownError `DESIRED_UNREADABLE` when it leads into a submodule, out of the repository or in a loop
 */
export async function resolvePath(tree: Tree, path: string): Promise<Resolved | undefined> {
  const way: Way = { path, rest: stepsOf(path), real: [], hops: 0 };
  for (let step = way.rest.shift(); step !== undefined; step = way.rest.shift()) {
    if (step === "..") {
      if (way.real.pop() === undefined) throw outside(path);
      continue;
    }
    const end = await takeStep(tree, way, step);
    if (end !== undefined) return end === "nothing" || way.rest.length > 0 ? undefined : { file: end };
  }
  return { folder: way.real.join("/") };
}

interface Way {
  readonly path: string;
  /** Steps still to go. */
  readonly rest: string[];
  /** The real folder reached so far. */
  readonly real: string[];
  hops: number;
}

/** The file that ends the way, `nothing` when there is nothing; undefined when it goes on. */
async function takeStep(tree: Tree, way: Way, step: string): Promise<TreeEntry | "nothing" | undefined> {
  const name = [...way.real, step].join("/");
  const found = await tree.lookup(name);
  if (found === undefined) return "nothing";
  if (found === "directory") {
    way.real.push(step);
    return undefined;
  }
  if (found.type === "submodule") throw submodule(name);
  if (found.type === "file") return found;
  way.rest.unshift(...(await linkSteps(tree, found, way)));
  return undefined;
}

async function linkSteps(tree: Tree, link: TreeEntry, way: Way): Promise<readonly string[]> {
  way.hops += 1;
  if (way.hops > MAX_HOPS)
    throw new KnownError("DESIRED_UNREADABLE", `Cannot follow link "${link.path}": it leads in a loop`, {
      hint: "Remove the link, or let it lead to a file",
    });
  const target = Buffer.from(await tree.read(link)).toString("utf8");
  if (target.startsWith("/")) throw outside(link.path, target);
  return stepsOf(target);
}

function stepsOf(path: string): string[] {
  return path.split("/").filter((step) => step !== "" && step !== ".");
}

function fileOf(tree: Tree, entry: TreeEntry, shown: string): RevisionFile {
  return { path: shown, size: entry.size, read: () => tree.read(entry) };
}

function shownAs(folder: Folder, path: string): string {
  return folder.real === folder.shown ? path : nodePath.join(folder.shown, nodePath.relative(folder.real, path));
}

function submodule(path: string): KnownError {
  return new KnownError(
    "DESIRED_UNREADABLE",
    `Cannot read "${path}": its files are in another repository (a submodule)`,
    {
      hint: "Give it a target of its own with git: and ref:, or move it out of the desired folder",
    },
  );
}

function outside(path: string, target?: string): KnownError {
  const through = target === undefined ? "" : ` to "${target}"`;
  return new KnownError("DESIRED_UNREADABLE", `Cannot follow "${path}"${through}: it leads out of the repository`, {
    hint: "Only what is in the repository can be desired state: commit a copy instead",
  });
}
