import { createHash, type Hash } from "node:crypto";
import nodePath from "node:path/posix";
import type { DesiredSource } from "../config/config.ts";
import { sortProblems } from "../config/source-text.ts";
import { decodeUtf8 } from "../config/yaml-source.ts";
import type { Connector, DesiredFormat } from "../connector.ts";
import { KnownError, type Problem } from "../errors.ts";
import type { Declared } from "../model/declared.ts";
import type { KindCatalog } from "../model/facts.ts";
import { getOwn } from "../model/json.ts";
import { nearest } from "../model/nearest.ts";
import { readDocuments } from "./documents.ts";
import { Duplicates, declaredTwice } from "./duplicates.ts";
import type { Revision } from "./git/revision.ts";
import type { RevisionFile } from "./git/walk-tree.ts";
import { openRevision, WORKING_TREE } from "./git.ts";

export interface LoadDesiredOptions {
  readonly source: DesiredSource;
  /** The folder of `leeway.yaml`. */
  readonly baseDir: string;
  /** Where fetched repositories are kept; written to only when the source has `git`. */
  readonly cacheDir: string;
  /** The kinds that documents may declare. */
  readonly kinds: KindCatalog;
  /** The foreign formats of the target's connector, by name. */
  readonly formats: Readonly<Record<string, DesiredFormat>>;
  /** What declared content implies, as the target's connector says. */
  readonly implied?: Connector["implied"] | undefined;
  /** For `{$secret: …}`, and for git. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly workingTree: boolean;
  readonly signal: AbortSignal;
}

export interface LoadedDesired {
  /** The id of the commit, or `working-tree`. */
  readonly revision: string;
  /** Files under the path that are not as committed. */
  readonly dirty: readonly string[];
  /** In the order of the files' names and of the documents in them; positions are from the root of the repository. */
  readonly declared: readonly Declared[];
  /** How many files of the format there were; never 0. */
  readonly files: number;
  /** SHA-256 over the names and contents of all files read: equal means that the same is declared, but for secrets. */
  readonly hash: string;
}

/** The name of Leeway's own format. */
const OWN_FORMAT = "leeway";
const OWN_FILES = /\.ya?ml$/i;
/** Never a document, so that a desired path may be the folder of the configuration. */
const CONFIGURATION = /^leeway\.ya?ml$/i;
const MAX_BYTES = 64 * 1024 * 1024;
const MAX_SOURCE_BYTES = 512 * 1024 * 1024;

/** A desired source at one revision, of which nothing was read yet. */
export interface OpenedDesired extends AsyncDisposable {
  readonly revision: string;
  readonly dirty: readonly string[];
  /**
   * Reads all that it declares.
   * @throws KnownError `DESIRED_UNREADABLE` when it holds no file of its format; `DESIRED_INVALID` with every mistake in its files
   */
  load(): Promise<LoadedDesired>;
}

/**
 * Finds the revision of a desired source.
 * @throws KnownError `DESIRED_UNREADABLE` when the source cannot be read; `CONFIG_INVALID` when the connector reads no such format
 */
export async function openDesired(options: LoadDesiredOptions): Promise<OpenedDesired> {
  const format = formatOf(options);
  const revision = await openRevision(options.source, options);
  return {
    revision: revision.revision,
    dirty: revision.dirty,
    load: () => load(options, { revision, format }),
    [Symbol.asyncDispose]: () => revision[Symbol.asyncDispose](),
  };
}

/** Reads all that a desired source declares, at one revision. @throws what `openDesired` and `load` throw */
export async function loadDesired(options: LoadDesiredOptions): Promise<LoadedDesired> {
  await using opened = await openDesired(options);
  return await opened.load();
}

async function load(
  options: LoadDesiredOptions,
  { revision, format }: { readonly revision: Revision; readonly format: DesiredFormat | undefined },
): Promise<LoadedDesired> {
  const files = await filesOf(revision, format?.files ?? OWN_FILES);
  if (files.length === 0) throw noFiles(options.source, revision.path);
  const loading: Loading = { options, revision, hash: createHash("sha256"), duplicates: new Duplicates() };
  const declared: Declared[] = [];
  const problems: Problem[] = [];
  for (const file of files) {
    options.signal.throwIfAborted();
    const read = await readFile(file, format, loading);
    for (const each of read.declared) declared.push(each);
    problems.push(...read.problems);
  }
  if (problems.length > 0) throw invalid(problems, revision);
  const { dirty } = revision;
  return { revision: revision.revision, dirty, declared, files: files.length, hash: loading.hash.digest("hex") };
}

interface Loading {
  readonly options: LoadDesiredOptions;
  readonly revision: Revision;
  readonly hash: Hash;
  readonly duplicates: Duplicates;
}

interface FileRead {
  readonly declared: readonly Declared[];
  readonly problems: readonly Problem[];
}

/** The foreign format that the source is of; undefined for Leeway's own. */
function formatOf({ source, formats }: LoadDesiredOptions): DesiredFormat | undefined {
  if (source.format === OWN_FORMAT) return undefined;
  const format = getOwn(formats, source.format);
  if (format !== undefined) return format;
  const names = [OWN_FORMAT, ...Object.keys(formats)];
  const near = nearest(source.format, names);
  throw new KnownError(
    "CONFIG_INVALID",
    `Cannot read desired state of format "${source.format}": the connector reads none`,
    {
      hint: near === undefined ? `It reads: ${names.join(", ")}` : `Did you mean "${near}"?`,
    },
  );
}

/** Files of the format, sorted by path. One that the source names itself is taken whatever its name. */
async function filesOf(revision: Revision, names: RegExp): Promise<readonly RevisionFile[]> {
  const files: RevisionFile[] = [];
  for await (const file of revision.files()) {
    const below = nodePath.relative(revision.path, file.path);
    if (revision.single || (names.test(file.path) && !isHidden(below))) files.push(file);
  }
  return files.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** Folders such as `.github` hold YAML of others. */
function isHidden(path: string): boolean {
  return CONFIGURATION.test(nodePath.basename(path)) || path.split("/").some((step) => step.startsWith("."));
}

async function readFile(file: RevisionFile, format: DesiredFormat | undefined, loading: Loading): Promise<FileRead> {
  if (file.size > MAX_BYTES)
    return refused(file.path, `it has ${file.size} bytes, more than ${MAX_BYTES}`, "Split it into smaller files");
  const bytes = await file.read();
  addToHash(loading.hash, file.path, sha256(bytes));
  if (format !== undefined) return readForeign(file.path, bytes, { format, duplicates: loading.duplicates });
  return await readDocuments(file.path, bytes, {
    ...loading.options,
    duplicates: loading.duplicates,
    digestOf: (path) => digestOf(path, loading),
    textOf: (path) => textOf(path, loading),
  });
}

interface ForeignOptions {
  readonly format: DesiredFormat;
  readonly duplicates: Duplicates;
}

function readForeign(file: string, bytes: Uint8Array, { format, duplicates }: ForeignOptions): FileRead {
  const text = decodeUtf8(bytes);
  if (text === undefined || text.includes("\0"))
    return refused(file, "it is not UTF-8 text", "Save it as UTF-8, or leave it out");
  try {
    const declared = format.read({ file, text });
    const problems = declared.flatMap((each) => {
      const first = duplicates.add(each);
      return first === undefined ? [] : [{ ...each.declaredAt, ...declaredTwice(each, first) }];
    });
    return { declared, problems };
  } catch (error) {
    if (error instanceof KnownError && error.problems.length > 0) return { declared: [], problems: error.problems };
    throw error;
  }
}

function refused(file: string, reason: string, hint: string): FileRead {
  return { declared: [], problems: [{ file, message: `Cannot read "${file}": ${reason}`, hint }] };
}

/** The file that Git LFS keeps elsewhere is represented by a few lines, which hold its SHA-256. */
const LFS_POINTER = /^version https:\/\/git-lfs\.github\.com\/spec\/v1\n(?:[^\n]*\n)*?oid sha256:([0-9a-f]{64})\n/;
const LFS_POINTER_BYTES = 1024;

/** The SHA-256 of a file's content, for `source:`. */
async function digestOf(path: string, { revision, hash }: Loading): Promise<string | undefined> {
  const file = await revision.file(path);
  if (file === undefined) return undefined;
  if (file.size > MAX_SOURCE_BYTES)
    throw new KnownError(
      "DESIRED_INVALID",
      `Cannot read "${path}": it has ${file.size} bytes, more than ${MAX_SOURCE_BYTES}`,
      {
        hint: "Declare its sha256: instead of source:",
      },
    );
  const bytes = await file.read();
  const pointer = bytes.length <= LFS_POINTER_BYTES ? LFS_POINTER.exec(Buffer.from(bytes).toString("utf8")) : null;
  const digest = pointer?.[1] ?? sha256(bytes);
  addToHash(hash, path, digest);
  return digest;
}

/** Read to say more of content than its digest: of a longer text nobody reads a difference. */
const MAX_TEXT_BYTES = 256 * 1024;

async function textOf(path: string, { revision }: Loading): Promise<string | undefined> {
  const file = await revision.file(path);
  if (file === undefined || file.size > MAX_TEXT_BYTES) return undefined;
  const text = decodeUtf8(await file.read());
  return text === undefined || LFS_POINTER.test(text) ? undefined : text;
}

function addToHash(hash: Hash, path: string, digest: string): void {
  hash.update(`${path}\0${digest}\n`);
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

function noFiles({ format }: DesiredSource, path: string): KnownError {
  const what = format === OWN_FORMAT ? "no YAML document" : `no file of format ${format}`;
  return new KnownError("DESIRED_UNREADABLE", `Cannot read the desired state at "${path || "."}": there is ${what}`, {
    hint: "Check path: and format: in the target's desired source, or write desired state with: leeway capture",
  });
}

function invalid(problems: readonly Problem[], { revision, path }: Revision): KnownError {
  const sorted = sortProblems(problems);
  const count = sorted.length === 1 ? "1 mistake" : `${sorted.length} mistakes`;
  const prefix = revision === WORKING_TREE ? "" : `${revision.slice(0, 12)}:`;
  return new KnownError("DESIRED_INVALID", `Cannot use the desired state at "${path || "."}": ${count}`, {
    problems: sorted.map((problem) => ({ ...problem, file: `${prefix}${problem.file}` })),
    hint: "Correct what is listed; docs/desired-state.md describes the documents",
  });
}
