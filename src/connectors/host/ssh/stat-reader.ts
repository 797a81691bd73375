import { type Failure, failure } from "../failure.ts";
import type { FileStat, HostPath, Read } from "../transport.ts";
import { type Asked, Batcher } from "./batcher.ts";
import type { Collected } from "./job.ts";
import { FIND_FORMAT, parseComplaints, parseLooks, statFormat } from "./parse-find.ts";
import {
  failureOfComplaint,
  impossiblePath,
  lastLine,
  lateRead,
  lostRead,
  refusedRead,
  sudoRefusal,
} from "./remote-failure.ts";
import { pathText, quote, quoteAll } from "./shell-text.ts";
import { ask, type Site } from "./site.ts";
import { sudoRead } from "./sudo-scripts.ts";

type Answered = Read<FileStat>;

/** As many as one program looks at in a moment. */
const MOST = 512;
/** Looking at many paths takes milliseconds; where it does not, one of them hangs, and only asking for each finds out which. */
const BULK_TIMEOUT_MS = 5000;

/** What paths are, many with one program. */
export class StatReader {
  readonly #site: Site;
  readonly #batcher: Batcher<Answered>;

  constructor(site: Site) {
    this.#site = site;
    this.#batcher = new Batcher({ most: MOST, ask: (batch) => void this.#askAll(batch) });
  }

  async stat(path: HostPath): Promise<Answered> {
    const impossible = impossiblePath(path) ?? unsupportedHost(this.#site, path);
    return impossible ?? (await this.#batcher.ask(path));
  }

  async #askAll(batch: readonly Asked<Answered>[]): Promise<void> {
    const paths = batch.map(({ path }) => path);
    const { timeoutMs } = this.#site;
    const bulk = batch.length > 1 ? Math.min(timeoutMs, BULK_TIMEOUT_MS) : timeoutMs;
    const collected = await ask(this.#site, lookScript(this.#site, paths), { timeoutMs: bulk, isQuick: true });
    const judge = judgeOf(this.#site, collected);
    await Promise.all(
      batch.map(async ({ path, answer }) => {
        const verdict = judge(path);
        answer(await this.#complete(path, verdict, batch.length > 1));
      }),
    );
  }

  /** What the program for many did not say is asked once more, alone: it only reads, so asking again changes nothing. */
  async #complete(path: HostPath, verdict: Verdict, mayAskAgain: boolean): Promise<Answered> {
    if (verdict.is === "known") return verdict.read;
    if (verdict.is === "link") return await this.#follow(path, verdict.stat);
    if (!mayAskAgain) return verdict.otherwise;
    const collected = await ask(this.#site, lookScript(this.#site, [path]));
    return await this.#complete(path, judgeOf(this.#site, collected)(path), false);
  }

  /** For a stat that does not say where a link points to. */
  async #follow(path: HostPath, stat: FileStat): Promise<Answered> {
    const collected = await ask(this.#site, linkScript(this.#site, path));
    if (collected.how !== "done") return unanswered(this.#site, collected, path);
    if (collected.code === "0") return { ok: true, value: { ...stat, linkTarget: collected.stdout } };
    const refusal = sudoRefusal(collected.stderr);
    return refusal === undefined ? changed(path) : refusedRead(path, "readlink", refusal);
  }
}

/** @returns why nothing can be said of any path of the host */
function unsupportedHost({ capabilities }: Site, path: HostPath): Failure | undefined {
  if (capabilities.printf || capabilities.stat) return undefined;
  return failure(
    "unsupported",
    path,
    "the host has no find or stat that can print (Debian packages findutils, coreutils)",
  );
}

/** Why there is no answer on a path. */
export function unanswered(
  site: Site,
  collected: Exclude<Collected, { readonly how: "done" }>,
  path: HostPath,
): Failure {
  if (collected.how === "lost") return lostRead(collected.failure, path);
  if (collected.how === "timeout") return lateRead(path, site.timeoutMs);
  return failure("failed", path, "the host printed too much");
}

function changed(path: HostPath): Failure {
  return failure("vanished", path, "it changed while it was read");
}

type Verdict =
  | { readonly is: "known"; readonly read: Answered }
  /** A link, of which it is not known where it points to. */
  | { readonly is: "link"; readonly stat: FileStat }
  | { readonly is: "open"; readonly otherwise: Failure };

function lookScript(site: Site, paths: readonly HostPath[]): string {
  const { printf } = site.capabilities;
  const texts = paths.map(pathText);
  if (site.sudo) return `${sudoRead(site.nonce, [printf ? "find" : "stat", "0"], texts)}; c=$?`;
  const program = printf
    ? `find ${quoteAll(texts)} -maxdepth 0 -printf ${quote(FIND_FORMAT)}`
    : `stat -c ${quote(statFormat(site.nonce))} -- ${quoteAll(texts)}`;
  return `${program} </dev/null; c=$?`;
}

function linkScript({ sudo, nonce }: Site, path: HostPath): string {
  const text = pathText(path);
  const program = sudo ? sudoRead(nonce, ["link", "0"], [text]) : `readlink -n -- ${quote(text)} </dev/null`;
  return `${program}; c=$?`;
}

function judgeOf(site: Site, collected: Collected): (path: HostPath) => Verdict {
  if (collected.how !== "done") {
    const isFinal = collected.how === "lost";
    return (path) => {
      const read = unanswered(site, collected, path);
      return isFinal ? { is: "known", read } : { is: "open", otherwise: read };
    };
  }
  const { stderr } = collected;
  const looks = parseLooks(collected.stdout.toString("latin1"), site.nonce, site.capabilities.printf);
  const complaints = parseComplaints(stderr, site.capabilities.printf).byPath;
  const refusal = site.sudo ? sudoRefusal(stderr) : undefined;
  const program = site.capabilities.printf ? "find" : "stat";
  return (path) => {
    const text = pathText(path);
    const look = looks.get(text);
    if (look !== undefined) return judgeLook(path, look.stat);
    const complaint = complaints.get(text);
    if (complaint !== undefined) return { is: "known", read: failureOfComplaint(complaint, path) };
    if (refusal !== undefined) return { is: "known", read: refusedRead(path, program, refusal) };
    return { is: "open", otherwise: failureOfComplaint(lastLine(stderr), path) };
  };
}

function judgeLook(path: HostPath, stat: FileStat | undefined): Verdict {
  if (stat === undefined) return { is: "known", read: failure("unsupported", path, "it is of no known type") };
  if (stat.type !== "link") return { is: "known", read: { ok: true, value: stat } };
  if (stat.linkTarget === undefined) return { is: "link", stat };
  // No link points to nothing: it was one no longer when it was read.
  if (stat.linkTarget.length === 0) return { is: "open", otherwise: changed(path) };
  return { is: "known", read: { ok: true, value: stat } };
}
