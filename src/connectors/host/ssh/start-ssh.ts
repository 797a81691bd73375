import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { env } from "node:process";
import { errorCode } from "../failure.ts";

/**
 * Starts the system's client in a session of its own, so that it can ask nobody for anything. It ends with this process even where
 * that is killed, as far as there is a setpriv; else once it notices that its standard input has ended.
 * @returns undefined when there is no client
 */
export async function startSsh(args: readonly string[]): Promise<ChildProcess | undefined> {
  return (await start("setpriv", ["--pdeathsig", "TERM", "ssh", ...args])) ?? (await start("ssh", args));
}

async function start(program: string, args: readonly string[]): Promise<ChildProcess | undefined> {
  const child = spawn(program, args, {
    detached: true,
    // A graphical question would wait for ever.
    env: { ...env, LC_ALL: "C", SSH_ASKPASS_REQUIRE: "never" },
    stdio: ["pipe", "pipe", "pipe"],
  });
  try {
    await once(child, "spawn");
    return child;
  } catch (error) {
    if (errorCode(error) === "ENOENT") return undefined;
    throw error;
  }
}
