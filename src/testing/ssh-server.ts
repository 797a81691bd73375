import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdir, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import type { HostKey, SshHost } from "../connectors/host/ssh/ssh-host.ts";
import { makeScratch, type Scratch } from "./scratch.ts";

export interface SshServerOptions {
  /** Who logs in: root, or when it is another name a user that this server alone knows, without any rights; root when left out. */
  readonly user?: string;
  /** The user's login shell; `/bin/sh` when left out. */
  readonly shell?: string;
  /** What sudo lets the user do: the part of a sudoers line after the user's name, such as `ALL=(root) NOPASSWD: ALL`. */
  readonly sudoers?: string;
  /** Whether its programs, the shell too, are those of busybox wherever it has them. */
  readonly busybox?: boolean;
  /** More lines for sshd_config. They come first, so they win. */
  readonly config?: readonly string[];
}

/** A real sshd on a port of the loopback interface, with keys and files of its own. All of it is gone once disposed. */
export interface SshServer extends AsyncDisposable {
  readonly address: string;
  readonly port: number;
  readonly user: string;
  /** A folder for whatever a test needs; everyone may look into it. */
  readonly folder: string;
  /** The user's home. */
  readonly home: string;
  readonly hostKey: HostKey;
  readonly identityFile: string;
  readonly knownHostsFile: string;
  /** The client's configuration, which has all that is needed to log in as the user. */
  readonly configFile: string;
  /** A block of such a configuration, for a host of that alias. */
  clientConfig(alias: string): string;
  /** The settings of a transport to it. */
  host(more?: Partial<SshHost>): SshHost;
  /** How often somebody has logged in. */
  connections(): number;
  /** Puts a script in the place of a program, where the programs are those of busybox. */
  replaceProgram(name: string, script: string): Promise<void>;
  /** What sshd has said. */
  log(): string;
  /** Ends all sessions at once, without a word to the client; new ones are still let in. */
  dropSessions(): Promise<void>;
  /** Ends all sessions and lets nobody in any more. */
  kill(): Promise<void>;
}

const ADDRESS = "127.0.0.1";
const SSHD = "/usr/sbin/sshd";
const START_TIMEOUT_MS = 10_000;
/** Who else may be a user of this machine has a lower one. */
const UID = 64_321;
const run = promisify(execFile);

/** Needs root: users and programs are put over those of the machine, in a mount namespace that only the server sees. */
export async function startSshServer(options: SshServerOptions = {}): Promise<SshServer> {
  const scratch = await makeScratch();
  try {
    return await startIn(scratch, options);
  } catch (error) {
    await scratch[Symbol.asyncDispose]();
    throw error;
  }
}

async function startIn(scratch: Scratch, options: SshServerOptions): Promise<SshServer> {
  const at = (name: string) => join(scratch.path, name);
  const user = options.user ?? "root";
  await prepare(at, user, options);
  const port = await freePort();
  await writeFile(at("sshd_config"), serverConfig(at, port, options.config ?? []));
  const knownHostsFile = at("known_hosts");
  const publicKey = await readFile(at("host_key.pub"), "utf8");
  await writeFile(knownHostsFile, `[${ADDRESS}]:${port} ${publicKey}`);
  const clientConfig = (alias: string) =>
    [
      `Host ${alias}`,
      `HostName ${ADDRESS}`,
      `Port ${port}`,
      `User ${user}`,
      `IdentityFile ${at("user_key")}`,
      "IdentitiesOnly yes",
      `UserKnownHostsFile ${knownHostsFile}`,
      "GlobalKnownHostsFile /dev/null",
      "",
    ].join("\n");
  await writeFile(at("config"), clientConfig("*"));
  const server = await startSshd(at, options);
  return {
    address: ADDRESS,
    port,
    user,
    folder: at("folder"),
    home: at("home"),
    hostKey: { algorithm: "ED25519", fingerprint: await fingerprintOf(at("host_key.pub")) },
    identityFile: at("user_key"),
    knownHostsFile,
    configFile: at("config"),
    clientConfig,
    host: (more = {}) => ({
      host: ADDRESS,
      port,
      configFile: at("config"),
      sudo: false,
      connectTimeoutMs: 10_000,
      timeoutMs: 30_000,
      ...more,
    }),
    connections: () => server.log().match(/^Accepted publickey for /gm)?.length ?? 0,
    replaceProgram: async (name, script) => {
      await rm(at(`applets/${name}`), { force: true });
      await writeFile(at(`applets/${name}`), script, { mode: 0o755 });
    },
    log: server.log,
    dropSessions: async () => killAll(await descendants(server.child.pid)),
    kill: server.kill,
    [Symbol.asyncDispose]: async () => {
      await server.kill();
      await scratch[Symbol.asyncDispose]();
    },
  };
}

type At = (name: string) => string;

async function prepare(at: At, user: string, options: SshServerOptions): Promise<void> {
  const owner = user === "root" ? 0 : UID;
  await Promise.all(["folder", "home", "over"].map((name) => mkdir(at(name))));
  await Promise.all([".", "folder", "home"].map((name) => chmod(at(name), 0o755)));
  await run("chown", [`${owner}:${owner}`, at("home")]);
  await Promise.all(
    ["host_key", "user_key"].map((name) => run("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", at(name)])),
  );
  const shell = options.shell ?? "/bin/sh";
  const line = `${user}:x:${owner}:${owner}::${at("home")}:${shell}\n`;
  await replace(at, "passwd", (content) => `${line}${without(content, user)}`);
  await replace(at, "group", (content) => (owner === 0 ? content : `${content}${user}:x:${owner}:\n`));
  await replace(at, "shadow", (content) => `${user}:*:19000:0:99999:7:::\n${without(content, user)}`);
  await chmod(at("over/shadow"), 0o600);
  if (options.sudoers !== undefined) {
    await writeFile(at("over/sudoers"), `root ALL=(ALL:ALL) ALL\n${user} ${options.sudoers}\n`, { mode: 0o440 });
  }
  if (options.busybox !== true) return;
  await mkdir(at("applets"));
  const { stdout } = await run("busybox", ["--list"]);
  const names = stdout.split("\n").filter((name) => name !== "" && name !== "busybox");
  await Promise.all(names.map((name) => symlink("/bin/busybox", at(`applets/${name}`))));
}

/** Puts a changed copy of a file of /etc where the server will see it in its place. */
async function replace(at: At, name: string, change: (content: string) => string): Promise<void> {
  await writeFile(at(`over/${name}`), change(await readFile(`/etc/${name}`, "utf8")), { mode: 0o644 });
}

function without(content: string, user: string): string {
  return content
    .split("\n")
    .filter((line) => !line.startsWith(`${user}:`))
    .join("\n");
}

function serverConfig(at: At, port: number, more: readonly string[]): string {
  return [
    ...more,
    `ListenAddress ${ADDRESS}:${port}`,
    `HostKey ${at("host_key")}`,
    `AuthorizedKeysFile ${at("user_key.pub")}`,
    "AuthenticationMethods publickey",
    "PermitRootLogin prohibit-password",
    "StrictModes no",
    "UsePAM no",
    "UseDNS no",
    "PidFile none",
    "PrintMotd no",
    "LogLevel VERBOSE",
    "",
  ].join("\n");
}

interface Sshd {
  readonly child: ChildProcess;
  log(): string;
  kill(): Promise<void>;
}

/** The folders of the busybox applets come first on the PATH of whoever has the usual one. */
const START = `
set -e
mkdir -p /run/sshd
for file in "$1"/over/*; do mount --bind "$file" "/etc/\${file##*/}"; done
if [ -d "$1/applets" ]; then
  mount --bind "$1/applets" /usr/local/sbin
  mount --bind /bin/busybox "$(readlink -f /bin/sh)"
fi
exec ${SSHD} -D -e -f "$1/sshd_config"
`;

async function startSshd(at: At, options: SshServerOptions): Promise<Sshd> {
  const shell = options.busybox === true ? ["busybox", "sh"] : ["sh"];
  // Also when a test runs out of time and nobody is left to stop it.
  const argv = [
    "--pdeathsig",
    "KILL",
    "unshare",
    "--mount",
    "--propagation",
    "private",
    ...shell,
    "-c",
    START,
    "sh",
    at("."),
  ];
  const child = spawn("setpriv", argv, { stdio: ["ignore", "ignore", "pipe"], env: { PATH: PATH } });
  const ended = once(child, "exit");
  let log = "";
  const kill = async () => {
    const below = await descendants(child.pid);
    // The server first: it lets nobody in any more while its sessions end.
    child.kill("SIGKILL");
    killAll(below);
    await ended;
  };
  await new Promise<void>((resolve, reject) => {
    const fail = () => reject(new Error(`Cannot start sshd: ${log}`));
    const timer = setTimeout(() => void kill().finally(fail), START_TIMEOUT_MS);
    child.once("error", reject);
    child.once("exit", fail);
    child.stderr?.setEncoding("utf8").on("data", (chunk: string) => {
      log += chunk.replaceAll("\r\n", "\n");
      if (!log.includes("Server listening on")) return;
      clearTimeout(timer);
      resolve();
    });
  });
  return { child, log: () => log, kill };
}

const PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

async function freePort(): Promise<number> {
  const server = createServer().listen(0, ADDRESS);
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("Cannot find a free port");
  return address.port;
}

async function fingerprintOf(file: string): Promise<string> {
  const { stdout } = await run("ssh-keygen", ["-l", "-E", "sha256", "-f", file]);
  const fingerprint = /SHA256:\S+/.exec(stdout)?.[0];
  if (fingerprint === undefined) throw new Error(`Cannot read the fingerprint of "${file}": ${stdout}`);
  return fingerprint;
}

/** All processes that a process has started, and those that they have. */
async function descendants(pid: number | undefined): Promise<readonly number[]> {
  if (pid === undefined) return [];
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name)).map(Number);
  const parents = new Map(await Promise.all(pids.map(async (one) => [one, await parentOf(one)] as const)));
  const found: number[] = [pid];
  for (const one of found) found.push(...pids.filter((child) => parents.get(child) === one));
  return found.slice(1);
}

async function parentOf(pid: number): Promise<number | undefined> {
  const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
  const parent = /^PPid:\s*(\d+)$/m.exec(status)?.[1];
  return parent === undefined ? undefined : Number(parent);
}

function killAll(pids: readonly number[]): void {
  for (const pid of pids) {
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // It ended meanwhile.
    }
  }
}
