import { mkdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { DatabaseSync } from "@photostructure/sqlite";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { readOnlyFolder } from "../store/fixtures/disks.ts";
import { configOf, type Outcome, type Scene, startScene } from "./testing/run-leeway.ts";
import { storeState } from "./testing/store-state.ts";

const HUNDRED_MB = 100 * 1024 * 1024;
const BINARY = Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0x00, 0xff, 0xfe, 0x0a]);
/** Nine lists of nine, ten deep: three thousand million values. */
const BOMB = `a0: &a0 [x, x, x, x, x, x, x, x, x]\n${Array.from({ length: 9 }, (_, index) => `a${index + 1}: &a${index + 1} [${Array(9).fill(`*a${index}`).join(", ")}]\n`).join("")}`;
const CYCLE = "version: &loop { again: *loop }\n";

/** One error that says what was attempted, where, and what to do; no trace, and nothing for whoever reads the report. */
function refusal(scene: Scene, { stdout, stderr, exitCode }: Outcome): string {
  expect([exitCode, stdout]).toEqual([2, ""]);
  expect(stderr.match(/^error\[/gm)).toHaveLength(1);
  expect(stderr).toMatch(/^error\[[A-Z_]+\]: Cannot /);
  expect(stderr).toMatch(/^ +hint: /m);
  expect(stderr).not.toMatch(/^ {4}at /m);
  expect(stderr.length).toBeLessThan(5000);
  return scene.normalise(stderr).replaceAll(/\b[0-9a-f]{12}:/g, "<commit>:");
}

describe("a leeway.yaml that cannot be used", () => {
  let scene: Scene;
  let before: unknown;
  const config = () => join(scene.repo, "leeway.yaml");
  beforeAll(async () => {
    scene = await startScene();
    scene.put("app.cfg", "drifted\n");
    await scene.inside(["scan"]);
    before = await storeState(scene);
  });
  beforeEach(() => scene.write("leeway.yaml", configOf(scene)));
  afterAll(async () => {
    scene.write("leeway.yaml", configOf(scene));
    expect((await scene.inside(["scan"])).exitCode).toBe(1);
    await scene[Symbol.asyncDispose]();
  });

  /** What a scan says, after which nothing is lost. */
  async function refused(env: Readonly<Record<string, string>> = {}): Promise<string> {
    const said = refusal(scene, await scene.inside(["scan"], { env }));
    expect(await storeState(scene)).toEqual(before);
    return said;
  }

  it("because it is missing", async () => {
    rmSync(config());
    expect(await refused()).toMatchInlineSnapshot(`
      "error[CONFIG_INVALID]: Cannot find leeway.yaml: there is none in "<scene>/repo" or any folder above it
        hint: run \`leeway init\` to write one, or name one with --config
      "
    `);
    expect(refusal(scene, await scene.inside(["scan", "--config", "none.yaml"]))).toMatchInlineSnapshot(`
      "error[CONFIG_INVALID]: Cannot read "none.yaml": no such file
        hint: Run \`leeway init\` to write one, or name another file with --config
      "
    `);
  });

  it("because it is empty", async () => {
    writeFileSync(config(), "");
    expect(await refused()).toMatchInlineSnapshot(`
      "error[CONFIG_INVALID]: Cannot load "leeway.yaml": it is empty
        hint: Run \`leeway init\` to write one
      "
    `);
  });

  it("because it is binary", async () => {
    writeFileSync(config(), BINARY);
    expect(await refused()).toMatchInlineSnapshot(`
      "error[CONFIG_INVALID]: Cannot read "leeway.yaml": it is not UTF-8 text
        hint: Save it as UTF-8, or leave it out
      "
    `);
  });

  it("because it has 100 MB", async () => {
    truncateSync(config(), HUNDRED_MB);
    expect(await refused()).toMatchInlineSnapshot(`
      "error[CONFIG_INVALID]: Cannot read "leeway.yaml": it is larger than 64 MiB
        hint: Split it into smaller files
      "
    `);
  });

  it("because its aliases stand for thousands of millions of values", async () => {
    writeFileSync(config(), BOMB);
    expect(await refused()).toMatchInlineSnapshot(`
      "error[CONFIG_INVALID]: Cannot load "leeway.yaml": 1 mistake
        leeway.yaml:6:10: Aliases stand for too many values
          | a5: &a5 [*a4, *a4, *a4, *a4, *a4, *a4, *a4, *a4, *a4]
          hint: Write the repeated parts out, or split the file
        hint: Correct what is listed; docs/configuration.md describes every key
      "
    `);
  });

  it("because it holds itself", async () => {
    writeFileSync(config(), CYCLE);
    expect(await refused()).toMatchInlineSnapshot(`
      "error[CONFIG_INVALID]: Cannot load "leeway.yaml": 1 mistake
        leeway.yaml:1:25: Alias "*loop" stands inside its own anchor
          | version: &loop { again: *loop }
        hint: Correct what is listed; docs/configuration.md describes every key
      "
    `);
  });

  it("because it is a folder", async () => {
    rmSync(config());
    mkdirSync(config());
    expect(await refused()).toMatchInlineSnapshot(`
      "error[CONFIG_INVALID]: Cannot read "leeway.yaml": it is a folder
        hint: Run \`leeway init\` to write one, or name another file with --config
      "
    `);
    rmSync(config(), { recursive: true });
  });

  it("because of an unknown key", async () => {
    scene.write("leeway.yaml", configOf(scene).replace("desired:", "desierd:"));
    expect(await refused()).toMatchInlineSnapshot(`
      "error[CONFIG_INVALID]: Cannot load "leeway.yaml": 2 mistakes
        leeway.yaml:3:3: "desired" is missing
          |   here:
        leeway.yaml:5:5: Unknown key "desierd"
          |     desierd: desired
          hint: Did you mean "desired"?
        hint: Correct what is listed; docs/configuration.md describes every key
      "
    `);
  });

  it("because of a variable that is not set, and not once it is", async () => {
    const hosts = `    settings: { hosts: ["\${WHICH_HOST}"] }\n`;
    scene.write("leeway.yaml", configOf(scene, { target: hosts }));
    expect(await refused()).toMatchInlineSnapshot(`
      "error[CONFIG_INVALID]: Cannot load "leeway.yaml": 1 mistake
        leeway.yaml:7:25: Environment variable "WHICH_HOST" is not set
          |     settings: { hosts: ["\${WHICH_HOST}"] }
          hint: Set it before you run leeway; "$\${WHICH_HOST}" is the literal text
        hint: Correct what is listed; docs/configuration.md describes every key
      "
    `);
    expect((await scene.inside(["scan"], { env: { WHICH_HOST: "local" } })).exitCode).toBe(1);
    before = await storeState(scene);
  });

  it.each([
    [
      "a ref that does not exist",
      "{ path: desired, ref: nowhere }",
      `Cannot find ref "nowhere" in the repository of "."`,
    ],
    [
      "a repository that is none",
      `{ git: "file:///proc", path: desired }`,
      `Cannot fetch "file:///proc": '/proc' does not appear to be a git repository`,
    ],
    [
      "a repository that is not there",
      "{ git: ../nowhere, path: desired }",
      `Cannot fetch "../nowhere": '<scene>/nowhere' does not appear to be a git repository`,
    ],
    [
      "a path that is not there",
      "desierd",
      `Cannot read the desired state at "desierd": it is not in commit <commit>\n  hint: Did you mean "desired"?`,
    ],
    [
      "a path outside the repository",
      "../desired",
      `Cannot read the desired state at "../desired": it is outside the repository`,
    ],
  ])("because it names %s", async (_, source, expected) => {
    scene.write("leeway.yaml", configOf(scene).replace("desired: desired", `desired: ${source}`));
    expect((await refused()).replace("error[DESIRED_UNREADABLE]: ", "").slice(0, expected.length)).toBe(expected);
  });
});

describe("desired state that cannot be used", () => {
  let scene: Scene;
  let before: unknown;
  beforeAll(async () => {
    scene = await startScene();
    scene.put("app.cfg", "drifted\n");
    await scene.inside(["scan"]);
    before = await storeState(scene);
  });
  afterAll(() => scene[Symbol.asyncDispose]());

  /** What a scan says of one more document, and that the next one without it works. */
  async function refused(content: string | Uint8Array, args: readonly string[] = []): Promise<string> {
    scene.write("desired/bad.yaml", content);
    if (args.length === 0) scene.commit();
    const said = refusal(scene, await scene.inside(["scan", ...args]));
    expect(await storeState(scene)).toEqual(before);
    rmSync(join(scene.repo, "desired/bad.yaml"));
    scene.commit();
    return said;
  }

  it("because it is binary", async () => {
    expect(await refused(BINARY)).toMatchInlineSnapshot(`
      "error[DESIRED_INVALID]: Cannot use the desired state at "desired": 1 mistake
        <commit>:desired/bad.yaml: Cannot read "desired/bad.yaml": it is not UTF-8 text
          hint: Save it as UTF-8, or leave it out
        hint: Correct what is listed; docs/desired-state.md describes the documents
      "
    `);
  });

  it("because a file of it has 100 MB", async () => {
    scene.write("desired/bad.yaml", "");
    truncateSync(join(scene.repo, "desired/bad.yaml"), HUNDRED_MB);
    expect(refusal(scene, await scene.inside(["scan", "--working-tree"]))).toMatchInlineSnapshot(`
      "error[DESIRED_INVALID]: Cannot use the desired state at "desired": 1 mistake
        desired/bad.yaml: Cannot read "desired/bad.yaml": it has 104857600 bytes, more than 67108864
          hint: Split it into smaller files
        hint: Correct what is listed; docs/desired-state.md describes the documents
      "
    `);
    scene.commit();
    expect(refusal(scene, await scene.inside(["scan"]))).toMatchInlineSnapshot(`
      "error[DESIRED_INVALID]: Cannot use the desired state at "desired": 1 mistake
        <commit>:desired/bad.yaml: Cannot read "desired/bad.yaml": it has 104857600 bytes, more than 67108864
          hint: Split it into smaller files
        hint: Correct what is listed; docs/desired-state.md describes the documents
      "
    `);
    rmSync(join(scene.repo, "desired/bad.yaml"));
    scene.commit();
  });

  it("because its aliases stand for thousands of millions of values", async () => {
    expect(await refused(BOMB)).toMatchInlineSnapshot(`
      "error[DESIRED_INVALID]: Cannot use the desired state at "desired": 1 mistake
        <commit>:desired/bad.yaml:6:10: Aliases stand for too many values
          | a5: &a5 [*a4, *a4, *a4, *a4, *a4, *a4, *a4, *a4, *a4]
          hint: Write the repeated parts out, or split the file
        hint: Correct what is listed; docs/desired-state.md describes the documents
      "
    `);
  });

  it("because it holds itself", async () => {
    expect(await refused("kind: host/file\nid: /x\nattributes: &loop { mode: *loop }\n")).toMatchInlineSnapshot(`
      "error[DESIRED_INVALID]: Cannot use the desired state at "desired": 1 mistake
        <commit>:desired/bad.yaml:3:27: Alias "*loop" stands inside its own anchor
          | attributes: &loop { mode: *loop }
        hint: Correct what is listed; docs/desired-state.md describes the documents
      "
    `);
  });

  it("because it is no YAML", async () => {
    expect(await refused("kind: [\n")).toMatchInlineSnapshot(`
      "error[DESIRED_INVALID]: Cannot use the desired state at "desired": 1 mistake
        <commit>:desired/bad.yaml:2:1: A closing bracket is missing or not indented enough
        hint: Correct what is listed; docs/desired-state.md describes the documents
      "
    `);
  });

  it("because of several mistakes, all told at once", async () => {
    const document = "kind: host/fiel\nid: /x\n---\nkind: host/file\nid: /y\nattributes: { mode: 0600, onwer: root }\n";
    expect(await refused(document)).toMatchInlineSnapshot(`
      "error[DESIRED_INVALID]: Cannot use the desired state at "desired": 3 mistakes
        <commit>:desired/bad.yaml:1:7: Unknown kind "host/fiel"
          | kind: host/fiel
          hint: Did you mean "host/file"?
        <commit>:desired/bad.yaml:6:21: Attribute "mode" must be text, not a number
          | attributes: { mode: 0600, onwer: root }
          hint: Put it in quotes: "0600"
        <commit>:desired/bad.yaml:6:27: host/file has no attribute "onwer"
          | attributes: { mode: 0600, onwer: root }
          hint: Did you mean "owner"?
        hint: Correct what is listed; docs/desired-state.md describes the documents
      "
    `);
  });

  it("because of a secret whose variable is not set", async () => {
    const document = `kind: host/file\nid: /x\nattributes: { link_target: { $secret: "\${NOT_SET}" } }\n`;
    expect(await refused(document)).toMatchInlineSnapshot(`
      "error[DESIRED_INVALID]: Cannot use the desired state at "desired": 1 mistake
        <commit>:desired/bad.yaml:3:39: Environment variable "NOT_SET" is not set
          hint: Set the variable where leeway runs, and write it as \${NAME}
        hint: Correct what is listed; docs/desired-state.md describes the documents
      "
    `);
  });

  it("because none of it is left", async () => {
    const files = join(scene.repo, "desired/local");
    rmSync(files, { recursive: true });
    scene.commit();
    expect(refusal(scene, await scene.inside(["scan"]))).toMatchInlineSnapshot(`
      "error[DESIRED_UNREADABLE]: Cannot read the desired state at "desired": it is not in commit <commit>
        hint: It is in the working tree only: commit it, or use --working-tree
      "
    `);
    scene.write("desired/empty.yaml", "");
    scene.commit();
    expect(refusal(scene, await scene.inside(["scan"]))).toMatchInlineSnapshot(`
      "error[DESIRED_INVALID]: Cannot use the desired state at "desired": 1 mistake
        <commit>:desired/empty.yaml: Cannot read "desired/empty.yaml": it is empty
          hint: Declare a resource in it, or remove it
        hint: Correct what is listed; docs/desired-state.md describes the documents
      "
    `);
    scene.git("checkout", "--quiet", "HEAD~2", "--", "desired/local");
    rmSync(join(scene.repo, "desired/empty.yaml"));
    scene.commit();
    expect((await scene.inside(["scan"])).exitCode).toBe(1);
  });
});

describe("a repository that cannot be used", () => {
  it("because it has no commit yet", async () => {
    await using scene = await startScene({ captured: false });
    await scene.inside(["capture", "here"]);
    expect(refusal(scene, await scene.inside(["scan"]))).toMatchInlineSnapshot(`
      "error[DESIRED_UNREADABLE]: Cannot read the desired state in ".": no commit yet
        hint: Commit leeway.yaml and the desired state, or use --working-tree
      "
    `);
    expect((await scene.inside(["scan", "--working-tree"])).exitCode).toBe(0);
  });

  it("because it is none", async () => {
    await using scene = await startScene();
    rmSync(join(scene.repo, ".git"), { recursive: true });
    const refusedWith = async (...more: string[]) => refusal(scene, await scene.inside(["scan", ...more]));
    expect(await refusedWith()).toMatchInlineSnapshot(`
      "error[DESIRED_UNREADABLE]: Cannot run "git rev-parse" in ".": not a git repository (or any of the parent directories): .git
        hint: Keep leeway.yaml in the Git repository that holds the desired state: git init, then commit it
      "
    `);
    expect(await refusedWith("--working-tree")).toMatchInlineSnapshot(`
      "error[DESIRED_UNREADABLE]: Cannot run "git rev-parse" in ".": not a git repository (or any of the parent directories): .git
        hint: Keep leeway.yaml in the Git repository that holds the desired state: git init, then commit it
      "
    `);
  });

  it("because there is no git", async () => {
    await using scene = await startScene();
    expect(refusal(scene, await scene.inside(["scan"], { env: { PATH: "/nowhere" } }))).toMatchInlineSnapshot(`
      "error[DESIRED_UNREADABLE]: Cannot read the desired state: git is not installed
        hint: Install git, and see that it stands in PATH
      "
    `);
  });
});

describe("a state store that cannot be used", () => {
  let scene: Scene;
  beforeAll(async () => {
    scene = await startScene();
    await scene.inside(["scan"]);
  });
  afterAll(() => scene[Symbol.asyncDispose]());

  it("because a newer leeway made it; it is left as it is", async () => {
    const before = await storeState(scene);
    change(scene, "insert into migrations select version + 1000, name, checksum, applied_at from migrations limit 1");
    expect(refusal(scene, await scene.inside(["scan"]))).toMatchInlineSnapshot(`
      "error[STORE_UNUSABLE]: Cannot open the state store "<scene>/repo/.leeway/state.db": it is of version 1001, and this program knows only up to 3
        hint: Use a newer leeway, or give another path with --store
      "
    `);
    change(scene, "delete from migrations where version > 1000");
    expect(await storeState(scene)).toEqual(before);
  });

  it.each([
    ["is no database", "#!/bin/sh\necho this is no database, and long enough not to be taken for an empty one\n"],
    ["is binary", Buffer.concat([BINARY, Buffer.alloc(8192, 7)])],
  ])("because it %s; it is left as it is", async (_, content) => {
    scene.write("other.db", content);
    const said = refusal(scene, await scene.inside(["scan", "--store", "other.db"]));
    expect(said).toBe(
      `error[STORE_UNUSABLE]: Cannot open the state store "<scene>/repo/other.db": it is no SQLite database\n` +
        "  hint: Give another path with --store, or move the file away\n",
    );
    expect(readFileSync(join(scene.repo, "other.db"))).toEqual(Buffer.from(content));
    rmSync(join(scene.repo, "other.db"));
  });

  it("because its folder is read-only", async () => {
    await using folder = await readOnlyFolder(async () => undefined);
    const said = refusal(scene, await scene.inside(["scan", "--store", join(folder.path, "new/state.db")]));
    expect(withoutReason(said, folder.path)).toMatchInlineSnapshot(`
      "error[STORE_UNUSABLE]: Cannot create the key file "<read-only>/new/key": <reason>
        hint: Make the folder one that leeway can write to, or set LEEWAY_KEY
      "
    `);
    const keyed = await scene.inside(["scan", "--store", join(folder.path, "state.db")], {
      env: { LEEWAY_KEY: "0123456789abcdef" },
    });
    expect(withoutReason(refusal(scene, keyed), folder.path)).toMatchInlineSnapshot(`
      "error[STORE_UNUSABLE]: Cannot create the state store "<read-only>/state.db": <reason>
        hint: Give another path with --store, or make its folder one that leeway can write to
      "
    `);
  });

  it("because it is a folder", async () => {
    expect(refusal(scene, await scene.inside(["scan", "--store", "desired"]))).toMatchInlineSnapshot(`
      "error[STORE_UNUSABLE]: Cannot open the state store "<scene>/repo/desired": it is no regular file
        hint: Give the path of a file with --store
      "
    `);
  });

  it("because others may read the key beside it", async () => {
    scene.write("open/key", `${"0".repeat(64)}\n`);
    expect(refusal(scene, await scene.inside(["scan", "--store", "open/state.db"]))).toMatchInlineSnapshot(`
      "error[STORE_UNUSABLE]: Cannot use the key file "<scene>/repo/open/key": others can read it
        hint: Run \`chmod 600 <scene>/repo/open/key\`
      "
    `);
    rmSync(join(scene.repo, dirname("open/key")), { recursive: true });
  });
});

/** What is refused as a read-only file system where it can be made one is a permission denied elsewhere. */
function withoutReason(text: string, folder: string): string {
  return text.replaceAll(folder, "<read-only>").replace(/the file system is read-only|permission denied/, "<reason>");
}

function change(scene: Scene, statement: string): void {
  using database = new DatabaseSync(scene.storeFile);
  database.exec(statement);
}
