import type { FileStat, HostPath, Read, Transport } from "../../../transport.ts";
import { linesOf, toByteText } from "../../bytes.ts";
import { command, complaintOf, unreadOf } from "../../command.ts";
import { unread } from "../../table.ts";

export const LSATTR = command("lsattr", "-d", "--");

/** Flags that keep a file from being changed, by their letters. */
const NAMES: readonly (readonly [letter: string, name: string])[] = [
  ["a", "append_only"],
  ["i", "immutable"],
];
const WITH_FLAGS = new Set<FileStat["type"]>(["file", "directory"]);
/** Windows into the kernel have no flags, and lsattr would open what stands there. */
const WITHOUT_FLAGS = /^\/(?:proc|sys)(?:\/|$)/;

export type FlagsRead = Read<readonly string[]>;
export type FlagsOf = (path: HostPath | undefined) => FlagsRead;

interface WithStat {
  readonly path?: HostPath | undefined;
  readonly stat?: FileStat | undefined;
}

const NONE: FlagsRead = { ok: true, value: [] };

/** Reads the flags of files and directories with one process; what is neither has none. */
export async function readFlags(
  chunk: readonly WithStat[],
  transport: Transport,
  signal: AbortSignal,
): Promise<FlagsOf> {
  const asked = new Map<string, string | undefined>();
  for (const { path, stat } of chunk) {
    if (path === undefined || stat === undefined || !WITH_FLAGS.has(stat.type)) continue;
    if (!WITHOUT_FLAGS.test(toByteText(path))) asked.set(toByteText(path), argumentOf(path));
  }
  const texts = [...asked.values()].flatMap((text) => text ?? []);
  const answer = texts.length === 0 ? () => undefined : await runLsattr(texts, transport, signal);
  return (path) => {
    const key = path === undefined ? undefined : toByteText(path);
    if (key === undefined || !asked.has(key)) return NONE;
    const { reason, detail } = unread(
      "unsupported",
      "Cannot read flags: the path is not UTF-8 or holds the end of a line",
    );
    return answer(key) ?? { ok: false, reason, detail };
  };
}

/** A path as the argument of a command that prints it as it is; undefined for one that cannot be. */
function argumentOf(path: HostPath): string | undefined {
  const text = Buffer.from(path).toString("utf8");
  return text.includes("\n") || !Buffer.from(text).equals(Buffer.from(path)) ? undefined : text;
}

async function runLsattr(
  texts: readonly string[],
  transport: Transport,
  signal: AbortSignal,
): Promise<(key: string) => FlagsRead | undefined> {
  const result = await transport.run(LSATTR, { operands: texts, signal });
  const known = new Set(texts.map((text) => toByteText(Buffer.from(text))));
  if (!result.ok) {
    const { reason, detail } = unreadOf(result);
    return (key) => (known.has(key) ? { ok: false, reason, detail } : undefined);
  }
  const { stdout, stderr, exitCode } = result.value;
  const { byPath, others } = parseLsattr(stdout, stderr);
  const broken = complaintOf("lsattr", { exitCode, stderr: others });
  return (key) => {
    if (!known.has(key)) return undefined;
    const found = byPath.get(key);
    if (Array.isArray(found)) return { ok: true, value: found };
    const { reason, detail } =
      found === undefined ? broken : complaintOf("lsattr", { exitCode, stderr: [String(found)] });
    return { ok: false, reason, detail };
  };
}

export interface LsattrOutput {
  /** The flags of each path, or what lsattr says of why it cannot tell them. */
  readonly byPath: ReadonlyMap<string, readonly string[] | string>;
  /** What it says of none. */
  readonly others: readonly string[];
}

/** There is nothing there, or its file system has no flags: both are answers. */
const NOTHING =
  /^(?:No such file or directory|Not a directory|Operation not supported|Not supported|Inappropriate ioctl for device|Not a tty|Function not implemented)$/;
const OF_E2FSPROGS = /^lsattr: (.+?) [Ww]hile (?:reading flags on|trying to stat) (.+)$/;
const OF_BUSYBOX = /^lsattr: (?:reading (.+)|can't stat '(.+)'): ([^:]+)$/;

/** What `lsattr -d` of e2fsprogs or busybox prints: flags and a path a line. */
export function parseLsattr(stdout: Uint8Array, stderr: Uint8Array): LsattrOutput {
  const told = linesOf(stderr).filter((line) => !VERSION.test(line));
  const read = [...linesOf(stdout).map(flagsIn), ...told.map(complaintIn)];
  return {
    byPath: new Map(read.flatMap((line) => (typeof line === "string" ? [] : [line]))),
    others: read.filter((line) => typeof line === "string"),
  };
}

const VERSION = /^lsattr \d/;

/** A path with what is known of it, or the line as it stands where it cannot be understood. */
type ReadLine = readonly [path: string, flags: readonly string[] | string] | string;

function flagsIn(line: string): ReadLine {
  const [, letters, path] = /^([-A-Za-z]{5,}) (\/.*)$/.exec(line) ?? [];
  if (letters === undefined || path === undefined) return line;
  return [path, NAMES.flatMap(([letter, name]) => (letters.includes(letter) ? [name] : []))];
}

function complaintIn(line: string): ReadLine {
  const [, reason, path] = OF_E2FSPROGS.exec(line) ?? [];
  if (path !== undefined && reason !== undefined) return [path, NOTHING.test(reason) ? [] : reason];
  const [, read, stated, why] = OF_BUSYBOX.exec(line) ?? [];
  const about = read ?? stated;
  if (about === undefined || why === undefined) return line;
  return [about, NOTHING.test(why) ? [] : why];
}
