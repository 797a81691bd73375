import type { AttributeCases, KindCases } from "./attribute-case.ts";

const SYSCTL: AttributeCases = {
  "/value": {
    id: "net.ipv4.ip_forward",
    declared: { value: "0" },
    before: "sysctl -qw net.ipv4.ip_forward=0",
    change: "sysctl -qw net.ipv4.ip_forward=1",
  },
};

export const kernelCases: KindCases = {
  "host/sysctl": SYSCTL,
};
