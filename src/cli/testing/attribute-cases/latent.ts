import type { AttributeCases, KindCases } from "./attribute-case.ts";

const ttl = (running: number, persisted: number) =>
  `sysctl -qw net.ipv4.ip_default_ttl=${running}; echo net.ipv4.ip_default_ttl=${persisted} > /etc/sysctl.d/70-ttl.conf`;
const TTL = { running: "70", persisted: "80", when: "reboot" };
const LATENT_DRIFT: AttributeCases = {
  "/running": { id: "sysctl:net.ipv4.ip_default_ttl", declared: TTL, before: ttl(70, 80), change: ttl(71, 80) },
  "/persisted": { id: "sysctl:net.ipv4.ip_default_ttl", declared: TTL, before: ttl(70, 80), change: ttl(70, 81) },
};

export const latentCases: KindCases = {
  "host/latent-drift": LATENT_DRIFT,
};
