import type { HostKind, KindRequest } from "../connectors/host/kind.ts";
import type { FileStat, Read, Transport, WalkEntry } from "../connectors/host/transport.ts";
import { isListing, type Listing, type Observation } from "../model/observation.ts";

/** Text of a regular file; or a link, an empty folder, or what may not be read. */
export type RecordedFile = string | { readonly link: string } | "denied" | { readonly folder: true };

export interface RecordedCommand {
  readonly stdout?: string;
  readonly stderr?: string;
  readonly exitCode?: number;
}

/** What a host answered that no machine here can be: of another distribution, of another version of a program. */
export interface RecordedHost {
  /** By path; the folders above them are there as well. A folder that is `denied` cannot be listed. */
  readonly files?: Readonly<Record<string, RecordedFile>>;
  /** By the command line; any other program is not installed. A failure may stand instead of an answer. */
  readonly commands?: Readonly<Record<string, RecordedCommand | Extract<Read<never>, { readonly ok: false }>>>;
}

/** Reads one kind of a recorded host. */
export async function observeRecorded(
  kind: HostKind,
  host: RecordedHost,
  asked: readonly string[] = [],
  more: Pick<KindRequest, "prefixes"> = {},
): Promise<{ readonly observations: ReadonlyMap<string, Observation>; readonly listing: Listing | undefined }> {
  const { kind: name } = kind.facts;
  const request: KindRequest = {
    ...more,
    at: "recorded",
    asked: asked.map((id) => ({ resource: { kind: name, at: "recorded", id } })),
    inScope: () => true,
    now: () => "2026-11-25T00:00:00.000Z",
    signal: new AbortController().signal,
  };
  const answers: (Observation | Listing)[] = [];
  for await (const answer of kind.read(request, recordedTransport(host))) answers.push(answer);
  const observations = answers.flatMap((answer) => (isListing(answer) ? [] : [answer]));
  return {
    observations: new Map(observations.map((observation) => [observation.resource.id, observation])),
    listing: answers.find(isListing),
  };
}

function recordedTransport({ files = {}, commands = {} }: RecordedHost): Transport {
  const stat = (path: string): Read<FileStat> => {
    const file = files[path];
    const isFolder = Object.keys(files).some((each) => each.startsWith(`${path}/`));
    if (file === undefined && !isFolder) return refused("absent", path);
    const type = isFolder || isFolderEntry(file) ? "directory" : typeOf(file);
    const link = typeof file === "object" && "link" in file ? { linkTarget: Buffer.from(file.link) } : {};
    return { ok: true, value: { type, mode: 0o644, uid: 0, gid: 0, size: 0n, device: 0n, ...link } };
  };
  const readFile = (path: string): Read<Uint8Array> => {
    const file = files[path];
    if (typeof file === "object" && "link" in file) return readFile(file.link);
    if (file === "denied") return refused("denied", path);
    return typeof file === "string" ? { ok: true, value: Buffer.from(file) } : refused("absent", path);
  };
  const childrenOf = (folder: string) => {
    const below = Object.keys(files).filter((path) => path.startsWith(`${folder}/`));
    return [...new Set(below.map((path) => `${folder}/${path.slice(folder.length + 1).split("/", 1)[0]}`))];
  };
  function* walk(path: string, enter: (path: Uint8Array) => boolean): Generator<WalkEntry> {
    const found = stat(path);
    if (!found.ok) return;
    const entry = { path: Buffer.from(path), stat: found };
    const isListed = found.value.type === "directory" && enter(entry.path);
    yield isListed && files[path] === "denied" ? { ...entry, unlisted: refused("denied", path) } : entry;
    if (isListed && files[path] !== "denied") for (const child of childrenOf(path)) yield* walk(child, enter);
  }
  return {
    readsAtOnce: 8,
    run: async (argv, options) => {
      const answer = commands[[...argv, ...(options?.operands ?? [])].join(" ")];
      if (answer === undefined) return refused("unsupported", argv[0]);
      if ("ok" in answer) return answer;
      const { exitCode = 0, stdout = "", stderr = "" } = answer;
      return { ok: true, value: { exitCode, stdout: Buffer.from(stdout), stderr: Buffer.from(stderr) } };
    },
    readFile: async (path) => readFile(textOf(path)),
    stat: async (path) => stat(textOf(path)),
    hash: async (path) => refused("unsupported", textOf(path)),
    digests: async (path) => refused("unsupported", textOf(path)),
    async *walk(root, { enter }) {
      yield* walk(textOf(root), enter);
    },
    [Symbol.asyncDispose]: async () => {},
  };
}

function isFolderEntry(file: RecordedFile | undefined): boolean {
  return typeof file === "object" && "folder" in file;
}

function typeOf(file: RecordedFile | undefined): FileStat["type"] {
  return typeof file === "object" && "link" in file ? "link" : "file";
}

function textOf(path: Uint8Array): string {
  return Buffer.from(path).toString("latin1");
}

function refused(
  reason: "absent" | "denied" | "unsupported",
  what: string,
): Extract<Read<never>, { readonly ok: false }> {
  return { ok: false, reason, detail: `Cannot read "${what}": ${reason}` };
}
