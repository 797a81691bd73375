import { execFileSync } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeScratch, type Scratch } from "../../../../../testing/scratch.ts";
import { openLocalTransport } from "../../../transport-local.ts";
import type { PackageDatabase } from "./database.ts";
import { LISTS_COMMAND, type Reach } from "./dpkg-lists.ts";
import { readDatabases } from "./read-databases.ts";

const md5 = (letter: string) => letter.repeat(32);

describe("the command that prints what lists say of some paths", () => {
  let scratch: Scratch;
  beforeAll(async () => {
    scratch = await makeScratch();
    const info = join(scratch.path, "info");
    await mkdir(info);
    await writeFile(join(info, "one.list"), "/.\n/etc\n/etc/one.conf\n/etc/x[1]\n/usr/bin/one\n/bin/two words\n");
    await writeFile(join(info, "one.md5sums"), `${md5("a")}  usr/bin/one\n${md5("b")} *./bin/two words\n`);
    await writeFile(join(info, "broken.list"), "/opt/broken\nnonsense\n");
    await writeFile(join(info, "broken.md5sums"), `${md5("c")}  opt/broken\nnonsense\n`);
    await writeFile(join(info, "empty.list"), "");
    await writeFile(join(info, "one.postinst"), "/etc/one.conf\n");
  });
  afterAll(() => scratch[Symbol.asyncDispose]());

  const BROKEN = { "broken.list": ["nonsense"], "broken.md5sums": ["nonsense"] };
  const run = (operands: readonly string[], prefix = "") => {
    const [, , script = ""] = LISTS_COMMAND;
    const own = script.replace("/var/lib/dpkg/info", join(scratch.path, "info")).replace("awk '", `${prefix}awk '`);
    const output = execFileSync("sh", ["-c", own, "sh", ...operands], {
      encoding: "utf8",
      env: { ...process.env, LC_ALL: "C" },
    });
    const files: Record<string, string[]> = {};
    for (const line of output.split("\n").slice(0, -1))
      if (line.startsWith("=")) files[line.slice(line.lastIndexOf("/") + 1)] = [];
      else Object.values(files).at(-1)?.push(line);
    return files;
  };

  it.each([
    ["a start", ["/etc/"], { "one.list": ["/etc/one.conf", "/etc/x[1]"] }],
    ["a start within a name", ["/etc/on"], { "one.list": ["/etc/one.conf"] }],
    ["a start with letters that mean something to awk", ["/etc/x["], { "one.list": ["/etc/x[1]"] }],
    ["a path", ["=/etc"], { "one.list": ["/etc"] }],
    ["the root", ["=/."], { "one.list": ["/."] }],
    [
      "sums of paths, however they are written",
      ["=/bin/two words", "=/usr/bin/one"],
      {
        "one.list": ["/usr/bin/one", "/bin/two words"],
        "one.md5sums": [`${md5("a")}  usr/bin/one`, `${md5("b")} *./bin/two words`],
      },
    ],
    [
      "starts and paths",
      ["/usr/", "=/etc/one.conf"],
      { "one.list": ["/etc/one.conf", "/usr/bin/one"], "one.md5sums": [`${md5("a")}  usr/bin/one`] },
    ],
    [
      "everything",
      ["/", "=/etc"],
      {
        "one.list": ["/.", "/etc", "/etc/one.conf", "/etc/x[1]", "/usr/bin/one", "/bin/two words"],
        "one.md5sums": [`${md5("a")}  usr/bin/one`, `${md5("b")} *./bin/two words`],
        "broken.list": ["/opt/broken", "nonsense"],
        "broken.md5sums": [`${md5("c")}  opt/broken`, "nonsense"],
      },
    ],
    ["nothing that is there", ["/srv/", "=/srv"], {}],
  ])("prints what they say of %s, and what is malformed", (_, operands, expected) => {
    expect(run(operands)).toEqual({ ...BROKEN, ...expected });
    expect(run(operands, "busybox ")).toEqual({ ...BROKEN, ...expected });
  });
});

describe("a database of which only a part is read at first", () => {
  async function open(reach?: Reach): Promise<PackageDatabase> {
    const read = await readDatabases(openLocalTransport(), new AbortController().signal, reach);
    if (!read.ok) throw new Error(read.detail);
    return read.value;
  }
  async function settled<T>(database: PackageDatabase, ask: () => T): Promise<T> {
    for (let rounds = 0; rounds < 5; rounds += 1) {
      const answer = ask();
      const more = database.more();
      if (more === undefined) return answer;
      expect(await more).toBeUndefined();
    }
    throw new Error("It never knows enough");
  }
  const asked = [
    "/",
    "/etc",
    "/etc/deluser.conf",
    "/etc/nothing",
    "/bin/ls",
    "/usr/bin/ls",
    "/usr/share/doc",
    "/usr/bin/awk",
  ];
  const answers = async (database: PackageDatabase) => {
    const all = asked.map((path) =>
      settled(database, () => ({
        file: database.fileAt(path),
        folder: database.directoryBy(path),
        link: database.linkBy(path, "/etc/alternatives/awk"),
        gone: database.whyGone(path, "coreutils 0"),
      })),
    );
    return await Promise.all(all);
  };

  it.each([
    ["nothing", { starts: [], paths: [] }],
    ["a folder", { starts: ["/etc/"], paths: [] }],
    ["a folder that is a link on most hosts", { starts: ["/bin/"], paths: ["/usr/share/doc"] }],
    ["paths", { starts: [], paths: asked }],
    ["more paths than a command takes", { starts: [], paths: Array.from({ length: 9999 }, (_, at) => `/etc/${at}`) }],
  ])("answers as the whole does where it began with %s", async (_, reach) => {
    const whole = await open();
    expect(await answers(await open(reach))).toEqual(await answers(whole));
    expect(whole.more()).toBeUndefined();
  });
});
