/** Who makes chains by itself while it runs: they come and go with its containers, services and bans. */
const CHAIN_OWNERS: readonly (readonly [pattern: RegExp, owner: string])[] = [
  [/^DOCKER(?!-USER$)/, "docker"],
  [/^KUBE-/, "kube-proxy"],
  [/^cali-/, "calico"],
  [/^CILIUM_/, "cilium"],
  [/^FLANNEL-/, "flannel"],
  [/^CNI-/, "cni"],
  [/^NETAVARK/, "podman"],
  [/^LIBVIRT_/, "libvirt"],
  [/^ts-/, "tailscale"],
  [/^f2b-/, "fail2ban"],
];

const TABLE_OWNERS: ReadonlyMap<string, string> = new Map([
  ["docker-bridges", "docker"],
  ["kube-proxy", "kube-proxy"],
  ["netavark", "podman"],
  ["libvirt_network", "libvirt"],
  ["f2b-table", "fail2ban"],
  ["crowdsec", "crowdsec"],
  ["crowdsec6", "crowdsec"],
  ["sshguard", "sshguard"],
  ["io.systemd.nat", "systemd"],
]);

/** The controller that makes what has this name, by the names that controllers use; undefined of what people make. */
export function firewallOwner(table: string, name: string): string | undefined {
  return TABLE_OWNERS.get(table) ?? CHAIN_OWNERS.find(([pattern]) => pattern.test(name))?.[1];
}

const DENIES = /(?:^|\s)(?:-j (?:DROP|REJECT(?: .*)?|RETURN)|drop|reject(?: .*)?|return)$/;

/** Whether no rule lets anything in that would not come in without it: whoever takes a controller's name can open nothing so. */
export function onlyDenies(rules: readonly string[]): boolean {
  return rules.every((rule) => DENIES.test(rule));
}
