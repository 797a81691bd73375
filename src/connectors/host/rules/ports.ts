import type { Rule, RuleExample } from "../../../model/rule.ts";
import { changed, cis, missing, unmanaged } from "./rule-parts.ts";

const PORT = "host/port";
const PORTS = [PORT];

function addresses(id: string, before: readonly string[], after: readonly string[]): RuleExample {
  return changed(PORT, id, { before: { addresses: before }, after: { addresses: after } });
}

/** Ports that something listens on. */
export const portRules: readonly Rule[] = [
  {
    id: "host/public-port-appeared",
    kinds: PORTS,
    paths: [""],
    drift: ["unmanaged", "changed"],
    when: "resource.actual.addresses.exists(address, isPublic(address))",
    severity: "critical",
    type: "security",
    title: "Port {id} is open to others, but not declared",
    controls: cis("2.1.22"),
    examples: {
      fires: [
        unmanaged(PORT, "tcp:4444", { addresses: ["0.0.0.0"], process: "nc", user: "root" }),
        unmanaged(PORT, "tcp6:8080", { addresses: ["::"] }),
        unmanaged(PORT, "tcp:8080", { addresses: ["127.0.0.1", "10.0.0.5"] }),
      ],
      silent: [
        unmanaged(PORT, "tcp:6379", { addresses: ["127.0.0.1"] }),
        unmanaged(PORT, "tcp6:6379", { addresses: ["::1"] }),
      ],
    },
  },
  {
    id: "host/local-port-appeared",
    kinds: PORTS,
    paths: [""],
    drift: ["unmanaged", "changed"],
    severity: "warning",
    type: "security",
    title: "Port {id} is open on this host alone, but not declared",
    examples: {
      fires: [unmanaged(PORT, "udp:53", { addresses: ["127.0.0.53%lo"] })],
      silent: [unmanaged(PORT, "udp:53", { addresses: ["0.0.0.0"] })],
    },
  },
  {
    id: "host/port-made-public",
    kinds: PORTS,
    paths: ["/addresses"],
    when: `change.added.exists(address, isPublic(address))
      && (change.before == null || !change.before.exists(address, isPublic(address)))`,
    severity: "critical",
    type: "security",
    title: "Port {id} was open on this host alone and is now open to others: {added}",
    controls: cis("2.1.22"),
    examples: {
      fires: [addresses("tcp:5432", ["127.0.0.1"], ["0.0.0.0"])],
      silent: [addresses("tcp:5432", ["0.0.0.0"], ["127.0.0.1"]), addresses("tcp:5432", ["127.0.0.1"], ["127.0.0.2"])],
    },
  },
  {
    id: "host/port-made-private",
    kinds: PORTS,
    paths: ["/addresses"],
    when: "size(resource.actual.addresses) > 0 && !resource.actual.addresses.exists(address, isPublic(address))",
    severity: "informational",
    type: "security",
    title: "Port {id} is open on this host alone: {after} instead of {before}",
    examples: {
      fires: [addresses("tcp:5432", ["0.0.0.0"], ["127.0.0.1"])],
      silent: [addresses("tcp:5432", ["127.0.0.1"], ["0.0.0.0"])],
    },
  },
  {
    id: "host/port-widened",
    kinds: PORTS,
    paths: ["/addresses"],
    when: "change.added.exists(address, isPublic(address))",
    severity: "warning",
    type: "security",
    title: "Port {id} is open at more addresses: {added}",
    examples: {
      fires: [addresses("tcp:443", ["10.0.0.5"], ["10.0.0.5", "192.0.2.7"])],
      silent: [addresses("tcp:443", ["10.0.0.5", "192.0.2.7"], ["10.0.0.5"])],
    },
  },
  {
    id: "host/port-process-changed",
    kinds: PORTS,
    paths: ["/process"],
    severity: "critical",
    type: "security",
    title: "Another program listens on port {id}: {after} instead of {before}",
    examples: {
      fires: [changed(PORT, "tcp:22", { before: { process: "sshd" }, after: { process: "nc" } })],
      silent: [changed(PORT, "tcp:22", { before: { user: "root" }, after: { user: "ada" } })],
    },
  },
  {
    id: "host/port-user-became-root",
    kinds: PORTS,
    paths: ["/user"],
    when: 'change.after == "root"',
    severity: "critical",
    type: "security",
    title: "The program on port {id} now runs as root instead of {before}",
    examples: {
      fires: [changed(PORT, "tcp:80", { before: { user: "www-data" }, after: { user: "root" } })],
      silent: [changed(PORT, "tcp:80", { before: { user: "root" }, after: { user: "www-data" } })],
    },
  },
  {
    id: "host/port-user-changed",
    kinds: PORTS,
    paths: ["/user"],
    severity: "warning",
    type: "security",
    title: "The program on port {id} runs as {after} instead of {before}",
    examples: {
      fires: [changed(PORT, "tcp:80", { before: { user: "root" }, after: { user: "www-data" } })],
      silent: [changed(PORT, "tcp:80", { before: { process: "nginx" }, after: { process: "nc" } })],
    },
  },
  {
    id: "host/port-closed",
    kinds: PORTS,
    drift: ["missing"],
    severity: "warning",
    type: "functional",
    title: "Nothing listens on port {id}",
    examples: {
      fires: [missing(PORT, "tcp:443", { addresses: ["0.0.0.0"] })],
      silent: [unmanaged(PORT, "tcp:443", { addresses: ["0.0.0.0"] })],
    },
  },
];
