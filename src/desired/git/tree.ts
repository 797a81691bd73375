/** Something in a tree of files. Paths are relative to the root of the repository, parted by `/`, without `.` or `..`. */
export interface TreeEntry {
  readonly path: string;
  readonly type: "file" | "link" | "submodule";
  /** In bytes. */
  readonly size: number;
}

/** The files of one state of a repository: a commit, or the working tree. Must never change anything. */
export interface Tree {
  /** Everything below a folder (`""` is the root), sorted by path. Links are listed, not followed. */
  list(folder: string): Promise<readonly TreeEntry[]>;
  /** What stands at a path; undefined when nothing does. */
  lookup(path: string): Promise<TreeEntry | "directory" | undefined>;
  /** The content of a file, or the target of a link. */
  read(entry: TreeEntry): Promise<Uint8Array>;
}

/** Entries by path, and the folders that they imply. */
export class TreeIndex {
  readonly entries: readonly TreeEntry[];
  readonly #byPath: ReadonlyMap<string, TreeEntry>;
  readonly #folders = new Set<string>([""]);

  constructor(entries: readonly TreeEntry[]) {
    this.entries = entries;
    this.#byPath = new Map(entries.map((entry) => [entry.path, entry]));
    for (const entry of entries) this.#addFolders(entry.path);
  }

  lookup(path: string): TreeEntry | "directory" | undefined {
    return this.#byPath.get(path) ?? (this.#folders.has(path) ? "directory" : undefined);
  }

  /** Every file and folder. */
  paths(): readonly string[] {
    return [...this.#byPath.keys(), ...this.#folders].filter((path) => path !== "");
  }

  #addFolders(path: string): void {
    for (let slash = path.lastIndexOf("/"); slash !== -1; slash = path.lastIndexOf("/", slash - 1)) {
      const folder = path.slice(0, slash);
      if (this.#folders.has(folder)) return;
      this.#folders.add(folder);
    }
  }
}

/** Orders by code unit, the same on every machine. */
export function byPath(a: { readonly path: string }, b: { readonly path: string }): number {
  if (a.path === b.path) return 0;
  return a.path < b.path ? -1 : 1;
}
