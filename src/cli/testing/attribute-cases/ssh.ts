import { createHash } from "node:crypto";
import type { AttributeCase, AttributeCases, KindCases } from "./attribute-case.ts";

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
  "/match": {
    id: "effective",
    declared: { match: ["User git: allowtcpforwarding no"] },
    before: sshd("Match User git\\n  AllowTcpForwarding no"),
    change: sshd("Match User git\\n  AllowTcpForwarding yes"),
  },
  "/started_with": {
    id: "effective",
    declared: { started_with: "-4" },
    before: `${sshd("")}; echo 'SSHD_OPTS=-4' > /etc/default/ssh`,
    change: "echo 'SSHD_OPTS=\"-4 -o PermitRootLogin=yes\"' > /etc/default/ssh",
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

const part = (bytes: Uint8Array) => Buffer.concat([Buffer.of(0, 0, 0, bytes.length), bytes]);
const BLOB = Buffer.concat([part(Buffer.from("ssh-ed25519")), part(Buffer.alloc(32, 7))]);
const KEY = `ssh-ed25519 ${BLOB.toString("base64")}`;
const FINGERPRINT = createHash("sha256").update(BLOB).digest("base64").replace("=", "");
const authorize = (line: string, file = "authorized_keys") =>
  `mkdir -p /root/.ssh; rm -f /root/.ssh/authorized*; printf '%s\\n' '${line}' > /root/.ssh/${file}`;

function keyCase(declared: AttributeCase["declared"], before: string, change: string): AttributeCase {
  return { id: `root#SHA256:${FINGERPRINT}`, declared, before: authorize(before), change };
}

const AUTHORIZED_KEY: AttributeCases = {
  "/options": keyCase(
    { options: ["no-pty", 'from="10.0.0.1"'] },
    `from="10.0.0.1",no-pty ${KEY}`,
    authorize(`no-pty ${KEY}`),
  ),
  "/environment": {
    ...keyCase({ environment: { TOKEN: "a" } }, `environment="TOKEN=a" ${KEY}`, authorize(KEY)),
    changed: "/environment/TOKEN",
  },
  "/environment/*": {
    ...keyCase(
      { environment: { TOKEN: "a" } },
      `environment="TOKEN=a" ${KEY}`,
      authorize(`environment="TOKEN=b" ${KEY}`),
    ),
    changed: "/environment/TOKEN",
  },
  "/comment": keyCase({ comment: "ada" }, `${KEY} ada`, authorize(`${KEY} eve`)),
  "/file": keyCase({ file: "/root/.ssh/authorized_keys" }, KEY, authorize(KEY, "authorized_keys2")),
};

export const sshCases: KindCases = {
  "host/authorized-key": AUTHORIZED_KEY,
  "host/sshd": SSHD,
};
