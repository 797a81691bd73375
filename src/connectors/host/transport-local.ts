import { ContentReader } from "./local/content.ts";
import { guardMounts } from "./local/mounts/guard-mounts.ts";
import { PROGRAM_FOLDERS, runLocally } from "./local/run.ts";
import { statLocally } from "./local/stat.ts";
import { surveyLocally } from "./local/survey/survey.ts";
import { walkLocally } from "./local/walk.ts";
import type { Transport } from "./transport.ts";

export interface LocalTransportOptions {
  /** Where programs are looked for, in order; the system's own folders when left out. */
  readonly programFolders?: readonly string[];
  /** How long a command that names no time of its own, or a far file system, may take, in milliseconds; 30 s when left out. */
  readonly timeoutMs?: number;
}

/** Enough to hide the latency of a disk; how many contents are read at once is bounded by the buffers for them. */
const READS_AT_ONCE = 16;

const FAR_TIMEOUT_MS = 30_000;

/** Reads this machine. It opens nothing for writing; what it runs is as read-only as the argv that it is given. */
export function openLocalTransport(options: LocalTransportOptions = {}): Transport {
  const contents = new ContentReader();
  const defaults = {
    programFolders: options.programFolders ?? PROGRAM_FOLDERS,
    ...(options.timeoutMs === undefined ? {} : { timeoutMs: options.timeoutMs }),
  };
  const direct: Transport = {
    readsAtOnce: READS_AT_ONCE,
    run: (argv, runOptions) => runLocally(argv, { ...defaults, ...runOptions }),
    readFile: (path, readOptions) => contents.readFile(path, readOptions?.maxBytes),
    stat: statLocally,
    hash: (path, hashOptions) => contents.hash(path, hashOptions),
    digests: (path, algorithms, hashOptions) => contents.digests(path, algorithms, hashOptions),
    walk: walkLocally,
    survey: surveyLocally,
    [Symbol.asyncDispose]: async () => {},
  };
  return guardMounts(direct, { timeoutMs: options.timeoutMs ?? FAR_TIMEOUT_MS });
}
