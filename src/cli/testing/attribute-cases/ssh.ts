import type { AttributeCases, KindCases } from "./attribute-case.ts";

const sshd = (line: string) => `printf '${line}\\n' > /etc/ssh/sshd_config.d/99-test.conf`;
const LISTENING = "Port 22\\nListenAddress 127.0.0.1:22";
const SSHD: AttributeCases = {
  "/*": {
    id: "effective",
    declared: { permitrootlogin: "no", maxauthtries: "6" },
    before: sshd("PermitRootLogin no"),
    change: sshd("PermitRootLogin yes"),
    changed: "/permitrootlogin",
  },
  "/port": {
    id: "effective",
    declared: { port: ["22"] },
    before: sshd(LISTENING),
    change: sshd("Port 22\\nPort 2222\\nListenAddress 127.0.0.1:22"),
  },
  "/listenaddress": {
    id: "effective",
    declared: { listenaddress: ["127.0.0.1:22"], port: ["22"] },
    before: sshd(LISTENING),
    change: sshd("Port 22\\nListenAddress 127.0.0.2:22"),
  },
  "/acceptenv": {
    id: "effective",
    declared: { acceptenv: ["LANG", "LC_*"] },
    before: sshd("AcceptEnv LANG"),
    change: sshd("AcceptEnv LANG LD_PRELOAD"),
  },
  "/allowusers": {
    id: "effective",
    declared: { allowusers: ["ada"] },
    before: sshd("AllowUsers ada"),
    change: sshd("AllowUsers ada eve"),
  },
  "/allowgroups": {
    id: "effective",
    declared: { allowgroups: ["adm"] },
    before: sshd("AllowGroups adm"),
    change: sshd("AllowGroups adm disk"),
  },
  "/denyusers": {
    id: "effective",
    declared: { denyusers: ["eve"] },
    before: sshd("DenyUsers eve"),
    change: sshd("DenyUsers ada"),
  },
  "/denygroups": {
    id: "effective",
    declared: { denygroups: ["disk"] },
    before: sshd("DenyGroups disk"),
    change: sshd("DenyGroups adm"),
  },
};

export const sshCases: KindCases = {
  "host/sshd": SSHD,
};
