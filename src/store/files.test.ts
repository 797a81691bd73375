import { mkdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { makeFolder, systemCode, whyRefused } from "./files.ts";
import { readOnlyFolder } from "./fixtures/disks.ts";
import { tempFolder } from "./fixtures/stores.ts";

describe("makeFolder", () => {
  it("makes those above too, for their owner alone, and leaves alone what is there", async () => {
    await using folder = await tempFolder();
    await mkdir(join(folder.path, "there"), { mode: 0o755 });
    await makeFolder(join(folder.path, "there", "a", "b"));
    await makeFolder(join(folder.path, "there", "a", "b"));
    const modes = await Promise.all(
      ["there", "there/a", "there/a/b"].map(async (name) => (await stat(join(folder.path, name))).mode & 0o777),
    );
    expect(modes).toEqual([0o755, 0o700, 0o700]);
  });

  it("fails on a path through a file", async () => {
    await using folder = await tempFolder();
    await writeFile(join(folder.path, "file"), "");
    for (const path of ["file", "file/a", "file/a/b"]) {
      const error: unknown = await makeFolder(join(folder.path, path)).catch((cause: unknown) => cause);
      expect(whyRefused(error)).toBe("a part of the path is no folder");
    }
  });

  it("says that the file system is read-only, or the folder not this user's, however deep the path", async () => {
    await using folder = await readOnlyFolder((path) => mkdir(join(path, "there")));
    await makeFolder(join(folder.path, "there"));
    for (const path of ["a", "a/b/c"]) {
      const error: unknown = await makeFolder(join(folder.path, path)).catch((cause: unknown) => cause);
      expect(["EROFS", "EACCES"]).toContain(systemCode(error));
    }
  });
});
