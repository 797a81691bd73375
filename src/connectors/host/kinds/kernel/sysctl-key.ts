/** Where the kernel shows its parameters. */
export const SYSCTL_ROOT = "/proc/sys";

/** The key as sysctl(8) writes it: steps parted by dots, with `/` for a dot within a step (an interface `eth0.100`). */
export function keyOfPath(path: string): string {
  return swapSeparators(path.slice(SYSCTL_ROOT.length + 1));
}

/**
 * The file of a key. Undefined for a key that names none: with empty steps or ones that lead out of the folder, or written
 * with slashes, which is another name of a key and not its id.
 */
export function pathOfKey(key: string): string | undefined {
  const steps = swapSeparators(key).split("/");
  if (steps.length < 2 || steps.some((step) => step === "" || step === "." || step === "..")) return undefined;
  return `${SYSCTL_ROOT}/${steps.join("/")}`;
}

function swapSeparators(text: string): string {
  return text.replace(/[./]/g, (separator) => (separator === "." ? "/" : "."));
}

/** Keys that count or measure, or that are made anew at every start: they change by themselves. */
const VOLATILE = new Set([
  "fs.aio-nr",
  "fs.dentry-state",
  "fs.file-nr",
  "fs.inode-nr",
  "fs.inode-state",
  "kernel.hung_task_detect_count",
  // Counts down with every report of a hung task.
  "kernel.hung_task_warnings",
  "kernel.ns_last_pid",
  // Lowered by the kernel when sampling costs too much.
  "kernel.perf_event_max_sample_rate",
  "kernel.pty.nr",
  "kernel.random.boot_id",
  "kernel.random.entropy_avail",
  "kernel.random.uuid",
  "net.core.netdev_rss_key",
  "net.netfilter.nf_conntrack_count",
]);
/** Older kernels measure what balancing costs; OpenZFS counts its memory. */
const VOLATILE_GROUPS =
  /^fs\.quota\.(?!warnings$)|^kernel\.sched_domain\..*\.max_newidle_lb_cost$|^kernel\.spl\.kmem\.slab_/;

/** Of interfaces that come and go with a container or a virtual machine, each under a name of its own. */
const PASSING = /^net\.(?:ipv4|ipv6|mpls)\.(?:conf|neigh)\.(?:veth|cali|cni|lxc|vnet|tap)[^.]+\./;

/** Whether it changes or comes and goes by itself, so that it is no sign of drift: such a key is read only where it is declared. */
export function isVolatile(key: string): boolean {
  return VOLATILE.has(key) || VOLATILE_GROUPS.test(key) || PASSING.test(key);
}

/** One end of what leads into a container or virtual machine, or a network of containers: named anew whenever one is started. */
const PASSING_INTERFACE =
  /^net\.(?:ipv[46]|mpls)\.(?:conf|neigh)\.(?:veth|cali|lxc(?!br)|vnet|macvtap|tap[0-9a-f]{8}-|br-[0-9a-f]{12}\.)/;

/** Whether the key is of a network interface that comes and goes with a container: such a one too is read only where it is declared. */
export function isPassing(key: string): boolean {
  return PASSING_INTERFACE.test(key);
}

/** Reading this one makes the kernel recount, and so is no mere reading. */
const TRIGGERS = new Set(["vm.stat_refresh"]);

export function isTrigger(key: string): boolean {
  return TRIGGERS.has(key);
}

/** Whether the value is a key of cryptography. */
export function isSecret(key: string): boolean {
  return key === "net.ipv4.tcp_fastopen_key" || key === "net.core.netdev_rss_key" || mayBeUnset(key);
}

/** Keys without a value until one is set; reading them then fails with EIO. */
export function mayBeUnset(key: string): boolean {
  return /^net\.ipv6\.conf\.[^.]+\.stable_secret$/.test(key);
}
