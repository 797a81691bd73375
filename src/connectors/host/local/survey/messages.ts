import type { Failure } from "../../failure.ts";
import type { Confirming, DigestAlgorithm, FileStat, FileType, Nameless } from "../../transport.ts";

/** What a thread of a survey is asked to do. Paths are ids (`ids.ts`), so that they travel as text whatever bytes they are. */
export type Job =
  | { readonly job: number; readonly do: "look"; readonly ids: readonly string[] }
  /** Those that are `large` are to be read in parts. */
  | { readonly job: number; readonly do: "list"; readonly ids: readonly string[]; readonly large: ReadonlySet<string> }
  /** Goes on with a `list` whose last answer was not the end of it. */
  | { readonly job: number; readonly do: "more" }
  /** Files that are as they are known but for their contents. What is other is answered as by `list`. */
  | { readonly job: number; readonly do: "prove"; readonly ids: readonly string[] }
  | {
      readonly job: number;
      readonly do: "hash";
      readonly ids: readonly string[];
      readonly algorithms: readonly DigestAlgorithm[];
    };

/** What a thread is given when it starts. */
export interface ThreadData {
  /** Paths that are not looked at. */
  readonly leaveOut: ReadonlySet<string>;
  readonly confirm: Confirming | undefined;
}

/** What a thread answers: many things at once, because each message costs more than what it says of one file. */
export interface Answer {
  readonly job: number;
  readonly isEnd: boolean;
  /** Of a `hash`, what was asked for, in that order. */
  readonly ids: readonly string[];
  /** `WIDTH` numbers each; zeros where there is a failure. */
  readonly stats: BigInt64Array<ArrayBuffer>;
  /** By position. A failure says what became of the path itself. */
  readonly failures: ReadonlyMap<number, Failure>;
  /** Targets of links, by position. */
  readonly links: ReadonlyMap<number, Uint8Array>;
  /** Of a `hash`: the digests in the order of the algorithms, parted by a space, or why the content could not be read; the empty text beside a failure. */
  readonly contents: readonly (string | Failure)[];
  /** Folders of a `list` that could not be listed (to their end). */
  readonly unlisted: ReadonlyMap<string, Failure>;
  /** Missing where nothing is as it is known. */
  readonly known?: KnownAnswer;
}

/** What is as it is known, of which no more is said, as far as there is still something to be done. */
export interface KnownAnswer {
  readonly folders: readonly KnownFolder[];
  /** Files whose contents are to be read, and their sizes. */
  readonly unproven: readonly string[];
  readonly bytes: readonly number[];
  readonly nameless: Nameless;
}

export interface KnownFolder {
  readonly id: string;
  readonly device: bigint;
  readonly size: bigint;
}

export const WIDTH = 9;

const TYPES: readonly FileType[] = ["file", "directory", "link", "fifo", "socket", "character-device", "block-device"];

/** What of a file is sent. */
export type PlainStat = Required<Omit<FileStat, "linkTarget">>;

export function writeStat(stats: BigInt64Array, position: number, stat: PlainStat): void {
  const at = position * WIDTH;
  stats[at] = BigInt(TYPES.indexOf(stat.type));
  stats[at + 1] = BigInt(stat.mode);
  stats[at + 2] = BigInt(stat.uid);
  stats[at + 3] = BigInt(stat.gid);
  stats[at + 4] = BigInt.asIntN(64, stat.size);
  stats[at + 5] = BigInt.asIntN(64, stat.device);
  stats[at + 6] = BigInt.asIntN(64, stat.inode);
  stats[at + 7] = stat.modifiedNs;
  stats[at + 8] = stat.changedNs;
}

export function readStat({ stats, links }: Pick<Answer, "stats" | "links">, position: number): FileStat {
  const at = position * WIDTH;
  const number = (offset: number) => stats[at + offset] ?? 0n;
  const linkTarget = links.get(position);
  return {
    type: TYPES[Number(number(0))] ?? "file",
    mode: Number(number(1)),
    uid: Number(number(2)),
    gid: Number(number(3)),
    size: number(4),
    device: BigInt.asUintN(64, number(5)),
    inode: BigInt.asUintN(64, number(6)),
    modifiedNs: number(7),
    changedNs: number(8),
    ...(linkTarget === undefined ? {} : { linkTarget }),
  };
}
