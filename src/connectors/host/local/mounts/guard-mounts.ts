import { decodeId, encodeId } from "../../ids.ts";
import { asSurveyed } from "../../surveyed.ts";
import type { HostPath, SurveyEntry, SurveyOptions, Transport, WalkEntry, WalkOptions } from "../../transport.ts";
import { MountReader } from "./mount-reader.ts";
import { type FarMount, farMounts } from "./mount-table.ts";
import { RealPaths } from "./real-path.ts";

const MOUNTINFO = Buffer.from("/proc/self/mountinfo");

/**
 * The same transport, but for what stands on a far file system (NFS, FUSE and their like): that is read in a process of its own,
 * and when it does not answer in time it alone is `timeout`. Where there is none, nothing is in the way of a read.
 */
export function guardMounts(direct: Transport, options: { readonly timeoutMs: number }): Transport {
  let opening: Promise<Guard> | undefined;
  const open = () => {
    opening ??= Guard.open(direct, options.timeoutMs);
    return opening;
  };
  const { survey } = direct;
  return {
    ...direct,
    ...(survey === undefined
      ? {}
      : {
          survey: async function* (roots, surveyOptions) {
            yield* (await open()).survey(roots, { ...surveyOptions, near: survey });
          },
        }),
    stat: async (path) => (await (await open()).reader(path))?.stat(path) ?? direct.stat(path),
    hash: async (path, hashOptions) => {
      const reader = await (await open()).reader(path);
      if (reader === undefined) return await direct.hash(path, hashOptions);
      const digests = await reader.digests(path, ["sha256"]);
      return digests.ok ? { ok: true, value: digests.value[0] ?? "" } : digests;
    },
    digests: async (path, algorithms, hashOptions) =>
      (await (await open()).reader(path))?.digests(path, algorithms) ?? direct.digests(path, algorithms, hashOptions),
    readFile: async (path, readOptions) => {
      const reader = await (await open()).reader(path, { follow: true });
      return await (reader?.readFile(path, readOptions?.maxBytes) ?? direct.readFile(path, readOptions));
    },
    walk: async function* (root, walkOptions) {
      yield* (await open()).walk(root, walkOptions);
    },
    [Symbol.asyncDispose]: async () => {
      (await opening)?.[Symbol.dispose]();
      await direct[Symbol.asyncDispose]();
    },
  };
}

class Guard implements Disposable {
  readonly #direct: Transport;
  readonly #mounts: readonly FarMount[];
  readonly #paths: RealPaths;
  readonly #timeoutMs: number;
  readonly #readers = new Map<string, MountReader>();

  private constructor(direct: Transport, mounts: readonly FarMount[], timeoutMs: number) {
    this.#direct = direct;
    this.#mounts = mounts;
    this.#timeoutMs = timeoutMs;
    this.#paths = new RealPaths(mounts, (path) => direct.stat(path));
  }

  static async open(direct: Transport, timeoutMs: number): Promise<Guard> {
    const read = await direct.readFile(MOUNTINFO);
    return new Guard(direct, read.ok ? farMounts(read.value) : [], timeoutMs);
  }

  /** Undefined where the path stands on no far file system. */
  async reader(path: HostPath, options: { readonly follow?: boolean } = {}): Promise<MountReader | undefined> {
    if (this.#mounts.length === 0) return undefined;
    const place = await (options.follow === true ? this.#paths.followed(path) : this.#paths.of(path));
    return "far" in place ? this.#readerOf(place.far) : undefined;
  }

  async *walk(root: HostPath, options: WalkOptions): AsyncGenerator<WalkEntry> {
    const { far, below } = await this.#partsOf(root);
    if (far === undefined) yield* this.#direct.walk(root, { ...options, leaveOut: new Set(below.keys()) });
    else yield* this.#walkFar(far, root, options);
    yield* this.#walkBelow(root, below, options);
  }

  /** What is near is surveyed; what is far is walked, and no content of it is read. */
  async *survey(
    roots: readonly HostPath[],
    { near, ...options }: SurveyOptions & { readonly near: NonNullable<Transport["survey"]> },
  ): AsyncGenerator<readonly SurveyEntry[]> {
    const parts = await Promise.all(roots.map(async (root) => ({ root, ...(await this.#partsOf(root)) })));
    const leaveOut = new Set(parts.flatMap(({ below }) => [...below.keys()]));
    const nearRoots = parts.filter(({ far }) => far === undefined).map(({ root }) => root);
    if (nearRoots.length > 0) yield* near(nearRoots, { ...options, leaveOut });
    const walkOptions: WalkOptions = { ...options, enter: (path, stat) => options.enter(encodeId(path), stat) };
    for (const { root, far, below } of parts) {
      if (far !== undefined) yield* surveyed(this.#walkFar(far, root, walkOptions));
      yield* surveyed(this.#walkBelow(root, below, walkOptions));
    }
  }

  /** Whether the root itself stands on a far file system, and the far mounts below it, by where they stand below it. */
  async #partsOf(
    root: HostPath,
  ): Promise<{ readonly far: FarMount | undefined; readonly below: ReadonlyMap<string, FarMount> }> {
    const place = this.#mounts.length === 0 ? { real: "" } : await this.#paths.of(root);
    const id = encodeId(root);
    return "far" in place
      ? { far: place.far, below: this.#below(id, id) }
      : { far: undefined, below: this.#below(place.real, id) };
  }

  async *#walkBelow(
    root: HostPath,
    below: ReadonlyMap<string, FarMount>,
    options: WalkOptions,
  ): AsyncGenerator<WalkEntry> {
    for (const [point, mount] of below) {
      const path = decodeId(point);
      if (path !== undefined && this.#isReached(encodeId(root), point, options))
        yield* this.#walkFar(mount, path, options);
    }
  }

  /** The far mounts below a folder that is really at `real`, by where they stand below `id`. */
  #below(real: string, id: string): ReadonlyMap<string, FarMount> {
    const start = real === "/" ? "/" : `${real}/`;
    const inside = this.#mounts.filter(({ point }) => point.startsWith(start));
    return new Map(inside.map((mount) => [`${id === "/" ? "" : id}/${mount.point.slice(start.length)}`, mount]));
  }

  /** Whether a walk from the root would come by. */
  #isReached(root: string, point: string, { enter }: WalkOptions): boolean {
    const steps = point.slice(root === "/" ? 1 : root.length + 1).split("/");
    const folders = steps.map((_, index) => [root === "/" ? "" : root, ...steps.slice(0, index)].join("/") || "/");
    return folders.every((folder) => {
      const path = decodeId(folder);
      return path !== undefined && enter(path);
    });
  }

  async *#walkFar(mount: FarMount, root: HostPath, options: WalkOptions): AsyncGenerator<WalkEntry> {
    const reader = this.#readerOf(mount);
    const stat = await reader.stat(root);
    const first: WalkEntry = { path: root, stat };
    if (!stat.ok && stat.reason === "absent") return;
    if (!stat.ok) yield { ...first, unlisted: stat };
    else if (stat.value.type !== "directory" || !options.enter(root, stat.value)) yield first;
    else yield* this.#listFar(reader, first, options);
  }

  async *#listFar(reader: MountReader, first: WalkEntry, options: WalkOptions): AsyncGenerator<WalkEntry> {
    const folders = [first];
    const leaveOut = this.#mounts.map(({ point }) => point);
    for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
      const parts = reader.list(folder.path, leaveOut);
      let part = await parts.next();
      for (; part.done !== true; part = await parts.next()) yield* sortOut(part.value, { folder, folders, options });
      if (part.value !== undefined) yield { ...folder, unlisted: part.value };
    }
  }

  #readerOf(mount: FarMount): MountReader {
    const reader = this.#readers.get(mount.point) ?? new MountReader(mount, this.#timeoutMs);
    this.#readers.set(mount.point, reader);
    return reader;
  }

  [Symbol.dispose](): void {
    for (const reader of this.#readers.values()) reader[Symbol.dispose]();
  }
}

async function* surveyed(entries: AsyncIterable<WalkEntry>): AsyncGenerator<readonly SurveyEntry[]> {
  for await (const entry of entries) yield asSurveyed(entry);
}

interface Listing {
  readonly folder: WalkEntry;
  /** Still to be listed. */
  readonly folders: WalkEntry[];
  readonly options: WalkOptions;
}

/** Yields what a folder holds, and the folder itself when it is among that, but for the folders to enter. */
function* sortOut(entries: readonly WalkEntry[], { folder, folders, options }: Listing): Generator<WalkEntry> {
  options.signal?.throwIfAborted();
  for (const entry of entries) {
    if (entry.path.length > folder.path.length && mustEnter(entry, options)) folders.push(entry);
    else yield entry;
  }
}

function mustEnter({ path, stat }: WalkEntry, { enter }: WalkOptions): boolean {
  return stat.ok && stat.value.type === "directory" && enter(path, stat.value);
}
