import { userInfo } from "node:os";
import { resolve } from "node:path";
import { KnownError } from "../../../errors.ts";
import { parseDuration } from "../../../model/time.ts";
import { type InventoryContext, readInventory } from "../inventory/read-inventory.ts";
import { entryPlace, type HostEntry, type HostSettings, LOCAL, type SshOptions } from "../settings.ts";
import type { SshHost } from "../ssh/ssh-host.ts";
import { type HostAddress, parseHostAddress } from "./host-address.ts";

/** One host under watch: its place, and how it is reached; this machine where `ssh` is missing. */
export interface FleetHost {
  readonly place: string;
  readonly ssh?: SshHost;
}

export interface Fleet {
  readonly hosts: readonly FleetHost[];
  /** What a person should know, each a sentence. */
  readonly warnings: readonly string[];
}

const CONNECT_TIMEOUT_MS = 10_000;
/** How long a read may take where nothing else is said. */
export const READ_TIMEOUT_MS = 30_000;

/**
 * Every host that the settings mean.
 * @throws KnownError when an inventory cannot be read, or two hosts have one place
 */
export async function readFleet(settings: HostSettings, context: InventoryContext): Promise<Fleet> {
  const entries = settings.hosts ?? (settings.inventory === undefined ? [LOCAL] : []);
  const hosts = entries.map((entry) => fromEntry(entry, settings, context.baseDir));
  const found =
    settings.inventory === undefined ? { hosts: [], warnings: [] } : await readInventory(settings.inventory, context);
  for (const { name, connection } of found.hosts) {
    if (connection.over === "local") hosts.push({ place: name });
    else hosts.push({ place: name, ssh: sshHost(connection, connection, { settings, baseDir: context.baseDir }) });
  }
  refuseTwice(hosts);
  return { hosts, warnings: found.warnings };
}

function fromEntry(entry: string | HostEntry, settings: HostSettings, baseDir: string): FleetHost {
  const own = typeof entry === "string" ? { host: entry } : entry;
  const place = entryPlace(own) ?? own.host;
  if (own.host === LOCAL) return { place };
  const address = parseHostAddress(own.host);
  if (typeof address === "string") throw new TypeError(`"${own.host}" passed for a host: ${address}`);
  return { place, ssh: sshHost(address, own, { settings, baseDir }) };
}

function sshHost(
  { host, user, port }: HostAddress,
  own: SshOptions,
  { settings, baseDir }: { readonly settings: HostSettings; readonly baseDir: string },
): SshHost {
  const options: SshOptions = { ...settings.ssh, ...own };
  const { identityFile, knownHostsFile, configFile, jump } = options;
  return {
    host,
    ...(user === undefined ? {} : { user }),
    ...(port === undefined ? {} : { port }),
    ...(jump === undefined ? {} : { jump }),
    ...(identityFile === undefined ? {} : { identityFile: pathOf(identityFile, baseDir) }),
    ...(knownHostsFile === undefined ? {} : { knownHostsFile: pathOf(knownHostsFile, baseDir) }),
    ...(configFile === undefined ? {} : { configFile: pathOf(configFile, baseDir) }),
    sudo: options.sudo ?? false,
    connectTimeoutMs: milliseconds(options.connectTimeout) ?? CONNECT_TIMEOUT_MS,
    timeoutMs: milliseconds(options.readTimeout) ?? READ_TIMEOUT_MS,
  };
}

export function milliseconds(duration: string | undefined): number | undefined {
  return duration === undefined ? undefined : parseDuration(duration);
}

/** Relative paths start at the folder of leeway.yaml. */
function pathOf(path: string, baseDir: string): string {
  return path === "~" || path.startsWith("~/") ? resolve(userInfo().homedir, path.slice(2)) : resolve(baseDir, path);
}

function refuseTwice(hosts: readonly FleetHost[]): void {
  const seen = new Set<string>();
  for (const { place } of hosts) {
    if (seen.has(place))
      throw new KnownError("CONFIG_INVALID", `Cannot tell two hosts apart: both have the place "${place}"`, {
        hint: "Give one of them another name:",
      });
    seen.add(place);
  }
}
