import { escapeGlob } from "../../../../model/glob.ts";
import type { ListingGap } from "../../../../model/observation.ts";
import { decodeId, encodeId } from "../../ids.ts";
import type { KindRequest } from "../../kind.ts";
import type { FileStat, HostPath, Read, SurveyEntry, SurveyOptions, Transport, WalkOptions } from "../../transport.ts";
import type { TreeKind } from "./path.ts";

/** One thing that a walk found in scope. */
export interface Found {
  readonly kind: TreeKind;
  readonly at: string;
  readonly id: string;
  /** Missing where it changed since it was found. */
  readonly stat?: FileStat;
  /** SHA-256 of the content, where the walk read it. */
  readonly sha256?: Read<string>;
}

export interface ScopeWalk {
  readonly found: AsyncIterable<readonly Found[]>;
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
  const addGap = (folder: string, failure: Failure) => {
    for (const { kind, mayHold } of kinds) {
      if (!mayHold(below(folder))) continue;
      const reason = failure.reason === "absent" ? "vanished" : failure.reason;
      const glob = `${escapeGlob(below(folder))}**`;
      gaps.get(kind)?.set(glob, { glob, reason, detail: failure.detail });
    }
  };
  return {
    found: search({ kinds, transport, addGap }),
    gaps: (kind) => [...(gaps.get(kind)?.values() ?? [])],
  };
}

interface ScopedKind {
  readonly kind: TreeKind;
  readonly at: string;
  readonly prefixes: readonly string[];
  readonly signal: AbortSignal;
  /** Whether a thing of that id is to be given. */
  readonly wants: (id: string) => boolean;
  readonly mayHold: (start: string) => boolean;
}

function scopedKind(kind: TreeKind, request: KindRequest, inScope: (id: string) => boolean): ScopedKind {
  return {
    kind,
    at: request.at,
    prefixes: request.prefixes ?? [""],
    signal: request.signal,
    wants: inScope,
    mayHold: request.mayHold ?? (() => true),
  };
}

type Failure = Extract<Read<never>, { readonly ok: false }>;

interface Search {
  readonly kinds: readonly ScopedKind[];
  readonly transport: Transport;
  readonly addGap: (folder: string, failure: Failure) => void;
}

async function* search(wanted: Search): AsyncGenerator<readonly Found[], void> {
  const roots = walkRoots(wanted.kinds.flatMap((kind) => kind.prefixes));
  // One after the other where one root stands in another: each stops before the next.
  for (const apart of [roots.filter(({ isCovered }) => !isCovered), ...coveredRoots(roots)])
    if (apart.length > 0) yield* searchBelow(apart, wanted);
}

function coveredRoots(roots: readonly WalkRoot[]): (readonly WalkRoot[])[] {
  return roots.filter(({ isCovered }) => isCovered).map((root) => [root]);
}

async function* searchBelow(
  roots: readonly WalkRoot[],
  { kinds, transport, addGap }: Search,
): AsyncGenerator<readonly Found[], void> {
  const byId = new Map(roots.map((root) => [root.id, root]));
  const enter = (id: string) => {
    if (!byId.has(id) && VIRTUAL.includes(id)) return false;
    return kinds.some((kind) => kind.mayHold(below(id)));
  };
  const [first] = kinds;
  const common = { enter, ...(first === undefined ? {} : { signal: first.signal }) };
  for await (const entries of entriesBelow(roots, transport, { ...common, wantsContent: wantsContent(kinds) })) {
    for (const entry of entries) addGapOf(entry, byId.get(entry.id), addGap);
    yield entries.flatMap((entry): readonly Found[] => {
      const one = byId.get(entry.id)?.isCovered === true ? undefined : foundAs(entry, kinds);
      return one === undefined ? [] : [one];
    });
  }
}

function addGapOf(entry: SurveyEntry, root: WalkRoot | undefined, addGap: Search["addGap"]): void {
  const gap = gapOf(entry, root);
  if (gap !== undefined) addGap(gap.folder, gap.failure);
}

function wantsContent(kinds: readonly ScopedKind[]): (id: string) => boolean {
  const files = kinds.find(({ kind }) => kind === "host/file");
  return (id) => files?.wants(id) === true;
}

/** The transport's own way to read many, where it has one. */
function entriesBelow(
  roots: readonly WalkRoot[],
  transport: Transport,
  options: SurveyOptions,
): AsyncIterable<readonly SurveyEntry[]> {
  const paths = roots.map(({ path }) => path);
  return transport.survey?.(paths, options) ?? walkEach(paths, transport, options);
}

async function* walkEach(
  roots: readonly HostPath[],
  transport: Transport,
  { enter, signal }: SurveyOptions,
): AsyncGenerator<readonly SurveyEntry[], void> {
  const options: WalkOptions = {
    enter: (path, stat) => enter(encodeId(path), stat),
    ...(signal === undefined ? {} : { signal }),
  };
  for (const root of roots)
    for await (const { path, stat, unlisted } of transport.walk(root, options)) {
      const id = encodeId(path);
      yield unlisted === undefined
        ? [{ id, stat }]
        : [
            { id, stat },
            { id, unlisted },
          ];
    }
}

function foundAs(entry: SurveyEntry, kinds: readonly ScopedKind[]): Found | undefined {
  if (!("stat" in entry) || !entry.stat.ok) return undefined;
  const { id } = entry;
  const stat = entry.stat.value;
  const kind = stat.type === "directory" ? "host/directory" : "host/file";
  const scoped = kinds.find((candidate) => candidate.kind === kind);
  if (scoped?.wants(id) !== true) return undefined;
  const { at } = scoped;
  if (entry.hasChanged === true) return { kind, at, id };
  return entry.sha256 === undefined ? { kind, at, id, stat } : { kind, at, id, stat, sha256: entry.sha256 };
}

/** What an entry says cannot be listed: the folder, and why. */
function gapOf(
  entry: SurveyEntry,
  root: WalkRoot | undefined,
): { readonly folder: string; readonly failure: Failure } | undefined {
  const { id } = entry;
  if ("unlisted" in entry) return entry.unlisted.ok ? undefined : { folder: id, failure: entry.unlisted };
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
