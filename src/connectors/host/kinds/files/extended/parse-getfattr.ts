import { linesOf } from "../../bytes.ts";

/** The extended attributes of one path, by name. */
export type RawAttributes = ReadonlyMap<string, Buffer>;

export interface GetfattrOutput {
  /** By the path as bytes, one character each; a path without any is left out. */
  readonly byPath: ReadonlyMap<string, RawAttributes>;
  /** Whether there was a line that could not be understood: then nothing is known of what the output leaves out. */
  readonly isWhole: boolean;
}

/** What `getfattr --absolute-names -h -d -m - -e hex` prints: a line that names the file, one for each attribute, an empty one. */
export function parseGetfattr(stdout: Uint8Array): GetfattrOutput {
  const byPath = new Map<string, Map<string, Buffer>>();
  let current: Map<string, Buffer> | undefined;
  let isWhole = true;
  for (const line of linesOf(stdout)) {
    if (line.startsWith("# file: ")) {
      current = new Map();
      byPath.set(unquote(line.slice("# file: ".length)), current);
    } else if (line !== "" && !addAttribute(line, current)) isWhole = false;
  }
  return { byPath, isWhole };
}

function addAttribute(line: string, attributes: Map<string, Buffer> | undefined): boolean {
  // A name may hold anything but a zero byte; `=` is written as it is, so the last one parts it from its value.
  const [, name, value] = /^(.+?)(?:=0x((?:[0-9a-f]{2})*))?$/.exec(line) ?? [];
  if (name === undefined || attributes === undefined) return false;
  if (value === undefined && line.includes("=")) return false;
  attributes.set(unquote(name), Buffer.from(value ?? "", "hex"));
  return true;
}

/** Octal escapes stand for control characters, `\\`, and in names `=`. */
function unquote(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}

/** What getfattr complained of. */
export interface Complaints {
  /** What it says of single paths, which are bytes, one character each. */
  readonly byPath: ReadonlyMap<string, string>;
  /** What it says of nothing that was asked for. */
  readonly others: readonly string[];
}

/** There is nothing there, or the file system has no such attributes: both are answers. */
const NOTHING = new Set(["No such file or directory", "Not a directory", "Operation not supported"]);

/** @param asked whether a path is one that was asked for: else nothing is known of which one is meant */
export function parseComplaints(stderr: Uint8Array, asked: (path: string) => boolean): Complaints {
  const byPath = new Map<string, string>();
  const others: string[] = [];
  for (const line of linesOf(stderr)) {
    const [, path, reason] = complaintOf(line, asked);
    if (path === undefined || reason === undefined) others.push(line);
    else if (!NOTHING.has(reason)) byPath.set(path, reason);
  }
  return { byPath, others };
}

/** `PATH: reason` or `PATH: NAME: reason`: the path is the longest start that was asked for. */
function complaintOf(line: string, asked: (path: string) => boolean): readonly [string, string?, string?] {
  const text = line.replace(/^getfattr: /, "");
  const reason = text.slice(text.lastIndexOf(": ") + 2);
  for (let end = text.lastIndexOf(": "); end > 0; end = text.lastIndexOf(": ", end - 1)) {
    const path = [text.slice(0, end), unquote(text.slice(0, end))].find(asked);
    if (path !== undefined) return [line, path, reason];
  }
  return [line];
}
