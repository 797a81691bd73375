import { execFileSync } from "node:child_process";
import { chmod, mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { describeWith } from "../../../../../testing/requirements.ts";
import { makeScratch, type Scratch } from "../../../../../testing/scratch.ts";
import { asUnprivileged } from "../../../../../testing/unprivileged.ts";
import type { Transport } from "../../../transport.ts";
import { openLocalTransport } from "../../../transport-local.ts";
import { parseLsattr, readFlags } from "./read-flags.ts";

describe("what lsattr prints", () => {
  it("is the flags of each path that keep it from being changed, whatever its name", () => {
    const { byPath, others } = parseLsattr(
      Buffer.from("----i---------e------- /a b\n-----a---------------- /log\n-------------------- /busybox\n"),
      Buffer.from("lsattr 1.47.0 (5-Feb-2023)\n"),
    );
    expect(Object.fromEntries(byPath)).toEqual({ "/a b": ["immutable"], "/log": ["append_only"], "/busybox": [] });
    expect(others).toEqual([]);
  });

  it("tells what has no flags from what it could not read", () => {
    const { byPath, others } = parseLsattr(
      Buffer.from("nonsense\n"),
      Buffer.from(
        "lsattr: Operation not supported While reading flags on /proc\nlsattr: Permission denied While reading flags on /x: y\nlsattr: No such file or directory while trying to stat /gone\nlsattr: reading /mnt: Not a tty\nKilled\n",
      ),
    );
    expect(Object.fromEntries(byPath)).toEqual({ "/proc": [], "/x: y": "Permission denied", "/gone": [], "/mnt": [] });
    expect(others).toEqual(["nonsense", "Killed"]);
  });
});

describeWith("extended-attributes", "readFlags", () => {
  let scratch: Scratch;
  const at = (name: string) => join(scratch.path, name);
  beforeEach(async () => {
    scratch = await makeScratch();
    await chmod(scratch.path, 0o755);
  });
  afterEach(() => scratch[Symbol.asyncDispose]());

  const read = async (names: readonly string[], transport: Transport = openLocalTransport()) => {
    const paths = names.map((name) => Buffer.from(name.startsWith("/") ? name : at(name)));
    const chunk = await Promise.all(
      paths.map(async (path) => {
        const stat = await transport.stat(path);
        return stat.ok ? { path, stat: stat.value } : { path };
      }),
    );
    const flagsOf = await readFlags(chunk, transport, new AbortController().signal);
    return paths.map((path) => {
      const flags = flagsOf(path);
      return flags.ok ? flags.value : flags.reason;
    });
  };

  it("tells the flags of files and directories, and that whatever else has none", async () => {
    for (const name of ["plain", "fixed", "-log", "a\nb"]) await writeFile(at(name), "");
    await mkdir(at("folder"));
    await symlink("fixed", at("link"));
    execFileSync("chattr", ["+i", at("fixed"), at("folder")]);
    execFileSync("chattr", ["+a", at("-log")]);
    try {
      expect(
        await read(["plain", "fixed", "-log", "folder", "link", "none", "a\nb", "/proc/version", "/dev/null"]),
      ).toEqual([[], ["immutable"], ["append_only"], ["immutable"], [], [], "unsupported", [], []]);
    } finally {
      execFileSync("chattr", ["-i", at("fixed"), at("folder")]);
      execFileSync("chattr", ["-a", at("-log")]);
    }
  });

  it("does not tell those of what may not be read, nor any without the program or from what nobody understands", async () => {
    for (const name of ["open", "closed"]) await writeFile(at(name), "");
    await chmod(at("closed"), 0o600);
    expect(await asUnprivileged(() => read(["open", "closed"]))).toEqual([[], "denied"]);
    expect(await read(["open"], openLocalTransport({ programFolders: [at("none")] }))).toEqual(["unsupported"]);
    const local = openLocalTransport();
    const odd: Transport = { ...local, run: (_, options) => local.run(["sh", "-c", "echo nonsense"], options) };
    expect(await read(["open"], odd)).toEqual(["failed"]);
  });
});
