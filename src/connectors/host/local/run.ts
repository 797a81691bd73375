import { type ChildProcess, spawn } from "node:child_process";
import { kill } from "node:process";
import { errorCode, type Failure } from "../failure.ts";
import type { CommandOutput, Read, RunOptions } from "../transport.ts";

/** Where programs are looked for, whatever the caller's own PATH says; sbin because a scan need not run as root. */
export const PROGRAM_FOLDERS: readonly string[] = [
  "/usr/local/sbin",
  "/usr/local/bin",
  "/usr/sbin",
  "/usr/bin",
  "/sbin",
  "/bin",
];

const DEFAULT_TIMEOUT_MS = 30_000;
/** More than any command that is read here prints; a runaway must not fill the memory. */
export const MAX_OUTPUT_BYTES = 256 * 1024 * 1024;

/** Which Debian package has a program that may be missing. */
const PACKAGES: ReadonlyMap<string, string> = new Map([
  ["dpkg", "dpkg"],
  ["dpkg-query", "dpkg"],
  ["getent", "libc-bin"],
  ["getfattr", "attr"],
  ["lsattr", "e2fsprogs"],
  ["ss", "iproute2"],
  ["ssh", "openssh-client"],
  ["sshd", "openssh-server"],
  ["sudo", "sudo"],
  ["sysctl", "procps"],
  ["systemctl", "systemd"],
]);

export interface LocalRunOptions extends RunOptions {
  readonly programFolders: readonly string[];
}

/**
 * Runs a program without a shell, in a process group of its own that is killed as a whole when time is up or the caller
 * aborts. Its environment holds `LC_ALL=C` and PATH alone. @throws the signal's reason once it is aborted
 */
export async function runLocally(
  argv: readonly [string, ...string[]],
  options: LocalRunOptions,
): Promise<Read<CommandOutput>> {
  options.signal?.throwIfAborted();
  const [program, ...fixed] = argv;
  const args = [...fixed, ...(options.operands ?? [])];
  if ([program, ...args].some((argument) => argument.includes("\0"))) return zeroByte(program);
  return await new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: "/",
      detached: true,
      env: { LC_ALL: "C", PATH: options.programFolders.join(":") },
      stdio: [options.stdin === undefined ? "ignore" : "pipe", "pipe", "pipe"],
    });
    const output = collectOutput(child, () => stop(tooMuch(program)));
    const end = () => {
      clearTimeout(timer);
      options.signal?.removeEventListener("abort", abort);
    };
    const stop = (outcome: Failure) => {
      end();
      killGroup(child);
      resolve(outcome);
    };
    const abort = () => {
      end();
      killGroup(child);
      reject(options.signal?.reason);
    };
    const timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
    const timer = setTimeout(() => stop(late(program, timeoutMs)), timeoutMs);
    options.signal?.addEventListener("abort", abort, { once: true });
    child.once("error", (error) => stop(startFailure(program, error)));
    child.once("close", (exitCode, signal) => {
      end();
      resolve(exitCode === null ? killed(program, signal) : { ok: true, value: { exitCode, ...output() } });
    });
    // A program may end without reading what it is given; that is no failure of ours.
    child.stdin?.on("error", () => {});
    child.stdin?.end(options.stdin);
  });
}

function collectOutput(child: ChildProcess, tooLong: () => void): () => Omit<CommandOutput, "exitCode"> {
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  let length = 0;
  const into = (chunks: Buffer[]) => (chunk: Buffer) => {
    chunks.push(chunk);
    length += chunk.length;
    if (length > MAX_OUTPUT_BYTES) tooLong();
  };
  child.stdout?.on("data", into(stdout));
  child.stderr?.on("data", into(stderr));
  return () => ({ stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr) });
}

/** Kills the program with all it started, and waits for none of it: a process that hangs in the kernel cannot be killed. */
function killGroup(child: ChildProcess): void {
  child.stdout?.destroy();
  child.stderr?.destroy();
  child.unref();
  if (child.pid === undefined) return;
  try {
    kill(-child.pid, "SIGKILL");
  } catch (error) {
    // Gone already, or run by another user (a setuid program): neither can be stopped by anyone here.
    if (errorCode(error) !== "ESRCH" && errorCode(error) !== "EPERM") throw error;
  }
}

function startFailure(program: string, error: Error): Failure {
  const code = errorCode(error);
  if (code === "ENOENT") return notInstalled(program);
  if (code === "EACCES" || code === "EPERM") return notAllowed(program);
  return runFailure("failed", program, code ?? error.message);
}

export function notInstalled(program: string): Failure {
  const name = PACKAGES.get(program);
  return runFailure(
    "unsupported",
    program,
    `it is not installed${name === undefined ? "" : ` (Debian package ${name})`}`,
  );
}

export function notAllowed(program: string): Failure {
  return runFailure("denied", program, "permission denied");
}

export function late(program: string, timeoutMs: number): Failure {
  return runFailure("timeout", program, `it did not end within ${timeoutMs / 1000} s`);
}

export function tooMuch(program: string): Failure {
  return runFailure("failed", program, `it printed more than ${MAX_OUTPUT_BYTES} bytes`);
}

export function killed(program: string, signal: string | null): Failure {
  return runFailure("failed", program, `it was ended by ${signal ?? "a signal"}`);
}

export function zeroByte(program: string): Failure {
  return runFailure("unsupported", program, "an argument cannot hold a zero byte");
}

/** That a program could not be run, and why. */
export function runFailure(reason: Failure["reason"], program: string, text: string): Failure {
  return { ok: false, reason, detail: `Cannot run "${program}": ${text}` };
}
