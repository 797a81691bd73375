import { digestWords } from "../../fingerprint.ts";
import type { Naming, Transport } from "../../transport.ts";
import { INSTALLED_SOURCES } from "../packages/installed/dpkg.ts";
import type { Owners } from "./owners.ts";

/** Another one makes all fingerprints other: for whenever observations say more of the same file. */
const VERSION = 1;

/**
 * What observations of files depend on beside the files: the names of owners, and what packages put where, by whether their databases
 * changed. Undefined where that cannot be told.
 */
export async function readNaming(transport: Transport, owners: Owners): Promise<Naming | undefined> {
  const [names, ...sources] = await Promise.all([
    owners.inFiles(),
    ...INSTALLED_SOURCES.map((path) => transport.stat(Buffer.from(path))),
  ]);
  const signs: string[] = [];
  for (const stat of sources) {
    if (!stat.ok && stat.reason !== "absent") return undefined;
    signs.push(stat.ok ? `${stat.value.inode} ${stat.value.size} ${stat.value.changedNs}` : "");
  }
  const basis = digestWords(`${VERSION}\n${signs.join("\n")}`).join(" ");
  return names === undefined ? undefined : { ...names, basis };
}
