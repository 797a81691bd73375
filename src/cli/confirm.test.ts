import { execFileSync } from "node:child_process";
import { chmodSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { DatabaseSync } from "@photostructure/sqlite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findingsOf } from "./testing/drifted-scene.ts";
import { type Scene, startScene } from "./testing/run-leeway.ts";

let scene: Scene;

const NAMES = ["text", "moded", "dated", "equal", "gone", "tagged", "deep/er/file"];

/** How many resources are known, and whether they are all. */
function known(): { readonly size: number; readonly complete: number } {
  using database = new DatabaseSync(scene.storeFile, { readOnly: true });
  // The columns of the table.
  return database.prepare("select size, complete from known").get() as { size: number; complete: number };
}

async function scan(...args: readonly string[]): Promise<string> {
  const { stdout, stderr, exitCode } = await scene.leeway(["scan", ...args]);
  return `${exitCode} ${/✓|\d+ declared · \d+ checked/.exec(stdout)?.[0] ?? stderr}`;
}

const path = (name: string) => join(scene.tree, name);

beforeAll(async () => {
  scene = await startScene({ files: Object.fromEntries(NAMES.map((name) => [name, `${name}\n`])) });
  // What changed just now is not gone by: it could change again and show no other time.
  await sleep(2100);
  expect((await scene.leeway(["scan"])).exitCode).toBe(0);
});
afterAll(() => scene[Symbol.asyncDispose]());

describe("a second scan", () => {
  it("goes by what the first one found, and says the same", async () => {
    const { size, complete } = known();
    expect({ size: size >= NAMES.length, complete }).toEqual({ size: true, complete: 1 });
    expect(await scan()).toBe("0 ✓");
    expect(await scan("--rehash")).toBe("0 ✓");
    expect(known()).toEqual({ size, complete: 1 });
  });

  it("finds whatever changed, however it was hidden, and nothing else", async () => {
    const { atime, mtime } = statSync(path("text"));
    writeFileSync(path("text"), "TEXT\n");
    utimesSync(path("text"), atime, mtime);
    chmodSync(path("moded"), 0o666);
    utimesSync(path("dated"), 1, 1);
    writeFileSync(path("new"), "");
    writeFileSync(path("copy"), readFileSync(path("equal")));
    renameSync(path("copy"), path("equal"));
    rmSync(path("gone"));
    execFileSync("setfattr", ["-n", "user.tag", "-v", "1", path("tagged")]);
    expect(await scan()).toMatch(/^1 /);
    const found = await findingsOf(scene);
    expect(found.map(({ resource, drift }) => `${resource.slice(scene.tree.length + 1)} ${drift}`).sort()).toEqual([
      "gone missing",
      "moded changed",
      "new unmanaged",
      "tagged changed",
      "text changed",
    ]);
  });

  it("goes on to find it, and finds it no more once it is put right", async () => {
    await sleep(2100);
    const before = (await findingsOf(scene)).map(({ id }) => id).sort();
    expect(await scan("--rehash")).toMatch(/^1 /);
    expect((await findingsOf(scene)).map(({ id }) => id).sort()).toEqual(before);
    for (const name of ["text", "gone"]) writeFileSync(path(name), `${name}\n`);
    chmodSync(path("moded"), 0o644);
    rmSync(path("new"));
    execFileSync("setfattr", ["-x", "user.tag", path("tagged")]);
    expect(await scan()).toBe("0 ✓");
    expect(await findingsOf(scene)).toEqual([]);
  });
});
