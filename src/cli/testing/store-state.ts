import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { DatabaseSync } from "@photostructure/sqlite";
import { openStore } from "../../store/open-store.ts";
import type { Run, Scene } from "./run-leeway.ts";

const POLL_MS = 2;

/** Resolves once a run has begun to stage a scan that is not published; fails when the run ends before that was seen. */
export async function untilStaged(scene: Scene, run: Run): Promise<void> {
  let isOver = false;
  void run.outcome.then(() => {
    isOver = true;
  });
  while (!hasStagedScan(scene.storeFile)) {
    if (isOver) throw new Error(`The run ended before it was seen staging: ${(await run.outcome).stderr}`);
    await sleep(POLL_MS);
  }
}

function hasStagedScan(storeFile: string): boolean {
  if (!existsSync(storeFile)) return false;
  try {
    using database = new DatabaseSync(storeFile, { readOnly: true });
    return database.prepare("select 1 from scans where state = 'staged'").get() !== undefined;
  } catch {
    // The run is just making the store, or holds it locked.
    return false;
  }
}

/** What a person would miss if it were lost: scans and findings. Throws when the store does not verify. */
export async function storeState(scene: Scene): Promise<unknown> {
  await using store = await openStore({ file: scene.storeFile });
  const damage = await store.verify();
  if (damage.length > 0) throw new Error(`The store is damaged: ${damage.join("; ")}`);
  return { scans: await store.lastScans(), findings: await store.findings() };
}

/** Every file that Leeway keeps for the scene, by path: the store with its companions, the key. */
export function keptFiles(scene: Scene): ReadonlyMap<string, Buffer> {
  const folder = dirname(scene.storeFile);
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return new Map(paths.map((path) => [path, readFileSync(path)]));
}
