import type { Read, Transport } from "../../../transport.ts";
import type { DatabaseRead, PackageDatabase } from "./database.ts";
import { readDpkg } from "./dpkg.ts";
import type { Reach } from "./dpkg-lists.ts";

/**
 * Reads the database of every package manager that the host may have. One that is there and cannot be read fails all.
 * @param reach what is wanted at first; everything when left out
 */
export async function readDatabases(
  transport: Transport,
  signal: AbortSignal,
  reach?: Reach,
): Promise<Read<PackageDatabase>> {
  const reads: readonly DatabaseRead[] = await Promise.all([readDpkg(transport, signal, reach)]);
  const databases: PackageDatabase[] = [];
  for (const read of reads) {
    if (!read.ok) return read;
    if (read.value !== undefined) databases.push(read.value);
  }
  return { ok: true, value: together(databases) };
}

/** Several as one: the first that knows anything answers. */
function together(databases: readonly PackageDatabase[]): PackageDatabase {
  const [only] = databases;
  if (databases.length === 1 && only !== undefined) return only;
  const first = <T>(ask: (database: PackageDatabase) => T | undefined): T | undefined => {
    for (const database of databases) {
      const answer = ask(database);
      if (answer !== undefined) return answer;
    }
    return undefined;
  };
  return {
    fileAt: (path) => first((database) => database.fileAt(path)),
    linkBy: (path, target) => first((database) => database.linkBy(path, target)),
    directoryBy: (path) => first((database) => database.directoryBy(path)),
    unreadAt: (path) => first((database) => database.unreadAt(path)),
    // Only where none puts anything there.
    whyGone: (path, installedBy) => {
      const answers = databases.map((database) => database.whyGone(path, installedBy));
      return answers.includes(undefined) ? undefined : answers[0];
    },
    more: () => {
      const reads = databases.flatMap((database) => database.more() ?? []);
      return reads.length === 0 ? undefined : Promise.all(reads).then((all) => all.find((read) => read !== undefined));
    },
  };
}
