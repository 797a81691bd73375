import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { env, execPath } from "node:process";
import { fileURLToPath } from "node:url";
import type { Scene } from "./run-leeway.ts";

const MAIN = fileURLToPath(new URL("../../../dist/cli/main.js", import.meta.url));

export interface OnTerminal {
  /** Command line of a shell, in which `leeway` is the binary. */
  readonly line: string;
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** What is typed once a text stands on the screen, one after the other. */
  readonly answers?: readonly { readonly after: string; readonly type: string }[];
}

/** Runs a command line on a terminal of its own. `screen` is every byte that went to it. */
export async function runOnTerminal(
  scene: Scene,
  { line, cwd = scene.repo, env: more = {}, answers = [] }: OnTerminal,
): Promise<{ readonly screen: string; readonly exitCode: number | null }> {
  const leeway = `leeway() { "${execPath}" "${MAIN}" "$@"; }`;
  const child = spawn("script", ["-qefc", `stty cols 100 rows 40; ${leeway}; ${line}`, "/dev/null"], {
    cwd,
    env: {
      PATH: env["PATH"],
      HOME: join(scene.root, "home"),
      SHELL: "/bin/sh",
      TERM: "xterm-256color",
      LC_ALL: "C.UTF-8",
      GIT_CONFIG_NOSYSTEM: "1",
      ...more,
    },
  });
  const waiting = [...answers];
  let screen = "";
  let read = 0;
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    screen += text;
    const next = waiting[0];
    const at = next === undefined ? -1 : screen.indexOf(next.after, read);
    if (next === undefined || at === -1) return;
    waiting.shift();
    read = screen.length;
    child.stdin.write(next.type);
  });
  const [exitCode] = await once(child, "close");
  return { screen, exitCode };
}
