import type { ByteText } from "../bytes.ts";
import type { FstabEntry } from "../kernel/parse-fstab.ts";
import type { Mount } from "../kernel/parse-mountinfo.ts";

/** How a mount point is, and how the next start makes it, in the same words. */
export interface LatentMount {
  readonly running: string;
  readonly persisted: string;
}

const NOT_MOUNTED = "not mounted";
/** Options that matter, each by what takes it back. */
const TAKEN_BACK: ReadonlyMap<ByteText, string> = new Map([
  ["dev", "nodev"],
  ["exec", "noexec"],
  ["suid", "nosuid"],
  ["rw", "ro"],
]);
const MATTER = new Set(TAKEN_BACK.values());
/** Options of fstab that stand for several (mount(8)), which those behind them may take back. */
const IMPLIED: ReadonlyMap<ByteText, readonly string[]> = new Map([
  ["user", ["nodev", "noexec", "nosuid"]],
  ["users", ["nodev", "noexec", "nosuid"]],
  ["owner", ["nodev", "nosuid"]],
  ["group", ["nodev", "nosuid"]],
]);
/** Types that nobody can write, whatever is asked for. */
const READ_ONLY = new Set(["iso9660", "squashfs", "erofs", "cramfs"]);

/** @returns undefined where both are alike in what matters */
export function judgeMount(entry: FstabEntry, mount: Mount | undefined): LatentMount | undefined {
  const wanted = optionsOf(entry.options);
  if (mount === undefined) return { running: NOT_MOUNTED, persisted: textOf(entry.fstype, wanted) };
  // An automounter waits at the point, and mounts as fstab says.
  if (mount.fstype === "autofs") return undefined;
  const inForce = optionsInForce(mount);
  if (READ_ONLY.has(mount.fstype)) wanted.add("ro");
  const fstype = comparableType(entry) ?? mount.fstype;
  const [running, persisted] = [textOf(mount.fstype, inForce), textOf(fstype, wanted)];
  return isAlike(mount.fstype, fstype) && running.split(" ")[1] === persisted.split(" ")[1]
    ? undefined
    : { running, persisted };
}

export function unlistedMount(mount: Mount): LatentMount {
  return { running: textOf(mount.fstype, optionsInForce(mount)), persisted: NOT_MOUNTED };
}

function optionsOf(options: readonly ByteText[]): Set<string> {
  const chosen = new Set<string>();
  for (const option of options.flatMap((each) => IMPLIED.get(each) ?? [each])) {
    const takenBack = TAKEN_BACK.get(option);
    if (takenBack !== undefined) chosen.delete(takenBack);
    else if (MATTER.has(option)) chosen.add(option);
  }
  return chosen;
}

/** What the mount or its file system forbids. */
function optionsInForce({ options, superOptions }: Mount): Set<string> {
  return optionsOf([...options, ...superOptions].filter((option) => option !== "rw"));
}

function textOf(fstype: ByteText, options: ReadonlySet<string>): string {
  return `${fstype} ${[...options, ...(options.has("ro") ? [] : ["rw"])].sort().join(",")}`;
}

/** The type that fstab names; undefined where it leaves that open. */
function comparableType({ fstype, options }: FstabEntry): ByteText | undefined {
  const isOpen = fstype.includes("auto") || fstype.includes(",") || fstype === "none";
  return isOpen || options.some((option) => option === "bind" || option === "rbind") ? undefined : fstype;
}

/** One may be the other under a further name: nfs as nfs4, a type of FUSE by its program. */
function isAlike(mounted: ByteText, named: ByteText): boolean {
  return mounted === named || mounted.startsWith("fuse") || named.startsWith("fuse") || mounted.startsWith(named);
}
