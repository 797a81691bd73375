import type { FileStat, FileType } from "../transport.ts";
import { quote } from "./shell-text.ts";

/** What find and stat print of one path; the path is text of a script (one character a byte). */
export interface Look {
  /** 0 for a path that was asked for, 1 for one that stands in it. */
  readonly depth: number;
  readonly path: string;
  /** Undefined when it is of no known type. */
  readonly stat: FileStat | undefined;
}

/** For find: two fields, each ended by a zero byte, because both names can hold anything else. */
export const FIND_FORMAT = "%d %y %m %U %G %s %D %p\\0%l\\0";

/** What stands in place of a record when a lot of folders was listed whole. */
export const LISTED = "listed";

/** For find, behind paths: looks at all folders there and below, and what stands in them. */
export const FIND_DEEP = `-xdev -type d -exec sh -c ${quote(
  `find "$@" -maxdepth 1 -printf "${FIND_FORMAT}"; s=$?; printf "${LISTED}\\000\\000"; exit $s`,
)} sh {} +`;

const TYPES: ReadonlyMap<string, FileType> = new Map([
  ["f", "file"],
  ["d", "directory"],
  ["l", "link"],
  ["p", "fifo"],
  ["s", "socket"],
  ["c", "character-device"],
  ["b", "block-device"],
]);

const FIND_RECORD = /^(\d+) (\S) ([0-7]+) (\d+) (\d+) (\d+) (\d+) (.+)$/s;

export function parseFindRecord(record: string, target: string): Look | undefined {
  const [, depth, letter = "", mode = "", uid, gid, size = "", device = "", path = ""] = FIND_RECORD.exec(record) ?? [];
  if (depth === undefined) return undefined;
  const type = TYPES.get(letter);
  return {
    depth: Number(depth),
    path,
    stat: type && {
      type,
      mode: Number.parseInt(mode, 8),
      uid: Number(uid),
      gid: Number(gid),
      size: BigInt(size),
      device: BigInt(device),
      ...(type === "link" ? { linkTarget: Buffer.from(target, "latin1") } : {}),
    },
  };
}

/** For stat, which knows no zero bytes: both names end with a word that nobody can guess. */
export function statFormat(nonce: string): string {
  return `%f %u %g %s %d %n/${nonce} %N/${nonce}`;
}

/** What stands between two records of that format. */
export function statSeparator(nonce: string): string {
  return `/${nonce}\n`;
}

const STAT_RECORD = /^([0-9a-f]+) (\d+) (\d+) (\d+) (\d+) (.+)$/s;
const TYPE_BITS: ReadonlyMap<number, FileType> = new Map([
  [0o10, "file"],
  [0o04, "directory"],
  [0o12, "link"],
  [0o01, "fifo"],
  [0o14, "socket"],
  [0o02, "character-device"],
  [0o06, "block-device"],
]);

/** Of a link it may not say where it points to: some programs write odd names in a way of their own. */
export function parseStatRecord(record: string, nonce: string): Omit<Look, "depth"> | undefined {
  const [look = "", names = ""] = record.split(`/${nonce} `);
  const [, hex = "", uid, gid, size = "", device = "", path] = STAT_RECORD.exec(look) ?? [];
  if (path === undefined) return undefined;
  const raw = Number.parseInt(hex, 16);
  const type = TYPE_BITS.get(raw >> 12);
  const common = { mode: raw & 0o7777, uid: Number(uid), gid: Number(gid), size: BigInt(size), device: BigInt(device) };
  const target = type === "link" ? linkTarget(names, path) : undefined;
  return { path, stat: type && { type, ...common, ...(target === undefined ? {} : { linkTarget: target }) } };
}

function linkTarget(names: string, path: string): Buffer | undefined {
  const start = `'${path}' -> '`;
  const target = names.startsWith(start) ? /^([\w./@:+,=-]+)'$/.exec(names.slice(start.length))?.[1] : undefined;
  return target === undefined ? undefined : Buffer.from(target, "latin1");
}

/** Which path each line of complaint is about, and what it says of it; lines about no path are `others`. */
export interface Complaints {
  readonly byPath: ReadonlyMap<string, string>;
  readonly others: readonly string[];
}

const FIND_COMPLAINT = /^find: ['`](.*)': ([^:']+)$/;
const BUSYBOX_COMPLAINT = /^(?:find: (\/.*)|stat: (?:can't|cannot) stat '(.*)'): ([^:]+)$/;

export function parseComplaints(stderr: string, isGnu: boolean): Complaints {
  const byPath = new Map<string, string>();
  const others: string[] = [];
  for (const line of stderr.split("\n")) {
    const complaint = isGnu ? findComplaint(line) : busyboxComplaint(line);
    if (complaint !== undefined) byPath.set(...complaint);
    else if (line !== "") others.push(line);
  }
  return { byPath, others };
}

type Complaint = readonly [path: string, words: string];

function findComplaint(line: string): Complaint | undefined {
  const [, path, words = ""] = FIND_COMPLAINT.exec(line) ?? [];
  return path === undefined ? undefined : [unescapeName(path), words];
}

function busyboxComplaint(line: string): Complaint | undefined {
  const [, found, looked, words = ""] = BUSYBOX_COMPLAINT.exec(line) ?? [];
  const path = found ?? looked;
  return path === undefined ? undefined : [path, words];
}

const ESCAPES: Readonly<Record<string, string>> = { a: "\x07", b: "\b", f: "\f", n: "\n", r: "\r", t: "\t", v: "\v" };

/** Undoes what find does to names in its complaints, in the C locale. */
function unescapeName(text: string): string {
  return text.replaceAll(/\\([0-7]{3}|.)/gs, (_, escaped: string) =>
    /^[0-7]{3}$/.test(escaped) ? String.fromCharCode(Number.parseInt(escaped, 8)) : (ESCAPES[escaped] ?? escaped),
  );
}

/** All that find or stat printed, by path. */
export function parseLooks(text: string, nonce: string, isFind: boolean): ReadonlyMap<string, Omit<Look, "depth">> {
  const looks = isFind
    ? findLooks(text.split("\0"))
    : text.split(statSeparator(nonce)).map((record) => parseStatRecord(record, nonce));
  return new Map(looks.flatMap((look) => (look === undefined ? [] : [[look.path, look] as const])));
}

/** All that find printed, in its order. */
export function parseFindRecords(text: string): readonly Look[] {
  return findLooks(text.split("\0")).flatMap((look) => look ?? []);
}

function findLooks(fields: readonly string[]): readonly (Look | undefined)[] {
  const looks: (Look | undefined)[] = [];
  for (let at = 0; at + 1 < fields.length; at += 2) looks.push(parseFindRecord(fields[at] ?? "", fields[at + 1] ?? ""));
  return looks;
}
