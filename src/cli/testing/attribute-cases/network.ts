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

const HOST_ENTRY: AttributeCases = {
  "/addresses": {
    id: "db.internal",
    declared: { addresses: ["10.0.0.1"] },
    before: "printf '127.0.0.1 localhost\\n10.0.0.1 db.internal\\n' > /etc/hosts",
    change: "sed -i 's/^10.0.0.1/10.0.0.2/' /etc/hosts",
  },
};

const RESOLVED = {
  nameservers: ["127.0.0.53"],
  search: ["example.com"],
  options: ["edns0"],
  managed_by: "systemd-resolved",
  upstreams: ["192.0.2.53"],
  hosts_sources: ["files", "dns"],
};
const STUB = "/run/systemd/resolve/stub-resolv.conf";
const resolverCase = (change: string): AttributeCase => ({
  id: "system",
  declared: RESOLVED,
  before: `mkdir -p /run/systemd/resolve && ln -sf ${STUB} /etc/resolv.conf
printf 'nameserver 127.0.0.53\\nsearch example.com\\noptions edns0\\n' > ${STUB}
echo 'nameserver 192.0.2.53' > /run/systemd/resolve/resolv.conf
echo 'hosts: files dns' > /etc/nsswitch.conf`,
  change,
});
const RESOLVER: AttributeCases = {
  "/nameservers": resolverCase(`echo 'nameserver 192.0.2.66' >> ${STUB}`),
  "/search": resolverCase(`echo 'search other.example' >> ${STUB}`),
  "/options": resolverCase(`echo 'options rotate' >> ${STUB}`),
  "/managed_by": resolverCase(`cp --remove-destination ${STUB} /etc/resolv.conf`),
  "/upstreams": resolverCase("echo 'nameserver 192.0.2.66' > /run/systemd/resolve/resolv.conf"),
  "/hosts_sources": resolverCase("echo 'hosts: dns files' > /etc/nsswitch.conf"),
};

export const networkCases: KindCases = {
  "host/host-entry": HOST_ENTRY,
  "host/resolver": RESOLVER,
  "host/firewall-rule": FIREWALL,
  "host/port": PORT,
};
