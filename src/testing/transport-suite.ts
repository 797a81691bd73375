import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chmod, mkdir, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Transport, WalkEntry } from "../connectors/host/transport.ts";
import { makeScratch, type Scratch } from "./scratch.ts";

export interface TransportUnderTest {
  /** Reads this machine as the user that the test runs as. */
  open(): Promise<Transport>;
  /** Does work with a transport that may read what anyone may. */
  asUnprivileged<T>(transport: Transport, work: (transport: Transport) => Promise<T>): Promise<T>;
}

interface WalkHow {
  readonly enter?: (path: string) => boolean;
  readonly transport?: Transport;
}

const text = (bytes: Uint8Array) => Buffer.from(bytes).toString();

/** What a transport promises, whatever lies between: each passes it against this machine. */
export function transportSuite(subject: TransportUnderTest): void {
  let transport: Transport;
  let scratch: Scratch;
  const at = (...names: string[]) => Buffer.from(join(scratch.path, ...names));
  const unprivileged = <T>(work: (transport: Transport) => Promise<T>) => subject.asUnprivileged(transport, work);

  beforeAll(async () => {
    transport = await subject.open();
    scratch = await makeScratch();
    // Unprivileged readers must reach what is in it.
    await chmod(scratch.path, 0o755);
  });
  afterAll(async () => {
    await transport[Symbol.asyncDispose]();
    await scratch[Symbol.asyncDispose]();
  });

  describe("run", () => {
    it("gives output and exit code as they are, whatever the exit code", async () => {
      const read = await transport.run(["sh", "-c", "printf a; printf b >&2; exit 3"]);
      expect(read.ok && [read.value.exitCode, text(read.value.stdout), text(read.value.stderr)]).toEqual([3, "a", "b"]);
    });

    it("passes arguments on as they are, without a shell", async () => {
      const read = await transport.run(["printf", "%s|", "$HOME", "a b", "`id`", "*"]);
      expect(read.ok && text(read.value.stdout)).toBe("$HOME|a b|`id`|*|");
    });

    it("gives programs LC_ALL=C and a fixed PATH with sbin, and nothing else", async () => {
      const read = await transport.run(["env"]);
      expect(read.ok && text(read.value.stdout).trim().split("\n").sort()).toEqual([
        "LC_ALL=C",
        "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
      ]);
    });

    it("feeds standard input, and bears a program that does not read it", async () => {
      const read = await transport.run(["cat"], { stdin: "ä\n" });
      expect(read.ok && text(read.value.stdout)).toBe("ä\n");
      expect((await transport.run(["true"], { stdin: "x".repeat(1_000_000) })).ok).toBe(true);
    });

    it("says that a missing program is unsupported, and tells it from one that ends as a shell ends without it", async () => {
      for (const program of ["no-such-program", "/no/such/program"]) {
        expect(await transport.run([program])).toEqual({
          ok: false,
          reason: "unsupported",
          detail: `Cannot run "${program}": it is not installed`,
        });
      }
      for (const exitCode of [126, 127])
        expect(await transport.run(["sh", "-c", `exit ${exitCode}`])).toMatchObject({ ok: true, value: { exitCode } });
    });

    it("gives what a program prints byte for byte, on both streams, whatever it looks like", async () => {
      const bytes = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
      const odd = [
        Buffer.alloc(0),
        bytes,
        Buffer.from("\n"),
        Buffer.from("\n\n0123456789abcdef 1 0"),
        Buffer.from("no end"),
      ];
      const reads = await Promise.all(
        odd.map(async (content, index) => {
          await writeFile(at(`odd${index}`), content);
          return await transport.run(["sh", "-c", 'cat "$1"; cat "$1" >&2', "sh", text(at(`odd${index}`))]);
        }),
      );
      for (const [index, read] of reads.entries()) {
        const { stdout, stderr } = read.ok ? read.value : { stdout: undefined, stderr: undefined };
        expect([stdout, stderr].map((got) => Buffer.from(got ?? "unread"))).toEqual([odd[index], odd[index]]);
      }
    });

    it("passes on every byte that an argument and standard input can hold", async () => {
      const all = Array.from({ length: 0x17f }, (_, code) => String.fromCodePoint(code + 1)).join("");
      const [argument, input] = await Promise.all([
        transport.run(["printf", "%s", all]),
        transport.run(["cat"], { stdin: `-\0${all}` }),
      ]);
      expect(argument.ok && text(argument.value.stdout)).toBe(all);
      expect(input.ok && text(input.value.stdout)).toBe(`-\0${all}`);
    });

    it("says that a program which may not be run is denied", async () => {
      await writeFile(at("forbidden"), "#!/bin/sh\n", { mode: 0o600 });
      expect(await transport.run([text(at("forbidden"))])).toMatchObject({ ok: false, reason: "denied" });
    });

    it("refuses a zero byte in arguments and paths, which the system cannot take", async () => {
      const path = Buffer.from("/a\0b");
      const reads = [
        transport.run(["echo", "a\0b"]),
        transport.stat(path),
        transport.readFile(path),
        transport.hash(path),
      ];
      for (const read of await Promise.all(reads)) expect(read).toMatchObject({ ok: false, reason: "unsupported" });
    });

    it("says that a program which was killed failed", async () => {
      expect(await transport.run(["sh", "-c", "kill -TERM $$"])).toMatchObject({ ok: false, reason: "failed" });
    });

    it("kills a program with its children when time is up", async () => {
      const marker = `77${Date.now() % 1_000_000}.5`;
      const read = await transport.run(["sh", "-c", `sleep ${marker} & sleep ${marker}`], { timeoutMs: 200 });
      expect(read).toMatchObject({ ok: false, reason: "timeout" });
      await expect.poll(() => commandLines()).not.toContain(`sleep ${marker}`);
    });

    it("ends with the signal's reason when it is aborted, and kills the program", async () => {
      const marker = `78${Date.now() % 1_000_000}.5`;
      const aborter = new AbortController();
      const running = transport.run(["sleep", marker], { signal: aborter.signal });
      aborter.abort(new Error("enough"));
      await expect(running).rejects.toThrow("enough");
      await expect(transport.run(["true"], { signal: aborter.signal })).rejects.toThrow("enough");
      await expect.poll(() => commandLines()).not.toContain(`sleep ${marker}`);
    });
  });

  describe("stat", () => {
    it("tells regular files, folders, links, pipes, sockets and devices apart", async () => {
      await writeFile(at("plain"), "12345", { mode: 0o640 });
      await chmod(at("plain"), 0o4751);
      await symlink("no such ä", at("link"));
      execFileSync("mkfifo", [text(at("fifo"))]);
      const server = createServer().listen(text(at("socket")));
      await new Promise((resolve) => server.once("listening", resolve));
      const stats = await Promise.all(["plain", "link", "fifo", "socket", "."].map((name) => transport.stat(at(name))));
      const device = await transport.stat(Buffer.from("/dev/null"));
      server.close();
      expect([...stats, device].map((read) => read.ok && read.value.type)).toEqual([
        "file",
        "link",
        "fifo",
        "socket",
        "directory",
        "character-device",
      ]);
      expect(stats[0]).toMatchObject({ value: { mode: 0o4751, size: 5n } });
      expect(stats[1]).toMatchObject({ value: { linkTarget: Buffer.from("no such ä") } });
    });

    it("calls a path absent only where the system says so", async () => {
      await writeFile(at("a-file"), "");
      expect(await transport.stat(at("nothing"))).toMatchObject({ ok: false, reason: "absent" });
      expect(await transport.stat(at("a-file", "below"))).toMatchObject({ ok: false, reason: "absent" });
      expect(await transport.stat(at("n".repeat(300)))).toMatchObject({ ok: false, reason: "unsupported" });
      await symlink("loop", at("loop"));
      expect(await transport.stat(at("loop", "below"))).toMatchObject({ ok: false, reason: "failed" });
    });

    it("calls a path denied where a folder above it may not be searched", async () => {
      await mkdir(at("closed"));
      await writeFile(at("closed", "inner"), "");
      await chmod(at("closed"), 0o000);
      const reads = await unprivileged((transport) =>
        Promise.all([transport.stat(at("closed", "inner")), transport.stat(at("closed", "nothing"))]),
      );
      expect(reads).toMatchObject([{ reason: "denied" }, { reason: "denied" }]);
      await chmod(at("closed"), 0o755);
    });
  });

  describe("readFile and hash", () => {
    const sha256 = (content: string | Uint8Array) => createHash("sha256").update(content).digest("hex");

    it("give the bytes of a regular file and their SHA-256", async () => {
      const content = Buffer.alloc(700_000, "Leeway\0");
      await writeFile(at("large"), content);
      await writeFile(at("empty"), "");
      expect(await transport.hash(at("large"))).toEqual({ ok: true, value: sha256(content) });
      expect(await transport.hash(at("empty"))).toEqual({ ok: true, value: sha256("") });
      expect(await transport.digests(at("empty"), ["md5", "sha256", "sha1"])).toEqual({
        ok: true,
        value: ["d41d8cd98f00b204e9800998ecf8427e", sha256(""), "da39a3ee5e6b4b0d3255bfef95601890afd80709"],
      });
      const read = await transport.readFile(at("large"));
      expect(read.ok && Buffer.compare(read.value, content)).toBe(0);
    });

    it("read files of /proc, which say that they are empty", async () => {
      const read = await transport.readFile(Buffer.from("/proc/version"));
      expect(read.ok && text(read.value)).toMatch(/^Linux version/);
      expect(await transport.hash(Buffer.from("/proc/version"))).toEqual({
        ok: true,
        value: sha256(await readFile("/proc/version")),
      });
    });

    it("never wait for a pipe, nor open a socket, a folder or a device", async () => {
      execFileSync("mkfifo", [text(at("pipe"))]);
      for (const path of [at("pipe"), Buffer.from("/dev/null"), at(".")]) {
        expect(await transport.readFile(path)).toMatchObject({ ok: false, reason: "unsupported" });
        expect(await transport.hash(path)).toMatchObject({ ok: false, reason: "unsupported" });
      }
    });

    it("follow a link to read a file, and do not to hash it", async () => {
      await writeFile(at("pointed-at"), "content");
      await symlink("pointed-at", at("pointer"));
      expect(await transport.readFile(at("pointer"))).toMatchObject({ value: Buffer.from("content") });
      expect(await transport.hash(at("pointer"))).toMatchObject({ ok: false, reason: "unsupported" });
      await symlink("not-there", at("dangling"));
      expect(await transport.readFile(at("dangling"))).toMatchObject({ ok: false, reason: "absent" });
    });

    it("bear every byte that a name can hold, as stat does", async () => {
      const bytes = Array.from({ length: 255 }, (_, byte) => byte + 1).filter((byte) => byte !== 0x2f);
      const names = [bytes.slice(0, 120), bytes.slice(120), [0x2d, 0x6e], [0x27], [0x0a], [0x5c, 0x6e], [0x20], [0xff]];
      await mkdir(at("odd names"));
      const paths = names.map((name) => Buffer.concat([at("odd names"), Buffer.from("/"), Buffer.from(name)]));
      await Promise.all(paths.map((path, index) => writeFile(path, `content ${index}`)));
      const [stats, contents, hashes] = await Promise.all([
        Promise.all(paths.map((path) => transport.stat(path))),
        Promise.all(paths.map((path) => transport.readFile(path))),
        Promise.all(paths.map((path) => transport.hash(path))),
      ]);
      const expected = paths.map((_, index) => `content ${index}`);
      expect(stats.map((read) => read.ok && read.value.size)).toEqual(
        expected.map((content) => BigInt(content.length)),
      );
      expect(contents.map((read) => read.ok && text(read.value))).toEqual(expected);
      expect(hashes.map((read) => read.ok && read.value)).toEqual(expected.map((content) => sha256(content)));
      const gone = paths.map((path) => Buffer.concat([path, Buffer.from("/x")]));
      const reads = gone.flatMap((path) => [transport.stat(path), transport.readFile(path), transport.hash(path)]);
      for (const read of await Promise.all(reads))
        expect(read).toMatchObject({
          reason: "absent",
          detail: expect.stringMatching(/a part of the path is no directory$/),
        });
    });

    it("read kernel parameters, and tell those that cannot be read", async () => {
      const parameter = async (name: string) => await transport.readFile(Buffer.from(`/proc/sys/${name}`));
      const [type, unset, trigger, folder, none] = await Promise.all(
        ["kernel/ostype", "net/ipv6/conf/default/stable_secret", "net/ipv4/route/flush", "kernel", "no/such"].map(
          parameter,
        ),
      );
      expect(type).toEqual({ ok: true, value: Buffer.from("Linux\n") });
      expect(unset).toMatchObject({ reason: "failed", detail: expect.stringMatching(/EIO$/) });
      expect(trigger).toMatchObject({ reason: "denied" });
      expect(folder).toMatchObject({ reason: "unsupported", detail: expect.stringMatching(/it is no regular file$/) });
      expect(none).toMatchObject({ reason: "absent" });
    });

    it("say that a file above the limit is unsupported", async () => {
      await writeFile(at("ten"), "0123456789");
      expect(await transport.readFile(at("ten"), { maxBytes: 9 })).toMatchObject({ ok: false, reason: "unsupported" });
      expect((await transport.readFile(at("ten"), { maxBytes: 10 })).ok).toBe(true);
    });

    it("call a file denied that may not be read, and absent one that is not there", async () => {
      await writeFile(at("secret"), "x");
      await chmod(at("secret"), 0o000);
      const [content, hash] = await unprivileged((transport) =>
        Promise.all([transport.readFile(at("secret")), transport.hash(at("secret"))]),
      );
      expect(content).toMatchObject({
        ok: false,
        reason: "denied",
        detail: expect.stringMatching(/permission denied$/),
      });
      expect(hash).toMatchObject({ ok: false, reason: "denied" });
      expect(await transport.hash(at("never"))).toMatchObject({ ok: false, reason: "absent" });
    });

    it("read more files at once than there are buffers", async () => {
      await mkdir(at("many"));
      const names = Array.from({ length: 40 }, (_, index) => `f${index}`);
      await Promise.all(names.map((name) => writeFile(at("many", name), name)));
      const hashes = await Promise.all(names.map((name) => transport.hash(at("many", name))));
      expect(hashes.map((read) => read.ok && read.value)).toEqual(names.map((name) => sha256(name)));
    });
  });

  describe("walk", () => {
    async function walk(
      root: Uint8Array,
      { enter = () => true, transport: reader = transport }: WalkHow = {},
    ): Promise<Map<string, WalkEntry>> {
      const entries = new Map<string, WalkEntry>();
      for await (const entry of reader.walk(root, { enter: (path) => enter(text(path)) }))
        entries.set(text(entry.path).slice(text(root).length), entry);
      return entries;
    }

    it("gives the root and everything below it once, and follows no link", async () => {
      await mkdir(at("tree", "sub", "deep"), { recursive: true });
      await writeFile(at("tree", "sub", "file"), "");
      await symlink("..", at("tree", "sub", "up"));
      await symlink("self", at("tree", "self"));
      await writeFile(Buffer.concat([at("tree"), Buffer.from("/\xff\n", "latin1")]), "");
      const entries = await walk(at("tree"));
      expect([...entries.keys()].sort()).toEqual([
        "",
        "/self",
        "/sub",
        "/sub/deep",
        "/sub/file",
        "/sub/up",
        "/\ufffd\n",
      ]);
    });

    it("does not descend where it is told not to, and gives the folder all the same", async () => {
      await mkdir(at("fenced", "inner", "deep"), { recursive: true });
      const entries = await walk(at("fenced"), { enter: (path) => !path.endsWith("inner") });
      expect([...entries.keys()].sort()).toEqual(["", "/inner"]);
    });

    it("gives a folder that may not be listed with the reason", async () => {
      await mkdir(at("partly", "locked"), { recursive: true });
      await writeFile(at("partly", "locked", "x"), "");
      await writeFile(at("partly", "open"), "");
      await chmod(at("partly", "locked"), 0o000);
      const entries = await unprivileged((transport) => walk(at("partly"), { transport }));
      await chmod(at("partly", "locked"), 0o755);
      expect([...entries.keys()].sort()).toEqual(["", "/locked", "/open"]);
      expect(entries.get("/locked")).toMatchObject({ stat: { ok: true }, unlisted: { reason: "denied" } });
      expect(entries.get("")).not.toHaveProperty("unlisted");
    });

    it("gives names whose files may not be looked at", async () => {
      await mkdir(at("names-only"));
      await writeFile(at("names-only", "x"), "");
      await chmod(at("names-only"), 0o444);
      const entries = await unprivileged((transport) => walk(at("names-only"), { transport }));
      expect(entries.get("/x")).toMatchObject({ stat: { ok: false, reason: "denied" } });
    });

    it("leaves out what vanishes on the way, and gives nothing for a root that is not there", async () => {
      await mkdir(at("shrinking", "inner"), { recursive: true });
      await writeFile(at("shrinking", "inner", "x"), "");
      const seen: string[] = [];
      for await (const entry of transport.walk(at("shrinking"), {
        enter: (path) => {
          if (text(path).endsWith("inner")) execFileSync("rm", ["-r", text(path)]);
          return true;
        },
      }))
        seen.push(text(entry.path));
      expect(seen).toEqual([text(at("shrinking"))]);
      expect((await walk(at("nowhere"))).size).toBe(0);
    });

    it("gives every name of a folder that does not fit into one batch", async () => {
      await mkdir(at("wide"));
      await Promise.all(Array.from({ length: 1500 }, (_, index) => writeFile(at("wide", `f${index}`), "")));
      expect((await walk(at("wide"))).size).toBe(1501);
    });

    it("stops when it is aborted", async () => {
      const signal = AbortSignal.abort(new Error("enough"));
      const entries = transport.walk(at(), { enter: () => true, signal })[Symbol.asyncIterator]();
      await expect(entries.next()).rejects.toThrow("enough");
    });
  });
}

/** The command lines of all processes. */
async function commandLines(): Promise<string> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const lines = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "")));
  return lines.map((line) => line.replaceAll("\0", " ")).join("\n");
}
