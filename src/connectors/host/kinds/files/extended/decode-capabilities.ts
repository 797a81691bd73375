/** Names of capabilities(7) by number. */
const NAMES = [
  "chown",
  "dac_override",
  "dac_read_search",
  "fowner",
  "fsetid",
  "kill",
  "setgid",
  "setuid",
  "setpcap",
  "linux_immutable",
  "net_bind_service",
  "net_broadcast",
  "net_admin",
  "net_raw",
  "ipc_lock",
  "ipc_owner",
  "sys_module",
  "sys_rawio",
  "sys_chroot",
  "sys_ptrace",
  "sys_pacct",
  "sys_admin",
  "sys_boot",
  "sys_nice",
  "sys_resource",
  "sys_time",
  "sys_tty_config",
  "mknod",
  "lease",
  "audit_write",
  "audit_control",
  "setfcap",
  "mac_override",
  "mac_admin",
  "syslog",
  "wake_alarm",
  "block_suspend",
  "audit_read",
  "perfmon",
  "bpf",
  "checkpoint_restore",
] as const;

/** Bytes of the three revisions of `struct vfs_cap_data`. */
const LENGTHS: ReadonlyMap<number, number> = new Map([
  [1, 12],
  [2, 20],
  [3, 24],
]);

/**
 * The value of `security.capability` as text like getcap(8) writes it: `cap_net_raw=ep`, and `=ep` for all there are. Undefined
 * when it is of no revision that is known.
 */
export function decodeCapabilities(value: Buffer): string | undefined {
  if (value.length < 4) return undefined;
  const head = value.readUInt32LE(0);
  const revision = head >>> 24;
  if (LENGTHS.get(revision) !== value.length) return undefined;
  const words = revision === 1 ? 1 : 2;
  const isEffective = (head & 1) === 1;
  const groups = new Map<string, number[]>();
  for (let number = 0; number < words * 32; number += 1) {
    const flags = flagsOf(value, number, isEffective);
    if (flags !== "") groups.set(flags, [...(groups.get(flags) ?? []), number]);
  }
  const text = [...groups].map(([flags, numbers]) => `${namesOf(numbers)}=${flags}`).join(" ");
  const root = revision === 3 ? ` [rootid=${value.readUInt32LE(20)}]` : "";
  return `${text === "" ? "=" : text}${root}`;
}

function flagsOf(value: Buffer, number: number, isEffective: boolean): string {
  const at = 4 + (number >>> 5) * 8;
  const has = (offset: number) => ((value.readUInt32LE(offset) >>> (number & 31)) & 1) === 1;
  const isPermitted = has(at);
  const isInheritable = has(at + 4);
  if (!isPermitted && !isInheritable) return "";
  return `${isEffective ? "e" : ""}${isInheritable ? "i" : ""}${isPermitted ? "p" : ""}`;
}

/** No name for all that this kernel may have: those beyond the known ones count as well. */
function namesOf(numbers: readonly number[]): string {
  const isAll = NAMES.every((_, number) => numbers.includes(number));
  return isAll ? "" : numbers.map((number) => `cap_${NAMES[number] ?? number}`).join(",");
}
