import type { ListingGap, PathFact } from "../../../../model/observation.ts";
import type { HostKind, KindRequest } from "../../kind.ts";
import type { Transport } from "../../transport.ts";
import { idText, valueText } from "../bytes.ts";
import { hostPath, unreadOf } from "../command.ts";
import { holdsSecret } from "../secret-text.ts";
import { answerFrom, type Entry, presentEntry, type Table, type Unread } from "../table.ts";
import { mountFacts } from "./mount.facts.ts";
import { FSTAB, type Fstab, parseFstab } from "./parse-fstab.ts";
import { MOUNTINFO, type Mount, parseMountinfo } from "./parse-mountinfo.ts";

/** What is mounted, and whether it is set up to be. Of several mounts on one point the last is the one that shows. */
export const mountKind: HostKind = {
  facts: mountFacts,
  permissions: [
    { kinds: [mountFacts.kind], access: MOUNTINFO, needs: "anyone", without: "every mount" },
    { kinds: [mountFacts.kind], access: FSTAB, needs: "anyone", without: "which mounts are persistent" },
  ],
  async *read(request, transport) {
    yield* answerFrom(mountFacts.kind, request, await readMounts(request, transport));
  },
};

async function readMounts({ asked }: KindRequest, transport: Transport): Promise<Table | Unread> {
  const [mountinfo, fstab] = await Promise.all([transport.readFile(hostPath(MOUNTINFO)), readFstab(transport)]);
  if (!mountinfo.ok) return unreadOf(mountinfo);
  const { mounts, hidden } = parseMountinfo(mountinfo.value);
  const wanted = new Set(asked.map(({ resource }) => resource.id));
  const entries = new Map<string, Entry>();
  for (const mount of mounts) {
    const id = idText(mount.point);
    if (wanted.has(id) || !isMadeUp(mount)) entries.set(id, toEntry(mount, fstab));
    else entries.delete(id);
  }
  const gaps = hidden.map(({ reason, detail }): ListingGap => ({ glob: "**", reason, detail }));
  return { status: "read", entries, gaps };
}

/** A host without the file sets up nothing to be mounted. */
export async function readFstab(transport: Transport): Promise<Fstab | Unread> {
  const content = await transport.readFile(hostPath(FSTAB));
  if (content.ok) return parseFstab(content.value);
  return content.reason === "absent" ? parseFstab(new Uint8Array()) : unreadOf(content);
}

/** Types that hold no data of the host's own: windows into the kernel, or made by containers, snaps and automounters. */
const MADE_UP = new Set(
  (
    "autofs binfmt_misc bpf cgroup cgroup2 configfs debugfs devpts devtmpfs efivarfs fusectl hugetlbfs mqueue nsfs overlay proc " +
    "pstore ramfs rpc_pipefs securityfs selinuxfs squashfs sysfs tracefs fuse.gvfsd-fuse fuse.portal fuse.lxcfs"
  ).split(" "),
);
/** Where sessions, containers and services mount what is theirs. */
const OF_OTHERS = /^\/(?:run|proc|sys|dev|snap|var\/lib\/(?:docker|containers|kubelet))(?:\/|$)/;

/** Whether it holds nothing of the host's own that stays. */
export function isMadeUp({ fstype, point }: Mount): boolean {
  return MADE_UP.has(fstype) || OF_OTHERS.test(point);
}

/** What the kernel adds by itself, or works out from the machine's memory. */
const ADDED = /^(?:seclabel|inode64|inode32|size=.*|nr_inodes=.*|nr_blocks=.*)$/;

function toEntry({ point, source, fstype, options, superOptions }: Mount, fstab: Fstab | Unread): Entry {
  // A mount may be read only where its file system is not: what the mount says holds.
  const ofFileSystem = superOptions.filter((option) => option !== "rw" && option !== "ro");
  const inForce = new Set([...options, ...ofFileSystem].filter((option) => !ADDED.test(option)).map(valueText));
  const actual = { source: valueText(source), fstype: valueText(fstype), options: [...inForce].sort() };
  // Some file systems in user space show the address with its password.
  const facts: readonly PathFact[] = holdsSecret(actual.source) ? [{ path: "/source", fact: "sensitive" }] : [];
  const unknown = "status" in fstab ? fstab : fstab.mistake;
  if (!("status" in fstab) && (unknown === undefined || fstab.points.has(point)))
    return presentEntry({ ...actual, persistent: fstab.points.has(point) }, facts);
  const { reason = "failed", detail = "" } = unknown ?? {};
  return presentEntry(actual, [...facts, { path: "/persistent", fact: "unchecked", reason, detail }]);
}
