import { type Failure, failure } from "../failure.ts";
import type { HostPath, Read } from "../transport.ts";
import { type Asked, Batcher } from "./batcher.ts";
import type { Collected } from "./job.ts";
import { IRREGULAR } from "./prelude.ts";
import { failureOfComplaint, impossiblePath, isPlain, lastLine, refusedRead, sudoRefusal } from "./remote-failure.ts";
import { byteText, pathText, quote } from "./shell-text.ts";
import { ask, type Site } from "./site.ts";
import { unanswered } from "./stat-reader.ts";

type Answered = Read<Uint8Array>;

const DEFAULT_MAX_BYTES = 64 * 1024 * 1024;
/** Kernel parameters are tiny. */
const MOST = 512;
/** All in it is a folder or a regular file of a few bytes, and none of it waits. */
const PARAMETERS = "/proc/sys/";

/** The content of regular files, links followed. */
export class RemoteContentReader {
  readonly #site: Site;
  readonly #parameters: Batcher<Answered | undefined>;

  constructor(site: Site) {
    this.#site = site;
    this.#parameters = new Batcher({ most: MOST, ask: (batch) => void this.#askParameters(batch) });
  }

  async read(path: HostPath, maxBytes = DEFAULT_MAX_BYTES): Promise<Answered> {
    const impossible = impossiblePath(path);
    if (impossible !== undefined) return impossible;
    const tiny = isParameter(path) ? await this.#parameters.ask(path) : undefined;
    const read = tiny ?? (await this.#readOne(path, maxBytes));
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

  async #askParameters(batch: readonly Asked<Answered | undefined>[]): Promise<void> {
    const site = this.#site;
    const collected = await ask(
      site,
      parametersScript(
        site.nonce,
        batch.map(({ path }) => path),
      ),
    );
    const contents = contentsOf(site.nonce, collected);
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

/** The contents in the order in which they were asked for; undefined when there are not as many. */
function contentsOf(nonce: string, collected: Collected): readonly Buffer[] | undefined {
  if (collected.how !== "done") return undefined;
  const { stdout } = collected;
  const end = `L=${nonce}\0`;
  const contents: Buffer[] = [];
  let start = 0;
  for (let at = stdout.indexOf(end); at >= 0; at = stdout.indexOf(end, start)) {
    contents.push(stdout.subarray(start, at));
    start = at + end.length;
  }
  return start === stdout.length && contents.length > 0 ? contents : undefined;
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
