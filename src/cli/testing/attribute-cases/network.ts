import type { AttributeCases, KindCases } from "./attribute-case.ts";

function listen(host: string, title = "beacon", user = "root"): string {
  const source = `process.title="${title}"; require("node:net").createServer().listen(7001, "${host}", () => require("node:child_process").execFileSync("systemd-notify", ["--ready"]))`;
  return `systemctl stop beacon.service 2>/dev/null; systemd-run --quiet --unit=beacon --collect --property=User=${user} --property=Type=notify --property=NotifyAccess=all node -e '${source}'`;
}
const BEACON = { addresses: ["127.0.0.1"], process: "beacon", user: "root" };
const PORT: AttributeCases = {
  "/addresses": { id: "tcp:7001", declared: BEACON, before: listen("127.0.0.1"), change: listen("0.0.0.0") },
  "/process": { id: "tcp:7001", declared: BEACON, before: listen("127.0.0.1"), change: listen("127.0.0.1", "wrecker") },
  "/user": {
    id: "tcp:7001",
    declared: BEACON,
    before: listen("127.0.0.1"),
    change: listen("127.0.0.1", "beacon", "nobody"),
  },
};

export const networkCases: KindCases = {
  "host/port": PORT,
};
