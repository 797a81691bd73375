import { type ChildProcess, type ChildProcessWithoutNullStreams, type SpawnOptions, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync, rmdirSync, statSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { execPath, kill } from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { PACKAGE_ROOT } from "../package-root.ts";

/** A real machine of its own, booted over a copy of this one that is thrown away: whatever is done in it changes nothing here. */
export interface Machine extends AsyncDisposable {
  /** Process number, here, of the machine's first process; another one after a reboot. */
  readonly pid: number;
  /** Runs a program in it, as root unless another user is named. A non-zero exit is a value. */
  run(argv: readonly [string, ...string[]], options?: MachineRunOptions): Promise<MachineOutput>;
  /** The same, for what must work. @returns its standard output @throws with what it said, when it exits with another code than 0 */
  must(argv: readonly [string, ...string[]], options?: MachineRunOptions): Promise<string>;
  /** Starts a program in it as root, and leaves it running. It ends with the machine at the latest. */
  start(argv: readonly [string, ...string[]]): ChildProcessWithoutNullStreams;
  /** Boots it anew: what lies on its disk stays, and whatever lived in memory is gone. */
  reboot(): Promise<void>;
}

export interface MachineRunOptions {
  readonly user?: string;
  readonly input?: string | Uint8Array;
  readonly timeoutMs?: number;
}

export interface MachineOutput {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
}

export interface MachineOptions {
  /** What systemd starts. `basic.target` when left out: no service of this machine that listens or writes. */
  readonly target?: string;
  /** Whether what is installed and set up here meanwhile does not show in it: a second or two longer to start. */
  readonly detached?: boolean;
}

/** The repository: the machine sees it where it stands here, and cannot write it. */
export const REPOSITORY = fileURLToPath(PACKAGE_ROOT).replace(/\/$/, "");

const START_MS = 60_000;
const RUN_MS = 60_000;
const NAME_PREFIX = "leeway-";
/** Where systemd keeps its groups: of version 1, of version 2 beside it, of version 2 alone. */
const CGROUP_ROOTS = ["/sys/fs/cgroup/systemd", "/sys/fs/cgroup/unified", "/sys/fs/cgroup"];

/**
 * Runs as the first process of a process and a mount namespace of its own: when it dies, whatever kills it, every process and
 * every mount of the machine goes with it, so that even a test that is killed leaves none behind. The mounts stand on a folder
 * that exists anyway. A control group of its own keeps the machine's systemd off the processes of others.
 * $1 is the machine's id, $2 its name, $3 its target, $4 folders of which it sees a copy; further ones are folders to show in it. The
 * timers of apt would take the lock of dpkg. 133 is how nspawn says that the machine wants to boot again.
 */
const BOOT = `
set -eu
id=$1 name=$2 target=$3 copied=$4
shift 4
for group in ${CGROUP_ROOTS.join(" ")}; do
  if [ -e "$group/cgroup.procs" ]; then mkdir "$group/$name"; echo 0 > "$group/$name/cgroup.procs"; fi
done
mount -t tmpfs -o mode=0755 leeway-machine /mnt
mkdir /mnt/upper /mnt/work /mnt/root /mnt/copies
for folder in $copied; do
  mkdir -p "/mnt/copies/\${folder%/*}"
  cp -a "$folder" "/mnt/copies$folder" || true
  setfattr -n trusted.overlay.opaque -v y "/mnt/copies$folder"
done
mount -t overlay -o "lowerdir=/mnt/copies:/,upperdir=/mnt/upper,workdir=/mnt/work" leeway-machine /mnt/root
echo "$id" > /mnt/root/etc/machine-id
rm -f /mnt/root/etc/hostname
for folder in "$@"; do mkdir -p "/mnt/root$folder"; set -- "$@" "--bind-ro=$folder"; shift; done
status=133
while [ "$status" = 133 ]; do
status=0
systemd-nspawn --quiet --directory=/mnt/root --boot --console=pipe --register=no --keep-unit \\
  --private-network --link-journal=no --resolv-conf=off --timezone=off --machine="$name" "$@" \\
  systemd.unit="$target" systemd.mask=apt-daily.timer systemd.mask=apt-daily-upgrade.timer || status=$?
done
exit "$status"
`;
const DETACHED = ["/etc", "/var/lib/dpkg", "/usr/lib/systemd"];
const NAMESPACES = ["--mount", "--propagation=private", "--pid", "--mount-proc", "--fork", "--kill-child=KILL"];

/**
 * Boots a machine: as root on Linux with systemd-nspawn only. Several may run at once. Kernel parameters other than net.* are
 * this machine's own, even there.
 * @throws when it has not come up within a minute, with what it printed
 */
export async function startMachine(options: MachineOptions = {}): Promise<Machine> {
  const id = randomBytes(16).toString("hex");
  const name = `${NAME_PREFIX}${id.slice(0, 12)}`;
  removeDeadGroups();
  const copied = options.detached === true ? DETACHED.join(" ") : "";
  const argv = [id, name, options.target ?? "basic.target", copied, ...foldersToShow()];
  const outer = spawn("setpriv", ["--pdeathsig=KILL", "unshare", ...NAMESPACES, "sh", "-c", BOOT, "sh", ...argv], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  const console = collect(outer);
  try {
    const machine = machineIn({ outer, name, console }, await firstProcess(outer, console));
    await untilUp(machine, console);
    return machine;
  } catch (error) {
    await stop(outer, name);
    throw error;
  }
}

/** The repository, so that what is built after the start is seen too, and this Node where it stands on another file system. */
function foldersToShow(): readonly string[] {
  const node = execPath.replace(/\/bin\/[^/]+$/, "");
  return [REPOSITORY, ...(statSync(node).dev === statSync("/").dev ? [] : [node])];
}

/** The outer process of a machine, its host name, and what was printed on its console. */
interface Shell {
  readonly outer: ChildProcess;
  readonly name: string;
  readonly console: () => string;
}

function machineIn({ outer, name, console }: Shell, first: number): Machine {
  let pid = first;
  const run: Machine["run"] = (argv, options = {}) => runIn(pid, argv, options);
  const machine: Machine = {
    get pid() {
      return pid;
    },
    run,
    must: async (argv, options) => {
      const { exitCode, stdout, stderr } = await run(argv, options);
      if (exitCode !== 0)
        throw new Error(`Cannot run "${argv.join(" ")}" in the machine: ${exitCode} ${stderr}${stdout}`);
      return stdout;
    },
    start: (argv) => enter(pid, argv),
    reboot: async () => {
      const before = pid;
      // The answer may not come any more: what it ran in is going down.
      await run(["systemctl", "reboot"]).catch(() => undefined);
      while (readProc(`${before}/status`) !== "" && !hasEnded(outer)) await sleep(20);
      pid = await firstProcess(outer, console);
      await untilUp(machine, console);
    },
    [Symbol.asyncDispose]: () => stop(outer, name),
  };
  return machine;
}

/** Becoming another user without PAM makes no session, and so no unit that the machine would not have by itself. */
const AS_USER = 'user=$1; shift; exec setpriv --reuid="$user" --regid="$(id -g "$user")" --init-groups -- "$@"';

/** Starts a command in the machine with this first process. */
function enter(
  pid: number,
  command: readonly string[],
  limits: Pick<SpawnOptions, "timeout" | "killSignal"> = {},
): ChildProcessWithoutNullStreams {
  const where = [
    "--target",
    String(pid),
    "--mount",
    "--uts",
    "--ipc",
    "--net",
    "--pid",
    "--cgroup",
    "--root",
    "--wdns=/",
  ];
  return spawn("nsenter", [...where, "--", ...command], {
    env: { PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", HOME: "/root", LC_ALL: "C.UTF-8" },
    stdio: ["pipe", "pipe", "pipe"],
    ...limits,
  });
}

async function runIn(
  pid: number,
  argv: readonly [string, ...string[]],
  { user, input, timeoutMs = RUN_MS }: MachineRunOptions,
): Promise<MachineOutput> {
  const command = user === undefined ? argv : ["sh", "-c", AS_USER, "sh", user, ...argv];
  const child = enter(pid, command, { timeout: timeoutMs, killSignal: "SIGKILL" });
  const output = { stdout: collectText(child.stdout), stderr: collectText(child.stderr) };
  // A program may end before it has read what it is given.
  child.stdin.on("error", () => {});
  child.stdin.end(input);
  const [exitCode, signal]: [number | null, string | null] = await new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, by) => resolve([code, by]));
  });
  if (exitCode === null) throw new Error(`Cannot run "${argv.join(" ")}" in the machine: ended by ${signal}`);
  return { stdout: output.stdout(), stderr: output.stderr(), exitCode };
}

/** The machine's first process is the child of nspawn that is number 1 where it lives, which is below where nspawn lives. Nspawn is the shell's. */
async function firstProcess(outer: ChildProcess, console: () => string): Promise<number> {
  const deadline = Date.now() + START_MS;
  while (Date.now() < deadline && !hasEnded(outer)) {
    const descendants = childrenOf(outer.pid).flatMap(childrenOf).flatMap(childrenOf);
    const pid = descendants.find((child) => /^NSpid:(?:\s+\d+){2,}\s+1$/m.test(readProc(`${child}/status`)));
    if (pid !== undefined) return pid;
    await sleep(20);
  }
  throw new Error(`Cannot start a machine: ${console()}`);
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

function childrenOf(pid: number | undefined): readonly number[] {
  return readProc(`${pid}/task/${pid}/children`).split(" ").filter(Boolean).map(Number);
}

/** Empty once the process is gone. */
function readProc(path: string): string {
  try {
    return readFileSync(`/proc/${path}`, "utf8");
  } catch {
    return "";
  }
}

async function untilUp(machine: Machine, console: () => string): Promise<void> {
  const deadline = Date.now() + START_MS;
  let state = "";
  while (Date.now() < deadline) {
    await readFile(`/proc/${machine.pid}/status`);
    state = (await machine.run(["systemctl", "is-system-running"])).stdout.trim();
    if (state === "running" || state === "degraded") return;
    await sleep(50);
  }
  throw new Error(`Cannot start a machine: it is still "${state}": ${console()}`);
}

/**
 * Killing the first process of the outer namespace ends all the others; its parent, which is waited for, learns of its end only
 * when none of them is left.
 */
async function stop(outer: ChildProcess, name: string): Promise<void> {
  if (!hasEnded(outer)) {
    const ended = once(outer, "exit");
    const [first] = childrenOf(outer.pid);
    if (first === undefined) outer.kill("SIGKILL");
    else kill(first, "SIGKILL");
    await ended;
  }
  removeGroups(name);
}

/** Removes the control groups of a machine that is gone, by its host name. One that was killed with its test leaves them, empty. */
export function removeGroups(name: string): void {
  for (const root of CGROUP_ROOTS) removeGroup(`${root}/${name}`);
}

/** What tests that were killed left over: after an hour no machine is still starting in a group without a process. */
function removeDeadGroups(): void {
  const started = Date.now() - 3_600_000;
  for (const root of CGROUP_ROOTS) {
    for (const group of foldersIn(root)) {
      if (!basename(group).startsWith(NAME_PREFIX) || statSync(group).mtimeMs > started) continue;
      if (!isPopulated(group)) removeGroup(group);
    }
  }
}

function isPopulated(group: string): boolean {
  return readFileSync(`${group}/cgroup.procs`, "utf8") !== "" || foldersIn(group).some(isPopulated);
}

/** Groups are removed from the leaves up; the files in them go with them. */
function removeGroup(group: string): void {
  if (!existsSync(group)) return;
  for (const inner of foldersIn(group)) removeGroup(inner);
  rmdirSync(group);
}

function foldersIn(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  const entries = readdirSync(folder, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map((entry) => `${folder}/${entry.name}`);
}

function collect(child: ChildProcess): () => string {
  const texts = [collectText(child.stdout), collectText(child.stderr)];
  return () => texts.map((text) => text()).join("");
}

function collectText(stream: NodeJS.ReadableStream | null): () => string {
  const chunks: Buffer[] = [];
  stream?.on("data", (chunk: Buffer) => chunks.push(chunk));
  return () => Buffer.concat(chunks).toString("utf8");
}
