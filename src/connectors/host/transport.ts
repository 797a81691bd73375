import type { UncheckedReason } from "../../model/observation.ts";

/**
 * How a host is read, whatever lies between: run a command, read a file, walk a tree. Nothing above it knows whether the host
 * is this machine or another. It must never write, and never interpret what it carries.
 */
export interface Transport extends AsyncDisposable {
  /**
   * How many reads are worth asking for side by side: enough to keep it busy, few enough to hold little in memory. Whoever has many
   * paths to look at keeps this many under way; where reads travel, those under way at the same time travel together.
   */
  readonly readsAtOnce: number;
  /** Runs a program without a shell. A non-zero exit is a value, not a failure; the caller knows what it means. */
  run(argv: readonly [string, ...string[]], options?: RunOptions): Promise<Read<CommandOutput>>;
  /** The bytes of a regular file, up to `maxBytes` (else the failure is `unsupported`). Never opens a device, pipe or socket. */
  readFile(path: HostPath, options?: { readonly maxBytes?: number }): Promise<Read<Uint8Array>>;
  /** What the path itself is, links not followed. */
  stat(path: HostPath): Promise<Read<FileStat>>;
  /** SHA-256 of a regular file, streamed, as lower-case hex. */
  hash(path: HostPath, options?: { readonly signal?: AbortSignal }): Promise<Read<string>>;
  /** Digests of a regular file as lower-case hex, in the order of the algorithms, all of the same content. Otherwise as `hash`. */
  digests(
    path: HostPath,
    algorithms: readonly DigestAlgorithm[],
    options?: { readonly signal?: AbortSignal },
  ): Promise<Read<readonly string[]>>;
  /**
   * A folder and everything below it in one pass, links never followed, in no order. A folder that cannot be listed carries
   * the failure. What vanishes meanwhile is left out, and so is a root that is not there.
   */
  walk(root: HostPath, options: WalkOptions): AsyncIterable<WalkEntry>;
  /**
   * Paths and whatever stands below them, like `walk`, and the contents that are wanted, many at a time. For whoever has very
   * many files to read; a transport that has no faster way than `walk` and `digests` has no such method.
   */
  survey?(roots: readonly HostPath[], options: SurveyOptions): AsyncIterable<readonly SurveyEntry[]>;
}

/** A path as the system has it: bytes, because a name need not be UTF-8. */
export type HostPath = Uint8Array;

export type DigestAlgorithm = "sha256" | "sha1" | "md5";

/** Digests of one content as lower-case hex. */
export type Digests = { readonly [Algorithm in DigestAlgorithm]?: string };

/** A read that worked, or why it did not. `absent` is an answer of the system ("there is no such thing"), never a guess. */
export type Read<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly reason: UncheckedReason | "absent"; readonly detail: string };

export interface RunOptions {
  readonly stdin?: string;
  /**
   * Further arguments, behind the others. Where rights are given for commands, those of `argv` alone are asked for: so it must be the
   * same at each run, and whatever differs stands here. Never options, and not together with `stdin`.
   */
  readonly operands?: readonly string[];
  /** 30 s when left out; then the failure is `timeout` and the program and its children are killed. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

export interface CommandOutput {
  readonly exitCode: number;
  readonly stdout: Uint8Array;
  readonly stderr: Uint8Array;
}

export type FileType = "file" | "directory" | "link" | "fifo" | "socket" | "character-device" | "block-device";

export interface FileStat {
  readonly type: FileType;
  /** The permission bits with setuid, setgid and sticky: 0 to 0o7777. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly size: bigint;
  readonly device: bigint;
  /** With the device, which file it is, whatever its names are. Missing where it is not known. */
  readonly inode?: bigint;
  /** When content was last written, in nanoseconds since 1970; whoever may write may set it. */
  readonly modifiedNs?: bigint;
  /** When anything of it last changed, by the system's clock: none but who may set that clock can set it. */
  readonly changedNs?: bigint;
  /** Bytes, for a link only. */
  readonly linkTarget?: Uint8Array;
}

export interface WalkOptions {
  /** Whether to descend into a folder. What it is may be unknown where something far away is mounted below it. */
  readonly enter: (path: HostPath, stat?: Pick<FileStat, "device">) => boolean;
  /**
   * Whether `enter` is known to be true of every folder below one that is entered, so that all can be looked at in one go; where
   * it does not say so, each folder is asked about. False when left out.
   */
  readonly entersAll?: (path: HostPath) => boolean;
  /** Paths, as ids write them, that are not looked at: not what they are, nor what stands below. */
  readonly leaveOut?: ReadonlySet<string>;
  readonly signal?: AbortSignal;
}

export interface SurveyOptions extends Pick<WalkOptions, "leaveOut" | "signal"> {
  /** Whether to descend into a folder, by its id. */
  readonly enter: (id: string, stat?: Pick<FileStat, "device">) => boolean;
  /** What of each of these regular files is to be read, in their order. */
  readonly plan: (files: readonly SurveyedFile[]) => Promise<readonly ContentPlan[]>;
  /** What is as it is known is seen there, and no entry is given of it. */
  readonly confirm?: Confirming;
  /** Told of owners of such whom the naming has no name of, each maybe more than once. */
  readonly onNameless?: (owners: Nameless) => void;
}

/** Numbers of users and groups. */
export interface Nameless {
  readonly users: readonly number[];
  readonly groups: readonly number[];
}

/** How a survey tells what is as it was. Plain data, which threads are given. */
export interface Confirming {
  /** Buffer of `KnownStates`. */
  readonly known: SharedArrayBuffer;
  /** How the keys of what is known begin: those of folders, and those of everything else. The id follows. */
  readonly keys: { readonly directory: string; readonly other: string };
  readonly naming: Naming;
  /** Whether contents are read, or taken to be what they were where nothing else of the file has changed. */
  readonly readsContent: boolean;
}

/** What a fingerprint depends on besides the file. */
export interface Naming {
  /** Of whatever else observations are derived from. */
  readonly basis: string;
  readonly users: ReadonlyMap<number, string>;
  readonly groups: ReadonlyMap<number, string>;
}

export interface SurveyedFile {
  /** The path as `encodeId` writes it. */
  readonly id: string;
  readonly stat: FileStat;
}

export interface ContentPlan {
  /** Which digests; none when the content is not to be read. */
  readonly read: readonly DigestAlgorithm[];
}

export type SurveyEntry =
  | {
      /** The path as `encodeId` writes it. */
      readonly id: string;
      /** Of a file whose content was read, what it was then. */
      readonly stat: Read<FileStat>;
      /** Digests of the content, where it was read. */
      readonly digests?: Read<Digests>;
      /** It turned into something else before its content was read: nothing here holds any more. */
      readonly hasChanged?: boolean;
    }
  /** The content of a folder could not be listed (to its end). What it is itself is said by an entry of its own, if at all. */
  | {
      readonly id: string;
      readonly unlisted: Read<never>;
      /** Whether it is unknown too what the folder itself is. */
      readonly itself?: boolean;
    };

export type WalkEntry = {
  readonly path: HostPath;
  readonly stat: Read<FileStat>;
  /** Why a folder's content could not be listed. Beside a `stat` that failed: why that path, and what may stand below it, is unknown. */
  readonly unlisted?: Read<never>;
};
