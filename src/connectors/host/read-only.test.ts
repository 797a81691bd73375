import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const folder = fileURLToPath(new URL(".", import.meta.url));

/** All that the connector may import of the file system: none of it can change anything, `open` with the flags below. */
const READING = new Set([
  ...["BigIntStats", "FileHandle", "constants", "lstat", "open", "opendir", "readlink", "realpath"],
  ...["closeSync", "fstatSync", "lstatSync", "opendirSync", "openSync", "readSync", "readdirSync", "readlinkSync"],
]);
/** What else single files may import: a folder of Leeway's own, on the machine that it runs on. */
const OWN = new Map([["ssh/control-folder.ts", new Set(["mkdtemp", "rm"])]]);
const FLAGS = new Set(["O_RDONLY", "O_NOFOLLOW", "O_NONBLOCK", "O_NOCTTY", "O_NOATIME"]);
/** What can start programs, processes or threads, and who may. */
const STARTING = new Map([
  ["local/run.ts", new Set(["ChildProcess", "spawn"])],
  ["local/mounts/mount-reader.ts", new Set(["ChildProcess", "fork"])],
  ["local/survey/threads.ts", new Set(["Worker"])],
  ["local/survey/survey-worker-main.ts", new Set(["parentPort", "workerData"])],
  ["inventory/run-inventory.ts", new Set(["execFile"])],
  ["ssh/client-shell.ts", new Set(["ChildProcess", "spawn"])],
]);

async function sources(): Promise<ReadonlyMap<string, string>> {
  const names = await readdir(folder, { recursive: true });
  const kept = names.filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts"));
  return new Map(
    await Promise.all(kept.map(async (name) => [name, await readFile(join(folder, name), "utf8")] as const)),
  );
}

/** Names imported from a module; a whole-module or dynamic import counts as `*`. */
function imported(source: string, module: RegExp): string[] {
  const statements = source.matchAll(/import\s+(?:type\s+)?([^;]*?)\s+from\s+"([^"]+)"/g);
  const named = [...statements].flatMap(([, names = "", from = ""]) => {
    if (!module.test(from)) return [];
    const list = /^\{([^}]*)\}$/.exec(names)?.[1];
    return list === undefined ? ["*"] : list.split(",").map((name) => name.replace(/^\s*type\s/, "").trim());
  });
  return /import\(|require\(/.test(source) ? [...named, "*"] : named.filter((name) => name !== "");
}

describe("the host connector", () => {
  it("imports nothing that could change the file system", async () => {
    const all = [...(await sources())];
    const names = all.flatMap(([file, source]) =>
      imported(source, /^(?:node:)?fs(?:\/|$)/).filter((name) => OWN.get(file)?.has(name) !== true),
    );
    expect(names).toContain("open");
    expect(names.filter((name) => !READING.has(name))).toEqual([]);
  });

  it("runs of its kinds only commands that they declare, one way alone", async () => {
    const direct = [...(await sources())].filter(
      ([file, source]) => file.startsWith("kinds/") && /\.run\(\s*\[/.test(source),
    );
    expect(direct.map(([file]) => file)).toEqual([]);
  });

  it("opens files for reading alone", async () => {
    const flags = [...(await sources()).values()].flatMap((source) => source.match(/\bO_[A-Z]+\b/g) ?? []);
    expect(flags).toContain("O_RDONLY");
    expect(flags.filter((flag) => !FLAGS.has(flag))).toEqual([]);
  });

  it("starts programs where each way to a host does, and none but the client through a shell", async () => {
    for (const [name, source] of await sources()) {
      const started = imported(source, /child_process|worker_threads|cluster/);
      expect(
        started.filter((one) => STARTING.get(name)?.has(one) !== true),
        name,
      ).toEqual([]);
      if (STARTING.has(name)) expect(source).not.toMatch(/\bshell\b\s*:/);
    }
  });
});
