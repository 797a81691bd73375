import type { Transport } from "../../../transport.ts";
import type { ByteText } from "../../bytes.ts";
import { type Command, command, complaintOf, runCommand } from "../../command.ts";
import type { Unread } from "../../table.ts";

/** Stands before the path of each file: no line of what is read so begins with it. */
const MARK = "=";
const AWK = `FNR == 1 { print "${MARK}" FILENAME } { print }`;

export const FOUND_IN_FOLDER = ["-maxdepth", "1", "-type", "f"];

/**
 * The command that prints every file in some folders whose name is like one of the patterns, each after its path. Links to files
 * are followed; folders in folders are not looked into.
 */
export function dumpCommand(folders: readonly string[], patterns: readonly string[]): Command {
  const names = patterns.flatMap((pattern, index) => [...(index === 0 ? [] : ["-o"]), "-name", pattern]);
  return command("find", "-L", ...folders, ...FOUND_IN_FOLDER, "(", ...names, ")", "-exec", "awk", AWK, "{}", "+");
}

/** One file of a dump: the lines are read from the output when they are asked for. */
export interface DumpedFile {
  readonly path: ByteText;
  lines(): Iterable<ByteText>;
}

/** Reads files in one go, with one command. Files that are empty are left out. */
export async function readDump(
  transport: Transport,
  argv: Command,
  options: { readonly signal: AbortSignal; readonly mayBeAbsent: boolean; readonly operands?: readonly string[] },
): Promise<readonly DumpedFile[] | Unread> {
  const output = await runCommand(transport, argv, {
    signal: options.signal,
    ...(options.operands === undefined ? {} : { operands: options.operands }),
    ...(options.mayBeAbsent ? { answers: [0, 1] } : {}),
  });
  if (output.status === "unchecked") return output;
  const complaint = output.stderr.find((line) => line !== "" && !line.endsWith(": No such file or directory"));
  if (output.exitCode !== 0 && complaint !== undefined)
    return complaintOf(argv[0], { exitCode: output.exitCode, stderr: [complaint] });
  return filesIn(Buffer.from(output.stdout.buffer, output.stdout.byteOffset, output.stdout.byteLength));
}

/** @param dump what `dumpCommand` prints */
export function filesIn(dump: Buffer): readonly DumpedFile[] {
  const starts: number[] = [];
  for (let at = 0; at < dump.length; at = endOfLine(dump, at) + 1) if (dump[at] === MARK.charCodeAt(0)) starts.push(at);
  return starts.map((start, index) => {
    const body = endOfLine(dump, start) + 1;
    const end = starts[index + 1] ?? dump.length;
    return { path: dump.toString("latin1", start + 1, body - 1), lines: () => linesBetween(dump, body, end) };
  });
}

/** Each line is a text of its own, so that one that is kept does not keep the whole output. */
function* linesBetween(dump: Buffer, start: number, end: number): Generator<ByteText> {
  for (let at = start; at < end; ) {
    const stop = endOfLine(dump, at);
    yield dump.toString("latin1", at, stop);
    at = stop + 1;
  }
}

function endOfLine(dump: Buffer, from: number): number {
  const end = dump.indexOf(10, from);
  return end === -1 ? dump.length : end;
}
