import type { Rule, RuleExample } from "../../../model/rule.ts";
import { changed, idMatches, missing, unmanaged } from "./rule-parts.ts";

const ENTRY = "host/host-entry";
const ENTRIES = [ENTRY];
const RESOLVER = "host/resolver";
const RESOLVERS = [RESOLVER];

/** Where software, images, keys and credentials come from: who answers for these answers for the host. */
const SUPPLIERS = [
  "debian.org ubuntu.com canonical.com snapcraft.io fedoraproject.org centos.org redhat.com rockylinux.org almalinux.org",
  "opensuse.org alpinelinux.org archlinux.org kernel.org docker.io docker.com quay.io gcr.io ghcr.io k8s.io npmjs.org",
  "npmjs.com pypi.org pythonhosted.org rubygems.org crates.io golang.org maven.org nuget.org github.com",
  "githubusercontent.com gitlab.com bitbucket.org amazonaws.com googleapis.com azure.com windows.net microsoft.com",
  "hashicorp.com letsencrypt.org",
].flatMap((line) => line.split(" "));
const SUPPLIER = idMatches(`(^|\\.)(${SUPPLIERS.join("|").replaceAll(".", "\\.")})$`);
/** A name with a dot that stands in no domain for private use. */
const PUBLIC = `${idMatches("\\.")} && !${idMatches("\\.(local|localdomain|localhost|internal|lan|home|corp|private|intranet|test|example|invalid|arpa)$")}`;
const IS_LOCALHOST = idMatches("^(localhost|ip6-localhost|ip6-loopback)$");

function addresses(id: string, before: readonly string[], after: readonly string[]): RuleExample {
  return changed(ENTRY, id, { before: { addresses: before }, after: { addresses: after } });
}

const entryRules: readonly Rule[] = [
  {
    id: "host/supplier-name-overridden",
    kinds: ENTRIES,
    paths: ["", "/addresses"],
    drift: ["unmanaged", "changed"],
    when: SUPPLIER,
    severity: "critical",
    type: "security",
    title: "{id}, which software comes from, is answered by /etc/hosts",
    examples: {
      fires: [
        unmanaged(ENTRY, "deb.debian.org", { addresses: ["203.0.113.9"] }),
        unmanaged(ENTRY, "github.com", { addresses: ["203.0.113.9"] }),
        addresses("registry.npmjs.org", ["10.0.0.5"], ["203.0.113.9"]),
      ],
      silent: [
        unmanaged(ENTRY, "db.internal", { addresses: ["10.0.0.5"] }),
        unmanaged(ENTRY, "notgithub.com", { addresses: ["203.0.113.9"] }),
      ],
    },
  },
  {
    id: "host/localhost-redirected",
    kinds: ENTRIES,
    paths: ["/addresses"],
    when: `${IS_LOCALHOST} && change.added.exists(address, isPublic(address))`,
    severity: "critical",
    type: "security",
    title: "{id} is no longer this host alone: {added}",
    examples: {
      fires: [addresses("localhost", ["127.0.0.1"], ["203.0.113.9"])],
      silent: [addresses("localhost", ["127.0.0.1"], ["127.0.0.1", "::1"])],
    },
  },
  {
    id: "host/public-name-overridden",
    kinds: ENTRIES,
    paths: [""],
    drift: ["unmanaged"],
    when: PUBLIC,
    severity: "warning",
    type: "security",
    title: "The public name {id} is answered by /etc/hosts, and nobody declares it",
    examples: {
      fires: [unmanaged(ENTRY, "www.bank.com", { addresses: ["203.0.113.9"] })],
      silent: [
        unmanaged(ENTRY, "db.internal", { addresses: ["10.0.0.5"] }),
        unmanaged(ENTRY, "web01", { addresses: ["10.0.0.5"] }),
      ],
    },
  },
  {
    id: "host/host-entry-appeared",
    kinds: ENTRIES,
    paths: [""],
    drift: ["unmanaged"],
    severity: "informational",
    type: "functional",
    title: "{id} stands in /etc/hosts, but is not declared",
    examples: {
      fires: [unmanaged(ENTRY, "web01", { addresses: ["10.0.0.5"] })],
      silent: [missing(ENTRY, "web01", { addresses: ["10.0.0.5"] })],
    },
  },
  {
    id: "host/host-entry-changed",
    kinds: ENTRIES,
    paths: ["/addresses"],
    severity: "warning",
    type: "functional",
    title: "{id} has other addresses in /etc/hosts: {added} added, {removed} removed",
    examples: {
      fires: [addresses("db.internal", ["10.0.0.5"], ["10.0.0.6"])],
      silent: [unmanaged(ENTRY, "db.internal", { addresses: ["10.0.0.5"] })],
    },
  },
  {
    id: "host/host-entry-gone",
    kinds: ENTRIES,
    drift: ["missing"],
    severity: "warning",
    type: "functional",
    title: "{id} no longer stands in /etc/hosts",
    examples: {
      fires: [missing(ENTRY, "db.internal", { addresses: ["10.0.0.5"] })],
      silent: [unmanaged(ENTRY, "db.internal", { addresses: ["10.0.0.5"] })],
    },
  },
];

const resolver = (before: RuleExample["desired"] & object, after: RuleExample["desired"] & object) =>
  changed(RESOLVER, "system", { before, after });
const servers = (before: readonly string[], after: readonly string[]) =>
  resolver({ nameservers: before }, { nameservers: after });

/** An address of this host or of a private network. */
const PRIVATE =
  'server.matches(r"^(127\\.|10\\.|192\\.168\\.|169\\.254\\.|172\\.(1[6-9]|2[0-9]|3[01])\\.|::1$|[fF][cdCD]|[fF][eE][89abAB])")';

const resolverRules: readonly Rule[] = [
  {
    id: "host/resolver-made-public",
    kinds: RESOLVERS,
    paths: ["/nameservers", "/upstreams"],
    when: `change.added.exists(server, !${PRIVATE})`,
    severity: "critical",
    type: "security",
    title: "A server outside the private networks answers this host's questions for names: {added}",
    examples: {
      fires: [
        servers(["10.0.0.53"], ["198.51.100.66"]),
        resolver({ upstreams: ["10.0.0.53"] }, { upstreams: ["198.51.100.66", "10.0.0.53"] }),
      ],
      silent: [servers(["10.0.0.53"], ["10.0.0.54"]), servers(["198.51.100.66", "10.0.0.53"], ["10.0.0.53"])],
    },
  },
  {
    id: "host/resolver-changed",
    kinds: RESOLVERS,
    paths: ["/nameservers", "/upstreams"],
    severity: "warning",
    type: "security",
    title: "Other servers answer this host's questions for names: {before} became {after}",
    examples: {
      fires: [servers(["10.0.0.53"], ["10.0.0.54"]), servers(["10.0.0.53", "10.0.0.54"], ["10.0.0.54", "10.0.0.53"])],
      silent: [resolver({ search: ["a.example"] }, { search: ["b.example"] })],
    },
  },
  {
    id: "host/name-sources-changed",
    kinds: RESOLVERS,
    paths: ["/hosts_sources", "/search"],
    severity: "warning",
    type: "security",
    title: "Names are looked up elsewhere: {path} is {after} instead of {before}",
    examples: {
      fires: [
        resolver({ hosts_sources: ["files", "dns"] }, { hosts_sources: ["dns", "files"] }),
        resolver({ search: ["corp.example"] }, { search: ["evil.example", "corp.example"] }),
      ],
      silent: [servers(["10.0.0.53"], ["10.0.0.54"])],
    },
  },
  {
    id: "host/resolver-manager-changed",
    kinds: RESOLVERS,
    paths: ["/managed_by"],
    severity: "warning",
    type: "functional",
    title: "/etc/resolv.conf is written by {after} instead of {before}",
    examples: {
      fires: [resolver({ managed_by: "systemd-resolved" }, { managed_by: null })],
      silent: [resolver({ options: ["edns0"] }, { options: ["rotate"] })],
    },
  },
  {
    id: "host/resolver-options-changed",
    kinds: RESOLVERS,
    paths: ["/options"],
    severity: "informational",
    type: "functional",
    title: "Names are looked up with other options: {added} added, {removed} removed",
    examples: {
      fires: [resolver({ options: ["edns0"] }, { options: ["edns0", "rotate"] })],
      silent: [servers(["10.0.0.53"], ["10.0.0.54"])],
    },
  },
];

/** How names become addresses: the hosts file, and the servers that are asked. */
export const nameRules: readonly Rule[] = [...entryRules, ...resolverRules];
