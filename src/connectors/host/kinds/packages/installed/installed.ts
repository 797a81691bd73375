import type { JsonObject } from "../../../../../model/json.ts";
import type { AbsenceFact } from "../../../../../model/observation.ts";
import type { DigestAlgorithm, Digests, FileStat, HostPath, Read, Transport } from "../../../transport.ts";
import { type ByteText, toByteText } from "../../bytes.ts";
import type { FileClaim, PackageDatabase } from "./database.ts";
import type { Reach } from "./dpkg-lists.ts";
import { readDatabases } from "./read-databases.ts";

/** The evidence attributes of one path, or why they could not be had. */
export type Evidence = Read<{ readonly installed_by?: string; readonly altered_from?: string }>;

/** A regular file's digest, and what it says of who put the file there. */
export interface Content {
  readonly sha256: Read<string>;
  readonly evidence: Evidence;
}

/** What of a file's content was read already. */
export type ReadContent = Read<Digests>;

/** What is known of a path beside what it is. */
interface Knowledge {
  readonly recorded: Recorded;
  readonly read?: ReadContent;
}

/** What was last recorded of the path. */
export type Recorded = () => Promise<JsonObject | undefined>;

const NOTHING: Evidence = { ok: true, value: {} };

/** Where packages put nothing that would be worth reading their database for. */
const FOREIGN = /^\/(?:home|srv|tmp|run|proc|sys|dev|mnt|media)\//;

/** A file that is larger is not hashed twice when it is what was recorded, because looking that up is cheaper. */
const LOOK_UP_FROM_BYTES = 4n * 1024n * 1024n;

const COMPILED = /^(.*\/)__pycache__\/([^/]+)\.cpython-\d+(?:\.opt-\d)?\.pyc$/;

const COMPILED_FOLDER = "/__pycache__";

/**
 * Tells what packages put where on one host. Their databases are read once, when they are first needed, and kept as long as
 * this lives. One that cannot be read explains nothing, and each path that it may be about says so.
 */
export class Installed {
  readonly #transport: Transport;
  readonly #signal: AbortSignal;
  readonly #reach: Reach | undefined;
  readonly #pristine = new Map<ByteText, Promise<Read<string | undefined>>>();
  #database: Promise<Read<PackageDatabase>> | undefined;

  /** @param reach the paths that will be asked about, as far as they are known; any when left out. Others cost further reads. */
  constructor(transport: Transport, signal: AbortSignal, reach?: Reach) {
    this.#transport = transport;
    this.#signal = signal;
    this.#reach = reach;
  }

  /** Begins to read the databases, where paths that begin so may need them: they come while the paths are still looked for. */
  prepare(starts: readonly string[]): void {
    if (starts.every((start) => FOREIGN.test(start))) return;
    this.#database ??= readDatabases(this.#transport, this.#signal, this.#reach);
    // Whoever needs them is told.
    this.#database.catch(() => undefined);
  }

  /** Of anything but a regular file. */
  async evidenceOf(path: HostPath, { type, linkTarget }: FileStat): Promise<Evidence> {
    return await this.#ask(path, (database, at) => {
      if (type === "directory") return installedBy(database.directoryBy(at) ?? compiledFolderBy(database, at));
      if (linkTarget === undefined) return NOTHING;
      const by = database.linkBy(at, toByteText(linkTarget));
      return by === undefined ? alteredFrom(database.fileAt(at)?.by) : installedBy(by);
    });
  }

  /**
   * Which digests of each regular file have to be read to say all that must be known of it, by its path. What its package says is
   * not among them where the content is known to be what it was.
   */
  async algorithmsOf(paths: readonly HostPath[]): Promise<readonly (readonly DigestAlgorithm[])[]> {
    const places = paths.map(toByteText);
    const first = places.find((place) => !FOREIGN.test(place));
    const database = first === undefined ? undefined : await this.#databaseFor(first);
    if (database?.ok !== true) return places.map(() => SHA256);
    const told = await settled(database.value, ({ fileAt }) =>
      places.map((place) => (FOREIGN.test(place) ? SHA256 : algorithmsFor(fileAt(place)))),
    );
    return told.ok ? told.value : places.map(() => SHA256);
  }

  /** Reads a regular file's content, once for all that must be known of it, or takes what was read of it. */
  async contentOf(path: HostPath, { size }: FileStat, { recorded, read }: Knowledge): Promise<Content> {
    const claim = await this.#claimOn(path);
    const known = read === undefined ? undefined : await this.#asRead(path, claim, read);
    if (known !== undefined) return known;
    if (!claim.ok || claim.value === undefined) {
      const sha256 = await this.#transport.hash(path, { signal: this.#signal });
      return { sha256, evidence: claim.ok ? await this.#compiled(path) : claim };
    }
    return (
      (await this.#asRecorded(path, { size, claim: claim.value, recorded })) ?? (await this.#judged(path, claim.value))
    );
  }

  /** What was read says; undefined where it does not say enough. */
  async #asRead(path: HostPath, claim: Read<FileClaim | undefined>, read: ReadContent): Promise<Content | undefined> {
    const sha256 = sha256Of(read);
    if (!claim.ok) return { sha256, evidence: claim };
    if (claim.value === undefined) return { sha256, evidence: await this.#compiled(path) };
    if (!read.ok) return { sha256, evidence: NOTHING };
    const content = judgedBy(read.value, claim.value);
    if (content !== undefined) this.#keepSource(toByteText(path), content);
    return content;
  }

  /** What says why a path that was recorded is not there. */
  async absence(path: HostPath, recorded: Recorded): Promise<readonly AbsenceFact[]> {
    const installed = (await recorded())?.["installed_by"];
    if (typeof installed !== "string") return [];
    const database = await this.#databaseFor(toByteText(path));
    if (database?.ok !== true) return [];
    const by = await settled(database.value, ({ whyGone }) => whyGone(toByteText(path), installed));
    return by.ok && by.value !== undefined ? [{ path: "", fact: "explained-by", by: by.value }] : [];
  }

  async #ask(path: HostPath, ask: (database: PackageDatabase, at: ByteText) => Evidence): Promise<Evidence> {
    const at = toByteText(path);
    const database = await this.#databaseFor(at);
    if (database === undefined) return NOTHING;
    if (!database.ok) return database;
    const answer = await settled(database.value, (known): Evidence => {
      const unread = known.unreadAt(at);
      return unread === undefined ? ask(known, at) : { ok: false, reason: "failed", detail: unread };
    });
    return answer.ok ? answer.value : answer;
  }

  async #claimOn(path: HostPath): Promise<Read<FileClaim | undefined>> {
    let claim: FileClaim | undefined;
    const asked = await this.#ask(path, (database, at) => {
      claim = database.fileAt(at);
      return NOTHING;
    });
    return asked.ok ? { ok: true, value: claim } : asked;
  }

  /** The answer for a large file that is what was recorded, of a package that is what it was; else undefined. */
  async #asRecorded(
    path: HostPath,
    { size, claim, recorded }: { readonly size: bigint; readonly claim: FileClaim; readonly recorded: Recorded },
  ): Promise<Content | undefined> {
    if (size < LOOK_UP_FROM_BYTES || claim.algorithm === "sha256") return undefined;
    const last = await recorded();
    if (last?.["installed_by"] !== claim.by) return undefined;
    const sha256 = await this.#transport.hash(path, { signal: this.#signal });
    if (sha256.ok && sha256.value !== last["sha256"]) return undefined;
    return { sha256, evidence: installedBy(claim.by) };
  }

  async #judged(path: HostPath, claim: FileClaim): Promise<Content> {
    const algorithms = algorithmsFor(claim);
    const digests = await this.#transport.digests(path, algorithms, { signal: this.#signal });
    if (!digests.ok) return { sha256: digests, evidence: NOTHING };
    const named = Object.fromEntries(algorithms.map((algorithm, index) => [algorithm, digests.value[index] ?? ""]));
    return judgedBy(named, claim) ?? { sha256: { ok: true, value: digests.value[0] ?? "" }, evidence: NOTHING };
  }

  /** What Python makes of a file as its package put it there belongs to that package. */
  async #compiled(path: HostPath): Promise<Evidence> {
    const [, folder, name] = COMPILED.exec(toByteText(path)) ?? [];
    if (folder === undefined || name === undefined) return NOTHING;
    const source = `${folder}${name}.py`;
    const known = this.#pristine.get(source) ?? this.#pristineBy(Buffer.from(source, "latin1"));
    this.#pristine.set(source, known);
    const by = await known;
    return by.ok ? installedBy(by.value) : by;
  }

  /** What was read of a source need not be read again to judge what was compiled of it. */
  #keepSource(path: ByteText, { evidence }: Content): void {
    if (!path.endsWith(".py")) return;
    const by: Read<string | undefined> = evidence.ok ? { ok: true, value: evidence.value.installed_by } : evidence;
    this.#pristine.set(path, Promise.resolve(by));
  }

  async #pristineBy(path: HostPath): Promise<Read<string | undefined>> {
    const claim = await this.#claimOn(path);
    if (!claim.ok || claim.value === undefined) return claim.ok ? { ok: true, value: undefined } : claim;
    const { evidence, sha256 } = await this.#judged(path, claim.value);
    if (!sha256.ok) return sha256.reason === "absent" ? { ok: true, value: undefined } : sha256;
    return evidence.ok ? { ok: true, value: evidence.value.installed_by } : evidence;
  }

  async #databaseFor(path: ByteText): Promise<Read<PackageDatabase> | undefined> {
    if (FOREIGN.test(path)) return undefined;
    this.#database ??= readDatabases(this.#transport, this.#signal, this.#reach);
    return await this.#database;
  }
}

const SHA256: readonly DigestAlgorithm[] = ["sha256"];

function algorithmsFor(claim: FileClaim | undefined): readonly DigestAlgorithm[] {
  return claim === undefined || claim.algorithm === "sha256" ? SHA256 : ["sha256", claim.algorithm];
}

function sha256Of(digests: Read<Digests>): Read<string> {
  return digests.ok ? { ok: true, value: digests.value.sha256 ?? "" } : digests;
}

/** Undefined where the digest that the package tells is not among them. */
function judgedBy(digests: Digests, { by, algorithm, digest }: FileClaim): Content | undefined {
  const [sha256, told] = [digests.sha256, digests[algorithm]];
  if (sha256 === undefined || told === undefined) return undefined;
  return { sha256: { ok: true, value: sha256 }, evidence: told === digest ? installedBy(by) : alteredFrom(by) };
}

/** An answer for which all was read that it needs. */
async function settled<T>(database: PackageDatabase, ask: (database: PackageDatabase) => T): Promise<Read<T>> {
  for (;;) {
    const value = ask(database);
    const more = database.more();
    if (more === undefined) return { ok: true, value };
    const failed = await more;
    if (failed !== undefined) return failed;
  }
}

function compiledFolderBy(database: PackageDatabase, path: ByteText): string | undefined {
  return path.endsWith(COMPILED_FOLDER) ? database.directoryBy(path.slice(0, -COMPILED_FOLDER.length)) : undefined;
}

function installedBy(by: string | undefined): Evidence {
  return by === undefined ? NOTHING : { ok: true, value: { installed_by: by } };
}

function alteredFrom(by: string | undefined): Evidence {
  return by === undefined ? NOTHING : { ok: true, value: { altered_from: by } };
}
