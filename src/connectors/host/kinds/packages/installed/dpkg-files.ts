import type { ByteText } from "../../bytes.ts";
import type { UnreadDatabase } from "./database.ts";
import type { DpkgPackage } from "./dpkg-status.ts";
import type { DumpedFile } from "./folder-dump.ts";
import { PathTable } from "./path-table.ts";

const MD5_BYTES = 16;

/** Which package of dpkg put which path where, by the package's place in the list of packages. */
export interface DpkgFiles {
  readonly paths: Pick<PathTable, "ownerOf" | "digestOf">;
  /** Of packages with a list that is not as dpkg writes it, what is wrong with it. */
  readonly malformed: ReadonlyMap<number, string>;
  /** Reads what is not known of paths that were asked for since; undefined where there are none. */
  more(): Promise<UnreadDatabase | undefined> | undefined;
}

export interface FilesTable extends DpkgFiles {
  /** Adds what further lines of the lists say. */
  readonly add: (lists: readonly DumpedFile[]) => void;
}

/** Where a package's file stands that another one, or a person, diverted. */
export type Diversions = ReadonlyMap<ByteText, { readonly to: ByteText; readonly by: ByteText }>;

export interface DpkgSources {
  readonly packages: readonly DpkgPackage[];
  readonly diversions: Diversions;
  /** The `*.list` and `*.md5sums` of `/var/lib/dpkg/info`. */
  readonly lists: readonly DumpedFile[];
  /** The path that a path comes to, once links that the whole system has were followed. */
  readonly canonical: (path: ByteText) => ByteText;
}

export function tableOf({ packages, diversions, lists, canonical }: DpkgSources): FilesTable {
  const byInfoName = new Map(
    packages.flatMap(({ infoNames }, index) => infoNames.map((name) => [name, index] as const)),
  );
  const paths = new PathTable(MD5_BYTES);
  const malformed = new Map<number, string>();
  const placeOf = (path: ByteText, owner: number) => canonical(divertedTo(path, packages[owner], diversions));
  const each = (files: readonly DumpedFile[], suffix: string, take: (line: ByteText, owner: number) => boolean) => {
    for (const file of files) {
      const owner = file.path.endsWith(suffix) ? byInfoName.get(infoName(file.path, suffix)) : undefined;
      if (owner !== undefined && !takeAll(file.lines(), (line) => take(line, owner)))
        malformed.set(owner, `Cannot read "${file.path}": it is malformed`);
    }
  };
  const add = (files: readonly DumpedFile[]) => {
    each(files, ".list", (line, owner) => {
      if (!line.startsWith("/")) return false;
      // The first line of most lists is `/.`.
      paths.add(line === "/." ? "/" : placeOf(line, owner), owner);
      return true;
    });
    each(files, ".md5sums", (line, owner) => {
      const path = parseSum(line);
      if (path === undefined) return false;
      paths.setDigest(placeOf(path, owner), line.slice(0, MD5_BYTES * 2));
      return true;
    });
    for (const [owner, { conffiles }] of packages.entries())
      for (const [path, digest] of conffiles) paths.setDigest(placeOf(path, owner), digest);
  };
  add(lists);
  return { paths, malformed, add, more: () => undefined };
}

/** Up to the first line that is refused. */
function takeAll(lines: Iterable<ByteText>, take: (line: ByteText) => boolean): boolean {
  for (const line of lines) if (!take(line)) return false;
  return true;
}

function infoName(path: ByteText, suffix: string): ByteText {
  return path.slice(path.lastIndexOf("/") + 1, -suffix.length);
}

const SUM = /^[0-9a-f]{32} [ *](?:\.?\/)?/;

/** The absolute path of `MD5  usr/bin/name`. */
function parseSum(line: ByteText): ByteText | undefined {
  const prefix = SUM.exec(line)?.[0];
  return prefix === undefined || prefix.length === line.length ? undefined : `/${line.slice(prefix.length)}`;
}

function divertedTo(path: ByteText, owner: DpkgPackage | undefined, diversions: Diversions): ByteText {
  const diversion = diversions.get(path);
  return diversion === undefined || owner === undefined || owner.infoNames.some((name) => isNamed(name, diversion.by))
    ? path
    : diversion.to;
}

/** dpkg names the package that diverts without its architecture. */
function isNamed(infoName: ByteText, name: ByteText): boolean {
  return infoName === name || infoName.startsWith(`${name}:`);
}

/** Three lines each: the path, where it stands now, and the package that diverted it, or `:`. Undefined where it is not so. */
export function parseDiversions(lines: readonly ByteText[]): Diversions | undefined {
  const diversions = new Map<ByteText, { to: ByteText; by: ByteText }>();
  for (let at = 0; at < lines.length; at += 3) {
    const [path, to, by] = lines.slice(at, at + 3);
    if (!path?.startsWith("/") || !to?.startsWith("/") || by === undefined) return undefined;
    diversions.set(path, { to, by });
  }
  return diversions;
}
