import { chmodSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { openStore } from "../store/open-store.ts";
import type { Store } from "../store/store.ts";
import { type Scene, startScene } from "./testing/run-leeway.ts";

const KILLS = 50;
/** What stays as it is, and what is another with every generation. */
const STEADY = 1800;
const CHANGING = 200;

const steadyName = (index: number) => `steady/d${index % 40}/f${index}`;
const changingName = (index: number) => `changing/f${index}`;
/** No two generations look alike, and none is as declared (0644). */
const modeOf = (generation: number) => 0o700 + generation;

describe("a leeway scan that is killed at any moment", () => {
  it("leaves a store that verifies and has each scan whole or not at all, and holds up no other", {
    timeout: 240_000,
  }, async () => {
    const names = [...Array(STEADY).keys()].map(steadyName).concat([...Array(CHANGING).keys()].map(changingName));
    await using scene = await startScene({ files: Object.fromEntries(names.map((name) => [name, name])) });
    const startedAt = performance.now();
    expect((await scene.leeway(["scan"])).exitCode).toBe(0);
    const scanMs = performance.now() - startedAt;
    let seen = 0;
    const published = new Set<number>();
    for (let generation = 1; generation <= KILLS; generation++) {
      makeGeneration(scene, generation);
      await killAfter(scene, (scanMs * (generation - 1)) / (KILLS - 1));
      const now = await publishedGeneration(scene);
      expect([seen, generation]).toContain(now);
      seen = now;
      published.add(now);
    }
    const next = await scene.leeway(["scan", "--wait", "0s"]);
    expect([next.exitCode, next.stderr]).toEqual([1, ""]);
    expect(await publishedGeneration(scene)).toBe(KILLS);
    // At the first moments nothing can be there yet, so some were cut short.
    expect(published.size).toBeLessThan(KILLS);
  });
});

/** Each generation changes many files in the same way, and has one file more that nobody declared. */
function makeGeneration(scene: Scene, generation: number): void {
  for (let index = 0; index < CHANGING; index++) chmodSync(join(scene.tree, changingName(index)), modeOf(generation));
  scene.put(`new/${generation}`);
  if (generation === 1) chmodSync(join(scene.tree, "new"), 0o755);
}

/** Not waiting: the one that was killed before must hold up nobody. One that was done before it was killed is fine, too. */
async function killAfter(scene: Scene, delayMs: number): Promise<void> {
  await using run = scene.start(["scan", "--wait", "0s"]);
  await sleep(delayMs);
  run.child.kill("SIGKILL");
  const { exitCode, stderr } = await run.outcome;
  expect([exitCode === null || exitCode === 1, stderr]).toEqual([true, ""]);
}

/** The generation of the last published scan, on which all of the store agrees; 0 is the one before anything changed. */
async function publishedGeneration(scene: Scene): Promise<number> {
  await using store = await openStore({ file: scene.storeFile });
  expect(await store.verify()).toEqual([]);
  const changing = await store.records(
    "here",
    [...Array(CHANGING).keys()].map((index) => refOf(scene, changingName(index))),
  );
  const modes = new Set(changing.map((record) => record?.document?.["mode"]));
  expect(modes.size).toBe(1);
  const [mode] = modes;
  const generation = mode === "0644" ? 0 : Number.parseInt(String(mode), 8) - modeOf(0);
  await expectFindings(store, generation);
  await expectCounts(store, generation);
  return generation;
}

async function expectFindings(store: Store, generation: number): Promise<void> {
  const findings = await store.findings();
  const changed = findings.filter(({ drift }) => drift === "changed");
  expect(changed).toHaveLength(generation === 0 ? 0 : CHANGING);
  const actual = changed.map(({ changes }) => changes.map(({ path, actual }) => `${path} ${actual}`).join());
  const mode = modeOf(generation).toString(8).padStart(4, "0");
  expect(new Set(actual)).toEqual(new Set(generation === 0 ? [] : [`/mode ${mode}`]));
  expect(findings.filter(({ drift }) => drift === "unmanaged")).toHaveLength(unmanagedIn(generation));
}

/** The new files, and the folder that they are in. */
function unmanagedIn(generation: number): number {
  return generation === 0 ? 0 : generation + 1;
}

async function expectCounts(store: Store, generation: number): Promise<void> {
  const [scan] = await store.lastScans();
  let recorded = 0;
  for await (const page of store.recordedResources("here"))
    recorded += page.filter(({ presence }) => presence === "present").length;
  expect(scan?.coverage.unmanaged).toBe(unmanagedIn(generation));
  expect(recorded).toBe((scan?.coverage.declared ?? 0) + unmanagedIn(generation));
}

function refOf(scene: Scene, name: string) {
  return { kind: "host/file", at: "local", id: join(scene.tree, name) };
}
