import type { UncheckedReason } from "../../../../../model/observation.ts";
import type { DigestAlgorithm } from "../../../transport.ts";
import type { ByteText } from "../../bytes.ts";

/**
 * What the packages of a host put where, as their database says. Packages are named as evidence names them: `NAME VERSION`. Paths
 * are absolute; those that lead through a link that the whole system has (`/bin`) mean the same as those that do not.
 */
export interface PackageDatabase {
  /** What a package put at the path, when that is a regular file whose content it knows. */
  fileAt(path: ByteText): FileClaim | undefined;
  /** The package that put a link at the path which points there; undefined when none is known to have. */
  linkBy(path: ByteText, target: ByteText): string | undefined;
  directoryBy(path: ByteText): string | undefined;
  /** Why nothing can be said of the path, though a package put something there. */
  unreadAt(path: ByteText): string | undefined;
  /**
   * Says what became of the package that had put something at the path where nothing is now; undefined where it, or another
   * one, still puts something there.
   */
  whyGone(path: ByteText, installedBy: string): string | undefined;
  /**
   * Reads what the answers given since it was last called would have needed and was not read before: then they do not count, and
   * must be asked for again. Undefined where they hold.
   */
  more(): Promise<UnreadDatabase | undefined> | undefined;
}

export interface FileClaim {
  readonly by: string;
  readonly algorithm: DigestAlgorithm;
  /** Lower-case hexadecimal. */
  readonly digest: string;
}

/** Why a database that is there could not be read. */
export interface UnreadDatabase {
  readonly ok: false;
  readonly reason: UncheckedReason;
  readonly detail: string;
}

/** The database, or undefined where the host has none of that sort. */
export type DatabaseRead = UnreadDatabase | { readonly ok: true; readonly value: PackageDatabase | undefined };

/** `NAME` of `NAME VERSION`. */
export function packageName(by: string): string {
  return by.slice(0, by.indexOf(" "));
}
