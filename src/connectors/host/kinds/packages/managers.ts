import type { Read, Transport } from "../../transport.ts";
import { toByteText } from "../bytes.ts";
import { command, complaintOf, hostPath, runCommand, unreadOf } from "../command.ts";
import { type Table, type Unread, unread } from "../table.ts";
import { apkStanzas, parseApk } from "./parse-apk.ts";
import { PACKAGE_FORMAT, parsePackages } from "./parse-packages.ts";
import { LOCK_FILES, parseLocks, parseRpm, RPM_FORMAT } from "./parse-rpm.ts";

/** What one package manager has installed; undefined where the host has no database of it. */
export type Managed = Table | Unread | undefined;

export const DPKG_STATUS = "/var/lib/dpkg/status";
export const APK_INSTALLED = "/lib/apk/db/installed";
export const APK_WORLD = "/etc/apk/world";
/** Where rpm keeps its database, by its backend and distribution. Without one, rpm would make one when it is run. */
export const RPM_DATABASES = ["/var/lib/rpm", "/usr/lib/sysimage/rpm"].flatMap((folder) =>
  ["rpmdb.sqlite", "Packages.db", "Packages"].map((file) => `${folder}/${file}`),
);
export const RPM_COMMAND = command("rpm", "-qa", "--qf", RPM_FORMAT);
export const DPKG_COMMANDS = {
  architecture: command("dpkg", "--print-architecture"),
  packages: command("dpkg-query", "-W", "-f", PACKAGE_FORMAT),
} as const;

export async function readDpkgPackages(transport: Transport, signal: AbortSignal): Promise<Managed> {
  const [database, architecture, packages] = await Promise.all([
    transport.stat(hostPath(DPKG_STATUS)),
    runCommand(transport, DPKG_COMMANDS.architecture, { signal }),
    runCommand(transport, DPKG_COMMANDS.packages, { signal }),
  ]);
  if (!database.ok && database.reason === "absent") return undefined;
  if (architecture.status === "unchecked") return architecture;
  if (packages.status === "unchecked") return packages;
  return parsePackages(packages.stdout, toByteText(architecture.stdout).trim());
}

export async function readRpmPackages(transport: Transport, signal: AbortSignal): Promise<Managed> {
  const [isThere, ...files] = await Promise.all([
    hasRpmDatabase(transport),
    ...LOCK_FILES.map((path) => transport.readFile(hostPath(path))),
  ]);
  if (!isThere.ok) return unreadOf(isThere);
  if (!isThere.value) return undefined;
  const packages = await runCommand(transport, RPM_COMMAND, { signal });
  if (packages.status === "unchecked") return packages;
  const table = parseRpm(packages.stdout, locksIn(files));
  // A damaged record it passes over, says so, and calls that a success.
  const complaint = packages.stderr.find((line) => line.startsWith("error: "));
  if (complaint === undefined) return table;
  const { reason, detail } = complaintOf("rpm", { exitCode: packages.exitCode, stderr: [complaint] });
  return { ...table, gaps: [...table.gaps, { glob: "**", reason, detail }] };
}

/** Whether there is a database that rpm can be asked about. */
async function hasRpmDatabase(transport: Transport): Promise<Read<boolean>> {
  const stats = await Promise.all(RPM_DATABASES.map((path) => transport.stat(hostPath(path))));
  if (stats.some(({ ok }) => ok)) return { ok: true, value: true };
  const unreadable = stats.find((stat) => !stat.ok && stat.reason !== "absent");
  return unreadable === undefined || unreadable.ok ? { ok: true, value: false } : unreadable;
}

function locksIn(files: readonly Read<Uint8Array>[]): Read<ReadonlySet<string>> {
  const unreadable = files.find((file) => !file.ok && file.reason !== "absent");
  if (unreadable !== undefined && !unreadable.ok) return unreadable;
  return { ok: true, value: parseLocks(files.flatMap((file) => (file.ok ? [file.value] : []))) };
}

export async function readApkPackages(transport: Transport): Promise<Managed> {
  const [installed, world] = await Promise.all([
    transport.readFile(hostPath(APK_INSTALLED)),
    transport.readFile(hostPath(APK_WORLD)),
  ]);
  if (!installed.ok) return installed.reason === "absent" ? undefined : unreadOf(installed);
  if (!world.ok && world.reason !== "absent") return unreadOf(world);
  const stanzas = apkStanzas(installed.value);
  if (stanzas === undefined) return unread("failed", `Cannot read "${APK_INSTALLED}": it is malformed`);
  return parseApk(stanzas, world.ok ? world.value : Buffer.alloc(0));
}
