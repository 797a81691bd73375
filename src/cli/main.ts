#!/usr/bin/env node
import { readFileSync } from "node:fs";
import { userInfo } from "node:os";
import { EXIT } from "./exit-code.ts";
import { runProgram } from "./program.ts";
import type { Shell } from "./shell.ts";

const interrupt = new AbortController();

/** The first Ctrl-C lets a scan end without a trace; a second one ends at once. */
function onInterrupt(): void {
  if (interrupt.signal.aborted) process.exit(EXIT.interrupted);
  interrupt.abort();
}

process.on("SIGINT", onInterrupt);
process.on("SIGTERM", onInterrupt);

/** A reader that went away (`| head`) wants no more: that is no error of ours. */
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit();
  throw error;
});

function login(): string {
  try {
    return userInfo().username;
  } catch {
    // A user without an entry in passwd (a container's number) has no name.
    return String(process.getuid?.() ?? "unknown");
  }
}

const { env, stdout, stderr, stdin } = process;
const wantsColor = !(process.argv.includes("--no-color") || (env["NO_COLOR"] ?? "") !== "" || env["TERM"] === "dumb");
// The file stands beside the built program, and its version is the package's.
const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as {
  version: string;
};

const shell: Shell = {
  out: (text) => new Promise((resolve) => stdout.write(text, () => resolve())),
  err: (line) => {
    stderr.write(`${line}\n`);
  },
  draw: (line) => {
    stderr.write(`\r\u001b[K${line}`);
  },
  env,
  cwd: process.cwd(),
  isInteractive: stdin.isTTY === true && stderr.isTTY === true,
  drawsProgress: stderr.isTTY === true && env["TERM"] !== "dumb",
  color: stdout.isTTY === true && wantsColor,
  width: Math.max(60, Math.min(stdout.columns ?? 100, 140)),
  signal: interrupt.signal,
  now: () => new Date().toISOString(),
  version,
  login: login(),
};

process.exitCode = await runProgram(process.argv.slice(2), shell);
