import { access, stat } from "node:fs/promises";
import nodePath from "node:path";
import type { DesiredSource } from "../config/config.ts";
import { KnownError } from "../errors.ts";
import { CommitTree } from "./git/commit-tree.ts";
import { fetchCommit } from "./git/fetch-commit.ts";
import { missingPath } from "./git/missing-path.ts";
import { ObjectReader } from "./git/object-reader.ts";
import { type Revision, treeRevision } from "./git/revision.ts";
import { type GitContext, gitFailure, gitText, runGit } from "./git/run-git.ts";
import { WorkingTree } from "./git/working-tree.ts";

export interface OpenRevisionOptions {
  /** The folder of `leeway.yaml`: a relative `path`, and a local `git`, start there. */
  readonly baseDir: string;
  /** Where fetched repositories are kept. Written to only when the source has `git`. */
  readonly cacheDir: string;
  /** Read the files as they are now instead of a commit. */
  readonly workingTree: boolean;
  /** The caller's environment: PATH, HOME, credentials and proxies for git. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
}

/** What `Revision.revision` says when no commit was read. */
export const WORKING_TREE = "working-tree";

/**
 * Opens the desired source: the commit at HEAD of the repository that holds `baseDir`, the one that `ref` names, the working
 * tree, or a commit fetched from the repository at `git`.
 * @throws KnownError `DESIRED_UNREADABLE` when there is no git, no repository, no commit, no such ref or no such path, and
 *   when it cannot be reached; `USAGE` when the working tree is asked for where there is none
 */
export async function openRevision(source: DesiredSource, options: OpenRevisionOptions): Promise<Revision> {
  if (options.workingTree) refuseWorkingTree(source);
  return source.git === undefined ? await openOwn(source, options) : await openFetched(source, source.git, options);
}

async function openFetched(source: DesiredSource, url: string, options: OpenRevisionOptions): Promise<Revision> {
  const path = pathInside(source.path, "");
  const fetched = await fetchCommit({ ...options, url, ...(source.ref === undefined ? {} : { ref: source.ref }) });
  const context: GitContext = { cwd: fetched.repository, env: options.env, signal: options.signal };
  return await commitRevision({ commit: fetched.commit, path, context, dirty: [], isUntracked: async () => false });
}

async function openOwn(source: DesiredSource, options: OpenRevisionOptions): Promise<Revision> {
  await requireFolder(options.baseDir);
  const context: GitContext = { cwd: options.baseDir, env: options.env, signal: options.signal };
  const { root, prefix } = await placeOf(context);
  const path = pathInside(source.path, prefix);
  const atRoot: GitContext = { ...context, cwd: root };
  const findDirty = async () => (source.ref === undefined ? await dirtyFiles(path, atRoot) : []);
  if (options.workingTree) return await workingTreeRevision(path, await findDirty(), atRoot);
  const [dirty, commit] = await Promise.all([findDirty(), localCommit(source.ref, context)]);
  const isUntracked = () => exists(nodePath.join(root, path));
  return await commitRevision({ commit, path, context: atRoot, dirty, isUntracked });
}

/** The root of the repository that holds a folder, and the folder's path from there: one question, for a start of git has its price. */
async function placeOf(context: GitContext): Promise<{ readonly root: string; readonly prefix: string }> {
  const [root = "", prefix = "", ...more] = (
    await gitText(["rev-parse", "--show-toplevel", "--show-prefix"], context)
  ).split("\n");
  if (more.length === 0) return { root, prefix };
  // The name of a folder has a line break in it: which answer it belongs to shows only when each is asked for alone.
  const ask = (what: string) => gitText(["rev-parse", what], context);
  return { root: await ask("--show-toplevel"), prefix: await ask("--show-prefix") };
}

interface CommitSource {
  readonly commit: string;
  readonly path: string;
  readonly context: GitContext;
  readonly dirty: readonly string[];
  /** Whether the path stands in the working tree. */
  readonly isUntracked: () => Promise<boolean>;
}

async function commitRevision(source: CommitSource): Promise<Revision> {
  const { commit, path, dirty } = source;
  const objects = new ObjectReader(source.context);
  const tree = new CommitTree(commit, source.context, objects);
  tree.willList(path);
  const missing = async () =>
    missingPath({ path, commit, untracked: await source.isUntracked(), paths: (await tree.index()).paths() });
  return await treeRevision({ tree, path, revision: commit, dirty, missing, resource: objects });
}

async function workingTreeRevision(path: string, dirty: readonly string[], context: GitContext): Promise<Revision> {
  const tree = new WorkingTree(context.cwd, context);
  const missing = async () => {
    const paths = (await tree.list("")).map((entry) => entry.path);
    return missingPath({ path, untracked: false, paths });
  };
  return await treeRevision({ tree, path, revision: WORKING_TREE, dirty, missing });
}

/** The commit that `ref` names in the repository at hand; HEAD when left out. */
async function localCommit(ref: string | undefined, context: GitContext): Promise<string> {
  const wanted = `${ref ?? "HEAD"}^{commit}`;
  const found = await runGit(["rev-parse", "--verify", "--quiet", "--end-of-options", wanted], context);
  if (found.exitCode === 0) return found.stdout.toString("utf8").trim();
  if (ref === undefined)
    throw new KnownError("DESIRED_UNREADABLE", `Cannot read the desired state in "${context.cwd}": no commit yet`, {
      hint: "Commit leeway.yaml and the desired state, or use --working-tree",
    });
  throw new KnownError("DESIRED_UNREADABLE", `Cannot find ref "${ref}" in the repository of "${context.cwd}"`, {
    hint: "See the names with: git branch --all; git tag",
  });
}

/** Files under `path` that differ from HEAD, or are in neither HEAD nor .gitignore. */
async function dirtyFiles(path: string, context: GitContext): Promise<readonly string[]> {
  const args = ["status", "--porcelain=v1", "-z", "--untracked-files=all", "--no-renames", "--ignore-submodules=all"];
  const output = await runGit(path === "" ? args : [...args, "--", path], context);
  if (output.exitCode !== 0) throw gitFailure(`see what is not committed in "${context.cwd}"`, output.stderr);
  // Each entry is two status letters, a space and the path.
  const entries = output.stdout.toString("utf8").split("\0").filter(Boolean);
  return entries.map((entry) => entry.slice(3)).sort();
}

/** The source's path from the root of the repository, where `prefix` is the folder it starts at. */
function pathInside(path: string, prefix: string): string {
  const joined = nodePath.posix.join(prefix, path).replace(/\/$/, "");
  const inside = joined === "." ? "" : joined;
  if (!path.startsWith("/") && inside !== ".." && !inside.startsWith("../")) return inside;
  throw new KnownError(
    "DESIRED_UNREADABLE",
    `Cannot read the desired state at "${path}": it is outside the repository`,
    {
      hint: "Write a path relative to leeway.yaml, inside its repository; or name the other repository with git:",
    },
  );
}

function refuseWorkingTree(source: DesiredSource): void {
  const key = source.git === undefined ? "ref" : "git";
  if (source[key] === undefined) return;
  throw new KnownError("USAGE", `Cannot use the working tree: the desired source has ${key}: ${source.ref ?? "HEAD"}`, {
    hint: "Leave out --working-tree, or select targets whose desired state is in this repository",
  });
}

async function requireFolder(folder: string): Promise<void> {
  const found = await stat(folder).catch(() => undefined);
  if (found?.isDirectory() === true) return;
  throw new KnownError("DESIRED_UNREADABLE", `Cannot read the desired state: "${folder}" is no folder`, {
    hint: "Run leeway where leeway.yaml is, or give its place with --config",
  });
}

async function exists(path: string): Promise<boolean> {
  return await access(path).then(
    () => true,
    () => false,
  );
}
