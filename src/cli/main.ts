#!/usr/bin/env node
import { readFileSync } from "node:fs";
import { userInfo } from "node:os";
import { PACKAGE_ROOT } from "../package-root.ts";
import { whyRefused } from "../store/files.ts";
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

/** A reader that went away (`| head`) wants no more: the exit code is still told. What cannot be written was not told. */
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") return;
  const why = whyRefused(error) ?? error.message;
  process.stderr.write(`error[WRITE_REFUSED]: Cannot write to standard output: ${why}\n`);
  process.exit(EXIT.error);
});
process.stderr.on("error", () => undefined);

/** Node's own exit code for a bug is 1, which says that production drifted. */
process.on("uncaughtException", async (error) => {
  const { formatError } = await import("./report-error.ts");
  process.stderr.write(`${formatError(error)}\n`, () => process.exit(EXIT.error));
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
const { version } = JSON.parse(readFileSync(new URL("package.json", PACKAGE_ROOT), "utf8")) as { version: string };

const TAKE_BACK = "\r\u001b[K";
/** Whether a line of progress stands where the next message goes. */
let isDrawn = false;

const shell: Shell = {
  out: (text) => new Promise((resolve) => stdout.write(text, () => resolve())),
  err: (line) => {
    stderr.write(`${isDrawn ? TAKE_BACK : ""}${line}\n`);
    isDrawn = false;
  },
  draw: (line) => {
    stderr.write(`${TAKE_BACK}${line}`);
    isDrawn = line !== "";
  },
  secrets: new Set(),
  env,
  cwd: process.cwd(),
  isInteractive: stdin.isTTY === true && stderr.isTTY === true,
  terminal: { input: stdin, output: stderr },
  drawsProgress: stderr.isTTY === true && env["TERM"] !== "dumb",
  color: stdout.isTTY === true && wantsColor,
  width: Math.max(60, Math.min(stdout.columns || 100, 140)),
  signal: interrupt.signal,
  now: () => new Date().toISOString(),
  version,
  login: login(),
};

process.exitCode = await runProgram(process.argv.slice(2), shell);
