import type { Transport } from "../../../transport.ts";
import { linesOf } from "../../bytes.ts";
import { type Command, hostPath } from "../../command.ts";
import { type Aliases, readAliases } from "./aliases.ts";
import { parseAlternatives } from "./alternatives.ts";
import type { DatabaseRead } from "./database.ts";
import { openDpkgDatabase } from "./dpkg-database.ts";
import { parseDiversions } from "./dpkg-files.ts";
import { DpkgLists, type Reach } from "./dpkg-lists.ts";
import { parseDpkgStatus } from "./dpkg-status.ts";
import { FilesInReach } from "./files-in-reach.ts";
import { type DumpedFile, dumpCommand, readDump } from "./folder-dump.ts";

const STATUS = "/var/lib/dpkg/status";
const DIVERSIONS = "/var/lib/dpkg/diversions";
const ALTERNATIVES = "/var/lib/dpkg/alternatives";
const ENABLED = "/var/lib/systemd/deb-systemd-helper-enabled";

/** Whenever dpkg, or who follows it, puts anything elsewhere, one of these changes: a file or a folder. */
export const INSTALLED_SOURCES: readonly string[] = [STATUS, DIVERSIONS, ALTERNATIVES, ENABLED];

const ALTERNATIVES_COMMAND = dumpCommand([ALTERNATIVES], ["*"]);
const ENABLED_COMMAND = dumpCommand([ENABLED], ["*.dsh-also"]);
/** The commands that read the databases of dpkg, besides those of `dpkg-lists.ts`. */
export const DPKG_DUMPS = [ALTERNATIVES_COMMAND, ENABLED_COMMAND];

/** What each dpkg on the host put where. Everything is asked for at once. */
export async function readDpkg(
  transport: Transport,
  signal: AbortSignal,
  reach: Reach | undefined,
): Promise<DatabaseRead> {
  const dpkgLists = new DpkgLists(transport, signal, reach);
  const dump = (argv: Command) => readDump(transport, argv, { signal, mayBeAbsent: true });
  const [status, diversions, lists, alternatives, enabled, aliases] = await Promise.all([
    transport.readFile(hostPath(STATUS), { maxBytes: 1024 ** 3 }),
    transport.readFile(hostPath(DIVERSIONS)),
    dpkgLists.readFirst(),
    dump(ALTERNATIVES_COMMAND),
    dump(ENABLED_COMMAND),
    readAliases(transport),
  ]);
  if (!status.ok)
    return status.reason === "absent" ? { ok: true, value: undefined } : { ...status, reason: status.reason };
  if (!diversions.ok && diversions.reason !== "absent") return { ...diversions, reason: diversions.reason };
  for (const read of [lists, alternatives, enabled])
    if ("status" in read) return { ok: false, reason: read.reason, detail: read.detail };
  const parsed = {
    packages: parseDpkgStatus(status.value),
    diversions: diversions.ok ? parseDiversions(linesOf(diversions.value)) : new Map(),
  };
  if (parsed.packages === undefined) return malformed(STATUS);
  if (parsed.diversions === undefined) return malformed(DIVERSIONS);
  const sources = { packages: parsed.packages, diversions: parsed.diversions, lists: filesOf(lists), ...aliases };
  return {
    ok: true,
    value: openDpkgDatabase({
      packages: parsed.packages,
      files: new FilesInReach(dpkgLists, sources),
      alternatives: filesOf(alternatives).flatMap(parseAlternatives),
      enabledLinks: new Set(filesOf(enabled).flatMap((file) => [...file.lines()])),
      aliases: aliases satisfies Aliases,
    }),
  };
}

/** What could not be read was answered before. */
function filesOf(read: Awaited<ReturnType<typeof readDump>>): readonly DumpedFile[] {
  return "status" in read ? [] : read;
}

function malformed(path: string): DatabaseRead {
  return { ok: false, reason: "failed", detail: `Cannot read "${path}": it is malformed` };
}
