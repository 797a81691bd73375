import type { Json } from "../../../../model/json.ts";
import type { PathFact } from "../../../../model/observation.ts";
import type { HostKind } from "../../kind.ts";
import type { FileStat, Read, Transport } from "../../transport.ts";
import { toByteText } from "../bytes.ts";
import { hostPath, unreadOf } from "../command.ts";
import { answerFrom, type Entry, presentEntry, type Unread, unread } from "../table.ts";
import { parseHostsSources, parseResolvConf, type ResolvConf } from "./parse-resolv-conf.ts";
import { resolverFacts } from "./resolver.facts.ts";

const RESOLV_CONF = "/etc/resolv.conf";
const UPSTREAMS = "/run/systemd/resolve/resolv.conf";
const NSSWITCH = "/etc/nsswitch.conf";

/** How names are looked up. */
export const resolverKind: HostKind = {
  facts: resolverFacts,
  permissions: [
    { kinds: [resolverFacts.kind], access: RESOLV_CONF, needs: "anyone", without: "the whole resource" },
    {
      kinds: [resolverFacts.kind],
      access: UPSTREAMS,
      needs: "anyone",
      without: "the servers that systemd-resolved asks",
    },
    { kinds: [resolverFacts.kind], access: NSSWITCH, needs: "anyone", without: "where names are looked for" },
  ],
  async *read(request, transport) {
    const entries = new Map([["system", await readResolver(transport)]]);
    yield* answerFrom(resolverFacts.kind, request, { status: "read", entries, gaps: [] });
  },
};

type Content = Read<Uint8Array>;

async function readResolver(transport: Transport): Promise<Entry> {
  const [stat, content, upstreams, nsswitch] = await Promise.all([
    transport.stat(hostPath(RESOLV_CONF)),
    transport.readFile(hostPath(RESOLV_CONF)),
    transport.readFile(hostPath(UPSTREAMS)),
    transport.readFile(hostPath(NSSWITCH)),
  ]);
  const main = resolvConfOf(content, RESOLV_CONF);
  if ("status" in main) return main;
  const manager = managerOf(stat) ?? main.writer;
  const { nameservers, search, options } = main;
  const parts: readonly Part[] = [
    { actual: { nameservers, search, options, ...(manager === undefined ? {} : { managed_by: manager }) } },
    upstreamsPart(nameservers, upstreams),
    sourcesPart(nsswitch),
  ];
  const facts = [...parts.flatMap((part) => part.facts ?? []), ...leasedFacts(manager)];
  const actual = Object.fromEntries(parts.flatMap((part) => Object.entries(part.actual ?? {})));
  return presentEntry(actual, facts);
}

interface Part {
  readonly actual?: { readonly [name: string]: Json };
  readonly facts?: readonly PathFact[];
}

const NO_CONF: ResolvConf = { nameservers: [], search: [], options: [] };

/** Without the file the C library has nothing but its defaults. */
function resolvConfOf(content: Content, file: string): ResolvConf | Unread {
  if (!content.ok) return content.reason === "absent" ? NO_CONF : unreadOf(content);
  const parsed = parseResolvConf(content.value);
  if (!("malformedLine" in parsed)) return parsed;
  return unread("failed", `Cannot read "${file}": line ${parsed.malformedLine} is malformed`);
}

const LINKS: readonly (readonly [pattern: RegExp, manager: string])[] = [
  [/(?:^|\/)systemd\/resolve\/|\/lib\/systemd\/resolv\.conf$/, "systemd-resolved"],
  [/(?:^|\/)NetworkManager\//, "NetworkManager"],
  [/(?:^|\/)(?:resolvconf|openresolv)\//, "resolvconf"],
  [/(?:^|\/)netconfig\//, "netconfig"],
];

function managerOf(stat: Read<FileStat>): string | undefined {
  const target = stat.ok && stat.value.linkTarget !== undefined ? toByteText(stat.value.linkTarget) : "";
  return LINKS.find(([pattern]) => pattern.test(target))?.[1];
}

/** Who writes there what the network hands out: it may be another after every lease. */
const LEASED = new Set(["NetworkManager", "dhclient", "dhcpcd", "udhcpc"]);

function leasedFacts(manager: string | undefined): readonly PathFact[] {
  if (manager === undefined || !LEASED.has(manager)) return [];
  return ["/nameservers", "/search"].map((path) => ({ path, fact: "owned-by", owner: manager }));
}

const STUBS = new Set(["127.0.0.53", "127.0.0.54"]);

function upstreamsPart(nameservers: readonly string[], content: Content): Part {
  if (!nameservers.some((server) => STUBS.has(server))) return {};
  // The stub answers, so that the file being away says nothing of what it asks.
  const conf = content.ok ? resolvConfOf(content, UPSTREAMS) : unreadOf(content);
  return "status" in conf ? { facts: [toFact("/upstreams", conf)] } : { actual: { upstreams: conf.nameservers } };
}

function sourcesPart(content: Content): Part {
  if (!content.ok && content.reason !== "absent") return { facts: [toFact("/hosts_sources", unreadOf(content))] };
  const sources = content.ok ? parseHostsSources(content.value) : undefined;
  return sources === undefined ? {} : { actual: { hosts_sources: sources } };
}

function toFact(path: string, { reason, detail }: Unread): PathFact {
  return { path, fact: "unchecked", reason, detail };
}
