import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { DatabaseSync } from "@photostructure/sqlite";
import { describe, expect, it } from "vitest";
import { startChild } from "./fixtures/children.ts";
import { refOf, tempFolder } from "./fixtures/stores.ts";
import { openStore } from "./open-store.ts";

const KILLS = 50;
const RESOURCES = 300;

describe("a process that is killed at any moment", () => {
  it("leaves a store that opens, verifies, and has the whole scan or none of it", { timeout: 300_000 }, async () => {
    await using folder = await tempFolder();
    const file = join(folder.path, "state.db");
    let leftStaged = 0;
    const scanMs = await publishOnce(file);
    let generation = await seenGeneration(file);
    const first = generation;
    for (let round = 0; round < KILLS; round++) {
      await killWhileScanning({ file, round, scanMs });
      leftStaged += countStaged(file);
      const seen = await seenGeneration(file);
      expect(seen).toBeGreaterThanOrEqual(generation);
      generation = seen;
    }
    expect(leftStaged).toBeGreaterThan(0);
    expect(generation).toBeGreaterThan(first);
  });
});

/** @returns how long a scan takes here and now, so that one is killed in any part of it however busy the machine is */
async function publishOnce(file: string): Promise<number> {
  await using child = startChild("scan-forever", [file]);
  await child.says("scanning");
  const startedAt = performance.now();
  await child.says("published");
  return performance.now() - startedAt;
}

interface Round {
  readonly file: string;
  readonly round: number;
  readonly scanMs: number;
}

/** Every fifth is killed while it starts, the others somewhere in the middle of staging or publishing. */
async function killWhileScanning({ file, round, scanMs }: Round): Promise<void> {
  await using child = startChild("scan-forever", [file]);
  if (round % 5 === 1) await child.says("open");
  else if (round % 5 > 1 || round === 0) {
    await child.says("scanning");
    await sleep(Math.random() * 1.5 * scanMs);
  } else await sleep(Math.random() * 400);
  await child.kill();
}

function countStaged(file: string): number {
  using database = new DatabaseSync(file);
  return Number(database.prepare("select count(*) as scans from scans where state = 'staged'").get()?.scans);
}

/** The scan that all of the store agrees on. */
async function seenGeneration(file: string): Promise<number> {
  await using store = await openStore({ file });
  expect(await store.verify()).toEqual([]);
  const ids = Array.from({ length: RESOURCES }, (_, index) => refOf(`/${index}`));
  const generations = (await store.records("edge", ids)).map((record) => Number(record?.document?.["generation"] ?? 0));
  const [generation = 0] = generations;
  expect(new Set(generations)).toEqual(new Set([generation]));
  const [finding] = await store.findings();
  expect(Number(finding?.title ?? 0)).toBe(generation);
  expect(await store.transitions("f_1")).toHaveLength(generation);
  const [scan] = await store.lastScans();
  expect(scan?.revision ?? "r0").toBe(`r${generation}`);
  return generation;
}
