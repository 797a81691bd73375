import { KnownError } from "../../errors.ts";
import type { ObjectReader } from "./object-reader.ts";
import { type GitContext, gitFailure, runGit } from "./run-git.ts";
import { byPath, type Tree, type TreeEntry, TreeIndex } from "./tree.ts";

interface CommitEntry extends TreeEntry {
  readonly object: string;
}

/** More single look-ups than this cost more than listing all of the commit once. */
const MAX_LOOKUPS = 16;

/** The files of one commit. */
export class CommitTree implements Tree {
  readonly #commit: string;
  readonly #context: GitContext;
  readonly #objects: ObjectReader;
  #index: Promise<TreeIndex> | undefined;
  #lookups = 0;
  /** Listings under way that nobody has asked for yet. */
  readonly #ahead = new Map<string, Promise<readonly TreeEntry[]>>();

  constructor(commit: string, context: GitContext, objects: ObjectReader) {
    this.#commit = commit;
    this.#context = context;
    this.#objects = objects;
  }

  /** Starts to list a folder that will most likely be asked for, beside what is asked before. */
  willList(folder: string): void {
    const listing = this.#list(folder);
    // Who asks is told; until then, and when nobody does, it is nobody's failure.
    listing.catch(() => undefined);
    this.#ahead.set(folder, listing);
  }

  list(folder: string): Promise<readonly TreeEntry[]> {
    const ahead = this.#ahead.get(folder);
    this.#ahead.delete(folder);
    return ahead ?? this.#list(folder);
  }

  async #list(folder: string): Promise<readonly TreeEntry[]> {
    const listed = await this.#listTree(["-r"], folder);
    return listed.filter((entry): entry is CommitEntry => entry.type !== "directory").sort(byPath);
  }

  async lookup(path: string): Promise<TreeEntry | "directory" | undefined> {
    this.#lookups += 1;
    if (this.#index !== undefined || this.#lookups > MAX_LOOKUPS) return (await this.index()).lookup(path);
    const found = (await this.#listTree([], path))[0];
    return found?.type === "directory" ? "directory" : found;
  }

  read(entry: TreeEntry): Promise<Uint8Array> {
    // Every entry of this tree was made by `parseEntry`.
    return this.#objects.read((entry as CommitEntry).object);
  }

  /** All of the commit, listed once. */
  index(): Promise<TreeIndex> {
    this.#index ??= this.list("").then((entries) => new TreeIndex(entries));
    return this.#index;
  }

  async #listTree(flags: readonly string[], path: string): Promise<readonly ListedEntry[]> {
    const args = ["ls-tree", ...flags, "-z", "--long", "--full-tree", this.#commit];
    const output = await runGit(path === "" ? args : [...args, "--", path], this.#context);
    if (output.exitCode !== 0) throw gitFailure(`list the files of commit ${this.#commit}`, output.stderr);
    return output.stdout.toString("utf8").split("\0").filter(Boolean).map(parseEntry);
  }
}

type ListedEntry = CommitEntry | { readonly type: "directory" };

/** `MODE TYPE ID SIZE`, a tab, and the path; the size is `-` for what is no blob. */
const ENTRY = /^(\d+) (\w+) ([0-9a-f]+) +(\d+|-)\t([\s\S]+)$/;

function parseEntry(text: string): ListedEntry {
  const [, mode, type, object, size, path] = ENTRY.exec(text) ?? [];
  if (type === "tree") return { type: "directory" };
  if (object === undefined || path === undefined)
    throw new KnownError("DESIRED_UNREADABLE", `Cannot read the list of files that git gave: ${JSON.stringify(text)}`);
  return { path, object, type: entryType(mode, type), size: size === "-" ? 0 : Number(size) };
}

function entryType(mode: string | undefined, type: string | undefined): TreeEntry["type"] {
  if (type === "commit") return "submodule";
  return mode === "120000" ? "link" : "file";
}
