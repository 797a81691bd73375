import { createHash } from "node:crypto";
import path from "node:path";
import { describe, expect, it } from "vitest";
import type { DesiredFormat } from "../connector.ts";
import { KnownError } from "../errors.ts";
import { kinds } from "./fixtures/kinds.ts";
import { type Repository, repository } from "./fixtures/repository.ts";
import { type LoadDesiredOptions, loadDesired } from "./load-desired.ts";

/** A format of one resource a line. */
const lines: DesiredFormat = {
  files: /\.lines$/,
  read({ file, text }) {
    return text.split("\n").map((id, index) => {
      if (id === "bad")
        throw new KnownError("DESIRED_INVALID", "Cannot read", {
          problems: [{ file, line: index + 1, message: "Bad" }],
        });
      const declaredAt = { file, line: index + 1 };
      return { kind: "test/file", id, desired: { presence: "absent" }, declaredAt } as const;
    });
  },
};

function options(repo: Repository, more: Partial<LoadDesiredOptions> = {}): LoadDesiredOptions {
  return {
    source: { path: "desired", format: "leeway" },
    baseDir: repo.folder,
    cacheDir: path.join(repo.scratch, "cache"),
    kinds,
    formats: { lines },
    env: repo.env,
    workingTree: false,
    signal: new AbortController().signal,
    ...more,
  };
}

async function ids(from: LoadDesiredOptions): Promise<readonly string[]> {
  return (await loadDesired(from)).declared.map(({ id, declaredAt }) => `${id} ${declaredAt.file}:${declaredAt.line}`);
}

async function failure(from: LoadDesiredOptions): Promise<KnownError> {
  const error = await loadDesired(from).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(KnownError);
  // Asserted above.
  return error as KnownError;
}

const file = (id: string, attributes = "{}") => `kind: test/file\nid: ${id}\nattributes: ${attributes}\n`;

describe("loadDesired", () => {
  it("reads every YAML file in any layout of folders, and says from which revision", async () => {
    using repo = repository();
    const commit = repo.commit({
      "desired/b.yml": file("/b"),
      "desired/deep/er/a.YAML": `${file("/a")}---\n${file("/c")}`,
      "desired/readme.md": "no YAML",
      "other/no.yaml": file("/no"),
    });
    repo.write({ "desired/new.yaml": file("/new") });
    const loaded = await loadDesired(options(repo));
    expect(loaded).toMatchObject({ revision: commit, dirty: ["desired/new.yaml"], files: 2 });
    expect(await ids(options(repo))).toEqual([
      "/b desired/b.yml:1",
      "/a desired/deep/er/a.YAML:1",
      "/c desired/deep/er/a.YAML:5",
    ]);
  });

  it("reads the working tree when asked to", async () => {
    using repo = repository();
    repo.write({ "desired/new.yaml": file("/new") });
    const loaded = await loadDesired(options(repo, { workingTree: true }));
    expect(loaded).toMatchObject({ revision: "working-tree", dirty: ["desired/new.yaml"] });
    expect(loaded.declared.map(({ id }) => id)).toEqual(["/new"]);
  });

  it("reads another repository", async () => {
    using repo = repository();
    using other = repository();
    const commit = other.commit({ "desired/a.yaml": file("/a") });
    const source = { git: `file://${other.folder}`, ref: "main", path: "desired", format: "leeway" };
    expect(await loadDesired(options(repo, { source }))).toMatchObject({ revision: commit, declared: [{ id: "/a" }] });
  });

  it("takes neither the configuration nor hidden folders for documents", async () => {
    using repo = repository();
    repo.commit({
      "leeway.yaml": "version: 1",
      ".github/x.yaml": "on: push",
      "sub/.hidden.yaml": "x",
      "a.yaml": file("/a"),
    });
    expect(await ids(options(repo, { source: { path: ".", format: "leeway" } }))).toEqual(["/a a.yaml:1"]);
  });

  it("takes a file that the source names, whatever its name", async () => {
    using repo = repository();
    repo.commit({ ".state": file("/a") });
    expect(await ids(options(repo, { source: { path: ".state", format: "leeway" } }))).toEqual(["/a .state:1"]);
  });

  it("reads what source: names from the same revision, through links and LFS pointers", async () => {
    using repo = repository();
    const digest = createHash("sha256").update("large").digest("hex");
    repo.write({
      "desired/a.yaml": [
        file("/committed", "{ source: ../files/a.conf }"),
        file("/lfs", "{ source: ../files/large.bin }"),
        file("/linked", "{ source: link }"),
      ].join("---\n"),
      "files/a.conf": "committed",
      "files/large.bin": `version https://git-lfs.github.com/spec/v1\noid sha256:${digest}\nsize 5\n`,
    });
    repo.link("desired/link", "../files/a.conf");
    repo.commit();
    repo.write({ "files/a.conf": "edited" });
    const committed = createHash("sha256").update("committed").digest("hex");
    const { declared } = await loadDesired(options(repo));
    expect(declared.map(({ desired }) => desired)).toEqual(
      [committed, digest, committed].map((sha256) => ({ presence: "present", attributes: { sha256 } })),
    );
  });

  it("hashes the same for the same files, and otherwise for other names, contents or sources", async () => {
    using repo = repository();
    const hashes: string[] = [];
    const states = [
      { "desired/a.yaml": file("/a", "{ source: x }"), "desired/x": "1" },
      { "desired/a.yaml": file("/a", "{ source: x }"), "desired/x": "2" },
      { "desired/a.yaml": file("/b", "{ source: x }"), "desired/x": "2" },
    ];
    for (const state of states) {
      repo.commit(state);
      hashes.push((await loadDesired(options(repo))).hash);
    }
    repo.commit({ "unrelated.yaml": "x" });
    expect((await loadDesired(options(repo))).hash).toBe(hashes[2]);
    expect(new Set(hashes).size).toBe(3);
    repo.git("mv", "desired/a.yaml", "desired/b.yaml");
    repo.commit();
    expect(hashes).not.toContain((await loadDesired(options(repo))).hash);
  });

  it("takes secrets from the environment it is given", async () => {
    using repo = repository();
    repo.commit({
      "desired/a.yaml": `kind: test/setting\nid: x\nattributes: { password: { $secret: "\${SECRET}" } }\n`,
    });
    await loadDesired(options(repo, { env: { ...repo.env, SECRET: "hunter2" } }));
    const error = await failure(options(repo));
    expect(error.problems.map(({ message }) => message)).toEqual(['Environment variable "SECRET" is not set']);
  });
});

describe("loadDesired of a foreign format", () => {
  const source = { path: "desired", format: "lines" };

  it("reads the files that are of the format", async () => {
    using repo = repository();
    repo.commit({ "desired/a.lines": "/a\n/b", "desired/c.yaml": "not of it" });
    expect(await ids(options(repo, { source }))).toEqual(["/a desired/a.lines:1", "/b desired/a.lines:2"]);
  });

  it("reports the mistakes of all files, duplicates among them", async () => {
    using repo = repository();
    const commit = repo.commit({
      "desired/a.lines": "/a\nbad",
      "desired/b.lines": "/b\n/b",
      "desired/c.lines": Buffer.from([255]),
    });
    const error = await failure(options(repo, { source }));
    expect(error.message).toBe('Cannot use the desired state at "desired": 3 mistakes');
    const prefix = commit.slice(0, 12);
    expect(error.problems).toMatchObject([
      { file: `${prefix}:desired/a.lines`, line: 2, message: "Bad" },
      {
        file: `${prefix}:desired/b.lines`,
        line: 2,
        message: 'test/file "/b" is declared twice, first at desired/b.lines:1',
      },
      { file: `${prefix}:desired/c.lines`, message: 'Cannot read "desired/c.lines": it is not UTF-8 text' },
    ]);
  });

  it("names the formats there are when it is none of them", async () => {
    using repo = repository();
    repo.commit({ "desired/a.lines": "" });
    const near = await failure(options(repo, { source: { path: "desired", format: "line" } }));
    expect(near).toMatchObject({ code: "CONFIG_INVALID", hint: 'Did you mean "lines"?' });
    const far = await failure(options(repo, { source: { path: "desired", format: "constructor" } }));
    expect(far.hint).toBe("It reads: leeway, lines");
  });
});

describe("loadDesired when it cannot", () => {
  it("reports the mistakes of all files at once, sorted by position", async () => {
    using repo = repository();
    repo.write({
      "desired/b.yaml": file("/b", "{ moed: '0600' }"),
      "desired/a.yaml": `${file("/a")}---\n${file("relative")}---\nkind: nope\nid: x\n`,
      "desired/c.yaml": file("/a"),
      "desired/d.yaml": "a: [unclosed\n",
      "desired/e.yaml": "",
    });
    const error = await failure(options(repo, { workingTree: true }));
    expect(error.code).toBe("DESIRED_INVALID");
    expect(error.problems.map(({ file: at, line, message }) => `${at}:${line} ${message}`)).toEqual([
      'desired/a.yaml:6 "relative" is no id of test/file',
      'desired/a.yaml:9 Unknown kind "nope"',
      'desired/b.yaml:3 test/file has no attribute "moed"',
      'desired/c.yaml:2 test/file "/a" is declared twice, first at desired/a.yaml:1',
      expect.stringContaining("desired/d.yaml:"),
      'desired/e.yaml:undefined Cannot read "desired/e.yaml": it is empty',
    ]);
  });

  it("says that a folder holds nothing of the format", async () => {
    using repo = repository();
    repo.commit({ "desired/a.json": "{}" });
    const own = await failure(options(repo));
    expect(own).toMatchObject({ code: "DESIRED_UNREADABLE", hint: expect.stringContaining("leeway capture") });
    expect(own.message).toBe('Cannot read the desired state at "desired": there is no YAML document');
    const foreign = await failure(options(repo, { source: { path: "desired", format: "lines" } }));
    expect(foreign.message).toContain("there is no file of format lines");
  });

  it("refuses a file of 65 MiB without reading it, and goes on", async () => {
    using repo = repository();
    repo.write({ "desired/a.yaml": Buffer.alloc(65 * 1024 * 1024, 35), "desired/b.yaml": "kind: nope\nid: x\n" });
    const error = await failure(options(repo, { workingTree: true }));
    expect(error.problems.map(({ message }) => message)).toEqual([
      'Cannot read "desired/a.yaml": it has 68157440 bytes, more than 67108864',
      'Unknown kind "nope"',
    ]);
  });

  it("stops when it is interrupted", async () => {
    using repo = repository();
    repo.commit({ "desired/a.yaml": file("/a") });
    const reason = new Error("interrupted");
    await expect(loadDesired(options(repo, { signal: AbortSignal.abort(reason) }))).rejects.toBe(reason);
  });
});
