import type { KindFacts } from "../../../../model/facts.ts";

export const latentDriftFacts: KindFacts = {
  kind: "host/latent-drift",
  summary:
    "What runs otherwise than it is set up to, so that the next start changes it: it is there only while both differ. `absent: true` declares that there is none",
  id: {
    description:
      "where, a colon, and which: sysctl:KEY, service:UNIT, firewall:nftables, firewall:iptables, firewall:ip6tables, kernel:running, mount:PATH, module:NAME",
    pattern: "^(?:sysctl|service|firewall|kernel|mount|module):.+$",
    example: "sysctl:net.ipv4.ip_forward",
  },
  attributes: [
    { path: "/running", type: "string", description: "How it is now; of a firewall the rules that are only loaded" },
    {
      path: "/persisted",
      type: "string",
      description: "How it is set up; of a firewall the rules that stand only in the file",
    },
    { path: "/when", type: "string", description: "What brings the change: reboot, or restart of the service alone" },
  ],
  emptyIs: "value",
  settleMs: 5000,
  read: "sysctl.d, systemctl show, nft and iptables-save against their files, the kernels in /boot, fstab and units of mounts, modprobe.d and modules-load.d",
};
