import { encodeId } from "../ids.ts";
import type { CommandOutput, HostPath, Read, Transport } from "../transport.ts";
import { type Unread, unread } from "./table.ts";

export interface Output {
  readonly status: "done";
  readonly exitCode: number;
  readonly stdout: Uint8Array;
  readonly stderr: string;
}

export interface CommandOptions {
  readonly stdin?: string;
  readonly signal: AbortSignal;
  /** Exit codes that carry an answer; only 0 when left out. */
  readonly answers?: readonly number[];
}

const DENIED = /permission denied|access denied|operation not permitted|must be root/i;

/** Runs a read-only command. One that is missing, denied or fails is unchecked, with its first line of complaint. */
export async function runCommand(
  transport: Transport,
  argv: readonly [string, ...string[]],
  { stdin, signal, answers = [0] }: CommandOptions,
): Promise<Output | Unread> {
  const result = await transport.run(argv, { signal, ...(stdin === undefined ? {} : { stdin }) });
  if (!result.ok) return unreadOf(result);
  const { exitCode, stdout, stderr } = result.value;
  return answers.includes(exitCode)
    ? { status: "done", exitCode, stdout, stderr: Buffer.from(stderr).toString("utf8") }
    : complaintOf(argv[0], result.value);
}

/** Of something that must be there, not being there is a failure too. */
export function unreadOf({ reason, detail }: Exclude<Read<never>, { readonly ok: true }>): Unread {
  return unread(reason === "absent" ? "unsupported" : reason, detail);
}

export function hostPath(path: string): HostPath {
  return Buffer.from(path);
}

function complaintOf(program: string, { exitCode, stderr }: CommandOutput): Unread {
  const complaint = encodeId(Buffer.from(Buffer.from(stderr).toString("latin1").trim().split("\n")[0] ?? "", "latin1"));
  const what = complaint === "" ? `it ended with ${exitCode}` : complaint;
  return unread(DENIED.test(complaint) ? "denied" : "failed", `Cannot run "${program}": ${what}`);
}
