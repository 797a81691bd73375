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
}

/** A path as the system has it: bytes, because a name need not be UTF-8. */
export type HostPath = Uint8Array;

export type DigestAlgorithm = "sha256" | "sha1" | "md5";

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
  /** Bytes, for a link only. */
  readonly linkTarget?: Uint8Array;
}

export interface WalkOptions {
  /** Whether to descend into a folder. */
  readonly enter: (path: HostPath) => boolean;
  /**
   * Whether `enter` is known to be true of every folder below one that is entered, so that all can be looked at in one go; where
   * it does not say so, each folder is asked about. False when left out.
   */
  readonly entersAll?: (path: HostPath) => boolean;
  /** Paths, as ids write them, that are not looked at: not what they are, nor what stands below. */
  readonly leaveOut?: ReadonlySet<string>;
  readonly signal?: AbortSignal;
}

export type WalkEntry = {
  readonly path: HostPath;
  readonly stat: Read<FileStat>;
  /** Why a folder's content could not be listed. Beside a `stat` that failed: why that path, and what may stand below it, is unknown. */
  readonly unlisted?: Read<never>;
};
