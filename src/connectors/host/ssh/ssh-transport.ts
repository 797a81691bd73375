import { runFailure } from "../local/run.ts";
import type { DigestAlgorithm, HostPath, Read } from "../transport.ts";
import { Connection } from "./connection.ts";
import { RemoteContentReader } from "./content-reader.ts";
import { FolderReader } from "./folder-reader.ts";
import { HashReader } from "./hash-reader.ts";
import type { Lost } from "./job.ts";
import { Lane } from "./lane.ts";
import { lostRead } from "./remote-failure.ts";
import { runRemotely } from "./run-remote.ts";
import { SharedRuns } from "./shared-runs.ts";
import type { Site } from "./site.ts";
import type { HostKey, SshHost, SshTransport } from "./ssh-host.ts";
import { StatReader } from "./stat-reader.ts";
import { type WalkParts, walkRemotely } from "./walk-remote.ts";

export interface SshTransportOptions {
  /** Told of each batch that travels to the host, with the number of scripts in it. */
  readonly onBatch?: (jobs: number) => void;
  /** How many hosts are read side by side: the more, the fewer shells each is given at first. 1 when left out. */
  readonly hostsAtOnce?: number;
}

/** So many that whatever is asked at the same time travels together. */
const READS_AT_ONCE = 4096;
/** With the session of the connection itself one less than the 10 that sshd lets in when nobody told it otherwise. */
const READERS = { workers: 3, most: 6 };
const WALKERS = { workers: 1, most: 2 };
/** How many shells of all hosts together keep this machine busy: each is a process of the client, and starting one takes time. */
const WORKERS_OF_ALL_HOSTS = 24;
/** The first and one more, when that is lost in the middle. */
const CONNECTIONS = 2;

interface Open {
  readonly site: Site;
  readonly stats: StatReader;
  readonly hashes: (algorithms: readonly DigestAlgorithm[]) => HashReader;
  readonly contents: RemoteContentReader;
  readonly walking: WalkParts;
}

/**
 * Reads a host over one SSH connection of the system's own client, made at the first read. What is under way when the connection is lost is
 * lost with it and never asked again; later reads make one more connection, and no third. It writes nothing on the host.
 */
export function openSshTransport(host: SshHost, options: SshTransportOptions = {}): SshTransport {
  const link = new Link(host, options);
  const runs = new SharedRuns();
  const onPath = async <T>(path: HostPath, read: (open: Open) => Promise<Read<T>>): Promise<Read<T>> => {
    const open = await link.open();
    return "reason" in open ? lostRead(open, path) : await read(open);
  };
  return {
    readsAtOnce: READS_AT_ONCE,
    run: async (argv, runOptions) => {
      runOptions?.signal?.throwIfAborted();
      return await runs.share(argv, runOptions, async () => {
        const open = await link.open();
        if ("reason" in open) return runFailure(open.reason, argv[0], open.detail);
        return await runRemotely(open.site, argv, runOptions);
      });
    },
    readFile: (path, readOptions) => onPath(path, ({ contents }) => contents.read(path, readOptions?.maxBytes)),
    stat: (path) => onPath(path, ({ stats }) => stats.stat(path)),
    hash: (path, hashOptions) =>
      onPath(path, async ({ hashes }) => firstOf(await hashes(["sha256"]).hash(path, hashOptions?.signal))),
    digests: (path, algorithms, hashOptions) =>
      onPath(path, ({ hashes }) => hashes(algorithms).hash(path, hashOptions?.signal)),
    walk: async function* (root, walkOptions) {
      walkOptions.signal?.throwIfAborted();
      const open = await link.open();
      if ("reason" in open) yield { path: root, stat: lostRead(open, root) };
      else yield* walkRemotely(open.walking, root, walkOptions);
    },
    connect: async () => {
      const open = await link.open();
      return "reason" in open ? lostHost(open) : { ok: true, value: undefined };
    },
    hostKey: () => link.hostKey(),
    [Symbol.asyncDispose]: () => link[Symbol.asyncDispose](),
  };
}

function firstOf(digests: Read<readonly string[]>): Read<string> {
  return digests.ok ? { ok: true, value: digests.value[0] ?? "" } : digests;
}

/** One reader for each set of algorithms. */
function hashReaders(site: Site, stat: StatReader): Open["hashes"] {
  const readers = new Map<string, HashReader>();
  return (algorithms) => {
    const key = algorithms.join();
    const reader = readers.get(key) ?? new HashReader({ site, algorithms, stat: (path) => stat.stat(path) });
    readers.set(key, reader);
    return reader;
  };
}

function lostHost({ reason, detail }: Lost): Read<never> {
  return { ok: false, reason, detail: `${detail.slice(0, 1).toUpperCase()}${detail.slice(1)}` };
}

/** The connection to a host, and the one that takes its place. */
class Link implements AsyncDisposable {
  readonly #host: SshHost;
  readonly #options: SshTransportOptions;
  #made = 0;
  #opening: Promise<Open | Lost> | undefined;
  #connection: Connection | undefined;
  readonly #connections: Connection[] = [];
  /** For good. */
  #lost: Lost | undefined;

  constructor(host: SshHost, options: SshTransportOptions) {
    this.#host = host;
    this.#options = options;
  }

  async open(): Promise<Open | Lost> {
    if (this.#lost !== undefined) return this.#lost;
    this.#opening ??= this.#connect();
    return await this.#opening;
  }

  async hostKey(): Promise<Read<HostKey>> {
    const open = await this.open();
    const key = this.#connection?.hostKey;
    if (key !== undefined) return { ok: true, value: key };
    const { reason, detail } =
      "reason" in open ? open : { reason: "failed" as const, detail: this.#words("it showed no key") };
    return { ok: false, reason, detail };
  }

  async #connect(): Promise<Open | Lost> {
    this.#made += 1;
    const connection = new Connection(this.#host);
    this.#connection = connection;
    this.#connections.push(connection);
    const lanes: Lane[] = [];
    let isUp = false;
    const { onBatch, hostsAtOnce = 1 } = this.#options;
    const share = Math.floor(WORKERS_OF_ALL_HOSTS / hostsAtOnce) - WALKERS.workers;
    const [readers, walkers] = [Math.max(1, Math.min(READERS.workers, share)), WALKERS.workers];
    const lost = await connection.open(({ reason, detail }) => {
      const words = { reason: isUp ? "unreachable" : reason, detail: this.#words(detail) } as const;
      if (isUp && this.#made < CONNECTIONS) this.#opening = undefined;
      else this.#lost ??= words;
      for (const lane of lanes) lane.close(words);
    }, readers + walkers);
    if (lost !== undefined) return this.#lost ?? lost;
    isUp = true;
    const open = connection.openWorker.bind(connection);
    const reads = new Lane({ ...READERS, workers: readers, open, onBatch });
    const walks = new Lane({ ...WALKERS, workers: walkers, open, onBatch });
    lanes.push(reads, walks);
    const { capabilities, nonce } = connection;
    const site: Site = {
      capabilities,
      nonce,
      timeoutMs: this.#host.timeoutMs,
      sudo: this.#host.sudo,
      reads,
      readers,
      walks,
    };
    const stats = new StatReader(site);
    return {
      site,
      stats,
      hashes: hashReaders(site, stats),
      contents: new RemoteContentReader(site),
      walking: { site, stat: (path) => stats.stat(path), folders: new FolderReader(site) },
    };
  }

  #words(detail: string): string {
    return `cannot reach "${this.#host.host}" over SSH: ${detail}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#lost ??= { reason: "unreachable", detail: this.#words("the connection was closed") };
    await Promise.all(this.#connections.map((connection) => connection[Symbol.asyncDispose]()));
  }
}
