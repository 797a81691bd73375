import { execFile } from "node:child_process";

export interface ProgramOptions {
  /** Where it runs. */
  readonly folder: string;
  readonly timeoutMs: number;
}

export type ProgramOutput =
  | { readonly ok: true; readonly stdout: string }
  | { readonly ok: false; readonly why: string };

const MAX_OUTPUT_BYTES = 256 * 1024 * 1024;

/**
 * Runs the program that makes an inventory, without a shell and in the environment of whoever runs Leeway: it may need their
 * credentials. What it says on its standard error is not repeated, because that may hold secrets.
 */
export function runInventory(
  [program = "", ...args]: readonly string[],
  options: ProgramOptions,
): Promise<ProgramOutput> {
  const { folder, timeoutMs } = options;
  return new Promise((resolve) => {
    const execOptions = {
      cwd: folder,
      timeout: timeoutMs,
      killSignal: "SIGKILL",
      maxBuffer: MAX_OUTPUT_BYTES,
    } as const;
    const child = execFile(program, args, execOptions, (error, stdout) => {
      if (error === null) resolve({ ok: true, stdout });
      else resolve({ ok: false, why: whyNot(error, timeoutMs) });
    });
    child.stdin?.end();
  });
}

function whyNot(error: Error & { readonly code?: unknown; readonly killed?: boolean }, timeoutMs: number): string {
  switch (error.code) {
    case "ENOENT":
      return "there is no such program";
    case "EACCES":
      return "permission denied";
    case "ERR_CHILD_PROCESS_STDIO_MAXBUFFER":
      return `it printed more than ${MAX_OUTPUT_BYTES} bytes`;
    default:
      if (error.killed === true) return `it did not end within ${timeoutMs / 1000} s`;
      return typeof error.code === "number" ? `it ended with ${error.code}` : "it was ended by a signal";
  }
}
