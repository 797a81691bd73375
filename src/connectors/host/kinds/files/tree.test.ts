import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chmod, chown, link, mkdir, rename, rm, symlink, unlink, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { AskedResource } from "../../../../connector.ts";
import { compileGlob } from "../../../../model/glob.ts";
import { isListing, type Listing, type Observation } from "../../../../model/observation.ts";
import { parseScopeEntry } from "../../../../model/resource.ts";
import { describeWith } from "../../../../testing/requirements.ts";
import { makeScratch, type Scratch } from "../../../../testing/scratch.ts";
import { asUnprivileged } from "../../../../testing/unprivileged.ts";
import { decodeId, encodeId } from "../../ids.ts";
import type { KindRequest } from "../../kind.ts";
import { kindScope } from "../../kind-scope.ts";
import { eachOf } from "../../streams.ts";
import type { Transport } from "../../transport.ts";
import { openLocalTransport } from "../../transport-local.ts";
import { hostKindFacts } from "../facts.ts";
import { readTree, type TreeRequests } from "./tree.ts";

const now = () => "2026-01-02T03:04:05.000Z";
const never = new AbortController().signal;
const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

let scratch: Scratch;
const at = (...names: string[]) => join(scratch.path, ...names);

beforeEach(async () => {
  scratch = await makeScratch();
  await chmod(scratch.path, 0o755);
});
afterEach(() => scratch[Symbol.asyncDispose]());

interface Wanted {
  readonly files?: readonly string[];
  readonly directories?: readonly string[];
  readonly include?: readonly string[];
  readonly exclude?: readonly string[];
  readonly desired?: AskedResource["desired"];
  readonly lastRecorded?: KindRequest["lastRecorded"];
}

function requestOf(kind: "host/file" | "host/directory", ids: readonly string[], wanted: Wanted): KindRequest {
  const { include = [], exclude = [], desired, lastRecorded } = wanted;
  const isListed = include.some((entry) => compileGlob(parseScopeEntry(entry).kind)(kind));
  return {
    at: "here",
    asked: ids.map((id) => ({ resource: { kind, at: "here", id }, ...(desired === undefined ? {} : { desired }) })),
    ...(isListed ? kindScope(kind, { include, exclude }) : {}),
    ...(lastRecorded === undefined ? {} : { lastRecorded }),
    now,
    signal: never,
  };
}

interface Answers {
  readonly observed: ReadonlyMap<string, Observation>;
  readonly listings: readonly Listing[];
}

async function read(wanted: Wanted, transport: Transport = openLocalTransport()): Promise<Answers> {
  const requests: TreeRequests = {
    "host/file": requestOf("host/file", wanted.files ?? [], wanted),
    "host/directory": requestOf("host/directory", wanted.directories ?? [], wanted),
  };
  const observed = new Map<string, Observation>();
  const listings: Listing[] = [];
  for await (const answer of eachOf(readTree(requests, transport))) {
    if (isListing(answer)) {
      listings.push(answer);
      continue;
    }
    const key = `${answer.resource.kind}:${answer.resource.id}`;
    expect(observed.has(key), `${key} is answered once`).toBe(false);
    observed.set(key, answer);
  }
  return { observed, listings };
}

async function observeFile(path: string, wanted: Wanted = {}): Promise<Observation | undefined> {
  return (await read({ ...wanted, files: [path] })).observed.get(`host/file:${path}`);
}

async function actualOf(path: string, kind: "file" | "directory" = "file") {
  const { observed } = await read({ [kind === "file" ? "files" : "directories"]: [path] });
  const observation = observed.get(`host/${kind}:${path}`);
  return observation?.status === "present" ? { ...observation.actual } : undefined;
}

const foundBelow = (answers: Answers) =>
  [...answers.observed.keys()].map((key) => key.replace(scratch.path, "")).sort();

/** What differs between two observations. */
async function changed(kind: "file" | "directory", path: string, change: () => Promise<unknown>): Promise<string[]> {
  const before: Record<string, unknown> = (await actualOf(path, kind)) ?? {};
  await change();
  const after: Record<string, unknown> = (await actualOf(path, kind)) ?? {};
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names].filter((name) => before[name] !== after[name]).sort();
}

/** Attributes that an ordinary file has not. */
const ONLY_WHERE_THERE_IS_ANY = ["settings", "content", "acl", "capabilities", "flags", "selinux", "xattrs"];

describe("a file", () => {
  it("is observed with all attributes that its facts name", async () => {
    await writeFile(at("f"), "content");
    await chmod(at("f"), 0o2640);
    await symlink("f", at("l"));
    expect(await observeFile(at("f"))).toEqual({
      resource: { kind: "host/file", at: "here", id: at("f") },
      observedAt: now(),
      status: "present",
      actual: {
        type: "file",
        mode: "2640",
        owner: execFileSync("id", ["-un"], { encoding: "utf8" }).trim(),
        group: execFileSync("id", ["-gn"], { encoding: "utf8" }).trim(),
        uid: process.getuid?.(),
        gid: process.getgid?.(),
        size: 7,
        sha256: sha256("content"),
      },
    });
    const seen = { ...(await actualOf(at("f"))), ...(await actualOf(at("l"))) };
    const known = hostKindFacts
      .find((facts) => facts.kind === "host/file")
      // Evidence is there only for what a package put there, or where the content is not as declared.
      ?.attributes.filter(({ roles = [] }) => !roles.includes("evidence"))
      .map(({ path }) => path.slice(1));
    expect([...Object.keys(seen), ...ONLY_WHERE_THERE_IS_ANY].sort()).toEqual([...(known ?? [])].sort());
  });

  it("has no mode, size or hash where it is a link, but its target, and the target is not followed", async () => {
    await symlink("/no/such\nplace", at("l"));
    expect(Object.keys((await actualOf(at("l"))) ?? {}).sort()).toEqual([
      "gid",
      "group",
      "link_target",
      "owner",
      "type",
      "uid",
    ]);
    expect(await actualOf(at("l"))).toMatchObject({ type: "link", link_target: "/no/such%0Aplace" });
  });

  it("may be a pipe, a socket or a device, which are not opened", async () => {
    execFileSync("mkfifo", [at("p")]);
    const server = createServer().listen(at("s"));
    await new Promise((resolve) => server.once("listening", resolve));
    const types = await Promise.all([at("p"), at("s"), "/dev/null"].map((path) => actualOf(path)));
    server.close();
    expect(types).toMatchObject([{ type: "fifo" }, { type: "socket" }, { type: "character-device" }]);
    expect(types[0]).not.toHaveProperty("sha256");
  });

  it("is absent where there is nothing, or a directory", async () => {
    await mkdir(at("d"));
    expect(await observeFile(at("none"))).toMatchObject({ status: "absent" });
    expect(await observeFile(at("none", "deeper"))).toMatchObject({ status: "absent" });
    expect(await observeFile(at("d"))).toMatchObject({ status: "absent" });
  });

  it("is unchecked and not absent in a folder that may not be searched", async () => {
    await mkdir(at("closed"));
    await writeFile(at("closed", "f"), "");
    await chmod(at("closed"), 0o600);
    const [there, missing] = await asUnprivileged(() =>
      Promise.all([observeFile(at("closed", "f")), observeFile(at("closed", "none"))]),
    );
    expect(there).toMatchObject({ status: "unchecked", reason: "denied" });
    expect(missing).toMatchObject({ status: "unchecked", reason: "denied" });
  });

  it("is present with an unchecked hash where only its content may not be read", async () => {
    await writeFile(at("secret"), "x");
    await chmod(at("secret"), 0o000);
    const observation = await asUnprivileged(() => observeFile(at("secret")));
    expect(observation).toMatchObject({
      status: "present",
      actual: { mode: "0000", size: 1 },
      facts: [{ path: "/sha256", fact: "unchecked", reason: "denied", detail: expect.stringContaining("secret") }],
    });
    expect(observation).not.toHaveProperty("actual.sha256");
  });

  it("is observed under a name that is not UTF-8, by the id that stands for its bytes", async () => {
    const id = `${encodeId(Buffer.from(scratch.path))}/%FF%0A%25`;
    await writeFile(Buffer.from(decodeId(id) ?? ""), "x");
    expect(await observeFile(id)).toMatchObject({ status: "present", actual: { sha256: sha256("x") } });
    const { observed } = await read({ include: [`host/file:${scratch.path}/**`] });
    expect([...observed.keys()]).toEqual([`host/file:${id}`]);
  });

  it.each(["relative", "/a//b", "/a/../b", "/a/", "/%41", "/%zz", "/a\u0000b", ""])(
    "is unchecked under an id that no walk would give: %j",
    async (id) => {
      expect(await observeFile(id)).toMatchObject({ status: "unchecked", reason: "unsupported" });
    },
  );
});

describe("the content of a file", () => {
  const modeOnly = { presence: "present", attributes: { mode: "0644" } } as const;

  it("is not read where only other attributes are declared", async () => {
    await writeFile(at("f"), "x");
    expect(await observeFile(at("f"), { desired: modeOnly })).not.toHaveProperty("actual.sha256");
  });

  it.each<[string, (path: string) => Wanted]>([
    ["declared", () => ({ desired: { presence: "present", attributes: { sha256: "0" } } })],
    ["no longer declared", () => ({})],
    ["meant to be absent", () => ({ desired: { presence: "absent" } })],
    ["in scope", (path) => ({ desired: modeOnly, include: [`host/file:${path}`] })],
    ["read before", () => ({ desired: modeOnly, lastRecorded: async () => ({ sha256: "0" }) })],
  ])("is read where it is %s", async (_, wanted) => {
    await writeFile(at("f"), "x");
    expect(await observeFile(at("f"), wanted(at("f")))).toHaveProperty("actual.sha256", sha256("x"));
  });
});

describe("one change", () => {
  beforeEach(async () => {
    await mkdir(at("d"));
    await writeFile(at("f"), "one");
    await symlink("one", at("l"));
  });

  it("of permission bits differs in mode alone", async () => {
    expect(await changed("file", at("f"), () => chmod(at("f"), 0o4755))).toEqual(["mode"]);
    expect(await changed("directory", at("d"), () => chmod(at("d"), 0o1777))).toEqual(["mode"]);
  });

  it("of content in place differs in sha256, and with its length also in size", async () => {
    expect(await changed("file", at("f"), () => writeFile(at("f"), "two"))).toEqual(["sha256"]);
    expect(await changed("file", at("f"), () => writeFile(at("f"), "three"))).toEqual(["sha256", "size"]);
  });

  it("of a link differs in its target alone", async () => {
    const relink = async () => {
      await unlink(at("l"));
      await symlink("two", at("l"));
    };
    expect(await changed("file", at("l"), relink)).toEqual(["link_target"]);
  });

  it("of a pipe into a socket differs in type alone", async () => {
    execFileSync("mkfifo", ["-m", "755", at("p")]);
    const server = createServer();
    const replace = async () => {
      await unlink(at("p"));
      server.listen(at("p"));
      await new Promise((resolve) => server.once("listening", resolve));
      await chmod(at("p"), 0o755);
    };
    expect(await changed("file", at("p"), replace)).toEqual(["type"]);
    server.close();
  });

  it("that changes nothing observed differs in nothing: a touch, another link, an equal replacement, a new neighbour", async () => {
    const harmless = async () => {
      execFileSync("touch", ["-d", "2001-01-01", at("f"), at("d")]);
      await rm(at("other-name"), { force: true });
      await link(at("f"), at("other-name"));
      await writeFile(at("f.new"), "one", { mode: 0o644 });
      await chmod(at("f.new"), 0o644);
      await rename(at("f.new"), at("f"));
      await writeFile(at("d", "neighbour"), "");
    };
    await chmod(at("f"), 0o644);
    expect(await changed("file", at("f"), harmless)).toEqual([]);
    expect(await changed("directory", at("d"), harmless)).toEqual([]);
  });
});

// Nobody but root may give a file away.
describeWith("machine", "one change of ownership", () => {
  beforeEach(async () => {
    await mkdir(at("d"));
    await writeFile(at("f"), "one");
  });

  it("shows a number in place of a name that nobody has", async () => {
    await writeFile(at("f"), "");
    await chown(at("f"), 3_999_999, 3_999_998);
    expect(await actualOf(at("f"))).toMatchObject({
      owner: "3999999",
      group: "3999998",
      uid: 3_999_999,
      gid: 3_999_998,
    });
  });

  it("of the owner differs in owner, and in the uid that follows from it", async () => {
    expect(await changed("file", at("f"), () => chown(at("f"), 65_534, process.getgid?.() ?? 0))).toEqual([
      "owner",
      "uid",
    ]);
    expect(await changed("directory", at("d"), () => chown(at("d"), 65_534, 0))).toEqual(["owner", "uid"]);
  });

  it("of the group differs in group, and in the gid that follows from it", async () => {
    expect(await changed("file", at("f"), () => chown(at("f"), process.getuid?.() ?? 0, 65_534))).toEqual([
      "gid",
      "group",
    ]);
    expect(await changed("directory", at("d"), () => chown(at("d"), 0, 65_534))).toEqual(["gid", "group"]);
  });

  it("of which user has a number differs in owner alone, and the other way round in uid alone", async () => {
    const passwd = (text: string) => writeFile(at("passwd"), text);
    const local = openLocalTransport();
    const transport: Transport = {
      ...local,
      readFile: (path) =>
        local.readFile(Buffer.from(path).toString() === "/etc/passwd" ? Buffer.from(at("passwd")) : path),
    };
    const owner = async () => {
      const { observed } = await read({ files: [at("f")] }, transport);
      return observed.get(`host/file:${at("f")}`);
    };
    await chown(at("f"), 2_999_991, 0);
    await passwd("ada:x:2999991:");
    expect(await owner()).toMatchObject({ actual: { owner: "ada", uid: 2_999_991 } });
    await passwd("lovelace:x:2999991:");
    expect(await owner()).toMatchObject({ actual: { owner: "lovelace", uid: 2_999_991 } });
    await passwd("lovelace:x:2999992:");
    await chown(at("f"), 2_999_992, 0);
    expect(await owner()).toMatchObject({ actual: { owner: "lovelace", uid: 2_999_992 } });
  });
});

describe("what is in scope", () => {
  beforeEach(async () => {
    await mkdir(at("etc", "ssh"), { recursive: true });
    await mkdir(at("etc", "cache", "deep"), { recursive: true });
    await Promise.all(
      ["etc/passwd", "etc/ssh/config", "etc/ssh/key.pem", "etc/cache/deep/x"].map((name) => writeFile(at(name), name)),
    );
    await symlink("..", at("etc", "up"));
  });

  it("is found once, each under its own kind, and is listed for each kind", async () => {
    const answers = await read({ include: [`host/*:${scratch.path}/etc/**`] });
    expect(foundBelow(answers)).toEqual([
      "host/directory:/etc/cache",
      "host/directory:/etc/cache/deep",
      "host/directory:/etc/ssh",
      "host/file:/etc/cache/deep/x",
      "host/file:/etc/passwd",
      "host/file:/etc/ssh/config",
      "host/file:/etc/ssh/key.pem",
      "host/file:/etc/up",
    ]);
    expect(answers.listings).toEqual([
      { kind: "host/file", at: "here", observedAt: now(), status: "listed" },
      { kind: "host/directory", at: "here", observedAt: now(), status: "listed" },
    ]);
  });

  it("follows include and exclude patterns, and nothing below an excluded folder is looked at", async () => {
    await chmod(at("etc", "cache"), 0o000);
    const answers = await asUnprivileged(() =>
      read({
        include: [`host/file:${scratch.path}/etc/**`],
        exclude: [`host/file:${scratch.path}/etc/cache/**`, "host/file:**.pem"],
      }),
    );
    expect(foundBelow(answers)).toEqual(["host/file:/etc/passwd", "host/file:/etc/ssh/config", "host/file:/etc/up"]);
    expect(answers.listings).toEqual([{ kind: "host/file", at: "here", observedAt: now(), status: "listed" }]);
  });

  it("may begin in the middle of a name", async () => {
    expect(foundBelow(await read({ include: [`host/file:${scratch.path}/etc/pass*`] }))).toEqual([
      "host/file:/etc/passwd",
    ]);
    expect(foundBelow(await read({ include: [`host/directory:${scratch.path}/etc/s*h`] }))).toEqual([
      "host/directory:/etc/ssh",
    ]);
    expect(foundBelow(await read({ include: [`host/file:${scratch.path}/*/ssh/*`] }))).toEqual([
      "host/file:/etc/ssh/config",
      "host/file:/etc/ssh/key.pem",
    ]);
  });

  it("does not repeat what was asked for", async () => {
    const answers = await read({
      files: [at("etc/passwd"), at("etc/gone")],
      include: [`host/file:${scratch.path}/etc/*`],
    });
    expect(foundBelow(answers)).toEqual(["host/file:/etc/gone", "host/file:/etc/passwd", "host/file:/etc/up"]);
  });

  it("has a gap where a folder may not be listed, and the rest is found", async () => {
    await chmod(at("etc", "cache"), 0o000);
    const answers = await asUnprivileged(() => read({ include: [`host/file:${scratch.path}/etc/**`] }));
    await chmod(at("etc", "cache"), 0o755);
    expect(foundBelow(answers)).toContain("host/file:/etc/passwd");
    expect(answers.listings).toMatchObject([
      { status: "listed", gaps: [{ glob: `${scratch.path}/etc/cache/**`, reason: "denied" }] },
    ]);
  });

  it("has a gap where names may be read but not what they name, and where the start itself may not be seen", async () => {
    await chmod(at("etc", "ssh"), 0o444);
    const include = [`host/file:${scratch.path}/etc/ssh/**`];
    const names = await asUnprivileged(() => read({ include }));
    await chmod(at("etc"), 0o000);
    const start = await asUnprivileged(() => read({ include }));
    await chmod(at("etc"), 0o755);
    for (const { listings, observed } of [names, start]) {
      expect(observed.size).toBe(0);
      expect(listings).toMatchObject([{ gaps: [{ glob: `${scratch.path}/etc/ssh/**`, reason: "denied" }] }]);
    }
  });

  it("has a gap where it starts behind a link, which is not followed", async () => {
    await symlink("etc", at("alias"));
    const { observed, listings } = await read({ include: [`host/file:${scratch.path}/alias/**`] });
    expect(observed.size).toBe(0);
    expect(listings).toMatchObject([{ gaps: [{ glob: `${scratch.path}/alias/**`, reason: "unsupported" }] }]);
  });

  it("is listed and empty where nothing is there", async () => {
    const { observed, listings } = await read({
      include: [`host/file:${scratch.path}/nowhere/**`, "host/file:relative/**"],
    });
    expect(observed.size).toBe(0);
    expect(listings).toEqual([{ kind: "host/file", at: "here", observedAt: now(), status: "listed" }]);
  });

  it("reaches into /proc, /sys and /dev only where it names something there", async () => {
    const { observed } = await read({ include: ["host/file:/*", "host/file:/*/null", "host/directory:/*"] });
    expect(observed.has("host/directory:/proc")).toBe(true);
    expect(observed.has("host/file:/dev/null")).toBe(false);
    const named = await read({ include: ["host/directory:/*", "host/file:/dev/nul*", "host/directory:/dev"] });
    expect(named.observed.has("host/file:/dev/null")).toBe(true);
    expect(named.observed.has("host/directory:/dev")).toBe(true);
  });

  it("bears files that come and go while it is walked", async () => {
    await mkdir(at("busy"));
    const churn = execFileChurn(at("busy"));
    for (let round = 0; round < 20; round += 1) {
      const { listings, observed } = await read({ include: [`host/*:${scratch.path}/busy/**`] });
      expect(listings).toHaveLength(2);
      for (const observation of observed.values()) expect(observation.status).not.toBe("unchecked");
    }
    await churn.stop();
  });

  function execFileChurn(folder: string) {
    let isOn = true;
    const names = Array.from({ length: 50 }, (_, index) => join(folder, `sub${index % 5}`, `f${index}`));
    const work = (async () => {
      while (isOn)
        for (const name of names) {
          await mkdir(dirname(name), { recursive: true });
          await writeFile(name, "x").catch(() => {});
          if (Math.random() < 0.5) await rm(dirname(name), { recursive: true, force: true });
        }
    })();
    return {
      stop: async () => {
        isOn = false;
        await work;
      },
    };
  }
});
