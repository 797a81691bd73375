import { constants } from "node:fs";
import { lstat, open, readlink } from "node:fs/promises";
import nodePath from "node:path";
import { KnownError } from "../../errors.ts";
import { type GitContext, gitFailure, runGit } from "./run-git.ts";
import { byPath, type Tree, type TreeEntry } from "./tree.ts";

/** The files as they are now: tracked, and untracked but not ignored. */
export class WorkingTree implements Tree {
  readonly #root: string;
  readonly #context: GitContext;

  /** @param root the folder at the top of the repository */
  constructor(root: string, context: GitContext) {
    this.#root = root;
    this.#context = { ...context, cwd: root };
  }

  async list(folder: string): Promise<readonly TreeEntry[]> {
    const args = ["ls-files", "-co", "--exclude-standard", "-z"];
    const output = await runGit(folder === "" ? args : [...args, "--", folder], this.#context);
    if (output.exitCode !== 0) throw gitFailure(`list the files of "${this.#root}"`, output.stderr);
    // A file in the middle of a merge is listed once for each side.
    const paths = new Set(output.stdout.toString("utf8").split("\0").filter(Boolean));
    const entries: TreeEntry[] = [];
    for (const path of paths) {
      const entry = await this.#listed(path);
      if (entry !== undefined) entries.push(entry);
    }
    return entries.sort(byPath);
  }

  async lookup(path: string): Promise<TreeEntry | "directory" | undefined> {
    const stat = await this.#stat(path);
    if (stat === undefined) return undefined;
    if (stat.isSymbolicLink()) return { path, type: "link", size: stat.size };
    return stat.isDirectory() ? "directory" : { path, type: "file", size: stat.size };
  }

  async read(entry: TreeEntry): Promise<Uint8Array> {
    const file = nodePath.join(this.#root, entry.path);
    try {
      return entry.type === "link" ? await readlink(file, "buffer") : await readRegular(file, this.#context.signal);
    } catch (error) {
      throw unreadable(file, error);
    }
  }

  /** A folder in the list is a repository of its own. A tracked file that was deleted is listed, but is not there. */
  async #listed(path: string): Promise<TreeEntry | undefined> {
    if (path.includes("\ufffd"))
      throw new KnownError("DESIRED_UNREADABLE", `Cannot read "${path}": its name is not UTF-8`, {
        hint: "Rename the file, or commit it and scan without --working-tree",
      });
    const name = path.replace(/\/$/, "");
    const found = await this.lookup(name);
    return found === "directory" ? { path: name, type: "submodule", size: 0 } : found;
  }

  async #stat(path: string) {
    const file = nodePath.join(this.#root, path);
    try {
      return await lstat(file);
    } catch (error) {
      if (hasCode(error, "ENOENT") || hasCode(error, "ENOTDIR")) return undefined;
      throw unreadable(file, error);
    }
  }
}

/** Opens without waiting, so that a pipe that took the place of a file cannot hold the program up. */
async function readRegular(file: string, signal: AbortSignal): Promise<Uint8Array> {
  await using handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW);
  if (!(await handle.stat()).isFile())
    throw new KnownError("DESIRED_UNREADABLE", `Cannot read "${file}": it is not a regular file`);
  return await handle.readFile({ signal });
}

function unreadable(file: string, error: unknown): unknown {
  if (hasCode(error, "EACCES"))
    return new KnownError("DESIRED_UNREADABLE", `Cannot read "${file}": permission denied`, {
      hint: "Give the user that runs leeway the right to read it",
      cause: error,
    });
  if (hasCode(error, "ENOENT"))
    return new KnownError("DESIRED_UNREADABLE", `Cannot read "${file}": it vanished while it was read`, {
      hint: "Scan again",
      cause: error,
    });
  return error;
}

/** Whether a system call failed with that code. */
function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}
