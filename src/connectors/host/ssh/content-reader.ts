import { type Failure, failure } from "../failure.ts";
import type { HostPath, Read } from "../transport.ts";
import { type Asked, Batcher } from "./batcher.ts";
import type { Collected } from "./job.ts";
import { IRREGULAR } from "./prelude.ts";
import { failureOfComplaint, impossiblePath, isPlain, lastLine, refusedRead, sudoRefusal } from "./remote-failure.ts";
import { byteText, pathText, quote, quoteAll } from "./shell-text.ts";
import { ask, type Site } from "./site.ts";
import { unanswered } from "./stat-reader.ts";
import { sudoRead } from "./sudo-scripts.ts";

type Answered = Read<Uint8Array>;

const DEFAULT_MAX_BYTES = 64 * 1024 * 1024;
/** Kernel parameters are tiny. */
const MOST = 512;
/** Files that one program prints: not so many that all but a few together are too large. */
const FILES = 64;
/** Where files take longer to read together, one of them hangs, and only asking for each finds out which. */
const BULK_TIMEOUT_MS = 5000;
/** All in it is a folder or a regular file of a few bytes, and none of it waits. */
const PARAMETERS = "/proc/sys/";

/** The content of regular files, links followed. */
export class RemoteContentReader {
  readonly #site: Site;
  readonly #parameters: Batcher<Answered | undefined>;
  readonly #files: Batcher<Answered | undefined>;

  constructor(site: Site) {
    this.#site = site;
    this.#parameters = new Batcher({ most: MOST, ask: (batch) => void this.#askParameters(batch) });
    this.#files = new Batcher({ most: FILES, ask: (batch) => void this.#askFiles(batch) });
  }

  async read(path: HostPath, maxBytes = DEFAULT_MAX_BYTES): Promise<Answered> {
    const impossible = impossiblePath(path);
    if (impossible !== undefined) return impossible;
    const many = await (isParameter(path) ? this.#parameters : this.#files).ask(path);
    const read = many ?? (await this.#readOne(path, maxBytes));
    return read.ok && read.value.length > maxBytes ? tooLarge(path, maxBytes) : read;
  }

  async #readOne(path: HostPath, maxBytes: number): Promise<Answered> {
    const site = this.#site;
    const script = `r ${maxBytes + 1} ${quote(pathText(path))}; c=$?`;
    const collected = await ask(site, script, { maxBytes: maxBytes + MAX_COMPLAINT });
    if (collected.how === "overflow") return tooLarge(path, maxBytes);
    if (collected.how !== "done") return unanswered(site, collected, path);
    const { code, stdout, stderr } = collected;
    if (code === "0") return { ok: true, value: stdout };
    if (code === IRREGULAR) return failure("unsupported", path, "it is no regular file");
    const refusal = site.sudo ? sudoRefusal(stderr) : undefined;
    return refusal === undefined ? failureOfComplaint(lastLine(stderr), path) : refusedRead(path, "cat", refusal);
  }

  /** Undefined for what only asking for it alone can tell: one that is larger than all together may be, that hangs or cannot be read. */
  async #askFiles(batch: readonly Asked<Answered | undefined>[]): Promise<void> {
    const site = this.#site;
    const texts = batch.map(({ path }) => pathText(path));
    const [only] = batch;
    if (batch.length === 1) {
      only?.answer(undefined);
      return;
    }
    const program = site.sudo ? sudoRead(site.nonce, ["many", "0"], texts) : `m ${quoteAll(texts)}`;
    const collected = await ask(site, `${program}; c=$?`, {
      timeoutMs: Math.min(site.timeoutMs, BULK_TIMEOUT_MS),
      maxBytes: DEFAULT_MAX_BYTES,
      isQuick: true,
    });
    const judge = judgeOf(site, collected, texts);
    batch.forEach(({ path, answer }, at) => {
      answer(collected.how === "lost" ? unanswered(site, collected, path) : judge(path, at));
    });
  }

  async #askParameters(batch: readonly Asked<Answered | undefined>[]): Promise<void> {
    const site = this.#site;
    const collected = await ask(
      site,
      parametersScript(
        site.nonce,
        batch.map(({ path }) => path),
      ),
    );
    const contents = contentsOf(site.nonce, collected, batch.length);
    const complaints = collected.how === "done" ? catComplaints(collected.stderr) : new Map<string, string>();
    batch.forEach(({ path, answer }, at) => {
      const text = byteText(path);
      const complaint = complaints.get(text);
      if (collected.how === "lost") answer(unanswered(site, collected, path));
      // With sudo it may be readable all the same.
      else if (complaint !== undefined) answer(site.sudo ? undefined : parameterFailure(complaint, path));
      else answer(contents === undefined ? undefined : toRead(contents[at]));
    });
  }
}

function judgeOf(
  { nonce }: Site,
  collected: Collected,
  texts: readonly string[],
): (path: HostPath, at: number) => Answered | undefined {
  if (collected.how !== "done") return () => undefined;
  const { stdout, stderr } = collected;
  const end = stdout.indexOf("\n");
  const flags = stdout.toString("latin1", 0, Math.max(end, 0));
  const readable = [...flags].flatMap((flag, at) => (flag === "1" ? [at] : []));
  const contents =
    readable.length === 0 ? [] : contentsOf(nonce, { ...collected, stdout: stdout.subarray(end + 1) }, readable.length);
  if (flags.length !== texts.length || contents === undefined) return () => undefined;
  const isBroken = /^cat: /m.test(stderr);
  const gone = lsComplaints(stderr);
  return (path, at) => {
    const text = texts[at] ?? "";
    const index = readable.indexOf(at);
    // A program that could not read one file to its end says so, and may write its name in its own way.
    if (index >= 0) return isBroken ? undefined : toRead(contents[index]);
    const complaint = isPlain(path) ? gone.get(text) : undefined;
    return complaint === undefined ? undefined : failureOfComplaint(complaint, path);
  };
}

function lsComplaints(stderr: string): ReadonlyMap<string, string> {
  const lines = stderr.matchAll(/^ls: (?:cannot access '|)(\/[^:']+)'?: ([^:]+)$/gm);
  return new Map(Array.from(lines, ([, path = "", words = ""]) => [path, words]));
}

const MAX_COMPLAINT = 64 * 1024;

function isParameter(path: HostPath): boolean {
  return isPlain(path) && byteText(path).startsWith(PARAMETERS) && !/\/\.{0,2}(?:\/|$)/.test(byteText(path));
}

function tooLarge(path: HostPath, maxBytes: number): Failure {
  return failure("unsupported", path, `it is larger than ${maxBytes} bytes`);
}

/**
 * One cat for all of them; between two stands the environment of cat itself, which is nothing but a word that nobody can guess.
 * A shell could read them without any program, but some read a byte at a time, and of most parameters the kernel gives only the first then.
 */
function parametersScript(nonce: string, paths: readonly HostPath[]): string {
  const files = paths.map((path) => `${quote(byteText(path))} $s`).join(" ");
  return `s=/proc/self/environ; env -i L=${nonce} cat ${files} </dev/null; c=$?`;
}

/** The contents in the order in which they were asked for; undefined when there are not `count` of them. */
function contentsOf(nonce: string, collected: Collected, count: number): readonly Buffer[] | undefined {
  if (collected.how !== "done") return undefined;
  const { stdout } = collected;
  const end = `L=${nonce}\0`;
  const contents: Buffer[] = [];
  let start = 0;
  for (let at = stdout.indexOf(end); at >= 0; at = stdout.indexOf(end, start)) {
    contents.push(stdout.subarray(start, at));
    start = at + end.length;
  }
  return start === stdout.length && contents.length === count ? contents : undefined;
}

function toRead(content: Buffer | undefined): Answered | undefined {
  return content === undefined ? undefined : { ok: true, value: Buffer.from(content) };
}

function parameterFailure(complaint: string, path: HostPath): Failure {
  return failureOfComplaint(complaint, path);
}

function catComplaints(stderr: string): ReadonlyMap<string, string> {
  const lines = stderr.matchAll(/^cat: (?:can't open '|read error on '|)(\/[^:']+)'?: ([^:]+)$/gm);
  return new Map(Array.from(lines, ([, path = "", words = ""]) => [path, words]));
}
