import { lstatSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { kindScope } from "../../kind-scope.ts";
import type { Transport } from "../../transport.ts";
import { openLocalTransport } from "../../transport-local.ts";
import { readTree } from "./tree.ts";

/** A folder on which every Linux system mounts a file system of its own, and the one that it stands in. */
const [OUTER, MOUNTED] = ["/dev", "/dev/shm"];

async function idsIn(transport: Transport, oneFileSystem: boolean): Promise<readonly string[]> {
  const request = {
    at: "here",
    asked: [],
    oneFileSystem,
    ...kindScope("host/directory", { include: [`host/directory:${OUTER}/**`], exclude: [] }),
    now: () => "2026-01-02T03:04:05.000Z",
    signal: new AbortController().signal,
  };
  const ids: string[] = [];
  for await (const answers of readTree({ "host/directory": request }, transport))
    for (const answer of answers) if ("resource" in answer) ids.push(answer.resource.id);
  return ids;
}

describe("a scope of one file system", () => {
  const { survey: _, ...walking } = openLocalTransport();

  it.each([
    ["surveyed", openLocalTransport()],
    ["walked", walking],
  ])("holds the folder on which another one is mounted, and nothing in it (%s)", async (_how, transport) => {
    expect(lstatSync(MOUNTED).dev).not.toBe(lstatSync(OUTER).dev);
    const folder = await mkdtemp(join(MOUNTED, "leeway-"));
    try {
      await writeFile(join(folder, "file"), "");
      const [all, one] = [await idsIn(transport, false), await idsIn(transport, true)];
      expect([all.includes(MOUNTED), all.includes(folder)]).toEqual([true, true]);
      expect([one.includes(MOUNTED), one.includes(folder)]).toEqual([true, false]);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
