import { type ByteText, idText, toByteText, valueText } from "../bytes.ts";
import { hostPath, unreadOf } from "../command.ts";
import { type ConfigFiles, readConfigFile, readConfigFolders } from "../config-folders.ts";
import { listParameters } from "../kernel/list-parameters.ts";
import { isReadOnlyPath, MOUNTINFO, parseMountinfo } from "../kernel/parse-mountinfo.ts";
import { isSecret, isTrigger, isVolatile, keyOfPath, pathOfKey, SYSCTL_ROOT } from "../kernel/sysctl-key.ts";
import type { Entry, Unread } from "../table.ts";
import type { Latent, LatentHost, LatentSource } from "./latent-source.ts";
import { latentEntry } from "./latent-source.ts";
import { canonicalValue, type PersistedValue, parseSysctlConf, persistedValues } from "./parse-sysctl-conf.ts";

/** In the order in which a file of one name hides that of another (sysctl.d(5)). */
const FOLDERS = ["/etc/sysctl.d", "/run/sysctl.d", "/usr/local/lib/sysctl.d", "/usr/lib/sysctl.d", "/lib/sysctl.d"];
/** Read after all of them where systemd is not in charge; systemd reads it through a link in /etc/sysctl.d or not at all. */
const CLASSIC_FILE = "/etc/sysctl.conf";
const READABLE = 0o444;
/** Interfaces that container runtimes and hypervisors make and set up themselves, after patterns were applied. */
const PASSING_INTERFACE =
  /^net\.ipv[46]\.(?:conf|neigh)\.(?:veth|docker|br-|cali|cilium|lxc|vnet|virbr|tap|tun|cni|flannel|podman|kube|nodelocal|ifb)[^.]*\./;

/** Kernel parameters against the files that set them at a start. */
export const latentSysctl: LatentSource = {
  start: "sysctl:",
  permissions: [
    {
      access: `${FOLDERS.map((folder) => `${folder}/*.conf`).join(", ")}, ${CLASSIC_FILE}, ${SYSCTL_ROOT}, ${MOUNTINFO}`,
      needs: "anyone; root for the keys that only root may read",
      without: "kernel parameters that differ from what is set up",
    },
  ],
  async read(host) {
    const [folders, classic, booted, keys, settable] = await Promise.all([
      readConfigFolders({ folders: FOLDERS, suffix: ".conf" }, host.transport, host.signal),
      readConfigFile(hostPath(CLASSIC_FILE), host.transport),
      host.booted,
      listKeys(host),
      settableKeys(host),
    ]);
    const sources: readonly ConfigFiles[] = booted === true ? [folders] : [folders, classic];
    const settings = sources.flatMap(({ files }) => files.flatMap(({ lines }) => parseSysctlConf(lines)));
    const wanted = [...persistedValues(settings, keys.names)].filter(
      ([key, persisted]) => isSteady(key) && !isPassing(key, persisted) && settable.isSetHere(key),
    );
    const entries = await Promise.all(wanted.map(([key, persisted]) => compareKey(key, persisted, host)));
    return {
      entries: new Map(entries.flatMap((entry) => (entry === undefined ? [] : [entry]))),
      hidden: [...sources.flatMap(({ hidden }) => hidden), ...unreadsOf(booted), ...keys.hidden, ...settable.hidden],
    } satisfies Latent;
  },
};

function unreadsOf(value: boolean | Unread): readonly Unread[] {
  return typeof value === "boolean" ? [] : [value];
}

function isSteady(key: string): boolean {
  return !isVolatile(key) && !isTrigger(key);
}

function isPassing(key: string, { byPattern }: PersistedValue): boolean {
  return byPattern && PASSING_INTERFACE.test(key);
}

interface Keys {
  readonly names: readonly string[];
  /** Why some may be missing. */
  readonly hidden: readonly Unread[];
}

/** The keys that have a value, for patterns to match. What cannot be looked into may hold some that a pattern means. */
async function listKeys({ transport, signal }: LatentHost): Promise<Keys> {
  const names: string[] = [];
  const hidden: Unread[] = [];
  for (const { path, stat, unlisted } of await listParameters(transport, signal)) {
    const failure = unlisted ?? stat;
    if (!failure.ok) hidden.push(unreadOf(failure));
    else if (stat.ok && stat.value.type === "file" && (stat.value.mode & READABLE) !== 0)
      names.push(keyOfPath(toByteText(path)));
  }
  return { names, hidden };
}

interface Settable {
  readonly isSetHere: (key: string) => boolean;
  /** Why it may be wrong. */
  readonly hidden: readonly Unread[];
}

/** In a container most parameters are the kernel's own: what is mounted for reading alone, no start of it sets. */
async function settableKeys({ transport, container }: LatentHost): Promise<Settable> {
  const [isContainer, mountinfo] = await Promise.all([container, transport.readFile(hostPath(MOUNTINFO))]);
  if (isContainer === false) return { isSetHere: () => true, hidden: [] };
  if (isContainer !== true) return { isSetHere: () => false, hidden: [isContainer] };
  if (!mountinfo.ok) return { isSetHere: () => false, hidden: [unreadOf(mountinfo)] };
  const { mounts, hidden } = parseMountinfo(mountinfo.value);
  const isSetHere = (key: string) => {
    const path = pathOfKey(key);
    return path !== undefined && !isReadOnlyPath(path, mounts);
  };
  return { isSetHere, hidden };
}

/** @returns undefined when there is no such parameter here, or it is as it is set up */
async function compareKey(
  key: string,
  persisted: PersistedValue,
  { transport }: LatentHost,
): Promise<readonly [string, Entry] | undefined> {
  const path = pathOfKey(key);
  if (path === undefined) return undefined;
  const content = await transport.readFile(hostPath(path));
  const id = `sysctl:${idText(key)}`;
  if (!content.ok) return content.reason === "absent" ? undefined : [id, unreadOf(content)];
  const running = canonicalValue(toByteText(content.value));
  const becomes = canonicalValue(persisted.value);
  return running === becomes ? undefined : [id, toEntry(key, running, becomes)];
}

function toEntry(key: string, running: ByteText, persisted: ByteText): Entry {
  const entry = latentEntry(valueText(running), valueText(persisted));
  if (entry.status !== "present" || !isSecret(key)) return entry;
  const facts = ["/running", "/persisted"].map((path) => ({ path, fact: "sensitive" }) as const);
  return { ...entry, facts };
}
