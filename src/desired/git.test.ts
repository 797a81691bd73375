import { chmodSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import type { DesiredSource } from "../config/config.ts";
import type { KnownError } from "../errors.ts";
import { collect, type Repository, repository } from "./fixtures/repository.ts";
import { type OpenRevisionOptions, openRevision } from "./git.ts";

function options(repo: Repository, more: Partial<OpenRevisionOptions> = {}): OpenRevisionOptions {
  return {
    baseDir: repo.folder,
    cacheDir: path.join(repo.scratch, "cache"),
    workingTree: false,
    env: repo.env,
    signal: new AbortController().signal,
    ...more,
  };
}

function source(more: Partial<DesiredSource> = {}): DesiredSource {
  return { path: ".", format: "leeway", ...more };
}

async function contents(from: DesiredSource, with_: OpenRevisionOptions): Promise<Record<string, string>> {
  await using revision = await openRevision(from, with_);
  const found: Record<string, string> = {};
  for await (const file of revision.files()) {
    const bytes = await file.read();
    expect(file.size).toBe(bytes.length);
    found[file.path] = Buffer.from(bytes).toString("utf8");
  }
  return found;
}

async function failure(from: DesiredSource, with_: OpenRevisionOptions): Promise<KnownError> {
  try {
    await contents(from, with_);
  } catch (error) {
    expect(error).toMatchObject({ name: "KnownError" });
    // Matched above.
    return error as KnownError;
  }
  throw new Error("It was read");
}

describe("openRevision at HEAD", () => {
  it("reads what is committed, not what stands in the folder", async () => {
    using repo = repository();
    const commit = repo.commit({ "a.yaml": "committed", "deep/er/b.yaml": "" });
    repo.write({ "a.yaml": "edited", "new.yaml": "untracked" });
    expect(await contents(source(), options(repo))).toEqual({ "a.yaml": "committed", "deep/er/b.yaml": "" });
    await using revision = await openRevision(source(), options(repo));
    expect(revision.revision).toBe(commit);
    expect(revision.dirty).toEqual(["a.yaml", "new.yaml"]);
  });

  it("calls a clean tree clean, and looks only under the path", async () => {
    using repo = repository();
    repo.commit({ "desired/a.yaml": "1", "other/b.yaml": "2" });
    repo.write({ "other/b.yaml": "3" });
    await using revision = await openRevision(source({ path: "desired" }), options(repo));
    expect(revision.dirty).toEqual([]);
    expect(await contents(source({ path: "desired" }), options(repo))).toEqual({ "desired/a.yaml": "1" });
  });

  it("starts the path at the folder of leeway.yaml, below the top of the repository", async () => {
    using repo = repository();
    repo.commit({ "infra/desired/a.yaml": "1", "desired/no.yaml": "2", "shared/s.yaml": "3" });
    const inside = options(repo, { baseDir: path.join(repo.folder, "infra") });
    expect(await contents(source({ path: "desired" }), inside)).toEqual({ "infra/desired/a.yaml": "1" });
    expect(await contents(source({ path: "./desired/" }), inside)).toEqual({ "infra/desired/a.yaml": "1" });
    expect(await contents(source({ path: "../shared" }), inside)).toEqual({ "shared/s.yaml": "3" });
  });

  it("starts at a folder whose name has a line break", async () => {
    using repo = repository();
    repo.commit({ "infra\nold/desired/a.yaml": "1" });
    const inside = options(repo, { baseDir: path.join(repo.folder, "infra\nold") });
    expect(await contents(source({ path: "desired" }), inside)).toEqual({ "infra\nold/desired/a.yaml": "1" });
  });

  it("reads a path that is one file", async () => {
    using repo = repository();
    repo.commit({ "goss.yaml": "x", "other.yaml": "y" });
    expect(await contents(source({ path: "goss.yaml" }), options(repo))).toEqual({ "goss.yaml": "x" });
  });

  it("reads names with spaces, quotes, newlines and globs, and large and binary content", async () => {
    using repo = repository();
    const binary = Buffer.from(Array.from({ length: 300_000 }, (_, index) => index % 128));
    repo.commit({ 'a "b"\n*.yaml': "odd", "[x].yaml": "set", "ü.yaml": "ö", "large.bin": binary, "empty.yaml": "" });
    expect(await contents(source(), options(repo))).toEqual({
      'a "b"\n*.yaml': "odd",
      "[x].yaml": "set",
      "ü.yaml": "ö",
      "large.bin": binary.toString("utf8"),
      "empty.yaml": "",
    });
  });

  it("reads many files at once in any order", async () => {
    using repo = repository();
    repo.commit(Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`${index}.yaml`, `content ${index}`])));
    await using revision = await openRevision(source(), options(repo));
    const files = await collect(revision.files());
    const read = await Promise.all(files.map(async (file) => [file.path, Buffer.from(await file.read()).toString()]));
    expect(read.every(([name, content]) => content === `content ${Number.parseInt(name ?? "", 10)}`)).toBe(true);
    expect(read).toHaveLength(300);
  });

  it("finds one file anywhere in the repository", async () => {
    using repo = repository();
    repo.commit({ "desired/a.yaml": "", "files/x": "content" });
    await using revision = await openRevision(source({ path: "desired" }), options(repo));
    const file = await revision.file("files/x");
    expect(Buffer.from((await file?.read()) ?? []).toString()).toBe("content");
    expect(await revision.file("files/y")).toBeUndefined();
    expect(await revision.file("files")).toBeUndefined();
  });

  it("reads another ref of the same repository", async () => {
    using repo = repository();
    const first = repo.commit({ "a.yaml": "1" });
    repo.git("tag", "--annotate", "--message=x", "v1");
    repo.commit({ "a.yaml": "2" });
    expect(await contents(source({ ref: "v1" }), options(repo))).toEqual({ "a.yaml": "1" });
    expect(await contents(source({ ref: first }), options(repo))).toEqual({ "a.yaml": "1" });
    expect(await contents(source({ ref: "HEAD~1" }), options(repo))).toEqual({ "a.yaml": "1" });
  });

  it("is not led elsewhere by the variables that git sets for a hook", async () => {
    using repo = repository();
    repo.commit({ "a.yaml": "1" });
    const env = {
      ...repo.env,
      GIT_DIR: "/nonexistent",
      GIT_INDEX_FILE: "/nonexistent",
      GIT_WORK_TREE: "/",
      GIT_TRACE: "1",
    };
    expect(await contents(source(), options(repo, { env }))).toEqual({ "a.yaml": "1" });
  });

  it("changes nothing in the repository", async () => {
    using repo = repository();
    repo.commit({ "a.yaml": "1" });
    repo.write({ "a.yaml": "1" });
    const index = repo.git("ls-files", "--debug");
    await contents(source(), options(repo));
    expect(repo.git("ls-files", "--debug")).toBe(index);
  });
});

describe("openRevision with the working tree", () => {
  const tree = { workingTree: true } as const;

  it("reads tracked files as they are, and untracked ones that are not ignored", async () => {
    using repo = repository();
    repo.commit({ "a.yaml": "committed", "gone.yaml": "", ".gitignore": "*.log\n" });
    repo.write({ "a.yaml": "edited", "new.yaml": "untracked", "x.log": "ignored" });
    rmSync(path.join(repo.folder, "gone.yaml"));
    expect(await contents(source(), options(repo, tree))).toEqual({
      ".gitignore": "*.log\n",
      "a.yaml": "edited",
      "new.yaml": "untracked",
    });
    await using revision = await openRevision(source(), options(repo, tree));
    expect(revision.revision).toBe("working-tree");
    expect(revision.dirty).toEqual(["a.yaml", "gone.yaml", "new.yaml"]);
  });

  it("needs no commit", async () => {
    using repo = repository();
    repo.write({ "a.yaml": "1" });
    expect(await contents(source(), options(repo, tree))).toEqual({ "a.yaml": "1" });
  });

  it("follows a link within the repository and refuses one out of it", async () => {
    using repo = repository();
    repo.write({ "files/x.yaml": "1" });
    repo.link("desired/x.yaml", "../files/x.yaml");
    expect(await contents(source({ path: "desired" }), options(repo, tree))).toEqual({ "desired/x.yaml": "1" });
    repo.link("desired/y.yaml", "../../outside.yaml");
    writeFileSync(path.join(repo.scratch, "outside.yaml"), "secret");
    const error = await failure(source({ path: "desired" }), options(repo, tree));
    expect(error.message).toContain("leads out of the repository");
  });

  it("does not wait for a pipe in the place of a file", async () => {
    using repo = repository();
    repo.commit({ "a.yaml": "1" });
    rmSync(path.join(repo.folder, "a.yaml"));
    const { execFileSync } = await import("node:child_process");
    execFileSync("mkfifo", [path.join(repo.folder, "a.yaml")]);
    const error = await failure(source(), options(repo, tree));
    expect(error.message).toMatch(/^Cannot read ".*a\.yaml": it is not a regular file$/);
  });

  it.each([
    [{ git: "https://example.com/x.git" }, "git: HEAD"],
    [{ ref: "main" }, "ref: main"],
  ])("is refused together with %j", async (more, named) => {
    using repo = repository();
    const error = await failure(source(more), options(repo, tree));
    expect(error.code).toBe("USAGE");
    expect(error.message).toContain(named);
  });

  it("suggests a near path where nothing stands", async () => {
    using repo = repository();
    repo.write({ "desired/a.yaml": "" });
    const error = await failure(source({ path: "desired/b.yaml" }), options(repo, tree));
    expect(error).toMatchObject({
      code: "DESIRED_UNREADABLE",
      message: 'Cannot read the desired state at "desired/b.yaml": it does not exist',
      hint: 'Did you mean "desired/a.yaml"?',
    });
  });
});

describe("openRevision and links", () => {
  it("follows links inside the commit, each file once", async () => {
    using repo = repository();
    repo.write({ "desired/a.yaml": "1", "shared/deep/s.yaml": "2", "shared/t.yaml": "3" });
    repo.link("desired/alias.yaml", "a.yaml");
    repo.link("desired/common", "../shared/deep");
    repo.link("desired/loop", "../desired");
    repo.link("desired/t.yaml", "hop.lnk");
    repo.link("desired/hop.lnk", "../shared/t.yaml");
    repo.commit();
    const found = await contents(source({ path: "desired" }), options(repo));
    expect(Object.values(found).sort()).toEqual(["1", "2", "3"]);
    expect(found["desired/common/s.yaml"]).toBe("2");
  });

  it("reads a desired path that is a link itself", async () => {
    using repo = repository();
    repo.write({ "v2/a.yaml": "1" });
    repo.link("current", "v2");
    repo.commit();
    expect(await contents(source({ path: "current" }), options(repo))).toEqual({ "v2/a.yaml": "1" });
  });

  it.each([
    ["/etc/passwd", "it leads out of the repository"],
    ["../../outside", "it leads out of the repository"],
    ["nowhere", "it leads to nothing"],
    ["x.yaml", "it leads in a loop"],
  ])("refuses a link to %s", async (target, reason) => {
    using repo = repository();
    repo.link("desired/x.yaml", target);
    repo.commit();
    const error = await failure(source({ path: "desired" }), options(repo));
    expect(error.code).toBe("DESIRED_UNREADABLE");
    expect(error.message).toContain(reason);
    expect(error.message).toContain("desired/x.yaml");
    expect(error.hint).toBeDefined();
  });

  it("refuses a submodule instead of passing over its files", async () => {
    using repo = repository();
    using other = repository();
    const commit = other.commit({ "a.yaml": "1" });
    repo.commit({ "desired/b.yaml": "2" });
    repo.git("update-index", "--add", "--cacheinfo", `160000,${commit},desired/sub`);
    repo.git("commit", "--quiet", "--message=x");
    const error = await failure(source({ path: "desired" }), options(repo));
    expect(error.message).toBe('Cannot read "desired/sub": its files are in another repository (a submodule)');
    expect((await failure(source({ path: "desired/sub" }), options(repo))).message).toBe(error.message);
  });
});

describe("openRevision when it cannot", () => {
  it("says that there is no commit yet", async () => {
    using repo = repository();
    repo.write({ "a.yaml": "1" });
    const error = await failure(source(), options(repo));
    expect(error).toMatchObject({ code: "DESIRED_UNREADABLE" });
    expect(error.message).toMatch(/no commit yet$/);
    expect(error.hint).toContain("--working-tree");
  });

  it("says that a folder is no repository", async () => {
    using repo = repository();
    const plain = path.join(repo.scratch, "plain");
    mkdirSync(plain);
    const error = await failure(source(), options(repo, { baseDir: plain }));
    expect(error.code).toBe("DESIRED_UNREADABLE");
    expect(error.message).toContain("not a git repository");
    expect(error.hint).toContain("git init");
  });

  it("says that the folder is not there", async () => {
    using repo = repository();
    const error = await failure(source(), options(repo, { baseDir: path.join(repo.scratch, "none") }));
    expect(error.message).toMatch(/"[^"]*none" is no folder$/);
  });

  it("passes on how to trust a repository that another user owns", async () => {
    using repo = repository();
    repo.commit();
    const env = { ...repo.env, GIT_TEST_ASSUME_DIFFERENT_OWNER: "1" };
    const error = await failure(source(), options(repo, { env }));
    expect(error.message).toContain("dubious ownership");
    expect(error.hint).toContain(`git config --global --add safe.directory ${repo.folder}`);
  });

  it("says that git is not installed", async () => {
    using repo = repository();
    const error = await failure(source(), options(repo, { env: { PATH: repo.scratch } }));
    expect(error.message).toBe("Cannot read the desired state: git is not installed");
    expect(error.hint).toContain("Install git");
  });

  it("tells a path that is only in the working tree from one that is nowhere", async () => {
    using repo = repository();
    repo.commit({ "desired/a.yaml": "1" });
    repo.write({ "fresh/b.yaml": "2" });
    const fresh = await failure(source({ path: "fresh" }), options(repo));
    expect(fresh.message).toMatch(/^Cannot read the desired state at "fresh": it is not in commit [0-9a-f]{12}$/);
    expect(fresh.hint).toContain("commit it, or use --working-tree");
    const near = await failure(source({ path: "desierd" }), options(repo));
    expect(near.hint).toBe('Did you mean "desired"?');
    const far = await failure(source({ path: "something/else" }), options(repo));
    expect(far.hint).toContain("leeway capture");
  });

  it.each(["/etc", "..", "../..", "desired/../../x"])("refuses the path %s", async (outside) => {
    using repo = repository();
    repo.commit();
    const error = await failure(source({ path: outside }), options(repo));
    expect(error.message).toContain("it is outside the repository");
  });

  it.each(["nope", "--upload-pack=x", "-n", "HEAD:a"])("says that there is no ref %s", async (ref) => {
    using repo = repository();
    repo.commit({ a: "" });
    const error = await failure(source({ ref }), options(repo));
    expect(error.message).toContain(`Cannot find ref "${ref}"`);
  });

  it("stops when it is interrupted", async () => {
    using repo = repository();
    repo.commit({ "a.yaml": "1" });
    const reason = new Error("interrupted");
    await expect(openRevision(source(), options(repo, { signal: AbortSignal.abort(reason) }))).rejects.toBe(reason);
    const controller = new AbortController();
    await using revision = await openRevision(source(), options(repo, { signal: controller.signal }));
    const [file] = await collect(revision.files());
    controller.abort(reason);
    await expect(file?.read()).rejects.toBe(reason);
  });

  it("names an object that is damaged", async () => {
    using repo = repository();
    repo.commit({ "a.yaml": "some content" });
    const id = repo.git("rev-parse", "HEAD:a.yaml");
    const object = path.join(repo.folder, ".git/objects", id.slice(0, 2), id.slice(2));
    chmodSync(object, 0o600);
    writeFileSync(object, "damaged");
    await expect(contents(source(), options(repo))).rejects.toThrow(id);
  });
});
