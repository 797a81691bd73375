import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdir, readdir, readFile, rmdir, stat, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { REPOSITORY } from "../../../testing/machine.ts";
import { describeWith } from "../../../testing/requirements.ts";
import { makeScratch } from "../../../testing/scratch.ts";
import { type SshServer, startSshServer } from "../../../testing/ssh-server.ts";
import type { HostPath, Read, Transport } from "../transport.ts";
import { openLocalTransport } from "../transport-local.ts";
import { toldEverywhere } from "./fixtures/told-everywhere.ts";
import { sudoersCommand } from "./ssh-permissions.ts";
import { openSshTransport } from "./ssh-transport.ts";
import { SUDO_KILL } from "./sudo-scripts.ts";

const path = (text: string): HostPath => Buffer.from(text);
const PASSWD = path("/etc/passwd");

describeWith("sshd", "one connection over SSH", () => {
  let server: SshServer;
  beforeAll(async () => {
    server = await startSshServer();
  });
  afterAll(() => server[Symbol.asyncDispose]());

  it("answers a whole generation of reads over one connection in a few batches", async () => {
    let batches = 0;
    await using transport = openSshTransport(server.host(), { onBatch: () => (batches += 1) });
    const before = server.connections();
    const files = await regularFiles("/etc", 300);
    const reads = await Promise.all([
      ...files.map((file) => transport.stat(file)),
      ...files.map((file) => transport.hash(file)),
      ...files.slice(0, 50).map((file) => transport.readFile(file)),
      ...Array.from({ length: 20 }, (_, index) => transport.run(["echo", String(index)])),
    ]);
    expect(reads.filter((read: Read<unknown>) => !read.ok)).toEqual([]);
    expect(batches).toBeLessThanOrEqual(8);
    expect(server.connections() - before).toBe(1);
  });

  it("says of every path what the local transport says", async () => {
    await using transport = openSshTransport(server.host());
    const names = ["/etc", "/dev", "/proc/self/nothing", "/", "/root/"];
    // The server has some of its own, and some are of the process that reads them.
    const own = /^\/etc\/(?:passwd|group|shadow|mtab)$|^\/dev\/(?:std.*|fd)$/;
    const paths = (await Promise.all(names.map((name) => readdir(name).catch(() => []))))
      .flatMap((all, index) => all.map((name) => join(names[index] ?? "/", name)))
      .filter((name) => !own.test(name))
      .map(path);
    const said = async (reader: Transport) =>
      await Promise.all(
        [...paths, ...names.map(path)].map(async (one) => [
          String(one),
          toldEverywhere(await reader.stat(one)),
          await reader.hash(one),
          await contentOf(reader, one),
        ]),
      );
    expect(await said(transport)).toEqual(await said(openLocalTransport()));
  });

  it("gives the key that the host shows", async () => {
    await using transport = openSshTransport(server.host());
    expect(await transport.hostKey()).toEqual({ ok: true, value: server.hostKey });
  });

  it("costs only the hung command its answer", async () => {
    await using transport = openSshTransport(server.host({ timeoutMs: 20_000 }));
    await transport.stat(PASSWD);
    const started = Date.now();
    const hung = Array.from({ length: 5 }, () => transport.run(["sleep", "600"], { timeoutMs: 4000 }));
    const others = [
      ...Array.from({ length: 40 }, (_, index) => transport.run(["echo", String(index)])),
      ...Array.from({ length: 40 }, () => transport.stat(PASSWD)),
    ];
    const answers = await Promise.all(others as readonly Promise<Read<unknown>>[]);
    expect(answers.filter((read) => !read.ok)).toEqual([]);
    expect(Date.now() - started).toBeLessThan(8000);
    for (const read of await Promise.all(hung)) expect(read).toMatchObject({ reason: "timeout" });
    expect((await transport.run(["true"])).ok).toBe(true);
  });

  it("leaves a session to a walk, however many commands are slow", async () => {
    await using transport = openSshTransport(server.host());
    const slow = Array.from({ length: 40 }, (_, index) => transport.run(["sleep", index % 4 === 0 ? "6" : "0"]));
    await new Promise((resolve) => setTimeout(resolve, 4500));
    const found = [];
    for await (const { stat } of transport.walk(path(server.folder), { enter: () => true })) found.push(stat.ok);
    expect(found).toEqual([true]);
    expect((await Promise.all(slow)).filter((read) => !read.ok)).toEqual([]);
  });

  it("asks those again alone that shared a program with one that hangs", async () => {
    await using scratch = await makeScratch();
    const files = Array.from({ length: 20 }, (_, index) => `${scratch.path}/f${index}`);
    await Promise.all(files.map((file) => writeFile(file, "x")));
    await using over = await startSshServer({ busybox: true });
    // In place of sha256sum and stat, one that hangs at a certain file.
    const hang = '#!/bin/sh\nfor one; do case $one in */f7) sleep 600;; esac; done\nexec /usr/bin/stat "$@"\n';
    await over.replaceProgram("stat", hang);
    await using transport = openSshTransport(over.host({ timeoutMs: 3000 }));
    const reads = await Promise.all(files.map((file) => transport.stat(path(file))));
    expect(reads.map((read) => (read.ok ? "read" : read.reason))).toEqual(
      files.map((file) => (file.endsWith("/f7") ? "timeout" : "read")),
    );
  });

  it("makes do with the sessions that the host lets in", async () => {
    await using few = await startSshServer({ config: ["MaxSessions 2"] });
    await using transport = openSshTransport(few.host());
    const reads = Array.from({ length: 30 }, (_, index) => transport.run(["echo", String(index)]));
    expect((await Promise.all(reads)).filter((read) => !read.ok)).toEqual([]);
    await using one = await startSshServer({ config: ["MaxSessions 1"] });
    await using refused = openSshTransport(one.host());
    expect(await refused.stat(PASSWD)).toMatchObject({
      reason: "unreachable",
      detail: expect.stringMatching(/lets no more sessions in/),
    });
  });

  it("does not let a walk that nobody takes from hold up other reads, and ends it when it is left", async () => {
    await using scratch = await makeScratch();
    await Promise.all(Array.from({ length: 20_000 }, (_, index) => symlink("x", `${scratch.path}/${index}`)));
    await using transport = openSshTransport(server.host({ timeoutMs: 2000 }));
    const walks = Array.from({ length: 3 }, () =>
      transport.walk(path(scratch.path), { enter: () => true })[Symbol.asyncIterator](),
    );
    const [first, second] = walks;
    await first?.next();
    await second?.next();
    await new Promise((resolve) => setTimeout(resolve, 2500));
    expect((await transport.stat(PASSWD)).ok).toBe(true);
    await first?.return?.();
    let count = 0;
    for (const walk of [second, walks[2]])
      for (let next = await walk?.next(); next?.done === false; next = await walk?.next()) count += 1;
    expect(count).toBe(20_000 + 20_001);
  });

  it("lets nothing of the host's own shell set-up matter", async () => {
    await using scratch = await makeScratch();
    await chmod(scratch.path, 0o755);
    const shell = join(scratch.path, "shell");
    await writeFile(
      shell,
      '#!/bin/sh\nexport LC_ALL=de_DE.UTF-8 PATH=/nowhere ENV=/nowhere\ncd /tmp\nexec /bin/sh "$@"\n',
    );
    await chmod(shell, 0o755);
    await using odd = await startSshServer({ shell });
    await using transport = openSshTransport(odd.host());
    const read = await transport.run(["sh", "-c", "pwd; env | sort"]);
    expect(read.ok && String(read.value.stdout)).toMatch(/^\/\nLC_ALL=C\nPATH=\/usr\/local\/sbin:\S+\nPWD=\/\n$/);
  });

  it("goes through another host", async () => {
    await using inner = await startSshServer();
    await using scratch = await makeScratch();
    const configFile = join(scratch.path, "config");
    await writeFile(configFile, `${server.clientConfig("outer")}${inner.clientConfig("inner")}`);
    const { port: _, ...host } = inner.host({ host: "inner", jump: "outer", configFile });
    await using transport = openSshTransport(host);
    const before = server.connections();
    expect((await transport.stat(PASSWD)).ok).toBe(true);
    expect(await transport.hostKey()).toEqual({ ok: true, value: inner.hostKey });
    expect([server.connections() - before, inner.connections()]).toEqual([1, 1]);
  });
});

describeWith("shells", "a login shell of another sort", () => {
  it("makes no difference", async () => {
    await using server = await startSshServer({ shell: "/usr/bin/fish" });
    await using transport = openSshTransport(server.host());
    expect((await transport.run(["echo", "$x"])).ok).toBe(true);
  });
});

describeWith("sshd", "a connection that fails", () => {
  it("loses what is under way when it drops, answers later reads over one more, and makes no third", async () => {
    await using server = await startSshServer();
    await using transport = openSshTransport(server.host());
    for (const connection of [1, 2]) {
      expect((await transport.stat(PASSWD)).ok).toBe(true);
      expect(server.connections()).toBe(connection);
      const underWay = transport.run(["sleep", "60"]);
      const walk = transport.walk(path("/proc/sys/kernel"), { enter: () => true })[Symbol.asyncIterator]();
      await new Promise((resolve) => setTimeout(resolve, 300));
      await server.dropSessions();
      expect(await underWay).toMatchObject({ ok: false, reason: "unreachable" });
      await walk.return?.();
    }
    for (const read of [transport.stat(PASSWD), transport.run(["true"]), transport.hash(PASSWD)])
      expect(await read).toMatchObject({ ok: false, reason: "unreachable" });
    expect(server.connections()).toBe(2);
  });

  it("says that nobody listens, that no such host is known, and that it does not answer in time", async () => {
    await using server = await startSshServer();
    await server.kill();
    await using refused = openSshTransport(server.host());
    expect(await refused.stat(PASSWD)).toEqual({
      ok: false,
      reason: "unreachable",
      detail: expect.stringMatching(/^Cannot read "\/etc\/passwd": cannot reach "127.0.0.1" over SSH: .*refused$/),
    });
    expect(await refused.run(["true"])).toMatchObject({ reason: "unreachable" });
    await using unknown = openSshTransport({ ...server.host(), host: "no-such-host.invalid", configFile: "/dev/null" });
    expect(await unknown.hostKey()).toMatchObject({ reason: "unreachable" });
    const silent = createServer().listen(0, "127.0.0.1");
    await once(silent, "listening");
    const address = silent.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    await using slow = openSshTransport(server.host({ port, connectTimeoutMs: 1000 }));
    expect(await slow.stat(PASSWD)).toMatchObject({ reason: "timeout" });
    silent.close();
  });

  it("says that the host lets the user not in", async () => {
    await using server = await startSshServer();
    await using other = await startSshServer();
    const config = server.clientConfig("*").replaceAll(server.identityFile, other.identityFile);
    await writeFile(server.configFile, config);
    await using transport = openSshTransport(server.host());
    expect(await transport.stat(PASSWD)).toMatchObject({
      reason: "denied",
      detail: expect.stringMatching(/Permission denied \(publickey\)/),
    });
  });

  it("refuses a host whose key is another one or not known, and tells the key and what to do", async () => {
    await using server = await startSshServer();
    await using other = await startSshServer();
    const known = await readFile(other.knownHostsFile, "utf8");
    await writeFile(server.knownHostsFile, known.replace(String(other.port), String(server.port)));
    const key = { ok: true, value: server.hostKey };
    await using changed = openSshTransport(server.host());
    expect(await changed.stat(PASSWD)).toMatchObject({
      reason: "unreachable",
      detail: expect.stringMatching(/host key is not the one that is known.*ssh-keygen -lf/),
    });
    expect(await changed.hostKey()).toEqual(key);
    const empty = join(server.folder, "known");
    await writeFile(empty, "");
    await using unknown = openSshTransport(server.host({ knownHostsFile: empty }));
    expect(await unknown.run(["true"])).toMatchObject({
      reason: "unreachable",
      detail: expect.stringMatching(/host key is not known.*known_hosts/),
    });
    expect(await unknown.hostKey()).toEqual(key);
    expect(await readFile(empty, "utf8")).toBe("");
    expect(server.connections()).toBe(0);
  });

  it("says that there is no client, and which package has it", async () => {
    await using scratch = await makeScratch();
    await using server = await startSshServer();
    const { PATH } = process.env;
    process.env["PATH"] = scratch.path;
    await using transport = openSshTransport(server.host());
    const read = await transport.stat(PASSWD);
    process.env["PATH"] = PATH;
    expect(read).toMatchObject({
      reason: "unsupported",
      detail: expect.stringMatching(/ssh is not installed \(Debian package openssh-client\)$/),
    });
  });
});

describeWith("sshd", "sudo over SSH", () => {
  const secret = async (server: SshServer) => {
    const file = join(server.folder, "secret");
    await writeFile(file, "hidden", { mode: 0o600 });
    return path(file);
  };

  it("reads with every program what only root may, where it is allowed", async () => {
    await using server = await startSshServer({ user: "scan", sudoers: "ALL=(root) NOPASSWD: ALL" });
    const file = await secret(server);
    await mkdir(join(server.folder, "closed"), { mode: 0o700 });
    await writeFile(join(server.folder, "closed", "x"), "");
    await symlink("not-there", join(server.folder, "dangling"));
    await using transport = openSshTransport(server.host({ sudo: true }));
    expect(await transport.readFile(file)).toMatchObject({ value: Buffer.from("hidden") });
    expect(await transport.hash(file)).toMatchObject({ ok: true });
    expect(await transport.readFile(path("/root"))).toMatchObject({ reason: "unsupported" });
    expect(await transport.stat(path("/root/none"))).toMatchObject({ reason: "absent" });
    expect(await transport.readFile(path("/root/none"))).toMatchObject({ reason: "absent" });
    expect(await transport.readFile(path(join(server.folder, "dangling")))).toMatchObject({ reason: "absent" });
    const id = await transport.run(["id", "-u"]);
    expect(id.ok && String(id.value.stdout)).toBe("0\n");
    expect(await transport.run(["no-such"])).toMatchObject({ reason: "unsupported" });
    expect(await names(transport, join(server.folder, "closed"))).toEqual(["", "/x"]);
    await using plain = openSshTransport(server.host());
    expect(await plain.readFile(file)).toMatchObject({ reason: "denied" });
    expect(await plain.hash(file)).toMatchObject({ reason: "denied" });
  });

  it("ends what runs as root, and nothing that the account did not start", async () => {
    const kill = sudoersCommand(SUDO_KILL);
    // No other process of the machine sleeps as long.
    const seconds = String(100_000 + process.pid);
    const sudoers = `ALL=(root) NOPASSWD: /usr/bin/sleep ${seconds}, ${kill}`;
    await using server = await startSshServer({ user: "scan", sudoers });
    const running = async () =>
      (await promisify(execFile)("pgrep", ["-f", `^sleep ${seconds}$`]).catch(() => ({ stdout: "" }))).stdout;
    await using transport = openSshTransport(server.host({ sudo: true }));
    const hung = transport.run(["sleep", seconds], { timeoutMs: 15_000 });
    await expect.poll(running, { timeout: 14_000 }).not.toBe("");
    expect(await hung).toMatchObject({ reason: "timeout" });
    await expect.poll(running, { timeout: 20_000 }).toBe("");
    const other = spawn("sleep", ["64322"], { detached: true });
    const refused = await transport.run(SUDO_KILL, { stdin: `${other.pid}\n` });
    expect(refused).toMatchObject({ ok: true, value: { exitCode: 2 } });
    expect(other.exitCode ?? other.signalCode).toBe(null);
    other.kill();
  });

  it("is denied, with the command named, where it is not", async () => {
    await using server = await startSshServer({ user: "scan", sudoers: "ALL=(root) NOPASSWD: /usr/bin/id" });
    const file = await secret(server);
    await using transport = openSshTransport(server.host({ sudo: true }));
    expect((await transport.run(["id"])).ok).toBe(true);
    expect(await transport.run(["cat", "/etc/shadow"])).toMatchObject({
      reason: "denied",
      detail: expect.stringMatching(/^Cannot run "cat": sudo does not run it: a password is required$/),
    });
    for (const read of [transport.stat(file), transport.readFile(file), transport.hash(file)])
      expect(await read).toMatchObject({ reason: "denied", detail: expect.stringMatching(/sudo does not run "/) });
  });
});

describeWith("sshd", "what a scan over SSH leaves behind", () => {
  it("writes nothing on the host", async () => {
    await using scratch = await makeScratch();
    const shell = join(scratch.path, "shell");
    const calls = "trace=%file,truncate,ftruncate,fchmod,fchown,socket";
    await writeFile(
      shell,
      `#!/bin/sh\nexec strace -f -qq -s 300 -e '${calls}' -o ${scratch.path}/trace.$$ /bin/sh "$@"\n`,
    );
    await chmod(shell, 0o755);
    await using server = await startSshServer({ shell });
    const file = path(join(server.folder, "a"));
    await writeFile(String(file), "a");
    {
      await using transport = openSshTransport(server.host());
      await Promise.all([
        transport.stat(file),
        transport.hash(file),
        transport.readFile(file),
        transport.readFile(path("/proc/sys/kernel/ostype")),
        transport.run(["cat"], { stdin: "x\n".repeat(5000) }),
        names(transport, "/etc/ssh"),
      ]);
    }
    const traces = (await readdir(scratch.path)).filter((name) => name.startsWith("trace."));
    const lines = (await Promise.all(traces.map((name) => readFile(join(scratch.path, name), "utf8"))))
      .join("\n")
      .split("\n");
    expect(lines.filter((line) => line.includes(String(file))).length).toBeGreaterThan(2);
    const changes =
      /O_WRONLY|O_RDWR|O_CREAT|\b(?:unlink|rename|mkdir|rmdir|link|symlink|mknod|chmod|chown|utime|truncate|setxattr|mount)\w*\(/;
    const allowed = /"\/dev\/(?:null|tty)"|\breadlink(?:at)?\(/;
    expect(lines.filter((line) => changes.test(line) && !allowed.test(line))).toEqual([]);
    expect(await readdir(server.home)).toEqual([]);
  });

  it("leaves no process and no file once it is disposed, also where a command hangs", async () => {
    await using server = await startSshServer();
    const marker = `79${Date.now() % 1_000_000}.5`;
    let socket: string | undefined;
    let hung: Promise<unknown>;
    {
      await using transport = openSshTransport(server.host());
      await transport.stat(PASSWD);
      hung = transport.run(["sleep", marker]);
      await expect.poll(commandLines).toContain(`sleep ${marker}`);
      socket = (await commandLines()).split("\n").flatMap((line) => socketOf(line, server))[0];
      expect((await stat(dirname(socket ?? ""))).mode & 0o777).toBe(0o700);
    }
    expect(await hung).toMatchObject({ reason: "unreachable" });
    expect(await commandLines()).not.toContain(socket);
    await expect(stat(dirname(socket ?? ""))).rejects.toThrow("ENOENT");
    await expect.poll(commandLines).not.toContain(`sleep ${marker}`);
  });

  it("leaves no process when it is killed itself", async () => {
    await using server = await startSshServer();
    const script = `
      const { openSshTransport } = await import(${JSON.stringify(`${REPOSITORY}/dist/connectors/host/ssh/ssh-transport.js`)});
      const transport = openSshTransport(${JSON.stringify(server.host())});
      await transport.stat(Buffer.from("/etc/passwd"));
      console.log("up");
      setInterval(() => {}, 1000);
    `;
    const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    await once(child.stdout, "data");
    const socket = (await commandLines()).split("\n").flatMap((line) => socketOf(line, server))[0];
    expect(socket).toMatch(/leeway-ssh-/);
    child.kill("SIGKILL");
    await expect.poll(commandLines, { timeout: 5000 }).not.toContain(socket);
    // Nobody was left to remove it; it is empty.
    await rmdir(dirname(socket ?? ""));
  });
});

describe("disposal", () => {
  it("needs no connection, and ends all reads after it", async () => {
    const transport = openSshTransport({
      host: "nowhere.invalid",
      sudo: false,
      connectTimeoutMs: 1000,
      timeoutMs: 1000,
    });
    await transport[Symbol.asyncDispose]();
    expect(await transport.stat(PASSWD)).toMatchObject({ reason: "unreachable" });
  });
});

async function regularFiles(folder: string, most: number): Promise<readonly HostPath[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => path(join(entry.parentPath, entry.name)));
  return files.slice(0, most);
}

async function contentOf(reader: Transport, file: HostPath): Promise<unknown> {
  const read = await reader.readFile(file);
  return read.ok ? Buffer.from(read.value).toString("hex") : read;
}

async function names(transport: Transport, root: string): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const entry of transport.walk(path(root), { enter: () => true }))
    found.push(Buffer.from(entry.path).toString().slice(root.length));
  return found.sort();
}

/** The control socket in the command line of a client that talks to the server. */
function socketOf(line: string, server: SshServer): readonly string[] {
  const socket = / -S (\S+) /.exec(line)?.[1];
  return socket !== undefined && line.includes(server.configFile) ? [socket] : [];
}

/** The command lines of all processes. */
async function commandLines(): Promise<string> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const lines = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "")));
  return lines.map((line) => line.replaceAll("\0", " ")).join("\n");
}
