import { escapeGlob } from "../../../../model/glob.ts";
import type { ListingGap } from "../../../../model/observation.ts";
import { decodeId, encodeId } from "../../ids.ts";
import type { KindRequest } from "../../kind.ts";
import type { FileStat, HostPath, Read, Transport, WalkEntry } from "../../transport.ts";
import type { TreeKind } from "./path.ts";

/** One thing that a walk found in scope and nobody asked for. */
export interface Found {
  readonly kind: TreeKind;
  readonly at: string;
  readonly id: string;
  readonly path: HostPath;
  readonly stat: FileStat;
}

export interface ScopeWalk {
  readonly found: AsyncIterable<Found>;
  /** What could not be listed; complete once `found` has ended. */
  gaps(kind: TreeKind): readonly ListingGap[];
}

type Requests = { readonly [Kind in TreeKind]?: KindRequest };

/** Made up by the kernel while one looks: walked only where a scope names something in them. */
const VIRTUAL = ["/proc", "/sys", "/dev"];

/** Walks whatever the scopes of the two kinds can hold, each folder once. */
export function walkScope(requests: Requests, transport: Transport): ScopeWalk {
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
    found: search({ kinds, transport, addGap }),
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
  readonly at: string;
  readonly prefixes: readonly string[];
  readonly signal: AbortSignal;
  /** Whether a thing of that id is to be given. */
  readonly wants: (id: string) => boolean;
  readonly mayHold: (start: string) => boolean;
  readonly holdsAll: (start: string) => boolean;
}

function scopedKind(kind: TreeKind, request: KindRequest, inScope: (id: string) => boolean): ScopedKind {
  const asked = new Set(request.asked.map(({ resource }) => resource.id));
  return {
    kind,
    at: request.at,
    prefixes: request.prefixes ?? [""],
    signal: request.signal,
    wants: (id) => inScope(id) && !asked.has(id),
    mayHold: request.mayHold ?? (() => true),
    holdsAll: request.holdsAll ?? (() => false),
  };
}

type Failure = Extract<Read<never>, { readonly ok: false }>;

interface Search {
  readonly kinds: readonly ScopedKind[];
  readonly transport: Transport;
  readonly addGap: (gap: Gap) => void;
}

interface Gap {
  /** What stands in it is hidden. */
  readonly folder: string;
  /** Whether the folder is hidden too. */
  readonly itself?: boolean;
  readonly failure: Failure;
}

async function* search(wanted: Search): AsyncGenerator<Found, void> {
  for (const root of walkRoots(wanted.kinds.flatMap((kind) => kind.prefixes))) yield* searchBelow(root, wanted);
}

async function* searchBelow(root: WalkRoot, { kinds, transport, addGap }: Search): AsyncGenerator<Found, void> {
  const enter = (path: HostPath) => {
    const id = encodeId(path);
    if (id !== root.id && VIRTUAL.includes(id)) return false;
    return kinds.some((kind) => kind.mayHold(below(id)));
  };
  const entersAll = (path: HostPath) => {
    const id = encodeId(path);
    return id !== "/" && kinds.some((kind) => kind.holdsAll(below(id)));
  };
  const [first] = kinds;
  const options = { enter, entersAll, ...(first === undefined ? {} : { signal: first.signal }) };
  for await (const entry of transport.walk(root.path, options)) {
    const id = encodeId(entry.path);
    const gap = gapOf(entry, id, root);
    if (gap !== undefined) addGap(gap);
    const found = root.isCovered && id === root.id ? undefined : foundAs(entry, id, kinds);
    if (found !== undefined) yield found;
  }
}

function foundAs({ path, stat }: WalkEntry, id: string, kinds: readonly ScopedKind[]): Found | undefined {
  if (!stat.ok) return undefined;
  const kind = stat.value.type === "directory" ? "host/directory" : "host/file";
  const scoped = kinds.find((candidate) => candidate.kind === kind);
  return scoped?.wants(id) === true ? { kind, at: scoped.at, id, path, stat: stat.value } : undefined;
}

/** What an entry says cannot be listed: the folder, and why. */
function gapOf({ stat, unlisted }: WalkEntry, id: string, root: WalkRoot): Gap | undefined {
  const isRoot = id === root.id;
  if (!stat.ok && unlisted !== undefined) return { folder: id, itself: true, failure: stat };
  // One gap for all that stands beside it: where one may not be looked at, usually none may.
  if (!stat.ok) return { folder: isRoot ? id : folderOf(id), failure: stat };
  if (unlisted !== undefined && !unlisted.ok) return { folder: id, failure: unlisted };
  // A scope that starts behind a link would find nothing without a word.
  if (!isRoot || stat.value.type !== "link") return undefined;
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
