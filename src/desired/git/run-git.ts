import { execFile } from "node:child_process";
import { KnownError } from "../../errors.ts";
import { GIT_OPTIONS, gitEnvironment } from "./environment.ts";

/** Where and how git runs. */
export interface GitContext {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
}

export interface GitOutput {
  readonly exitCode: number;
  readonly stdout: Buffer;
  readonly stderr: string;
}

const TIMEOUT_MS = 60_000;
/** A listing of some ten million files. */
const MAX_OUTPUT_BYTES = 2 ** 30;

/**
 * Runs the system's git without a shell. A non-zero exit is a value: the caller knows what it means.
 * @throws KnownError `DESIRED_UNREADABLE` when git is not installed or takes longer than `timeoutMs` (60 s when left out)
 * @throws the signal's reason when it was aborted
 */
export function runGit(args: readonly string[], context: GitContext, timeoutMs = TIMEOUT_MS): Promise<GitOutput> {
  return new Promise((resolve, reject) => {
    const options = {
      cwd: context.cwd,
      env: gitEnvironment(context.env),
      signal: context.signal,
      timeout: timeoutMs,
      encoding: "buffer",
      maxBuffer: MAX_OUTPUT_BYTES,
    } as const;
    execFile("git", [...GIT_OPTIONS, ...args], options, (error, stdout, stderr) => {
      if (error === null) resolve({ exitCode: 0, stdout, stderr: stderr.toString("utf8") });
      else if (typeof error.code === "number")
        resolve({ exitCode: error.code, stdout, stderr: stderr.toString("utf8") });
      else reject(context.signal.aborted ? context.signal.reason : failure(error, args, timeoutMs));
    });
  });
}

/** The output of a command that must succeed, without its final newline. */
export async function gitText(args: readonly string[], context: GitContext): Promise<string> {
  const output = await runGit(args, context);
  if (output.exitCode !== 0) throw gitFailure(`run "git ${args[0]}" in "${context.cwd}"`, output.stderr);
  return output.stdout.toString("utf8").replace(/\n$/, "");
}

/** A `KnownError` out of what git wrote on stderr. `attempt` continues "Cannot". */
export function gitFailure(attempt: string, stderr: string, hint?: string): KnownError {
  const advice = hint ?? adviceFor(stderr);
  const options = advice === undefined ? {} : { hint: advice };
  return new KnownError("DESIRED_UNREADABLE", `Cannot ${attempt}: ${gitMessage(stderr)}`, options);
}

/** What git says went wrong, on one line: without its advice, progress, credentials and control characters. */
export function gitMessage(stderr: string): string {
  const lines = stderr
    .split(/[\r\n]+/)
    .map((line) => printable(maskCredentials(line)).trim())
    .filter((line) => line !== "");
  const errors = lines.filter((line) => /^(fatal|error|ssh|remote):/i.test(line));
  const told = (errors.length > 0 ? errors : lines).map((line) => line.replace(/^(fatal|error): /, ""));
  return told.join("; ") || "git gave no reason";
}

/** A text in which no URL shows a user name, password or query. */
export function maskCredentials(text: string): string {
  return text
    .replace(/(\b[a-z][a-z0-9+.-]*:\/\/)[^\s/@'"]*(?:@[^\s/@'"]*)*@/gi, "$1***@")
    .replace(/(\b[a-z][a-z0-9+.-]*:\/\/[^\s?'"]*)\?[^\s'"]*/gi, "$1?***");
}

function printable(text: string): string {
  return text.replace(/\p{Cc}/gu, " ");
}

/** What a person can do, for the failures that git explains in a way only its users know. */
function adviceFor(stderr: string): string | undefined {
  const owned = /dubious ownership in repository at '([^']*)'/.exec(stderr)?.[1];
  if (owned !== undefined)
    return `Another user owns it; if you trust them, run: git config --global --add safe.directory ${owned}`;
  if (/not a git repository/.test(stderr))
    return "Keep leeway.yaml in the Git repository that holds the desired state: git init, then commit it";
  return undefined;
}

function failure(
  error: Error & { readonly code?: unknown; readonly killed?: boolean },
  args: readonly string[],
  timeoutMs: number,
) {
  if (error.code === "ENOENT")
    return new KnownError("DESIRED_UNREADABLE", "Cannot read the desired state: git is not installed", {
      hint: "Install git, and see that it stands in PATH",
      cause: error,
    });
  if (error.killed === true)
    return new KnownError("DESIRED_UNREADABLE", `Cannot run "git ${args[0]}": no answer within ${timeoutMs / 1000} s`, {
      hint: "Check the connection to the repository, or the disk it is on",
      cause: error,
    });
  return error;
}
