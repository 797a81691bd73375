import { type Failure, failure } from "../failure.ts";
import type { DigestAlgorithm, FileStat, HostPath, Read } from "../transport.ts";
import { type Asked, Batcher } from "./batcher.ts";
import type { Answer, Collected } from "./job.ts";
import { failureOfComplaint, impossiblePath, isPlain, lastLine, refusedRead, sudoRefusal } from "./remote-failure.ts";
import { byteText, pathText, quote, quoteAll } from "./shell-text.ts";
import { ask, type Site } from "./site.ts";
import { unanswered } from "./stat-reader.ts";
import { sudoRead } from "./sudo-scripts.ts";

/** So many that starting the programs costs little, so few that one large file holds up few others. */
const MOST = 256;
/** How often a file that changes while it is read is read again before that is an answer of its own. */
const ATTEMPTS = 3;

export interface HashReaderParts {
  readonly site: Site;
  readonly algorithms: readonly DigestAlgorithm[];
  readonly stat: (path: HostPath) => Promise<Read<FileStat>>;
}

type Digests = readonly string[];

/** Digests of files by some algorithms, all of the same content, many with one program each where the host's programs can. */
export class HashReader {
  readonly #parts: HashReaderParts;
  readonly #batcher: Batcher<Read<Digests> | undefined>;

  constructor(parts: HashReaderParts) {
    this.#parts = parts;
    this.#batcher = new Batcher({ most: MOST, shares: parts.site.readers, ask: (batch) => void this.#askAll(batch) });
  }

  /** The signal frees the caller; a program that hashes for others too goes on. @throws the signal's reason once it is aborted */
  async hash(path: HostPath, signal: AbortSignal | undefined): Promise<Read<Digests>> {
    signal?.throwIfAborted();
    const impossible = impossiblePath(path);
    if (impossible !== undefined) return impossible;
    const many = canBulk(this.#parts.site, path) ? await this.#batcher.ask(path) : undefined;
    signal?.throwIfAborted();
    return many ?? (await this.#hashOne(path, signal));
  }

  async #askAll(batch: readonly Asked<Read<Digests> | undefined>[]): Promise<void> {
    const paths = batch.map(({ path }) => path);
    const collected = await ask(this.#parts.site, bulkScript(this.#parts, paths));
    const judge = judgeOf(this.#parts, collected);
    for (const { path, answer } of batch) answer(judge(path));
  }

  /** Whatever many at once gave no answer on: no regular file, one that changed, or one that cannot be read. */
  async #hashOne(path: HostPath, signal: AbortSignal | undefined): Promise<Read<Digests>> {
    const { site, stat } = this.#parts;
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const look = await stat(path);
      if (!look.ok) return look;
      if (look.value.type !== "file") return failure("unsupported", path, "it is no regular file");
      const collected = await ask(site, oneScript(this.#parts, path), { signal });
      const hash = collected.how === "done" ? toHash(this.#parts, collected, path) : unanswered(site, collected, path);
      if (hash !== undefined) return hash;
    }
    return failure("failed", path, "it changed while it was read");
  }
}

/** @returns undefined when the file changed while it was read */
function toHash(parts: HashReaderParts, { code, stdout, stderr }: Answer, path: HostPath): Read<Digests> | undefined {
  // A name with a newline in it makes more lines.
  const [before, ...lines] = stdout.toString("latin1").split("\n");
  const after = lines.at(-2);
  const digests = lines.flatMap((line) => /^\\?([0-9a-f]{32,64}) /.exec(line)?.[1] ?? []);
  if (digests.length < parts.algorithms.length || code !== "0") return whyNot(parts, stderr, path);
  return before === after ? { ok: true, value: digests.slice(0, parts.algorithms.length) } : undefined;
}

function whyNot({ site, algorithms }: HashReaderParts, stderr: string, path: HostPath): Failure {
  const refusal = site.sudo ? sudoRefusal(stderr) : undefined;
  if (refusal !== undefined) return refusedRead(path, `${algorithms[0]}sum`, refusal);
  // What vanishes in the middle makes several programs complain; all say the same.
  return failureOfComplaint(lastLine(stderr), path);
}

/** Where records end with a newline, no name may hold one, nor what sha256sum marks names for. */
function canBulk({ capabilities }: Site, path: HostPath): boolean {
  const { printf, stat, zero } = capabilities;
  return (printf && zero) || (stat && !path.includes(NEWLINE) && !path.includes(BACKSLASH));
}

const NEWLINE = 0x0a;
const BACKSLASH = 0x5c;

function endsWithZero({ capabilities: { printf, zero } }: Site): boolean {
  return printf && zero;
}

/** Only regular files are opened. What they are before and after shows whether they changed meanwhile. */
function bulkScript({ site, algorithms }: HashReaderParts, paths: readonly HostPath[]): string {
  const zero = endsWithZero(site);
  const texts = paths.map(pathText);
  if (site.sudo) return `${sudoRead(site.nonce, [zero ? "zero" : "line", algorithms.join(",")], texts)}; c=$?`;
  const files = 'find "$@" -maxdepth 0 -type f';
  const sums = algorithms.map((algorithm) => `-exec ${algorithm}sum ${zero ? "-z " : ""}-- {} +`);
  const print = (mark: string) => `-printf ${quote(`${mark}%s %T@ %C@ %p\\0`)}`;
  const look = (mark: string) => `stat -c ${quote(`${mark}%s %Y %Z %n`)} -- "$@" </dev/null`;
  // What find itself has printed it passes on before it starts a program.
  const lines = zero
    ? [`${files} ${print("<")} ${sums.join(" ")} </dev/null; c=$?`, `${files} ${print(">")} </dev/null`]
    : [look("<"), ...sums.map((sum) => `${files} ${sum} </dev/null; c=$?`), look(">")];
  return [`set -- ${quoteAll(texts)}`, ...lines].join("\n");
}

function oneScript({ site, algorithms }: HashReaderParts, path: HostPath): string {
  if (site.sudo) return `${sudoRead(site.nonce, ["one", algorithms.join(",")], [pathText(path)])}; c=$?`;
  const text = quote(pathText(path));
  const look = `stat -c '%s %Y %Z' -- ${text} </dev/null`;
  const sums = algorithms.map((algorithm) => `${algorithm}sum -- ${text} </dev/null`);
  return `{ ${[look, ...sums, look].join(" && ")}; }; c=$?`;
}

/** Undefined for what must be asked again. */
function judgeOf(
  { site, algorithms }: HashReaderParts,
  collected: Collected,
): (path: HostPath) => Read<Digests> | undefined {
  if (collected.how === "lost") return (path) => unanswered(site, collected, path);
  // Which one hangs only asking for each finds out. That is safe: it only reads.
  if (collected.how !== "done") return () => undefined;
  const { before, after, hashes } = parseHashes(
    collected.stdout.toString("latin1").split(endsWithZero(site) ? "\0" : "\n"),
  );
  const complaints = hashComplaints(collected.stderr);
  return (path) => {
    const text = pathText(path);
    const value = hashes.get(text);
    const was = before.get(text);
    if (value?.length === algorithms.length && was !== undefined && was === after.get(text)) return { ok: true, value };
    const complaint = isPlain(path) ? complaints.get(byteText(path)) : undefined;
    return complaint === undefined ? undefined : failureOfComplaint(complaint, path);
  };
}

interface Hashes {
  /** What each file is before and after it is read. */
  readonly before: ReadonlyMap<string, string>;
  readonly after: ReadonlyMap<string, string>;
  /** In the order in which they were made. */
  readonly hashes: ReadonlyMap<string, Digests>;
}

function parseHashes(records: readonly string[]): Hashes {
  const found = {
    before: new Map<string, string>(),
    after: new Map<string, string>(),
    hashes: new Map<string, string[]>(),
  };
  for (const record of records) {
    const [, mark, look = "", path = ""] = /^([<>])(\d+ \S+ \S+) (.+)$/s.exec(record) ?? [];
    if (mark !== undefined) (mark === "<" ? found.before : found.after).set(path, look);
    const [, hash, file = ""] = /^([0-9a-f]{32,64}) [ *](.+)$/s.exec(record) ?? [];
    if (hash !== undefined) found.hashes.set(file, [...(found.hashes.get(file) ?? []), hash]);
  }
  return found;
}

function hashComplaints(stderr: string): ReadonlyMap<string, string> {
  const lines = stderr.matchAll(/^\w+sum: (?:can't open '|)(\/[^:']+)'?: ([^:]+)$/gm);
  return new Map(Array.from(lines, ([, path = "", words = ""]) => [path, words]));
}
