import type { FileStat, HostPath, Read, Transport } from "../../../transport.ts";
import { command, complaintOf, unreadOf } from "../../command.ts";
import type { Unread } from "../../table.ts";
import { parseComplaints, parseGetfattr, type RawAttributes } from "./parse-getfattr.ts";
import { type FlagsOf, type FlagsRead, readFlags } from "./read-flags.ts";

export const GETFATTR = command("getfattr", "--absolute-names", "-h", "-d", "-m", "-", "-e", "hex", "--");
/** A command line has its limits, and whoever waits for the first answer waits for all of them. */
const PATHS_AT_ONCE = 2000;
const BYTES_AT_ONCE = 192 * 1024;

/** The extended attributes of one path; `absent` where that way to read them is not there. */
export type ExtendedRead = Read<RawAttributes>;

/**
 * Adds to each of many paths a way to its extended attributes and flags. They are read for many paths by one process each; while
 * what is known of some is made use of, the next ones are read.
 */
export async function* withExtended<T extends WithPath>(
  source: AsyncIterable<readonly T[]>,
  transport: Transport,
  signal: AbortSignal,
): AsyncGenerator<readonly (T & ExtendedReads)[], void> {
  const chunks = chunksOf(source);
  const ahead = () => startNext(chunks, transport, signal);
  let next = ahead();
  try {
    for (;;) {
      const started = await next;
      if (started === undefined) return;
      next = ahead();
      const { chunk, reading, flags } = started;
      yield chunk.map((one) => ({
        ...one,
        extended: async () => (await reading)(one.path),
        flags: async () => (await flags)(one.path),
      }));
    }
  } finally {
    // Whoever stops early has no use for what comes, and for how it fails.
    await next.catch(() => undefined);
    await chunks.return();
  }
}

/** What is read of a path together with others. */
export interface ExtendedReads {
  readonly extended: () => Promise<ExtendedRead>;
  readonly flags: () => Promise<FlagsRead>;
}

interface WithPath {
  readonly path?: HostPath | undefined;
  readonly stat?: FileStat | undefined;
}

interface Started<T> {
  readonly chunk: readonly T[];
  readonly reading: Promise<ReadOf>;
  readonly flags: Promise<FlagsOf>;
}

type ReadOf = (path: HostPath | undefined) => ExtendedRead;

async function startNext<T extends WithPath>(
  chunks: AsyncGenerator<T[], void>,
  transport: Transport,
  signal: AbortSignal,
): Promise<Started<T> | undefined> {
  const { value: chunk } = await chunks.next();
  if (chunk === undefined) return undefined;
  const paths = chunk.flatMap(({ path }) => path ?? []);
  const reading = readChunk(paths, transport, signal);
  const flags = readFlags(chunk, transport, signal);
  for (const each of [reading, flags]) each.catch(() => undefined);
  return { chunk, reading, flags };
}

async function* chunksOf<T extends WithPath>(source: AsyncIterable<readonly T[]>): AsyncGenerator<T[], void> {
  let chunk: T[] = [];
  let bytes = 0;
  for await (const batch of source)
    for (const one of batch) {
      chunk.push(one);
      bytes += (one.path?.length ?? 0) + 1;
      if (chunk.length < PATHS_AT_ONCE && bytes < BYTES_AT_ONCE) continue;
      yield chunk;
      chunk = [];
      bytes = 0;
    }
  if (chunk.length > 0) yield chunk;
}

type Failure = Extract<Read<never>, { readonly ok: false }>;

const NONE: RawAttributes = new Map();

async function readChunk(paths: readonly HostPath[], transport: Transport, signal: AbortSignal): Promise<ReadOf> {
  const texts = paths.flatMap((path) => argumentOf(path) ?? []);
  if (texts.length === 0) return unreadable;
  const result = await transport.run(GETFATTR, { operands: texts, signal });
  if (!result.ok) return () => failureOf(unreadOf(result));
  const { stdout, stderr, exitCode } = result.value;
  const { byPath, isWhole } = parseGetfattr(stdout);
  const asked = new Set(texts.map((text) => Buffer.from(text).toString("latin1")));
  const complaints = parseComplaints(stderr, (path) => asked.has(path));
  const isKnown = isWhole && complaints.others.length === 0 && exitCode <= 1;
  const broken = failureOf(complaintOf("getfattr", { exitCode, stderr: complaints.others }));
  return (path) => {
    if (path === undefined || argumentOf(path) === undefined) return unreadable(path);
    const key = Buffer.from(path).toString("latin1");
    const complaint = complaints.byPath.get(key);
    if (complaint !== undefined) return failureOf(complaintOf("getfattr", { exitCode, stderr: [complaint] }));
    return isKnown ? { ok: true, value: byPath.get(key) ?? NONE } : broken;
  };
}

function failureOf({ reason, detail }: Unread): Failure {
  return { ok: false, reason, detail };
}

function unreadable(_: HostPath | undefined): ExtendedRead {
  return { ok: false, reason: "unsupported", detail: "Cannot read extended attributes: the path is not UTF-8" };
}

/** A path as the argument of a command; undefined for one that cannot be. */
function argumentOf(path: HostPath): string | undefined {
  const text = Buffer.from(path).toString("utf8");
  return Buffer.from(text).equals(Buffer.from(path)) ? text : undefined;
}
