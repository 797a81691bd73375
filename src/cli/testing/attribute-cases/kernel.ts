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

export const kernelCases: KindCases = {
  "host/sysctl": SYSCTL,
  "host/mount": MOUNT,
};
