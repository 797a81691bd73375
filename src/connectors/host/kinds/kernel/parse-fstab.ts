import { type ByteText, linesOf } from "../bytes.ts";
import type { Unread } from "../table.ts";
import { unread } from "../table.ts";
import { decodeOctal } from "./parse-mountinfo.ts";

export const FSTAB = "/etc/fstab";

/** How one mount point is set up. */
export interface FstabEntry {
  readonly fstype: ByteText;
  readonly options: readonly ByteText[];
}

export interface Fstab {
  readonly points: ReadonlySet<ByteText>;
  /** By mount point; of several lines for one the last counts. */
  readonly entries: ReadonlyMap<ByteText, FstabEntry>;
  /** Why it cannot be told what the file names; undefined where all of it was understood. */
  readonly mistake?: Unread;
}

/** The mount points that fstab(5) names to be mounted at a start: neither swap nor `noauto`. */
export function parseFstab(content: Uint8Array): Fstab {
  const entries = new Map<ByteText, FstabEntry>();
  let mistake: Unread | undefined;
  for (const [index, line] of linesOf(content).entries()) {
    if (/^\s*(?:#|$)/.test(line)) continue;
    const [source, point, fstype, options = ""] = line.trim().split(/[ \t]+/);
    if (source === undefined || point === undefined || fstype === undefined)
      mistake ??= unread("failed", `Cannot read "${FSTAB}": line ${index + 1} is malformed`);
    else if (point.startsWith("/") && !options.split(",").includes("noauto"))
      entries.set(pointOf(decodeOctal(point)), { fstype, options: options.split(",") });
  }
  return { points: new Set(entries.keys()), entries, ...(mistake === undefined ? {} : { mistake }) };
}

function pointOf(path: ByteText): ByteText {
  return path.length > 1 ? path.replace(/\/+$/, "") : path;
}
