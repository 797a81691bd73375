import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chmod, mkdir, rm, stat, symlink, utimes, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { KnownRecords, KnownStates } from "../../../../model/known-states.ts";
import { builtProgram } from "../../../../package-root.ts";
import { makeScratch, type Scratch } from "../../../../testing/scratch.ts";
import { digestWords, fingerprintOf } from "../../fingerprint.ts";
import { kindScope } from "../../kind-scope.ts";
import { readTree } from "../../kinds/files/tree.ts";
import type { FileStat, Nameless, Naming, SurveyEntry, Transport } from "../../transport.ts";
import { openLocalTransport } from "../../transport-local.ts";
import { type LocalSurveyOptions, surveyLocally } from "./survey.ts";

const DIST = new URL("../../../../../dist/connectors/host/local/survey/", import.meta.url);

let scratch: Scratch;
const at = (...names: string[]) => join(scratch.path, ...names);

beforeEach(async () => {
  scratch = await makeScratch();
});
afterEach(() => scratch[Symbol.asyncDispose]());

const everything: Pick<LocalSurveyOptions, "enter" | "plan"> = {
  enter: () => true,
  plan: async (files) => files.map(() => ({ read: ["sha256"] })),
};

async function survey(options: Partial<LocalSurveyOptions> = {}): Promise<ReadonlyMap<string, readonly SurveyEntry[]>> {
  const byId = new Map<string, SurveyEntry[]>();
  const entries = surveyLocally([Buffer.from(scratch.path)], { ...everything, ...options });
  for await (const batch of entries) for (const one of batch) byId.set(one.id, [...(byId.get(one.id) ?? []), one]);
  return byId;
}

/** A thread that dies when it is told to hash or list something that is called `fatal`. */
async function mortalThread(): Promise<URL> {
  const [entry, killer] = [at("thread.mjs"), at("killer.mjs")];
  const worker = builtProgram("survey-worker").href;
  await writeFile(
    killer,
    `import { parentPort } from "node:worker_threads";
     const isFatal = ({ ids = [] }) => ids.some((id) => id.endsWith("/fatal"));
     parentPort.on("message", (job) => { if (isFatal(job)) process.exit(1); });`,
  );
  // Both listen before the first message comes.
  await writeFile(entry, `import ${JSON.stringify(pathToFileURL(killer).href)};\nimport ${JSON.stringify(worker)};\n`);
  return pathToFileURL(entry);
}

async function observeAll(transport: Transport, include: readonly string[]): Promise<readonly string[]> {
  const requestOf = (kind: string) => ({
    at: "here",
    asked: [],
    ...kindScope(kind, { include, exclude: [] }),
    now: () => "2026-01-02T03:04:05.000Z",
    signal: new AbortController().signal,
  });
  const requests = { "host/file": requestOf("host/file"), "host/directory": requestOf("host/directory") };
  const answers: string[] = [];
  for await (const batch of readTree(requests, transport))
    answers.push(...batch.map((one) => JSON.stringify(one, withoutFingerprint)));
  return answers.sort();
}

/** Only a survey gives one. */
function withoutFingerprint(key: string, value: unknown): unknown {
  return key === "fingerprint" ? undefined : value;
}

describe("a survey", () => {
  it("leads to the same observations as walking, looking and hashing one by one", async () => {
    await mkdir(at("folder", "empty"), { recursive: true });
    await writeFile(at("folder", "small"), "text");
    await writeFile(at("folder", "none"), "");
    await writeFile(at("folder", "large"), Buffer.alloc(3 * 1024 * 1024, 7));
    await writeFile(Buffer.concat([Buffer.from(`${at("folder")}/`), Buffer.of(0x66, 0xff, 0x25, 0x0a)]), "named");
    await chmod(at("folder", "small"), 0o4755);
    await symlink("nowhere", at("folder", "link"));
    execFileSync("mkfifo", [at("folder", "pipe")]);
    const server = createServer().listen(at("folder", "socket"));
    await new Promise((resolve) => server.once("listening", resolve));
    try {
      const folders = [scratch.path, "/usr/share/doc/bash", "/etc/cron.d", "/usr/lib/systemd/system"];
      const include = folders.flatMap((folder) => [`host/file:${folder}/**`, `host/directory:${folder}/**`]);
      const { survey: _, ...without } = openLocalTransport();
      const [surveyed, walked] = [await observeAll(openLocalTransport(), include), await observeAll(without, include)];
      expect(surveyed).toEqual(walked);
      expect(surveyed.length).toBeGreaterThan(50);
    } finally {
      server.close();
    }
  });

  it("reads each digest that is wanted, of a content of any length", async () => {
    const contents = [0, 1, 256 * 1024 - 1, 256 * 1024, 256 * 1024 + 1].map((size) => Buffer.alloc(size, 5));
    await Promise.all(contents.map((content, index) => writeFile(at(String(index)), content)));
    const found = await survey({ plan: async (files) => files.map(() => ({ read: ["sha256", "md5"] })) });
    for (const [index, content] of contents.entries()) {
      const [entry] = found.get(at(String(index))) ?? [];
      const digests = Object.fromEntries(
        ["sha256", "md5"].map((name) => [name, createHash(name).update(content).digest("hex")]),
      );
      expect(entry).toMatchObject({ digests: { ok: true, value: digests } });
    }
  });

  it("does not look at what is to be left out, nor below it", async () => {
    await mkdir(at("left", "below"), { recursive: true });
    await mkdir(at("kept"));
    const found = await survey({ leaveOut: new Set([at("left")]) });
    expect([...found.keys()].sort()).toEqual([scratch.path, at("kept")].sort());
  });

  it("gives every name of a folder that fits into no batch, each once", async () => {
    await mkdir(at("many"));
    await Promise.all(Array.from({ length: 3000 }, (_, index) => writeFile(at("many", String(index)), "")));
    const found = await survey();
    expect(found.size).toBe(3002);
    expect([...found.values()].every((entries) => entries.length === 1)).toBe(true);
  });

  it("loses nothing without a word to a thread that dies while it reads contents", async () => {
    for (const name of ["one", "fatal", "other"]) {
      await mkdir(at(name, name), { recursive: true });
      await writeFile(at(name, name, "content"), name);
    }
    await writeFile(at("one", "fatal"), "deadly");
    const found = await survey({
      entry: await mortalThread(),
      enter: (id) => id !== at("fatal") && !id.endsWith("/fatal"),
    });
    expect(found.get(at("one", "fatal"))).toMatchObject([
      { stat: { ok: true }, digests: { ok: false, reason: "failed" } },
    ]);
    expect(found.get(at("other"))).toMatchObject([{ stat: { ok: true, value: { type: "directory" } } }]);
    // Its folder may have been in the hands of the same thread.
    const isUnlisted = found.get(at("other", "other"))?.some((entry) => "unlisted" in entry) === true;
    expect(isUnlisted || found.has(at("other", "other", "content"))).toBe(true);
  });

  it("says of a folder that a thread died of that it is not listed", async () => {
    await mkdir(at("fatal"));
    await writeFile(at("fatal", "hidden"), "");
    await mkdir(at("fine"));
    const found = await survey({ entry: await mortalThread() });
    expect(found.get(at("fatal"))).toMatchObject([
      { stat: { ok: true } },
      { unlisted: { ok: false, reason: "failed" } },
    ]);
    expect(found.has(at("fatal", "hidden"))).toBe(false);
  });

  it("has failed for all when no thread can be started, and does not hang", async () => {
    const found = await survey({ entry: pathToFileURL(at("nothing.mjs")) });
    expect([...found.values()]).toMatchObject([[{ id: scratch.path, stat: { ok: false, reason: "failed" } }]]);
  });

  it("ends with the signal's reason", async () => {
    await Promise.all(Array.from({ length: 50 }, (_, index) => writeFile(at(String(index)), "")));
    const aborter = new AbortController();
    const plan: LocalSurveyOptions["plan"] = async (files) => {
      aborter.abort(new Error("stop"));
      return files.map(() => ({ read: ["sha256"] }));
    };
    await expect(survey({ plan, signal: aborter.signal })).rejects.toThrow("stop");
    await expect(survey({ signal: aborter.signal })).rejects.toThrow("stop");
  });

  it.each(["return", "abort"])("leaves no thread behind that keeps the process alive: %s", async (end) => {
    await writeFile(at("large"), Buffer.alloc(64 * 1024 * 1024));
    const program = `
      import { surveyLocally } from ${JSON.stringify(new URL("survey.js", DIST).href)};
      const aborter = new AbortController();
      const options = { enter: () => true, plan: async (files) => files.map(() => ({ read: ["sha256"] })) };
      const entries = surveyLocally([Buffer.from(${JSON.stringify(scratch.path)})], { ...options, signal: aborter.signal });
      await entries.next();
      if (${JSON.stringify(end)} === "return") await entries.return();
      else { aborter.abort(new Error("stop")); await entries.next().catch(() => {}); }`;
    const { status, signal } = spawnSync(process.execPath, ["--input-type=module", "-e", program], { timeout: 60_000 });
    expect({ status, signal }).toEqual({ status: 0, signal: null });
  });
});

describe("a survey that confirms what is known", () => {
  const naming: Naming = { basis: "", users: new Map(), groups: new Map() };
  const keys = { directory: "directory ", other: "other " };

  /** What stands in the scratch folder, as known as if it had been observed long ago. */
  async function knownNow(contentOf = (sha256: string) => sha256): Promise<KnownStates> {
    const records = new KnownRecords();
    for (const [id, [entry]] of await survey()) {
      const { stat, sha256 } = partsOf(entry);
      const content = sha256 === undefined ? {} : { sha256: contentOf(sha256) };
      const fingerprint = fingerprintOf({ stat, lookedAt: Date.now() + 60_000, ...content }, naming);
      const key = digestWords((stat.type === "directory" ? keys.directory : keys.other) + id);
      if (fingerprint !== undefined) records.add(key, fingerprint);
    }
    const known = new KnownStates(records.size);
    known.addPart(records.take());
    return known;
  }

  function partsOf(entry: SurveyEntry | undefined): { readonly stat: FileStat; readonly sha256: string | undefined } {
    if (entry === undefined || !("stat" in entry) || !entry.stat.ok) throw new Error("Cannot look at it");
    return { stat: entry.stat.value, sha256: entry.digests?.ok === true ? entry.digests.value.sha256 : undefined };
  }

  /** The names of what is other than it is known, and how much is not. */
  async function others(known: KnownStates, readsContent: boolean): Promise<readonly string[]> {
    const found = await survey({
      plan: async (files) => files.map(() => ({ read: [] })),
      confirm: { known: known.buffer, keys, naming, readsContent },
    });
    return [...found.keys()].map((id) => id.slice(scratch.path.length + 1)).sort();
  }

  beforeEach(async () => {
    await mkdir(at("folder"), { recursive: true });
    for (const [name, size] of [
      ["small", 5],
      ["empty", 0],
      ["folder/large", 3_000_000],
    ] as const)
      await writeFile(at(name), Buffer.alloc(size, 1));
    await symlink("nowhere", at("link"));
  });

  it.each([true, false])("gives no entry of what is as it is known (contents read: %s)", async (readsContent) => {
    const known = await knownNow();
    expect(await others(known, readsContent)).toEqual([]);
    expect([known.size, known.seen]).toEqual([6, 6]);
  });

  it.each<[string, () => Promise<unknown>, readonly string[]]>([
    ["a content of the same size and time", async () => rewrite("small"), ["small"]],
    ["a large content of the same size and time", async () => rewrite("folder/large"), ["folder/large"]],
    ["a mode", async () => chmod(at("empty"), 0o600), ["empty"]],
    [
      "a mode that was put back",
      async () => [await chmod(at("empty"), 0o600), await chmod(at("empty"), 0o644)],
      ["empty"],
    ],
    [
      "what is new, and the folder that it stands in",
      async () => writeFile(at("folder/new"), ""),
      ["folder", "folder/new"],
    ],
    [
      "a link that points elsewhere",
      async () => [await rm(at("link")), await symlink("else", at("link"))],
      ["", "link"],
    ],
  ])("gives an entry of %s", async (_, change, names) => {
    const known = await knownNow();
    await change();
    for (const readsContent of [true, false]) expect(await others(known, readsContent)).toEqual(names);
  });

  it("finds a content that changed without a trace only where it reads contents", async () => {
    // Of another content, to all appearances of the same file.
    const known = await knownNow((sha256) => sha256.replace(/^./, (digit) => (digit === "0" ? "1" : "0")));
    expect(await others(known, false)).toEqual([]);
    const again = new KnownStates(known.size);
    for (const part of known.parts()) again.addPart(part);
    expect(await others(again, true)).toEqual(["empty", "folder/large", "small"]);
  });

  it("tells of owners without a name", async () => {
    const known = await knownNow();
    const told: Nameless[] = [];
    const confirm = { known: known.buffer, keys, naming, readsContent: true };
    await survey({ confirm, onNameless: (owners) => told.push(owners) });
    expect(told.at(-1)).toEqual({ users: [process.getuid?.()], groups: [process.getgid?.()] });
  });

  /** Other bytes, and the times of the content put back. */
  async function rewrite(name: string): Promise<void> {
    const { size, atime, mtime } = await stat(at(name));
    await writeFile(at(name), Buffer.alloc(size, 2));
    await utimes(at(name), atime, mtime);
  }
});
