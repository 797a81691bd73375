import { readFileSync } from "node:fs";
import { userInfo } from "node:os";
import process from "node:process";
import { PACKAGE_ROOT } from "../../package-root.ts";
import { runProgram } from "../program.ts";
import type { Outcome, RunOptions } from "./run-leeway.ts";

const { version } = JSON.parse(readFileSync(new URL("package.json", PACKAGE_ROOT), "utf8")) as { version: string };

/** What stands in the place of a process of its own. */
export interface Inside extends Pick<RunOptions, "env"> {
  readonly cwd: string;
  /** How far its clock is ahead. */
  readonly aheadMs?: number;
}

let isBusy = false;

/**
 * Runs a command line in this process, from the sources, as `main.ts` would in one of its own: the folder and the environment of
 * the process are the run's for as long as it lasts. So only one at a time, and nothing beside it that needs them.
 */
export async function runProgramInside(
  args: readonly string[],
  { cwd, env = {}, aheadMs = 0 }: Inside,
): Promise<Outcome> {
  if (isBusy) throw new Error("Cannot run the program inside: another run is under way");
  isBusy = true;
  const heard = { stdout: "", stderr: "" };
  const before = { cwd: process.cwd(), env: { ...process.env } };
  const own = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined));
  try {
    process.chdir(cwd);
    replaceEnvironment(own);
    const exitCode = await runProgram(args, {
      out: async (text) => {
        heard.stdout += text;
      },
      err: (line) => {
        heard.stderr += `${line}\n`;
      },
      draw: () => undefined,
      secrets: new Set(),
      env: own,
      cwd: process.cwd(),
      isInteractive: false,
      drawsProgress: false,
      color: false,
      width: 100,
      signal: new AbortController().signal,
      now: () => new Date(Date.now() + aheadMs).toISOString(),
      version,
      login: userInfo().username,
    });
    return { ...heard, exitCode };
  } finally {
    replaceEnvironment(before.env);
    process.chdir(before.cwd);
    isBusy = false;
  }
}

/** In place: programs that are started look at the object itself. */
function replaceEnvironment(wanted: Readonly<Record<string, string | undefined>>): void {
  for (const name of Object.keys(process.env)) if (!(name in wanted)) delete process.env[name];
  Object.assign(process.env, wanted);
}
