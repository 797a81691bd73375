import { type ByteText, linesOf } from "../bytes.ts";
import type { Unread } from "../table.ts";
import { unread } from "../table.ts";

export const MOUNTINFO = "/proc/self/mountinfo";

/** One mount as the kernel has it (proc(5)). */
export interface Mount {
  /** The folder of the file system that is mounted; `/` for all of it. */
  readonly root: ByteText;
  readonly point: ByteText;
  readonly fstype: ByteText;
  readonly source: ByteText;
  /** Of this mount alone. */
  readonly options: readonly ByteText[];
  /** Of the file system, wherever it is mounted. */
  readonly superOptions: readonly ByteText[];
}

/** The mounts in the order in which they were made, so that the last of one point is the one that shows. */
export function parseMountinfo(content: Uint8Array): {
  readonly mounts: readonly Mount[];
  readonly hidden: readonly Unread[];
} {
  const mounts: Mount[] = [];
  const hidden: Unread[] = [];
  for (const [index, line] of linesOf(content).entries()) {
    const mount = parseMount(line);
    if (mount === undefined)
      hidden.push(unread("failed", `Cannot read "${MOUNTINFO}": line ${index + 1} is malformed`));
    else mounts.push(mount);
  }
  return { mounts, hidden };
}

function parseMount(line: ByteText): Mount | undefined {
  const [before = "", behind = ""] = splitOnce(line, " - ");
  const [, , device, root, point, options] = before.split(" ");
  const [fstype, source, superOptions] = behind.split(" ");
  if (device === undefined || root === undefined || !point?.startsWith("/") || options === undefined) return undefined;
  if (!fstype || source === undefined || superOptions === undefined) return undefined;
  return {
    root: decodeOctal(root),
    point: decodeOctal(point),
    fstype,
    source: decodeOctal(source),
    options: splitOptions(options),
    superOptions: splitOptions(superOptions),
  };
}

function splitOnce(text: string, separator: string): readonly string[] {
  const at = text.indexOf(separator);
  return at === -1 ? [text] : [text.slice(0, at), text.slice(at + separator.length)];
}

/** Blanks, tabs, line ends, backslashes and `#` stand there as `\040` and the like. */
export function decodeOctal(text: ByteText): ByteText {
  return text.replace(/\\([0-3][0-7]{2})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));
}

/** Options parted by commas, but for those within quotes (`context="a,b"`). */
function splitOptions(text: ByteText): readonly ByteText[] {
  return Array.from(text.matchAll(/(?:"[^"]*"|[^,])+/g), ([option]) => option);
}

/** Whether the mount that holds a path lets nobody write. */
export function isReadOnlyPath(path: ByteText, mounts: readonly Mount[]): boolean {
  let holding: Mount | undefined;
  for (const mount of mounts) {
    const isAbove = mount.point === "/" || path === mount.point || path.startsWith(`${mount.point}/`);
    if (isAbove && mount.point.length >= (holding?.point.length ?? 0)) holding = mount;
  }
  return holding?.options.includes("ro") === true;
}
