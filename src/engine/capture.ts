import { access, mkdir, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { type CompiledFacts, memberFacts } from "../compare/compile-facts.ts";
import { seal } from "../compare/seal.ts";
import { type WrittenResource, writeDocuments } from "../desired/write-documents.ts";
import { KnownError } from "../errors.ts";
import { getOwn, type Json, type JsonObject, setOwn } from "../model/json.ts";
import { isListing, type Listing, type Observation } from "../model/observation.ts";
import type { Scope } from "../model/resource.ts";
import { loadDigestKey } from "../store/digest-key.ts";
import { type Catalog, compileCatalog } from "./catalog.ts";
import { baseDir, type NamedTarget, selectTargets, type Workspace } from "./workspace.ts";

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
  const catalog = compileCatalog(named.connector.kinds ?? new Map());
  const scope = captureScope(named, options.only);
  const { groups, skipped } = await readGroups(workspace, { named, catalog, scope, only: options.only });
  const root = resolve(baseDir(workspace), named.target.desired.path);
  const plan = Array.from(groups.values(), ({ at, kind, resources }) => ({
    file: join(named.target.desired.path, fileStep(at), `${fileStep(kind.slice(kind.indexOf("/") + 1))}.yaml`),
    path: join(root, fileStep(at), `${fileStep(kind.slice(kind.indexOf("/") + 1))}.yaml`),
    text: writeDocuments(resources, at),
    resources: resources.length,
  })).sort((left, right) => (left.file < right.file ? -1 : 1));
  if (!options.force) await refuseExisting(plan);
  for (const { path, text } of plan) await write(path, text);
  return { files: plan.map(({ file, resources }) => ({ file, resources })), skipped };
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
    listedKinds: catalog.kinds.map(({ kind }) => kind),
    lastRecorded: async () => undefined,
  };
  const groups = new Map<string, Group>();
  const skipped: { resource: string; detail: string }[] = [];
  for await (const answer of session.observe(request, workspace.signal)) {
    skipped.push(...skippedBy(answer));
    const facts = isListing(answer) ? undefined : catalog.facts(answer.resource.kind);
    if (answer.status === "present" && facts !== undefined) add(groups, answer, { facts, digest });
  }
  return { groups, skipped };
}

function skippedBy(answer: Observation | Listing): Captured["skipped"] {
  switch (answer.status) {
    case "unchecked":
      return [{ resource: `${answer.resource.kind} ${answer.resource.id}`, detail: answer.detail }];
    case "unlisted":
      return [{ resource: answer.kind, detail: answer.detail }];
    case "listed":
      return (answer.gaps ?? []).map(({ glob, detail }) => ({ resource: `${answer.kind} ${glob}`, detail }));
    default:
      return [];
  }
}

type Present = Extract<Observation, { status: "present" }>;

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
  group.resources.push({ kind, id, attributes: declarable(actual, with_.facts) });
}

const NOT_DECLARED = ["volatile", "computed", "evidence", "input", "write-only"] as const;

/** The attributes that a person would declare. */
function declarable(actual: JsonObject, facts: CompiledFacts): JsonObject {
  const attributes: { [key: string]: Json } = {};
  for (const key of Object.keys(actual)) {
    const { roles } = memberFacts(facts.root, key);
    const value = getOwn(actual, key);
    if (value !== undefined && !NOT_DECLARED.some((role) => roles.has(role))) setOwn(attributes, key, value);
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
    `Cannot write captured state: ${existing.slice(0, 3).join(", ")}${more} exist already`,
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
