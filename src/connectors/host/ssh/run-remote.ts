import { constants } from "node:os";
import {
  killed,
  late,
  MAX_OUTPUT_BYTES,
  notAllowed,
  notInstalled,
  runFailure,
  tooMuch,
  zeroByte,
} from "../local/run.ts";
import type { CommandOutput, Read, RunOptions } from "../transport.ts";
import type { Answer } from "./job.ts";
import { refusedRun, sudoRefusal } from "./remote-failure.ts";
import { printfFormat, quote, quoteAll, utf8Text } from "./shell-text.ts";
import { ask, type Site } from "./site.ts";
import { sudoCommand, toldExit } from "./sudo-scripts.ts";

/** A shell says of a program that a signal ended it by a status above this. */
const SIGNALLED = 128;
const NOT_EXECUTABLE = "x126";
const NOT_FOUND = "x127";

const SIGNALS: ReadonlyMap<number, string> = new Map(
  Object.entries(constants.signals).map(([name, number]) => [number, name]),
);

/**
 * Runs a program as it is named, found as on this machine. Its shell cannot tell a program that a signal ended from one that ends with 128
 * and more by itself: that counts as failed. @throws the signal's reason once it is aborted
 */
export async function runRemotely(
  site: Site,
  argv: readonly [string, ...string[]],
  options: RunOptions = {},
): Promise<Read<CommandOutput>> {
  const { signal, operands, timeoutMs = site.timeoutMs } = options;
  signal?.throwIfAborted();
  const [program] = argv;
  if ([...argv, ...(operands ?? [])].some((argument) => argument.includes("\0"))) return zeroByte(program);
  const script = runScript(site, argv, options);
  const collected = await ask(site, script, { timeoutMs, maxBytes: MAX_OUTPUT_BYTES, signal });
  if (collected.how === "lost") return runFailure(collected.failure.reason, program, collected.failure.detail);
  if (collected.how === "timeout") return late(program, timeoutMs);
  if (collected.how === "overflow") return tooMuch(program);
  const { code, stdout, stderr } = told(site, collected, operands);
  if (code === NOT_FOUND) return notInstalled(program);
  if (code === NOT_EXECUTABLE) return notAllowed(program);
  const refusal = site.sudo && code !== "0" ? sudoRefusal(stderr) : undefined;
  if (refusal !== undefined) return refusedRun(program, refusal);
  const exitCode = Number(code);
  const endedBy = exitCode > SIGNALLED ? SIGNALS.get(exitCode - SIGNALLED) : undefined;
  if (endedBy !== undefined) return killed(program, endedBy);
  return { ok: true, value: { exitCode, stdout, stderr: Buffer.from(stderr, "latin1") } };
}

/** As root, operands come between the program and whoever asks for its exit code. */
function told({ sudo, nonce }: Site, answer: Answer, operands: readonly string[] | undefined): Answer {
  if (!sudo || operands === undefined) return answer;
  const exit = toldExit(nonce, answer.stderr);
  return exit === undefined ? answer : { ...answer, code: String(exit.code), stderr: exit.rest };
}

/** Nothing of what is given is written anywhere on the way: what the program reads comes out of a pipe. */
function runScript(site: Site, argv: readonly [string, ...string[]], { stdin, operands }: RunOptions): string {
  const program = utf8Text(argv[0]);
  const start = site.sudo
    ? sudoCommand(site.nonce, argv, operands)
    : `(exec ${quoteAll([...argv, ...(operands ?? [])].map(utf8Text))})`;
  // Where only root may look, only root can say whether a program is there.
  const find = site.sudo && program.includes("/") ? "true" : `p ${quote(program)}`;
  return `${find}; c=$?; if [ $c = 0 ]; then ${withInput()}; c=$?; else c=x$c; fi`;

  function withInput(): string {
    if (stdin !== undefined) return `printf ${quote(printfFormat(utf8Text(stdin)))} | ${start}`;
    // As root it is what brings the operands.
    return site.sudo && operands !== undefined ? start : `${start} </dev/null`;
  }
}
