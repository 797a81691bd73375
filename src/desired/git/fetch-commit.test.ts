import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import type { KnownError } from "../../errors.ts";
import { type Repository, repository } from "../fixtures/repository.ts";
import { openRevision } from "../git.ts";
import { type FetchOptions, fetchCommit } from "./fetch-commit.ts";

function options(repo: Repository, more: Partial<FetchOptions> = {}): FetchOptions {
  return {
    url: `file://${repo.folder}`,
    baseDir: repo.scratch,
    cacheDir: path.join(repo.scratch, "cache"),
    env: repo.env,
    signal: new AbortController().signal,
    ...more,
  };
}

async function failure(of: Promise<unknown>): Promise<KnownError> {
  const error = await of.then(
    () => new Error("It was fetched"),
    (reason: unknown) => reason,
  );
  expect(error).toMatchObject({ name: "KnownError", code: "DESIRED_UNREADABLE" });
  // Matched above.
  return error as KnownError;
}

/** A bare copy, as a server has it. */
function bare(repo: Repository): string {
  const folder = path.join(repo.scratch, "bare.git");
  execFileSync("git", ["clone", "--quiet", "--bare", repo.folder, folder], { env: repo.env });
  return folder;
}

describe("fetchCommit", () => {
  it("fetches the commit at HEAD of a bare repository over file://, without history", async () => {
    using repo = repository();
    repo.commit({ "a.yaml": "1" });
    const commit = repo.commit({ "a.yaml": "2" });
    const fetched = await fetchCommit(options(repo, { url: `file://${bare(repo)}` }));
    expect(fetched.commit).toBe(commit);
    const history = execFileSync("git", ["rev-list", commit], {
      cwd: fetched.repository,
      env: repo.env,
      encoding: "utf8",
    });
    expect(history.trim()).toBe(commit);
  });

  it.each([
    ["a relative path", (repo: Repository) => path.relative(repo.scratch, repo.folder)],
    ["an absolute path", (repo: Repository) => repo.folder],
  ])("fetches from %s", async (_, urlOf) => {
    using repo = repository();
    const commit = repo.commit();
    expect((await fetchCommit(options(repo, { url: urlOf(repo) }))).commit).toBe(commit);
  });

  it("fetches a branch, a tag and a commit by its id", async () => {
    using repo = repository();
    const first = repo.commit({ a: "1" });
    repo.git("tag", "--annotate", "--message=x", "v1");
    repo.git("branch", "side");
    const second = repo.commit({ a: "2" });
    const commits = [];
    for (const ref of ["main", "refs/heads/side", "v1", first])
      commits.push((await fetchCommit(options(repo, { ref }))).commit);
    expect(commits).toEqual([second, first, first, first]);
  });

  it("sees what was pushed since, also when history was rewritten", async () => {
    using repo = repository();
    repo.commit({ a: "1" });
    await fetchCommit(options(repo));
    repo.write({ a: "2" });
    repo.git("commit", "--quiet", "--all", "--amend", "--message=rewritten");
    expect((await fetchCommit(options(repo))).commit).toBe(repo.git("rev-parse", "HEAD"));
  });

  it("keeps one cache for one address, which several fetch into at the same time", async () => {
    using repo = repository();
    const commit = repo.commit({ a: "1" });
    const all = await Promise.all(Array.from({ length: 6 }, () => fetchCommit(options(repo))));
    expect(all.map((each) => each.commit)).toEqual(Array(6).fill(commit));
    expect(readdirSync(path.join(repo.scratch, "cache"))).toHaveLength(1);
  });

  it("does not use an older copy when the repository is gone", async () => {
    using repo = repository();
    repo.commit({ a: "1" });
    await fetchCommit(options(repo));
    rmSync(repo.folder, { recursive: true });
    const error = await failure(fetchCommit(options(repo)));
    expect(error.message).toContain("does not appear to be a git repository");
    expect(error.message).toContain(repo.folder);
  });

  it("says that a folder is no repository", async () => {
    using repo = repository();
    const plain = path.join(repo.scratch, "plain");
    mkdirSync(plain);
    const error = await failure(fetchCommit(options(repo, { url: plain })));
    expect(error.message).toContain("does not appear to be a git repository");
    expect(error.hint).toContain("git:");
  });

  it("says that a repository has no commit yet", async () => {
    using repo = repository();
    const error = await failure(fetchCommit(options(repo)));
    expect(error.message).toBe(`Cannot fetch "file://${repo.folder}": it has no commit yet`);
  });

  it("suggests a near name for a ref that does not exist", async () => {
    using repo = repository();
    repo.commit();
    repo.git("branch", "production");
    const error = await failure(fetchCommit(options(repo, { ref: "prodution" })));
    expect(error.message).toBe(`Cannot fetch "file://${repo.folder}": it has no ref "prodution"`);
    expect(error.hint).toBe('Did you mean "production"?');
    const gone = await failure(fetchCommit(options(repo, { ref: "0".repeat(39).concat("1") })));
    expect(gone.message).toContain("it has no ref");
  });

  it("refuses a ref that is no commit", async () => {
    using repo = repository();
    repo.commit({ a: "1" });
    repo.git("tag", "blob", repo.git("rev-parse", "HEAD:a"));
    const error = await failure(fetchCommit(options(repo, { ref: "blob" })));
    expect(error.message).toContain('"blob" is no commit');
  });

  it("shows no credentials when it fails", async () => {
    using repo = repository();
    const url = "https://user:hunter2@localhost:1/x.git?token=hunter2";
    const error = await failure(fetchCommit(options(repo, { url })));
    expect(error.message).toContain('Cannot fetch "https://***@localhost:1/x.git?***"');
    expect(JSON.stringify([error.message, error.hint])).not.toContain("hunter2");
    expect(error.hint).toContain("Check the URL");
  });

  it("does not run a program that a URL or a rewritten URL names", async () => {
    using repo = repository();
    const witness = path.join(repo.scratch, "witness");
    const config = path.join(repo.scratch, "config");
    writeFileSync(
      config,
      `[url "ext::touch ${witness} "]\n\tinsteadOf = https://x/\n[protocol "ext"]\n\tallow = always\n`,
    );
    const env = { ...repo.env, GIT_CONFIG_GLOBAL: config, GIT_ALLOW_PROTOCOL: "ext" };
    const error = await failure(fetchCommit(options(repo, { env, url: "https://x/y" })));
    expect(error.message).toContain("transport 'ext' not allowed");
    expect(readdirSync(repo.scratch)).not.toContain("witness");
  });

  it("says why it cannot make its cache", async () => {
    using repo = repository();
    repo.commit();
    const file = path.join(repo.scratch, "file");
    writeFileSync(file, "");
    const error = await failure(fetchCommit(options(repo, { cacheDir: file })));
    expect(error.message).toMatch(/^Cannot create the folder ".*" to fetch into: /);
  });

  it("says what to do when a lock stands in the cache for ever", { timeout: 60_000 }, async () => {
    using repo = repository();
    repo.commit();
    const { repository: cache } = await fetchCommit(options(repo));
    writeFileSync(path.join(cache, "shallow.lock"), "");
    repo.commit({ a: "2" });
    const error = await failure(fetchCommit(options(repo, { lockWaitMs: 300 })));
    expect(error.hint).toContain(`delete the folder "${cache}"`);
  });
});

describe("openRevision of another repository", () => {
  it("reads the files under its path", async () => {
    using repo = repository();
    const commit = repo.commit({ "desired/a.yaml": "1", "b.yaml": "2" });
    repo.write({ "desired/dirty.yaml": "" });
    const source = { git: `file://${repo.folder}`, ref: "main", path: "desired", format: "leeway" };
    await using revision = await openRevision(source, { ...options(repo), workingTree: false });
    expect(revision.revision).toBe(commit);
    expect(revision.dirty).toEqual([]);
    const read: string[] = [];
    for await (const file of revision.files()) read.push(`${file.path}=${Buffer.from(await file.read()).toString()}`);
    expect(read).toEqual(["desired/a.yaml=1"]);
  });

  it("suggests a near path", async () => {
    using repo = repository();
    repo.commit({ "desired/a.yaml": "1" });
    const source = { git: repo.folder, path: "desierd", format: "leeway" };
    const error = await failure(openRevision(source, { ...options(repo), workingTree: false }));
    expect(error.hint).toBe('Did you mean "desired"?');
  });
});
