import { createHmac } from "node:crypto";
import { chmod, mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { loadDigestKey } from "./digest-key.ts";
import { readOnlyFolder } from "./fixtures/disks.ts";
import { tempFolder } from "./fixtures/stores.ts";

const GIVEN = "correct horse battery staple";

describe("loadDigestKey", () => {
  it("makes a key for its owner alone beside the store, and finds it again", async () => {
    await using folder = await tempFolder();
    const storeFile = join(folder.path, "sub", "state.db");
    const key = await loadDigestKey({ env: {}, storeFile });
    const again = await loadDigestKey({ env: {}, storeFile });
    expect(again.digest("x")).toBe(key.digest("x"));
    expect(await readdir(join(folder.path, "sub"))).toEqual(["key"]);
    expect((await stat(join(folder.path, "sub", "key"))).mode & 0o777).toBe(0o600);
    expect((await stat(join(folder.path, "sub"))).mode & 0o777).toBe(0o700);
    const bytes = Buffer.from((await readFile(join(folder.path, "sub", "key"), "utf8")).trim(), "hex");
    expect(bytes).toHaveLength(32);
    expect(key.digest("x")).toBe(`hmac-sha256:${key.id}:${createHmac("sha256", bytes).update("x").digest("hex")}`);
  });

  it("gives all who make it at once the same key", async () => {
    await using folder = await tempFolder();
    const storeFile = join(folder.path, "state.db");
    const keys = await Promise.all(Array.from({ length: 20 }, () => loadDigestKey({ env: {}, storeFile })));
    expect(new Set(keys.map(({ id }) => id)).size).toBe(1);
    expect(await readdir(folder.path)).toEqual(["key"]);
  });

  it("takes LEEWAY_KEY where it is set, and makes no file", async () => {
    await using folder = await tempFolder();
    const storeFile = join(folder.path, "state.db");
    const key = await loadDigestKey({ env: { LEEWAY_KEY: GIVEN }, storeFile });
    expect(key.digest("x")).toBe(`hmac-sha256:${key.id}:${createHmac("sha256", GIVEN).update("x").digest("hex")}`);
    expect(await readdir(folder.path)).toEqual([]);
  });

  it("names a key by what tells nothing of it", async () => {
    const keyOf = (given: string) => loadDigestKey({ env: { LEEWAY_KEY: given }, storeFile: "/nowhere/state.db" });
    const key = await keyOf(GIVEN);
    expect(key.id).toMatch(/^[0-9a-f]{8}$/);
    expect((await keyOf(GIVEN)).id).toBe(key.id);
    expect((await keyOf(`${GIVEN}.`)).id).not.toBe(key.id);
  });

  it("digests every text to the same form, equal for equal texts only, with nothing of the text in it", async () => {
    const key = await loadDigestKey({ env: { LEEWAY_KEY: GIVEN }, storeFile: "/nowhere/state.db" });
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.string({ unit: "binary" }), (left, right) => {
        expect(key.digest(left)).toMatch(/^hmac-sha256:[0-9a-f]{8}:[0-9a-f]{64}$/);
        expect(key.digest(left) === key.digest(right)).toBe(left === right);
      }),
    );
  });

  it.each(["", "fifteen letters"])("refuses a LEEWAY_KEY that is too short, without showing it (%j)", async (given) => {
    const attempt = loadDigestKey({ env: { LEEWAY_KEY: given }, storeFile: "/nowhere/state.db" });
    await expect(attempt).rejects.toMatchObject({
      code: "CONFIG_INVALID",
      message: "Cannot use LEEWAY_KEY: it has fewer than 16 characters",
    });
  });

  it.each([0o640, 0o604, 0o620])("refuses a key file that others have rights on (%o)", async (mode) => {
    await using folder = await tempFolder();
    await loadDigestKey({ env: {}, storeFile: join(folder.path, "state.db") });
    await chmod(join(folder.path, "key"), mode);
    await expect(loadDigestKey({ env: {}, storeFile: join(folder.path, "state.db") })).rejects.toMatchObject({
      code: "STORE_UNUSABLE",
      message: `Cannot use the key file "${join(folder.path, "key")}": others can read it`,
      hint: expect.stringContaining("chmod 600"),
    });
  });

  it.each([
    ["empty", ""],
    ["cut short", "00ff"],
    ["no key", "x".repeat(64)],
  ])("refuses a key file that is %s", async (_, text) => {
    await using folder = await tempFolder();
    await writeFile(join(folder.path, "key"), text, { mode: 0o600 });
    await expect(loadDigestKey({ env: {}, storeFile: join(folder.path, "state.db") })).rejects.toThrow(
      "it holds no key",
    );
  });

  it("refuses a folder in its place", async () => {
    await using folder = await tempFolder();
    await mkdir(join(folder.path, "key"), { mode: 0o700 });
    await expect(loadDigestKey({ env: {}, storeFile: join(folder.path, "state.db") })).rejects.toThrow(
      "it is no regular file",
    );
  });

  it("says when it cannot make one", async () => {
    await using folder = await readOnlyFolder(async () => undefined);
    await expect(loadDigestKey({ env: {}, storeFile: join(folder.path, "state.db") })).rejects.toMatchObject({
      code: "STORE_UNUSABLE",
      message: expect.stringMatching(
        /^Cannot create the key file ".*": (permission denied|the file system is read-only)$/,
      ),
    });
  });
});
