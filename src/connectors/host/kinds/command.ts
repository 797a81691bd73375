import type { Permission } from "../../../connector.ts";
import type { HostPath, Read, Transport } from "../transport.ts";
import { idText, linesOf } from "./bytes.ts";
import { type Unread, unread } from "./table.ts";

declare const DECLARED: unique symbol;

/**
 * A command as a kind declares it, complete but for operands. The constant that is run is the one that stands in the kind's
 * `permissions`, so that whoever may run what they list may run all that a kind runs.
 */
export type Command = readonly [string, ...string[]] & { readonly [DECLARED]: true };

export function command(...argv: readonly [string, ...string[]]): Command {
  // The mark is for the compiler alone: it tells that whoever wrote this meant to declare a command.
  return argv as Command;
}

/** The permission to run a command. `operands` says in words what stands behind its arguments and differs from run to run. */
export function commandPermission(
  argv: Command,
  { operands, ...rest }: Omit<Permission, "access" | "argv">,
): Permission {
  const access = [...argv, ...(operands === undefined ? [] : [operands])].join(" ");
  return { access, argv, ...(operands === undefined ? {} : { operands }), ...rest };
}

export interface Output {
  readonly status: "done";
  readonly exitCode: number;
  readonly stdout: Uint8Array;
  /** Lines, as ids are written. */
  readonly stderr: readonly string[];
}

export interface CommandOptions {
  readonly signal: AbortSignal;
  readonly stdin?: string;
  /** What stands behind the arguments that the command declares; never options. */
  readonly operands?: readonly string[];
  /** What is said to have failed, where it is not the program itself. */
  readonly name?: string;
  /** Exit codes that carry an answer; only 0 when left out. */
  readonly answers?: readonly number[];
}

const DENIED = /permission denied|access denied|operation not permitted|must be root/i;

/** Runs a read-only command. One that is missing, denied or fails is unchecked, with its first line of complaint. */
export async function runCommand(
  transport: Transport,
  argv: Command,
  { name = argv[0], answers = [0], ...options }: CommandOptions,
): Promise<Output | Unread> {
  const result = await transport.run(argv, options);
  if (!result.ok) return unreadOf(result);
  const { exitCode, stdout, stderr } = result.value;
  const output = {
    status: "done",
    exitCode,
    stdout,
    stderr: linesOf(stderr).map((line) => idText(line.trim())),
  } as const;
  return answers.includes(exitCode) ? output : complaintOf(name, output);
}

/** What a command that failed says of it. */
export function complaintOf(name: string, { exitCode, stderr }: Pick<Output, "exitCode" | "stderr">): Unread {
  const complaint = stderr.find((line) => line !== "") ?? `it ended with ${exitCode}`;
  return unread(DENIED.test(complaint) ? "denied" : "failed", `Cannot run "${name}": ${complaint}`);
}

/** Of something that must be there, not being there is a failure too. */
export function unreadOf({ reason, detail }: Exclude<Read<never>, { readonly ok: true }>): Unread {
  return unread(reason === "absent" ? "unsupported" : reason, detail);
}

export function hostPath(path: string): HostPath {
  return Buffer.from(path);
}
