import type { HostKind, KindRequest } from "../../kind.ts";
import type { Transport } from "../../transport.ts";
import { commandPermission } from "../command.ts";
import { answerFrom, type Table, type Unread, unread } from "../table.ts";
import {
  APK_INSTALLED,
  APK_WORLD,
  DPKG_COMMANDS,
  DPKG_STATUS,
  type Managed,
  RPM_COMMAND,
  RPM_DATABASES,
  readApkPackages,
  readDpkgPackages,
  readRpmPackages,
} from "./managers.ts";
import { packageFacts } from "./package.facts.ts";
import { LOCK_FILES } from "./parse-rpm.ts";

const kinds = [packageFacts.kind];
const OF_DPKG = { kinds, needs: "anyone", without: "every package of dpkg" };
const OF_RPM = { kinds, needs: "anyone", without: "every package of rpm" };

/** Packages that dpkg, rpm or apk have installed: whichever of them has a database. */
export const packageKind: HostKind = {
  facts: packageFacts,
  permissions: [
    ...Object.values(DPKG_COMMANDS).map((argv) => commandPermission(argv, OF_DPKG)),
    { ...OF_DPKG, access: `lstat(2) of ${DPKG_STATUS}` },
    commandPermission(RPM_COMMAND, OF_RPM),
    { ...OF_RPM, access: `lstat(2) of ${RPM_DATABASES.join(", ")}` },
    { kinds, access: `read ${LOCK_FILES.join(", ")}`, needs: "anyone", without: "held of packages of rpm" },
    { kinds, access: `read ${APK_INSTALLED}, ${APK_WORLD}`, needs: "anyone", without: "every package of apk" },
  ],
  async *read(request, transport) {
    yield* answerFrom(packageFacts.kind, request, await readPackages(request, transport));
  },
};

async function readPackages({ signal }: KindRequest, transport: Transport): Promise<Table | Unread> {
  const [dpkg, rpm, apk] = await Promise.all([
    readDpkgPackages(transport, signal),
    readRpmPackages(transport, signal),
    readApkPackages(transport),
  ]);
  return mergeManagers({ dpkg, rpm, apk });
}

const MANAGERS = ["dpkg", "rpm", "apk"] as const;
type Manager = (typeof MANAGERS)[number];
/** The package that a manager has on systems of its own. */
const OWN: Readonly<Record<Manager, string>> = { dpkg: "dpkg", rpm: "rpm", apk: "apk-tools" };

/**
 * The packages of all managers: those of the system's own under their names, those of another with it before them. While one
 * cannot be read it cannot be told which is the system's own, and so what any of them is called.
 */
export function mergeManagers(managed: Readonly<Record<Manager, Managed>>): Table | Unread {
  const tables: [Manager, Table][] = [];
  for (const manager of MANAGERS) {
    const read = managed[manager];
    if (read?.status === "unchecked") return read;
    if (read !== undefined) tables.push([manager, read]);
  }
  if (tables.length === 0)
    return unread("unsupported", "Cannot find a package database: of dpkg, rpm and apk there is none");
  const own = ownOf(tables);
  const prefixed = tables.map(([manager, table]) => ({ prefix: manager === own ? "" : `${manager}/`, ...table }));
  return {
    status: "read",
    entries: new Map(
      prefixed.flatMap(({ prefix, entries }) => Array.from(entries, ([id, entry]) => [prefix + id, entry] as const)),
    ),
    gaps: prefixed.flatMap(({ prefix, gaps }) => gaps.map((gap) => ({ ...gap, glob: `${prefix}${gap.glob}` }))),
  };
}

/** The manager that manages itself; else the first that has any package. */
function ownOf(tables: readonly (readonly [Manager, Table])[]): Manager | undefined {
  const own =
    tables.find(([manager, { entries }]) => entries.has(OWN[manager])) ??
    tables.find(([, { entries }]) => entries.size > 0) ??
    tables[0];
  return own?.[0];
}
