import { access, mkdir, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { type CompiledFacts, type FactNode, memberFacts } from "../compare/compile-facts.ts";
import { seal } from "../compare/seal.ts";
import { declareAt } from "../desired/expand.ts";
import { type WrittenResource, writeDocuments } from "../desired/write-documents.ts";
import { KnownError } from "../errors.ts";
import { isJsonObject, type Json, type JsonObject, setOwn } from "../model/json.ts";
import { isListing, type Listing, type Observation } from "../model/observation.ts";
import { type Place, resourceKey, type Scope } from "../model/resource.ts";
import { isDigest } from "../model/sealed.ts";
import { loadDigestKey } from "../store/digest-key.ts";
import { type Catalog, compileCatalog, listedKinds } from "./catalog.ts";
import { listingKey } from "./listings.ts";
import { baseDir, checkPart, type NamedTarget, selectTargets, type Workspace } from "./workspace.ts";

export interface CaptureOptions {
  readonly target: string;
  readonly only: readonly string[];
  /** Overwrite files that exist. */
  readonly force: boolean;
}

export interface Captured {
  /** Relative to the folder of the configuration, with how many resources each holds. */
  readonly files: readonly { readonly file: string; readonly resources: number }[];
  /** What could not be read, and so is in no file. */
  readonly skipped: readonly { readonly resource: string; readonly detail: string }[];
}

/**
 * Writes desired state from what is there: one file a place and kind, `<desired.path>/<place>/<kind after the slash>.yaml`.
 * Without volatile and computed attributes; a sensitive value becomes its digest.
 * @throws KnownError `WRITE_REFUSED` when a file exists and `force` is not given, before anything is written
 */
export async function capture(workspace: Workspace, options: CaptureOptions): Promise<Captured> {
  const [named] = selectTargets(workspace, [options.target]);
  if (named === undefined) throw new Error("selectTargets returns what was asked for or throws");
  refuseForeignSource(named);
  checkPart("capture", options.only, [named]);
  const catalog = compileCatalog(named.connector.kinds ?? new Map());
  const scope = captureScope(named, options.only);
  const { groups, skipped } = await readGroups(workspace, { named, catalog, scope, only: options.only });
  const plan = planFiles(named.target.desired.path, [...groups.values()], baseDir(workspace));
  if (!options.force) await refuseExisting(plan);
  for (const { path, text } of plan) await write(path, text);
  return { files: plan.map(({ file, resources }) => ({ file, resources })), skipped };
}

interface PlannedFile {
  readonly file: string;
  readonly path: string;
  readonly text: string;
  readonly resources: number;
}

/** One file a group; names that come out alike are told apart by a number. */
function planFiles(folder: string, groups: readonly Group[], base: string): PlannedFile[] {
  const taken = new Map<string, number>();
  const key = ({ at, kind }: Group) => `${at}\0${kind}`;
  const sorted = [...groups].sort((left, right) => (key(left) < key(right) ? -1 : 1));
  return sorted.map(({ at, kind, resources }) => {
    const name = join(folder, fileStep(at), fileStep(kind.slice(kind.indexOf("/") + 1)));
    const count = (taken.get(name) ?? 0) + 1;
    taken.set(name, count);
    const file = count === 1 ? `${name}.yaml` : `${name}~${count}.yaml`;
    return { file, path: resolve(base, file), text: writeDocuments(resources, at), resources: resources.length };
  });
}

function refuseForeignSource({ name, target }: NamedTarget): void {
  const { git, format } = target.desired;
  if (git === undefined && format === "leeway") return;
  const why =
    git === undefined ? `its desired state is of the format "${format}"` : `its desired state lives in "${git}"`;
  throw new KnownError("WRITE_REFUSED", `Cannot capture target "${name}": ${why}`, {
    hint: "capture writes Leeway's own documents in this repository: give the target a desired path here",
  });
}

/** What is captured: the target's scope, or what `--only` names where there is none. */
function captureScope({ name, target }: NamedTarget, only: readonly string[]): Scope {
  if (target.scope !== undefined && target.scope.include.length > 0) return target.scope;
  if (only.length > 0) return { include: only, exclude: [] };
  throw new KnownError("USAGE", `Cannot capture target "${name}": it has no scope, so there is nothing to look for`, {
    hint: "add scope: { include: [...] } to the target, or name kinds with --only",
  });
}

interface Group {
  readonly at: string;
  readonly kind: string;
  readonly resources: WrittenResource[];
}

async function readGroups(
  workspace: Workspace,
  from: { named: NamedTarget; catalog: Catalog; scope: Scope; only: readonly string[] },
): Promise<{ groups: ReadonlyMap<string, Group>; skipped: Captured["skipped"] }> {
  const { named, catalog, scope, only } = from;
  const { digest } = await loadDigestKey({ env: workspace.env, storeFile: workspace.storeFile });
  await using session = await named.connector.open(named.target.settings, {
    baseDir: baseDir(workspace),
    now: workspace.now,
  });
  const request = {
    asked: [],
    scope,
    ...(only.length === 0 ? {} : { only }),
    listedKinds: listedKinds(catalog, scope, only),
    lastRecorded: async () => undefined,
  };
  const places = await session.places();
  const own = declareAt(places, [], (await session.declared?.()) ?? []).resources;
  const reading = new Reading(catalog, { digest, own: new Set(own.map(({ resource }) => resourceKey(resource))) });
  for await (const answer of session.observe(request, workspace.signal)) reading.take(answer);
  reading.conclude(request.listedKinds, places);
  return reading;
}

/** What was read so far. Of two answers about one resource the first counts. */
class Reading {
  readonly groups = new Map<string, Group>();
  readonly skipped: Skipped[] = [];
  readonly #answered = new Set<string>();
  readonly #catalog: Catalog;
  readonly #digest: (text: string) => string;
  /** Keys of what the settings declare themselves: a document would only say it again. */
  readonly #own: ReadonlySet<string>;

  constructor(catalog: Catalog, given: { digest: (text: string) => string; own: ReadonlySet<string> }) {
    this.#catalog = catalog;
    this.#digest = given.digest;
    this.#own = given.own;
  }

  take(answer: Observation | Listing): void {
    const key = isListing(answer) ? listingKey(answer) : resourceKey(answer.resource);
    if (!isListing(answer) && this.#answered.has(key)) return;
    this.#answered.add(key);
    for (const one of skippedBy(answer)) this.skipped.push(one);
    if (answer.status !== "present" || this.#own.has(key)) return;
    const facts = this.#catalog.facts(answer.resource.kind);
    if (facts !== undefined) add(this.groups, answer, { facts, digest: this.#digest });
  }

  /** What was to be listed and was not is skipped. */
  conclude(kinds: readonly string[], places: readonly Place[]): void {
    for (const { name: at } of places) {
      const untold = kinds.filter((kind) => !this.#answered.has(listingKey({ kind, at })));
      for (const kind of untold)
        this.skipped.push({ resource: `${kind} **`, detail: "the connector ended without listing it" });
    }
  }
}

type Skipped = Captured["skipped"][number];

function skippedBy(answer: Observation | Listing): Captured["skipped"] {
  switch (answer.status) {
    case "unchecked":
      return [{ resource: `${answer.resource.kind} ${answer.resource.id}`, detail: answer.detail }];
    case "present":
      return unreadOf(answer);
    case "unlisted":
      return [{ resource: answer.kind, detail: answer.detail }];
    case "listed":
      return (answer.gaps ?? []).map(({ glob, detail }) => ({ resource: `${answer.kind} ${glob}`, detail }));
    default:
      return [];
  }
}

type Present = Extract<Observation, { status: "present" }>;

function unreadOf({ resource: { kind, id }, facts = [] }: Present): readonly Skipped[] {
  const unread = facts.filter((fact) => fact.fact === "unchecked");
  return unread.map(({ path, reason, detail }) => ({ resource: `${kind} ${id} ${path}`, detail: detail ?? reason }));
}

function add(
  groups: Map<string, Group>,
  observation: Present,
  with_: { facts: CompiledFacts; digest: (text: string) => string },
): void {
  const { kind, at, id } = observation.resource;
  const key = `${kind}\0${at}`;
  const group = groups.get(key) ?? { at, kind, resources: [] };
  groups.set(key, group);
  const pathFacts = observation.facts ?? [];
  const { actual } = seal({}, observation.actual, { ...with_, pathFacts, now: observation.observedAt });
  group.resources.push({ kind, id, attributes: declarable(actual, with_.facts.root) });
}

const NOT_DECLARED = ["volatile", "computed", "evidence", "input", "write-only"] as const;

/** The attributes that a person would declare. The elements of lists stay whole: what a set holds is compared as a whole. */
function declarable(object: JsonObject, node: FactNode): JsonObject {
  const attributes: { [key: string]: Json } = {};
  for (const [key, value] of Object.entries(object)) {
    const member = memberFacts(node, key);
    if (NOT_DECLARED.some((role) => member.roles.has(role))) continue;
    setOwn(attributes, key, isJsonObject(value) && !isDigest(value) ? declarable(value, member) : value);
  }
  return attributes;
}

/** A place or kind as one step of a path. */
function fileStep(name: string): string {
  const step = name.replace(/[^\w.@-]+/g, "-");
  return step === "." || step === ".." ? "-" : step;
}

async function refuseExisting(plan: readonly { readonly file: string; readonly path: string }[]): Promise<void> {
  const existing: string[] = [];
  for (const { file, path } of plan) if (await exists(path)) existing.push(file);
  if (existing.length === 0) return;
  const more = existing.length > 3 ? ` and ${existing.length - 3} more` : "";
  throw new KnownError(
    "WRITE_REFUSED",
    `Cannot write captured state: ${existing.slice(0, 3).join(", ")}${more} ${existing.length === 1 ? "exists" : "exist"} already`,
    {
      hint: "--force overwrites them; --only limits what is captured",
    },
  );
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    (error: NodeJS.ErrnoException) => error.code !== "ENOENT" && error.code !== "ENOTDIR",
  );
}

async function write(path: string, text: string): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  } catch (error) {
    throw writeFailure(path, error);
  }
}

function writeFailure(path: string, cause: unknown): KnownError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new KnownError("WRITE_REFUSED", `Cannot write captured state to "${path}": ${reason}`, { cause });
}
