import type { HostPath, Transport, WalkEntry } from "../transport.ts";
import { type ByteText, idText, linesOf, toByteText } from "./bytes.ts";
import { hostPath, unreadOf } from "./command.ts";
import { type Unread, unread } from "./table.ts";

/** One file of configuration, as an id writes its path. */
export interface ConfigFile {
  readonly path: string;
  readonly lines: readonly ByteText[];
}

/** Files in the order in which they are read, and what of them stayed hidden. */
export interface ConfigFiles {
  readonly files: readonly ConfigFile[];
  readonly hidden: readonly HiddenConfig[];
}

/** Why something could not be read; where that is one file, its path. */
export interface HiddenConfig extends Unread {
  readonly file?: string;
}

interface Found {
  readonly name: ByteText;
  readonly path: HostPath;
  /** A link to /dev/null: it hides the files of its name and has nothing itself. */
  readonly masks: boolean;
}

/**
 * The files of folders of configuration, as systemd and others read them: those of one name count once, in the first folder
 * that has it, and all are read in the order of their names. A folder that is not there has none.
 */
export async function readConfigFolders(
  { folders, suffix }: { readonly folders: readonly string[]; readonly suffix: string },
  transport: Transport,
  signal: AbortSignal,
): Promise<ConfigFiles> {
  const listed = await Promise.all(folders.map((folder) => listFolder(folder, transport, signal)));
  const byName = new Map<ByteText, Found>();
  for (const each of listed.flatMap(({ found }) => found)) {
    if (each.name.endsWith(suffix) && !byName.has(each.name)) byName.set(each.name, each);
  }
  const chosen = [...byName.values()].filter(({ masks }) => !masks).sort((a, b) => (a.name < b.name ? -1 : 1));
  const read = await Promise.all(chosen.map(({ path }) => readConfigFile(path, transport)));
  return {
    files: read.flatMap(({ files }) => files),
    hidden: [...listed.flatMap(({ hidden }) => hidden), ...read.flatMap(({ hidden }) => hidden)],
  };
}

/** One file; one that is not there has nothing. */
export async function readConfigFile(path: HostPath, transport: Transport): Promise<ConfigFiles> {
  const content = await transport.readFile(path);
  const file = idText(toByteText(path));
  if (content.ok) return { files: [{ path: file, lines: linesOf(content.value) }], hidden: [] };
  return { files: [], hidden: content.reason === "absent" ? [] : [{ ...unreadOf(content), file }] };
}

interface Listed {
  readonly found: readonly Found[];
  readonly hidden: readonly Unread[];
}

async function listFolder(folder: string, transport: Transport, signal: AbortSignal): Promise<Listed> {
  const found: Found[] = [];
  const hidden: Unread[] = [];
  const isRoot = (path: HostPath) => toByteText(path) === folder;
  for await (const entry of transport.walk(hostPath(folder), { enter: isRoot, signal })) {
    const what = isRoot(entry.path) ? rootOf(folder, entry) : fileOf(entry);
    if (what === undefined) continue;
    if ("status" in what) hidden.push(what);
    else found.push(what);
  }
  return { found, hidden };
}

function rootOf(folder: string, { stat, unlisted }: WalkEntry): Unread | undefined {
  const failure = unlisted ?? stat;
  if (!failure.ok) return unreadOf(failure);
  const isLink = stat.ok && stat.value.type === "link";
  return isLink ? unread("unsupported", `Cannot list "${folder}": it is a link`) : undefined;
}

function fileOf({ path, stat }: WalkEntry): Found | Unread | undefined {
  if (!stat.ok) return unreadOf(stat);
  const { type, linkTarget } = stat.value;
  if (type === "directory") return undefined;
  return { name: fileName(path), path, masks: linkTarget !== undefined && toByteText(linkTarget) === "/dev/null" };
}

function fileName(path: HostPath): ByteText {
  const text = toByteText(path);
  return text.slice(text.lastIndexOf("/") + 1);
}
