import type { ListingGap } from "../../../../model/observation.ts";
import type { FileStat, HostPath, Read, Transport, WalkEntry } from "../../transport.ts";
import { type ByteText, idText, toByteText } from "../bytes.ts";
import { hostPath, unreadOf } from "../command.ts";
import { type Unread, unread } from "../table.ts";
import { type Dialect, isCronFileName } from "./parse-crontab.ts";

const SYSTEM_CRONTAB = "/etc/crontab";
const SYSTEM_FOLDER = "/etc/cron.d";
const SPOOL = "/var/spool/cron";
/** In the spool: of Debian's cron, and of SUSE's. Where neither is there, users' crontabs stand in the spool itself (Red Hat). */
const DEBIAN_FOLDER = `${SPOOL}/crontabs`;
const SUSE_FOLDER = `${SPOOL}/tabs`;
/** Of busybox, on Alpine. */
const BUSYBOX_FOLDER = "/etc/crontabs";

/** What crontabs are looked for in, for people. */
export const CRONTAB_PLACES = {
  system: `${SYSTEM_CRONTAB}, ${SYSTEM_FOLDER}/*`,
  users: [DEBIAN_FOLDER, SUSE_FOLDER, SPOOL, BUSYBOX_FOLDER].map((folder) => `${folder}/*`).join(", "),
} as const;

export interface CrontabFile {
  readonly path: HostPath;
  readonly stat: Read<FileStat>;
  readonly dialect: Dialect;
  /** Whose it is; missing when it is the system's. */
  readonly owner?: ByteText;
}

export interface Crontabs {
  readonly files: readonly CrontabFile[];
  readonly gaps: readonly ListingGap[];
}

/** The crontabs that the cron of this host reads; where they stand tells which one it is. */
export async function findCrontabs(transport: Transport, signal: AbortSignal): Promise<Crontabs> {
  const path = hostPath(SYSTEM_CRONTAB);
  const walk = (folder: string) => listFolder(folder, transport, signal);
  const [stat, system, spool, busybox] = await Promise.all([
    transport.stat(path),
    walk(SYSTEM_FOLDER),
    walk(SPOOL),
    walk(BUSYBOX_FOLDER),
  ]);
  const { folder, dialect } = usersOf(spool, busybox);
  const users = [...spool.files, ...busybox.files].filter((file) => folderName(file.path) === folder);
  return {
    files: [
      ...(stat.ok || stat.reason !== "absent" ? [{ path, stat, dialect }] : []),
      ...system.files
        .filter((file) => isCronFileName(fileName(file.path), dialect))
        .map((file) => ({ ...file, dialect })),
      ...users
        .filter((file) => dialect === "debian" || isCronFileName(fileName(file.path), dialect))
        .map((file) => ({ ...file, dialect, owner: fileName(file.path) })),
    ],
    gaps: [...system.gaps, ...spool.gaps, ...busybox.gaps],
  };
}

function usersOf(spool: Listed, busybox: Listed): { readonly folder: string; readonly dialect: Dialect } {
  if (spool.folders.has(DEBIAN_FOLDER)) return { folder: DEBIAN_FOLDER, dialect: "debian" };
  if (busybox.folders.has(BUSYBOX_FOLDER)) return { folder: BUSYBOX_FOLDER, dialect: "cronie" };
  if (spool.folders.has(SUSE_FOLDER)) return { folder: SUSE_FOLDER, dialect: "cronie" };
  return { folder: SPOOL, dialect: spool.folders.has(SPOOL) ? "cronie" : "debian" };
}

interface Listed {
  readonly files: readonly Pick<CrontabFile, "path" | "stat">[];
  readonly folders: ReadonlySet<string>;
  readonly gaps: readonly ListingGap[];
}

const ENTERED = new Set([SYSTEM_FOLDER, SPOOL, DEBIAN_FOLDER, SUSE_FOLDER, BUSYBOX_FOLDER]);

/** What stands in a folder. One that is not there has no jobs; one that cannot be listed, or is a link, hides them. */
async function listFolder(root: string, transport: Transport, signal: AbortSignal): Promise<Listed> {
  const files: Pick<CrontabFile, "path" | "stat">[] = [];
  const folders = new Set<string>();
  const gaps: ListingGap[] = [];
  const enter = (path: HostPath) => ENTERED.has(toByteText(path));
  for await (const entry of transport.walk(hostPath(root), { enter, signal })) {
    const { path, stat } = entry;
    const isFolder = stat.ok && stat.value.type === "directory";
    if (isFolder) folders.add(toByteText(path));
    const hidden = enter(path) ? hiddenFolder(entry) : undefined;
    if (hidden !== undefined) gaps.push(hidden);
    else if (!enter(path) && !isFolder) files.push({ path, stat });
  }
  return { files, folders, gaps };
}

function hiddenFolder({ path, stat, unlisted }: WalkEntry): ListingGap | undefined {
  const failure = unlisted ?? stat;
  if (!failure.ok) return gapOf(path, unreadOf(failure));
  const target = stat.ok && stat.value.linkTarget !== undefined ? toByteText(stat.value.linkTarget) : undefined;
  // Of a link to a folder that is looked into on its own nothing is hidden.
  if (target === undefined || target.replace(/\/+$/, "") === BUSYBOX_FOLDER) return undefined;
  return gapOf(path, unread("unsupported", `Cannot list "${idText(toByteText(path))}": it is a link`));
}

function gapOf(path: HostPath, { reason, detail }: Unread): ListingGap {
  return { glob: `${idText(toByteText(path))}/**`, reason, detail };
}

function fileName(path: HostPath): ByteText {
  const text = toByteText(path);
  return text.slice(text.lastIndexOf("/") + 1);
}

function folderName(path: HostPath): ByteText {
  const text = toByteText(path);
  return text.slice(0, text.lastIndexOf("/"));
}
