import { execFileSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { getuid } from "node:process";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readOnlyFolder } from "../store/fixtures/disks.ts";
import { makeScratch, type Scratch } from "../testing/scratch.ts";
import { asUnprivileged } from "../testing/unprivileged.ts";
import { replaceFile } from "./replace-file.ts";

const telling = { name: "report.html", hint: "name another" };
let scratch: Scratch;
let file: string;

beforeEach(async () => {
  scratch = await makeScratch();
  file = join(scratch.path, "report.html");
});

afterEach(() => scratch[Symbol.asyncDispose]());

describe("replacing a file", () => {
  it("makes it where there was none, and leaves nothing else", async () => {
    await replaceFile(file, "new\n", telling);
    expect(readFileSync(file, "utf8")).toBe("new\n");
    expect(readdirSync(scratch.path)).toEqual(["report.html"]);
  });

  it("keeps the mode of what was there", async () => {
    writeFileSync(file, "old\n");
    chmodSync(file, 0o640);
    await replaceFile(file, "new\n", telling);
    expect([readFileSync(file, "utf8"), statSync(file).mode & 0o7777]).toEqual(["new\n", 0o640]);
  });

  it.runIf(getuid?.() === 0)("keeps the owner of what was there", async () => {
    writeFileSync(file, "old\n");
    chownSync(file, 65_534, 65_534);
    await replaceFile(file, "new\n", telling);
    expect([statSync(file).uid, statSync(file).gid]).toEqual([65_534, 65_534]);
  });

  it("follows a link and leaves it a link", async () => {
    mkdirSync(join(scratch.path, "elsewhere"));
    writeFileSync(join(scratch.path, "elsewhere/real"), "old\n");
    symlinkSync("elsewhere/real", file);
    await replaceFile(file, "new\n", telling);
    expect([readlinkSync(file), readFileSync(join(scratch.path, "elsewhere/real"), "utf8")]).toEqual([
      "elsewhere/real",
      "new\n",
    ]);
  });

  it("writes into a pipe, as into a device, instead of replacing it", async () => {
    execFileSync("mkfifo", [file]);
    const [, heard] = await Promise.all([
      replaceFile(file, "new\n", telling),
      new Promise<string>((resolve, reject) => {
        import("node:fs/promises").then(({ readFile }) => readFile(file, "utf8")).then(resolve, reject);
      }),
    ]);
    expect([heard, lstatSync(file).isFIFO()]).toEqual(["new\n", true]);
  });

  it("refuses a folder in its place, and one that is not there", async () => {
    mkdirSync(file);
    await expect(replaceFile(file, "new\n", telling)).rejects.toMatchObject({
      code: "WRITE_REFUSED",
      message: 'Cannot write "report.html": it is a folder',
      hint: "name another",
    });
    await expect(replaceFile(join(scratch.path, "no/report"), "new\n", telling)).rejects.toMatchObject({
      message: 'Cannot write "report.html": there is no such folder',
    });
    expect(readdirSync(scratch.path)).toEqual(["report.html"]);
  });

  it("leaves what was there as it was in a folder that nobody can write to", async () => {
    await using folder = await readOnlyFolder(async (path) => writeFileSync(join(path, "report.html"), "old\n"));
    await expect(replaceFile(join(folder.path, "report.html"), "new\n", telling)).rejects.toMatchObject({
      code: "WRITE_REFUSED",
      message: expect.stringMatching(/^Cannot write "report.html": (the file system is read-only|permission denied)$/),
    });
    expect(readFileSync(join(folder.path, "report.html"), "utf8")).toBe("old\n");
    expect(readdirSync(folder.path)).toEqual(["report.html"]);
  });

  it("says so in a folder that it may not even look into", async () => {
    const locked = join(scratch.path, "locked");
    mkdirSync(locked, { mode: 0o700 });
    chmodSync(locked, getuid?.() === 0 ? 0o700 : 0o000);
    chmodSync(scratch.path, 0o755);
    await asUnprivileged(() =>
      expect(replaceFile(join(locked, "report.html"), "new\n", telling)).rejects.toMatchObject({
        message: 'Cannot write "report.html": permission denied',
      }),
    );
  });
});
