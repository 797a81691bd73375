import { orderVersions } from "../../../../compare/semantics/version.ts";
import type { PathFact } from "../../../../model/observation.ts";
import type { Read } from "../../transport.ts";
import { idText, linesOf, valueText } from "../bytes.ts";
import type { Entry, Table } from "../table.ts";

/** What `rpm -qa --qf` is asked to print of each package. */
export const RPM_FORMAT = "%{NAME}\\t%{ARCH}\\t%|EPOCH?{%{EPOCH}:}:{}|%{VERSION}-%{RELEASE}\\n";

/** Keys that signatures are checked with: rpm lists them as packages, and they are none. */
const KEYS = "gpg-pubkey";
/** Where the database's own architecture is read: each system of rpm has one of these. */
const NATIVE = ["rpm", "rpm-libs", "glibc", "filesystem"];

/**
 * Parses what `rpm` printed in `RPM_FORMAT`. Of a package that is installed in several versions, as kernels are, the newest is its
 * version and the others stand beside it, so that its id stays when a further one comes.
 */
export function parseRpm(output: Uint8Array, locked: Read<ReadonlySet<string>>): Table {
  const malformed: number[] = [];
  const installed: Installed[] = [];
  for (const [index, line] of linesOf(output).entries()) {
    const [name, architecture, version, ...more] = line.split("\t");
    if (!name || !architecture || !version || more.length > 0) malformed.push(index + 1);
    else if (name !== KEYS) installed.push({ name, architecture, version: valueText(version) });
  }
  const native = nativeArchitecture(installed);
  const groups = new Map<string, { readonly name: string; readonly versions: string[] }>();
  for (const { name, architecture, version } of installed) {
    const isNative = architecture === native || architecture === "noarch";
    const id = idText(isNative ? name : `${name}:${architecture}`);
    const group = groups.get(id) ?? { name, versions: [] };
    group.versions.push(version);
    groups.set(id, group);
  }
  return {
    status: "read",
    entries: new Map(Array.from(groups, ([id, group]) => [id, entryOf(group, locked)])),
    gaps: malformed.map((line) => ({
      glob: "**",
      reason: "failed" as const,
      detail: `Cannot read what "rpm" prints: line ${line} is malformed`,
    })),
  };
}

interface Installed {
  readonly name: string;
  readonly architecture: string;
  readonly version: string;
}

function nativeArchitecture(installed: readonly Installed[]): string | undefined {
  for (const name of NATIVE) {
    const found = installed.filter((one) => one.name === name && one.architecture !== "noarch");
    // Where two are installed, the 64-bit one is the system's.
    if (found.length > 0)
      return (found.find(({ architecture }) => architecture.includes("64")) ?? found[0])?.architecture;
  }
  return installed.find(({ architecture }) => architecture !== "noarch")?.architecture;
}

function entryOf(
  { name, versions }: { readonly name: string; readonly versions: readonly string[] },
  locked: Read<ReadonlySet<string>>,
): Entry {
  const [newest = "", ...older] = [...versions].sort((one, other) => orderVersions(other, one) ?? 0);
  const unread: PathFact[] = locked.ok
    ? []
    : [
        {
          path: "/held",
          fact: "unchecked",
          reason: locked.reason === "absent" ? "vanished" : locked.reason,
          detail: locked.detail,
        },
      ];
  return {
    status: "present",
    actual: {
      version: newest,
      ...(older.length === 0 ? {} : { also_installed: older }),
      ...(locked.ok && locked.value.has(name) ? { held: true } : {}),
    },
    ...(unread.length === 0 ? {} : { facts: unread }),
  };
}

/** Where dnf 4 and yum, and dnf 5, keep which packages stay at their version. */
export const LOCK_FILES = [
  "/etc/dnf/plugins/versionlock.list",
  "/etc/yum/pluginconf.d/versionlock.list",
  "/etc/dnf/versionlock.toml",
] as const;

/** `NAME-EPOCH:VERSION-RELEASE.ARCH` or `EPOCH:NAME-VERSION-RELEASE.ARCH`; a line with `!` before it locks out, not in. */
const LOCK = /^(?:\d+:)?([A-Za-z0-9_.][A-Za-z0-9+._-]*?)-(?:\d+:)?[^-]+-[^-]+$/;
const LOCK_TOML = /^\s*name\s*=\s*["']([^"']+)["']/;

/** Names of packages that are kept at a version. */
export function parseLocks(files: readonly Uint8Array[]): ReadonlySet<string> {
  const lines = files.flatMap(linesOf);
  return new Set(lines.flatMap((line) => (LOCK_TOML.exec(line) ?? LOCK.exec(line.trim()))?.[1] ?? []));
}
