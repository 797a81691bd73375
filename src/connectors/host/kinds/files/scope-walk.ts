import { escapeGlob } from "../../../../model/glob.ts";
import type { ListingGap } from "../../../../model/observation.ts";
import { decodeId, encodeId } from "../../ids.ts";
import type { KindRequest } from "../../kind.ts";
import { asSurveyed } from "../../surveyed.ts";
import type {
  ContentPlan,
  FileStat,
  HostPath,
  Read,
  SurveyEntry,
  SurveyedFile,
  SurveyOptions,
  Transport,
  WalkOptions,
} from "../../transport.ts";
import type { ReadContent } from "../packages/installed/installed.ts";
import type { TreeKind } from "./path.ts";

/** One thing that a walk found in scope. */
export interface Found {
  readonly kind: TreeKind;
  readonly at: string;
  readonly id: string;
  readonly path: HostPath;
  /** Missing where it changed since it was found. */
  readonly stat?: FileStat;
  /** What of its content the walk has read. */
  readonly content?: ReadContent;
}

export interface ScopeWalk {
  readonly found: AsyncIterable<readonly Found[]>;
  /** What could not be listed; complete once `found` has ended. */
  gaps(kind: TreeKind): readonly ListingGap[];
}

type Requests = { readonly [Kind in TreeKind]?: KindRequest };

/** Made up by the kernel while one looks: walked only where a scope names something in them. */
const VIRTUAL = ["/proc", "/sys", "/dev"];

export interface ScopeReader {
  readonly transport: Transport;
  /** What of files in scope is to be read at once, where the transport can. */
  readonly plan: (files: readonly SurveyedFile[]) => Promise<readonly ContentPlan[]>;
  /** How what is as it is known is left out, where the transport can. */
  readonly confirming?: Pick<SurveyOptions, "confirm" | "onNameless">;
}

/** Walks whatever the scopes of the two kinds can hold, each folder once. */
export function walkScope(requests: Requests, reader: ScopeReader): ScopeWalk {
  const kinds = (["host/file", "host/directory"] as const).flatMap((kind) => {
    const request = requests[kind];
    return request?.inScope === undefined ? [] : [scopedKind(kind, request, request.inScope)];
  });
  const gaps = new Map<TreeKind, Map<string, ListingGap>>(kinds.map(({ kind }) => [kind, new Map()]));
  const addGap = (gap: Gap) => {
    const { detail } = gap.failure;
    const reason = gap.failure.reason === "absent" ? "vanished" : gap.failure.reason;
    for (const { kind, mayHold } of kinds)
      for (const glob of hiddenBy(gap, mayHold)) gaps.get(kind)?.set(glob, { glob, reason, detail });
  };
  return {
    found: search({ ...reader, kinds, addGap }),
    gaps: (kind) => [...(gaps.get(kind)?.values() ?? [])],
  };
}

function hiddenBy({ folder, itself = false }: Gap, mayHold: ScopedKind["mayHold"]): readonly string[] {
  return [
    ...(mayHold(below(folder)) ? [`${escapeGlob(below(folder))}**`] : []),
    ...(itself && mayHold(folder) ? [escapeGlob(folder)] : []),
  ];
}

interface ScopedKind {
  readonly kind: TreeKind;
  readonly oneFileSystem: boolean;
  readonly at: string;
  readonly prefixes: readonly string[];
  readonly signal: AbortSignal;
  /** Whether a thing of that id is to be given. */
  readonly wants: (id: string) => boolean;
  readonly mayHold: (start: string) => boolean;
  readonly holdsAll: (start: string) => boolean;
}

function scopedKind(kind: TreeKind, request: KindRequest, inScope: (id: string) => boolean): ScopedKind {
  return {
    kind,
    oneFileSystem: request.oneFileSystem === true,
    at: request.at,
    prefixes: request.prefixes ?? [""],
    signal: request.signal,
    wants: inScope,
    mayHold: request.mayHold ?? (() => true),
    holdsAll: request.holdsAll ?? (() => false),
  };
}

type Failure = Extract<Read<never>, { readonly ok: false }>;

interface Search extends ScopeReader {
  readonly kinds: readonly ScopedKind[];
  readonly addGap: (gap: Gap) => void;
}

interface Gap {
  /** What stands in it is hidden. */
  readonly folder: string;
  /** Whether the folder is hidden too. */
  readonly itself?: boolean;
  readonly failure: Failure;
}

async function* search(wanted: Search): AsyncGenerator<readonly Found[], void> {
  const roots = walkRoots(wanted.kinds.flatMap((kind) => kind.prefixes));
  // One after the other where one root stands in another: each stops before the next.
  const covered = roots.filter(({ isCovered }) => isCovered).map((root) => [root]);
  for (const apart of [roots.filter(({ isCovered }) => !isCovered), ...covered])
    if (apart.length > 0) yield* searchBelow(apart, wanted);
}

async function* searchBelow(roots: readonly WalkRoot[], wanted: Search): AsyncGenerator<readonly Found[], void> {
  const byId = new Map(roots.map((root) => [root.id, root]));
  for await (const entries of entriesBelow(byId, wanted)) {
    for (const entry of entries) {
      const gap = gapOf(entry, byId.get(entry.id));
      if (gap !== undefined) wanted.addGap(gap);
    }
    yield entries.flatMap((entry) => {
      return byId.get(entry.id)?.isCovered === true ? [] : (foundAs(entry, wanted.kinds) ?? []);
    });
  }
}

/** The transport's own way to read many, where it has one. */
function entriesBelow(roots: ReadonlyMap<string, WalkRoot>, search: Search): AsyncIterable<readonly SurveyEntry[]> {
  const { kinds, transport } = search;
  const [first] = kinds;
  const boundary = first?.oneFileSystem === true ? new Boundary(roots) : undefined;
  const options: SurveyOptions = {
    ...search.confirming,
    enter: (id, stat) =>
      (roots.has(id) || !VIRTUAL.includes(id)) &&
      kinds.some((kind) => kind.mayHold(below(id))) &&
      boundary?.isBeyond(id, stat) !== true,
    plan: planOf(search),
    ...(first === undefined ? {} : { signal: first.signal }),
  };
  const paths = Array.from(roots.values(), ({ path }) => path);
  const entersAll = (id: string) =>
    id !== "/" && boundary === undefined && kinds.some((kind) => kind.holdsAll(below(id)));
  return transport.survey?.(paths, options) ?? walkEach(paths, transport, { ...options, entersAll, boundary });
}

/** The file systems that roots stand on. What each stands on is known before any folder below it is asked about. */
class Boundary {
  readonly #roots: ReadonlyMap<string, WalkRoot>;
  readonly #devices = new Map<string, bigint>();

  constructor(roots: ReadonlyMap<string, WalkRoot>) {
    this.#roots = roots;
  }

  note(id: string, { device }: Pick<FileStat, "device">): void {
    if (this.#roots.has(id)) this.#devices.set(id, device);
  }

  /** Whether a folder stands on another file system than the root that it stands below. */
  isBeyond(id: string, stat: Pick<FileStat, "device"> | undefined): boolean {
    if (stat === undefined) return false;
    this.note(id, stat);
    for (const [root, device] of this.#devices) if (device === stat.device && isWithinFolder(id, root)) return false;
    return true;
  }
}

/** Only what is in scope is read. */
function planOf({ kinds, plan }: Search): SurveyOptions["plan"] {
  const scoped = kinds.find(({ kind }) => kind === "host/file");
  return async (files) => {
    const wanted = files.filter(({ id }) => scoped?.wants(id) === true);
    const plans = wanted.length === 0 ? [] : await plan(wanted);
    const byId = new Map(wanted.map(({ id }, position) => [id, plans[position]]));
    return files.map(({ id }) => byId.get(id) ?? { read: [] });
  };
}

interface WalkingEach extends Pick<SurveyOptions, "enter" | "signal"> {
  readonly entersAll: (id: string) => boolean;
  readonly boundary: Boundary | undefined;
}

/** What a walk says, in the terms of a survey that reads no content. */
async function* walkEach(
  roots: readonly HostPath[],
  transport: Transport,
  { enter, entersAll, boundary, signal }: WalkingEach,
): AsyncGenerator<readonly SurveyEntry[], void> {
  const options: WalkOptions = {
    enter: (path, stat) => enter(encodeId(path), stat),
    entersAll: (path) => entersAll(encodeId(path)),
    ...(signal === undefined ? {} : { signal }),
  };
  for (const root of roots)
    for await (const entry of transport.walk(root, options)) {
      if (entry.stat.ok) boundary?.note(encodeId(entry.path), entry.stat.value);
      yield asSurveyed(entry);
    }
}

function foundAs(entry: SurveyEntry, kinds: readonly ScopedKind[]): Found | undefined {
  if (!("stat" in entry) || !entry.stat.ok) return undefined;
  const { id, stat, digests, hasChanged } = entry;
  const kind = stat.value.type === "directory" ? "host/directory" : "host/file";
  const scoped = kinds.find((candidate) => candidate.kind === kind);
  const path = scoped?.wants(id) === true ? decodeId(id) : undefined;
  if (scoped === undefined || path === undefined) return undefined;
  const { at } = scoped;
  if (hasChanged === true) return { kind, at, id, path };
  return { kind, at, id, path, stat: stat.value, ...(digests === undefined ? {} : { content: digests }) };
}

/** What an entry says cannot be listed: the folder, and why. */
function gapOf(entry: SurveyEntry, root: WalkRoot | undefined): Gap | undefined {
  const { id } = entry;
  if ("unlisted" in entry)
    return entry.unlisted.ok ? undefined : { folder: id, itself: entry.itself === true, failure: entry.unlisted };
  const { stat } = entry;
  // One gap for all that stands beside it: where one may not be looked at, usually none may.
  if (!stat.ok) return { folder: root === undefined ? folderOf(id) : id, failure: stat };
  // A scope that starts behind a link would find nothing without a word.
  if (root === undefined || stat.value.type !== "link") return undefined;
  const detail = `Cannot list "${id}": it is a link; name the folder that it points to`;
  return { folder: id, failure: { ok: false, reason: "unsupported", detail } };
}

interface WalkRoot {
  readonly id: string;
  readonly path: HostPath;
  /** It stands in a folder that is walked too, but where that walk stops before it. */
  readonly isCovered: boolean;
}

/** The folders to start from, none within another, so that nothing is found twice. */
function walkRoots(prefixes: readonly string[]): readonly WalkRoot[] {
  const folders = new Set(
    prefixes.flatMap((prefix) => (prefix === "" || prefix.startsWith("/") ? folderOf(prefix) : [])),
  );
  const roots: WalkRoot[] = [];
  for (const id of [...folders].sort((one, other) => one.length - other.length)) {
    const path = decodeId(id);
    const outer = roots.filter((root) => isWithinFolder(id, root.id));
    if (path === undefined || outer.some((root) => virtualFolder(root.id) === virtualFolder(id))) continue;
    roots.push({ id, path, isCovered: outer.length > 0 && VIRTUAL.includes(id) });
  }
  return roots;
}

/** The folder that holds whatever begins with the prefix; of a path, the folder that it stands in. */
function folderOf(prefix: string): string {
  return prefix.lastIndexOf("/") > 0 ? prefix.slice(0, prefix.lastIndexOf("/")) : "/";
}

function virtualFolder(id: string): string | undefined {
  return VIRTUAL.find((folder) => isWithinFolder(id, folder));
}

function isWithinFolder(id: string, folder: string): boolean {
  return id === folder || id.startsWith(below(folder));
}

/** What every path in a folder begins with. */
function below(folder: string): string {
  return folder === "/" ? "/" : `${folder}/`;
}
