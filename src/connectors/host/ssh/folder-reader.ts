import { failure } from "../failure.ts";
import type { FileStat, HostPath, Read } from "../transport.ts";
import { type Asked, Batcher } from "./batcher.ts";
import type { Collected } from "./job.ts";
import { type FolderList, type Listed, listScript } from "./list-folders.ts";
import { type Look, parseComplaints, parseFindRecords } from "./parse-find.ts";
import { failureOfComplaint } from "./remote-failure.ts";
import { byteText, pathText } from "./shell-text.ts";
import { ask, type Site } from "./site.ts";

/** Folders that one program lists. */
const MOST = 64;
/** Where they hold more, or take longer together, each is listed as a large one is: as it comes. */
const MAX_BYTES = 512 * 1024;
const TIMEOUT_MS = 5000;

/** Lists single folders; those that are asked for at the same time, with one program. */
export class FolderReader {
  readonly #site: Site;
  readonly #batcher: Batcher<FolderList | undefined>;

  constructor(site: Site) {
    this.#site = site;
    this.#batcher = new Batcher({ most: MOST, ask: (batch) => void this.#askAll(batch) });
  }

  /** @returns undefined for one that has to be listed alone: it is large, it hangs, or nobody knows what is the matter */
  async list(path: HostPath): Promise<FolderList | undefined> {
    // Only find tells what stands in which folder, and it writes them without a slash at the end.
    const isPlain = path.length === 1 || path.at(-1) !== SLASH;
    return this.#site.capabilities.printf && isPlain ? await this.#batcher.ask(path) : undefined;
  }

  async #askAll(batch: readonly Asked<FolderList | undefined>[]): Promise<void> {
    const texts = batch.map(({ path }) => pathText(path));
    const timeoutMs = Math.min(this.#site.timeoutMs, TIMEOUT_MS);
    const options = { timeoutMs, maxBytes: MAX_BYTES, isQuick: true };
    const collected = await ask(this.#site, listScript(this.#site, texts), options);
    const lists = listsOf(collected, texts);
    for (const { path, answer } of batch) answer(lists.get(byteText(path)));
  }
}

const SLASH = 0x2f;

interface Folder {
  stat?: Read<FileStat>;
  readonly within: Listed[];
}

function listsOf(collected: Collected, texts: readonly string[]): ReadonlyMap<string, FolderList> {
  if (collected.how !== "done") return new Map();
  const { byPath, others } = parseComplaints(collected.stderr, true);
  // Nobody knows which folder it is about.
  if (collected.code !== "0" && others.length > 0) return new Map();
  const folders = new Map(texts.map((text): [string, Folder] => [text, { within: [] }]));
  for (const look of parseFindRecords(collected.stdout.toString("latin1"))) addLook(look, folders);
  for (const [text, complaint] of byPath) if (!folders.has(text)) addUnseen(text, complaint, folders);
  return new Map([...folders].flatMap(([text, folder]) => listOf(text, folder, byPath.get(text))));
}

type Folders = ReadonlyMap<string, Folder>;

function addLook({ depth, path: text, stat: look }: Look, folders: Folders): void {
  const path = Buffer.from(text, "latin1");
  const stat: Read<FileStat> =
    look === undefined ? failure("unsupported", path, "it is of no known type") : { ok: true, value: look };
  const folder = folders.get(depth === 0 ? text : folderOf(text));
  if (folder === undefined) return;
  if (depth === 0) folder.stat = stat;
  else folder.within.push({ path, stat });
}

/** What has a name, but cannot be looked at. */
function addUnseen(text: string, complaint: string, folders: Folders): void {
  const path = Buffer.from(text, "latin1");
  const stat = failureOfComplaint(complaint, path);
  if (stat.reason !== "absent") folders.get(folderOf(text))?.within.push({ path, stat });
}

function listOf(text: string, { stat, within }: Folder, complaint: string | undefined): [string, FolderList][] {
  if (stat === undefined && complaint === undefined) return [];
  const path = Buffer.from(text, "latin1");
  const outcome = complaint === undefined ? ("listed" as const) : failureOfComplaint(complaint, path);
  const list: FolderList = {
    // Whoever asked at the same time was given the same list.
    entries: { [Symbol.asyncIterator]: () => inOne(within) },
    begun: () => (stat === undefined ? [] : [{ path, stat }]),
    isWhole: () => true,
    outcome: () => outcome,
  };
  return [[text, list]];
}

async function* inOne(entries: readonly Listed[]): AsyncGenerator<readonly Listed[]> {
  yield entries;
}

function folderOf(text: string): string {
  return text.slice(0, text.lastIndexOf("/")) || "/";
}
