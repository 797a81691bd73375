import { execFileSync } from "node:child_process";
import { chmod, mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { describeWith } from "../../../testing/requirements.ts";
import { makeScratch, type Scratch } from "../../../testing/scratch.ts";
import { type SshServer, startSshServer } from "../../../testing/ssh-server.ts";
import type { HostPath, Transport } from "../transport.ts";
import { openLocalTransport } from "../transport-local.ts";
import { toldEverywhere } from "./fixtures/told-everywhere.ts";
import { openSshTransport } from "./ssh-transport.ts";

const path = (text: string): HostPath => Buffer.from(text, "latin1");
const textOf = (bytes: HostPath) => Buffer.from(bytes).toString("latin1");

/** What a walk says, by path; nothing may come twice. */
async function walked(
  transport: Transport,
  root: string,
  entersAll?: (path: string) => boolean,
  enter = (path: string) => !path.endsWith("/left"),
) {
  const found = new Map<string, unknown>();
  const options = {
    enter: (one: HostPath) => enter(textOf(one)),
    ...(entersAll === undefined ? {} : { entersAll: (one: HostPath) => entersAll(textOf(one)) }),
  };
  for await (const { path: one, stat, unlisted } of transport.walk(path(root), options)) {
    expect(found.has(textOf(one))).toBe(false);
    found.set(textOf(one), { stat: toldEverywhere(stat), unlisted });
  }
  return new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
}

describeWith("sshd", "a walk over SSH", () => {
  let scratch: Scratch;
  let server: SshServer;
  const all = () => true;
  /** All but what holds a folder that is not entered. */
  const most = (root: string) => (one: string) => !`${root}/some/left`.startsWith(`${one}/`) && one !== root;

  beforeAll(async () => {
    server = await startSshServer({ user: "scan", sudoers: "ALL=(root) NOPASSWD: ALL" });
    scratch = await makeScratch();
    await chmod(scratch.path, 0o755);
    const at = (name: string) => Buffer.from(join(scratch.path, name), "latin1");
    for (const folder of [
      "some",
      "some/a",
      "some/a/b",
      "some/left",
      "other",
      "other/deep\nfolder",
      "other/\xff'",
      "shut",
    ])
      await mkdir(at(folder));
    const files = [
      "one",
      "some/two",
      'some/a/b/three "four"',
      "some/left/unseen",
      "other/deep\nfolder/5",
      "other/\xff'/six",
      "shut/x",
    ];
    for (const file of files) await writeFile(at(file), file);
    await symlink("some/a", at("link"));
    await symlink("nowhere", at("other/dangling"));
    execFileSync("mkfifo", [join(scratch.path, "some/pipe")]);
    await chmod(at("shut"), 0o700);
  });
  afterAll(async () => {
    await server[Symbol.asyncDispose]();
    await scratch[Symbol.asyncDispose]();
  });

  it.each([
    ["level by level", () => undefined],
    ["in one go", () => (one: string) => one !== scratch.path && !one.endsWith("/some")],
    ["in one go from where all is entered", () => most(scratch.path)],
  ])("finds %s what the local transport finds", async (_, entersAll) => {
    await using transport = openSshTransport(server.host({ sudo: true }));
    const here = await walked(openLocalTransport(), scratch.path);
    expect(here.size).toBe(18);
    expect(await walked(transport, scratch.path, entersAll())).toEqual(here);
  });

  it("says of the same tree the same in one go and level by level where a folder is shut, and on a host with busybox", async () => {
    await using transport = openSshTransport(server.host());
    const inOneGo = await walked(transport, join(scratch.path), all);
    expect(inOneGo.get(join(scratch.path, "shut"))).toMatchObject({
      stat: { ok: true },
      unlisted: { reason: "denied" },
    });
    // Where all is entered nobody is asked.
    expect(inOneGo.has(join(scratch.path, "some/left/unseen"))).toBe(true);
    await using small = await startSshServer({ busybox: true });
    await using busybox = openSshTransport(small.host());
    const here = await walked(openLocalTransport(), join(scratch.path, "some/a"));
    expect(await walked(busybox, join(scratch.path, "some/a"), all)).toEqual(here);
  });

  it.each([
    ["a file", "one", 1],
    ["a link", "link", 1],
    ["nothing", "none", 0],
    ["a folder without anything", "some/a/b", 2],
  ])("starts at %s", async (_, name, count) => {
    await using transport = openSshTransport(server.host());
    const root = join(scratch.path, name);
    const here = await walked(openLocalTransport(), root);
    expect(here.size).toBe(count);
    expect(await walked(transport, root, all)).toEqual(here);
    expect(await walked(transport, root)).toEqual(here);
  });

  it("needs one exchange for many trees that are walked at the same time", async () => {
    const batches: number[] = [];
    await using transport = openSshTransport(server.host(), { onBatch: (jobs) => batches.push(jobs) });
    await walked(transport, join(scratch.path, "some"), all);
    batches.length = 0;
    await Promise.all(
      ["some", "other", "shut", "none"].map((name) => walked(transport, join(scratch.path, name), all)),
    );
    expect(batches.reduce((sum, jobs) => sum + jobs, 0)).toBe(4);
    expect(batches.length).toBeLessThanOrEqual(2);
  });

  it("needs one program to list many folders at the same time", async () => {
    let jobs = 0;
    await using transport = openSshTransport(server.host({ sudo: true }), { onBatch: (count) => (jobs += count) });
    const roots = ["some", "other", "shut", "none", "one", "link", "some/a", "other"].map((name) =>
      join(scratch.path, name),
    );
    const here = openLocalTransport();
    const shallow = (reader: Transport, root: string) => walked(reader, root, undefined, (one) => one === root);
    await transport.connect();
    const found = await Promise.all(roots.map((root) => shallow(transport, root)));
    expect(jobs).toBe(1);
    expect(found).toEqual(await Promise.all(roots.map((root) => shallow(here, root))));
  });

  it("lists a folder as it comes that is too large to be listed with others", async () => {
    await using large = await makeScratch();
    await Promise.all(
      Array.from({ length: 3000 }, (_, index) => symlink("x", `${large.path}/${"n".repeat(200)}${index}`)),
    );
    await using transport = openSshTransport(server.host({ sudo: true }));
    const [many, few] = await Promise.all([
      walked(transport, large.path),
      walked(transport, join(scratch.path, "other")),
    ]);
    expect(many.size).toBe(3001);
    expect(few).toEqual(await walked(openLocalTransport(), join(scratch.path, "other")));
  });

  it("goes level by level where it hangs to look for all folders", async () => {
    await using slow = await startSshServer({ busybox: true });
    const hang = '#!/bin/sh\ncase " $* " in *" -xdev "*) exec sleep 600; esac\nexec /usr/bin/find "$@"\n';
    await slow.replaceProgram("find", hang);
    await using transport = openSshTransport(slow.host({ timeoutMs: 1500 }));
    const root = join(scratch.path, "other");
    expect(await walked(transport, root, all)).toEqual(await walked(openLocalTransport(), root));
  });

  it("tells everything once where it had to wait behind one that nobody takes from", async () => {
    await using large = await makeScratch();
    await Promise.all(Array.from({ length: 20_000 }, (_, index) => symlink("x", `${large.path}/${index}`)));
    await using transport = openSshTransport(server.host());
    const open = () => transport.walk(path(large.path), { enter: all })[Symbol.asyncIterator]();
    const idle = [open(), open()];
    const [, , ...others] = await Promise.all([
      ...idle.map((walk) => walk.next()),
      ...["some", "other", "one"].map((name) => walked(transport, join(scratch.path, name))),
      new Promise((resolve) => setTimeout(resolve, 2500)).then(() => Promise.all(idle.map((walk) => walk.return?.()))),
    ]);
    const here = openLocalTransport();
    const expected = await Promise.all(["some", "other", "one"].map((name) => walked(here, join(scratch.path, name))));
    expect(others.slice(0, 3)).toEqual(expected);
  });
});
