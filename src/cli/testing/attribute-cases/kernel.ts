import type { AttributeCases, KindCases } from "./attribute-case.ts";

const SYSCTL: AttributeCases = {
  "/value": {
    id: "net.ipv4.ip_forward",
    declared: { value: "0" },
    before: "sysctl -qw net.ipv4.ip_forward=0",
    change: "sysctl -qw net.ipv4.ip_forward=1",
  },
};

const mounted = (options: string, source = "data", type = "tmpfs") =>
  `mkdir -p /srv/mounted; umount /srv/mounted 2>/dev/null; mount -t ${type} -o ${options} ${source} /srv/mounted`;
const inFstab = "printf 'data /srv/mounted tmpfs nosuid 0 0\\n' > /etc/fstab";
const DATA = { source: "data", fstype: "tmpfs", options: ["nosuid", "relatime", "rw"], persistent: true };
const before = `${inFstab} && ${mounted("nosuid")}`;
const MOUNT: AttributeCases = {
  "/source": { id: "/srv/mounted", declared: DATA, before, change: mounted("nosuid", "other") },
  "/fstype": {
    id: "/srv/mounted",
    declared: { source: "data", fstype: "tmpfs", persistent: true },
    before,
    change: mounted("nosuid", "data", "ramfs"),
  },
  "/options": { id: "/srv/mounted", declared: DATA, before, change: mounted("suid") },
  "/persistent": { id: "/srv/mounted", declared: DATA, before, change: ": > /etc/fstab" },
};

const modprobe = (text: string) => `mkdir -p /etc/modprobe.d; printf '${text}\\n' > /etc/modprobe.d/case.conf`;
const LINES = "blacklist sctp\\ninstall sctp /bin/false\\noptions sctp a=1";
const load = (name: string) => `mkdir -p /etc/modules-load.d; echo ${name} > /etc/modules-load.d/case.conf`;
const KERNEL_MODULE: AttributeCases = {
  "/blacklisted": {
    id: "sctp",
    declared: { blacklisted: true, install: "/bin/false" },
    before: modprobe(LINES),
    change: modprobe("install sctp /bin/false\\noptions sctp a=1"),
  },
  "/install": {
    id: "sctp",
    declared: { install: "/bin/false" },
    before: modprobe(LINES),
    change: modprobe("blacklist sctp\\noptions sctp a=1\\ninstall sctp /bin/echo"),
  },
  "/options": {
    id: "sctp",
    declared: { options: ["a=1"] },
    before: modprobe(LINES),
    change: modprobe(`${LINES} b=2`),
  },
  "/load_at_start": {
    id: "sctp",
    declared: { load_at_start: false },
    before: `${modprobe(LINES)}; ${load("loop")}`,
    change: load("sctp"),
  },
};

export const kernelCases: KindCases = {
  "host/kernel-module": KERNEL_MODULE,
  "host/sysctl": SYSCTL,
  "host/mount": MOUNT,
};
