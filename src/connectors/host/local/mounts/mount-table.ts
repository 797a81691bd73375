import { encodeId } from "../../ids.ts";

/** A file system that something elsewhere answers for, and where it is mounted. */
export interface FarMount {
  /** As an id writes it. */
  readonly point: string;
  /** `nfs4`, `fuse.sshfs`, … */
  readonly type: string;
}

/** File systems that answer out of memory or from a disk of this machine. Whatever is not among them may never answer. */
const NEAR = new Set(
  (
    "ext2 ext3 ext4 xfs btrfs f2fs zfs bcachefs jfs reiserfs nilfs2 tmpfs ramfs devtmpfs devpts proc sysfs cgroup cgroup2 " +
    "overlay aufs squashfs erofs iso9660 udf vfat exfat ntfs3 msdos hfsplus securityfs debugfs tracefs bpf pstore configfs " +
    "efivarfs hugetlbfs mqueue binfmt_misc fusectl nsfs rpc_pipefs selinuxfs rootfs"
  ).split(" "),
);

/**
 * The far file systems in the text of /proc/self/mountinfo (proc(5)), which tells of them without touching them. What holds `/`
 * is not among them: when that does not answer, nothing here does.
 */
export function farMounts(mountinfo: Uint8Array): readonly FarMount[] {
  const byPoint = new Map<string, string>();
  for (const line of Buffer.from(mountinfo).toString("latin1").split("\n")) {
    const [before = "", after = ""] = line.split(" - ");
    const point = before.split(" ")[4];
    const [type] = after.split(" ");
    // Of several at one point the last one is on top.
    if (point !== undefined && type !== undefined && type !== "") byPoint.set(pointText(point), type);
  }
  return [...byPoint]
    .filter(([point, type]) => point !== "/" && !NEAR.has(type))
    .map(([point, type]) => ({ point, type }));
}

/** Spaces and their like are written as three octal digits. */
function pointText(field: string): string {
  const bytes = field.replaceAll(/\\([0-7]{3})/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 8)),
  );
  return encodeId(Buffer.from(bytes, "latin1"));
}

/** The far mount that a path stands on, the mount point itself included; paths as ids write them. */
export function mountOf(path: string, mounts: readonly FarMount[]): FarMount | undefined {
  let found: FarMount | undefined;
  for (const mount of mounts) {
    if (path !== mount.point && !path.startsWith(`${mount.point}/`)) continue;
    if (found === undefined || mount.point.length > found.point.length) found = mount;
  }
  return found;
}
