import { createHash } from "node:crypto";
import { access, mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import nodePath from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { KnownError } from "../../errors.ts";
import { nearest } from "../../model/nearest.ts";
import { type GitContext, type GitOutput, gitFailure, maskCredentials, runGit } from "./run-git.ts";
import { checkRemoteRef, repositoryAddress } from "./url.ts";

export interface FetchOptions {
  readonly url: string;
  /** A branch, a tag or a full commit id; the remote's HEAD when left out. */
  readonly ref?: string;
  readonly baseDir: string;
  readonly cacheDir: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
  /** How long to wait for another process that fetches into the same cache; 30 s when left out. */
  readonly lockWaitMs?: number;
}

const FETCH_TIMEOUT_MS = 300_000;
const LOCK_WAIT_MS = 30_000;

/** How git says that another process is fetching into the same cache. */
const LOCKED = /\.lock': File exists|cannot lock ref|shallow file has changed/;

/**
 * Fetches one commit, without its history, into a bare repository under `cacheDir` that later fetches add to.
 * @returns the folder of that repository, and the id of the commit
 * @throws KnownError `DESIRED_UNREADABLE` when it cannot be fetched: an older copy in the cache is never used instead
 */
export async function fetchCommit(options: FetchOptions): Promise<{ repository: string; commit: string }> {
  const ref = options.ref === undefined ? "HEAD" : checkRemoteRef(options.ref);
  const address = repositoryAddress(options.url, options.baseDir);
  const repository = await cacheFolder(address, options);
  const context: GitContext = { cwd: repository, env: options.env, signal: options.signal };
  const local = `refs/leeway/${sha256(ref)}`;
  const fetched = await fetchPatiently(
    ["--", address, `+${ref}:${local}`],
    context,
    options.lockWaitMs ?? LOCK_WAIT_MS,
  );
  if (fetched.exitCode !== 0) throw await fetchFailure(fetched.stderr, { ...options, address, context });
  const commit = await runGit(["rev-parse", "--verify", "--quiet", `${local}^{commit}`], context);
  if (commit.exitCode !== 0)
    throw cannotFetch(options.url, `"${ref}" is no commit`, "Name a branch, a tag or a commit");
  return { repository, commit: commit.stdout.toString("utf8").trim() };
}

/** The bare repository that the address is cached in, made where there is none. It appears whole or not at all. */
async function cacheFolder(address: string, options: FetchOptions): Promise<string> {
  const folder = nodePath.join(options.cacheDir, `${sha256(address)}.git`);
  if (await isThere(folder)) return folder;
  const unfinished = await makeTemporary(options.cacheDir);
  try {
    const context: GitContext = { cwd: unfinished, env: options.env, signal: options.signal };
    const made = await runGit(["init", "--bare", "--quiet", "--template="], context);
    if (made.exitCode !== 0) throw gitFailure(`create the repository "${folder}" to fetch into`, made.stderr);
    await rename(unfinished, folder);
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true });
    // Another process was first: its repository serves as well.
    if (!(await isThere(folder))) throw error;
  }
  return folder;
}

async function makeTemporary(parent: string): Promise<string> {
  try {
    await mkdir(parent, { recursive: true, mode: 0o700 });
    return await mkdtemp(nodePath.join(parent, "new-"));
  } catch (cause) {
    throw cannotCreate(parent, cause);
  }
}

/** Waits for another process that fetches into the same cache. */
async function fetchPatiently(what: readonly string[], context: GitContext, waitMs: number): Promise<GitOutput> {
  const args = [
    "fetch",
    "--quiet",
    "--depth=1",
    "--no-tags",
    "--no-recurse-submodules",
    "--no-write-fetch-head",
    ...what,
  ];
  const deadline = performance.now() + waitMs;
  let output = await runGit(args, context, FETCH_TIMEOUT_MS);
  while (output.exitCode !== 0 && LOCKED.test(output.stderr) && performance.now() < deadline) {
    await sleep(100, undefined, { signal: context.signal });
    output = await runGit(args, context, FETCH_TIMEOUT_MS);
  }
  return output;
}

interface FailedFetch extends FetchOptions {
  readonly address: string;
  readonly context: GitContext;
}

async function fetchFailure(stderr: string, fetch: FailedFetch): Promise<KnownError> {
  const attempt = `fetch "${maskCredentials(fetch.url)}"`;
  if (LOCKED.test(stderr))
    return gitFailure(attempt, stderr, `If nothing else is fetching, delete the folder "${fetch.context.cwd}"`);
  if (/does not appear to be a git repository|repository .* not found/i.test(stderr))
    return gitFailure(
      attempt,
      stderr,
      "Check git: in the target's desired source, and that you may read that repository",
    );
  if (!/couldn't find remote ref|not our ref/.test(stderr)) return gitFailure(attempt, stderr, connectionHint(stderr));
  const names = await remoteNames(fetch);
  if (names.length === 0) return cannotFetch(fetch.url, "it has no commit yet", "Commit and push the desired state");
  const near = nearest(fetch.ref ?? "", names);
  const hint = near === undefined ? "Give ref: a branch, a tag or a full commit id" : `Did you mean "${near}"?`;
  return cannotFetch(fetch.url, `it has no ref "${fetch.ref ?? "HEAD"}"`, hint);
}

/** Branches and tags of the remote repository, without `refs/heads/` and `refs/tags/`. */
async function remoteNames(fetch: FailedFetch): Promise<readonly string[]> {
  const output = await runGit(["ls-remote", "--heads", "--tags", "--refs", "--", fetch.address], fetch.context);
  const lines = output.stdout.toString("utf8").split("\n").filter(Boolean);
  return lines.map((line) => line.replace(/^\S+\s+refs\/(?:heads|tags)\//, ""));
}

function connectionHint(stderr: string): string {
  if (/terminal prompts disabled|Authentication failed|Permission denied|askpass/i.test(stderr))
    return "Set up credentials that need no question: an SSH key that is loaded, or a credential helper of git";
  return "Check the URL, the connection, and that you may read the repository: git ls-remote URL";
}

function cannotFetch(url: string, reason: string, hint: string): KnownError {
  return new KnownError("DESIRED_UNREADABLE", `Cannot fetch "${maskCredentials(url)}": ${reason}`, { hint });
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 32);
}

async function isThere(folder: string): Promise<boolean> {
  return await access(folder).then(
    () => true,
    () => false,
  );
}

function cannotCreate(folder: string, cause: unknown): KnownError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new KnownError("DESIRED_UNREADABLE", `Cannot create the folder "${folder}" to fetch into: ${reason}`, {
    hint: "Let the user that runs leeway write there",
    cause,
  });
}
