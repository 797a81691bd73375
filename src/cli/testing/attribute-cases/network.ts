import type { AttributeCase, AttributeCases, KindCases } from "./attribute-case.ts";

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

const RULES = ["tcp dport 22 accept", "ip saddr @blocked drop"];
const CHAIN = {
  type: "filter",
  hook: "output",
  priority: "filter",
  policy: "drop",
  dormant: false,
  rules: RULES,
};
const SET = { definition: "set; type ipv4_addr; flags interval", elements: ["10.0.0.0/8"] };
const firewall = (base: string, { table = "", rules = RULES, set = "type ipv4_addr; flags interval;" } = {}) =>
  `nft flush ruleset; nft -f - <<'EOF'
table inet filter {
  ${table}
  set blocked { ${set} elements = { 10.0.0.0/8 }; }
  chain output {
    type ${base};
    ${rules.join("\n    ")}
  }
}
EOF`;
const OUTPUT = "filter hook output priority filter; policy drop";
const chainCase = (change: string): AttributeCase => ({
  id: "nft:inet/filter/output",
  declared: CHAIN,
  before: firewall(OUTPUT),
  change,
});
const device = (name: string) =>
  `ip link add watch0 type dummy 2>/dev/null; nft flush ruleset; nft add table netdev n; nft add chain netdev n in '{ type filter hook ingress device ${name} priority 0; }'`;
const setCase = (change: string): AttributeCase => ({
  id: "nft:inet/filter/@blocked",
  declared: SET,
  before: firewall(OUTPUT),
  change,
});
const FIREWALL: AttributeCases = {
  "/type": chainCase(firewall("route hook output priority filter; policy drop")),
  "/hook": chainCase(firewall("filter hook input priority filter; policy drop")),
  "/priority": chainCase(firewall("filter hook output priority filter + 10; policy drop")),
  "/devices": {
    id: "nft:netdev/n/in",
    declared: { type: "filter", hook: "ingress", devices: ["lo"], policy: "accept" },
    before: device("lo"),
    change: device("watch0"),
  },
  "/policy": chainCase("nft chain inet filter output '{ policy accept; }'"),
  "/dormant": chainCase(firewall(OUTPUT, { table: "flags dormant" })),
  "/rules": chainCase(firewall(OUTPUT, { rules: [...RULES].reverse() })),
  "/elements": setCase("nft add element inet filter blocked '{ 192.0.2.0/24 }'"),
  "/definition": setCase(firewall(OUTPUT, { set: "type ipv4_addr; flags interval; auto-merge;" })),
};

export const networkCases: KindCases = {
  "host/firewall-rule": FIREWALL,
  "host/port": PORT,
};
