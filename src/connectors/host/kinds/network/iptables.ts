import { escapeGlob } from "../../../../model/glob.ts";
import type { ListingGap } from "../../../../model/observation.ts";
import type { Transport } from "../../transport.ts";
import { toByteText } from "../bytes.ts";
import { hostPath, type Output, runCommand } from "../command.ts";
import { type Unread, unread } from "../table.ts";
import { type FirewallPart, iptablesItem } from "./firewall-items.ts";
import { type ParsedIptables, parseIptables } from "./parse-iptables.ts";

const PROGRAMS = {
  ip: { name: "iptables", legacyTables: "/proc/net/ip_tables_names" },
  ip6: { name: "ip6tables", legacyTables: "/proc/net/ip6_tables_names" },
} as const;

/** What is read of iptables, as permissions name it. */
export const IPTABLES_READS: readonly string[] = Object.values(PROGRAMS).flatMap(({ name, legacyTables }) => [
  `${name}-save`,
  `${name}-legacy-save`,
  legacyTables,
]);

/** Tables that iptables makes, in nftables or beside them. */
const TABLES = ["filter", "nat", "mangle", "raw", "security"];

export interface IptablesPart extends FirewallPart {
  readonly family: keyof typeof PROGRAMS;
  /** Tables of nftables that are shown here, or cannot be told from such. */
  readonly tables: ReadonlySet<string>;
}

/** Everything that iptables shows of one family: in nftables, and in the kernel's older tables. */
export async function readIptables(
  family: keyof typeof PROGRAMS,
  transport: Transport,
  signal: AbortSignal,
): Promise<IptablesPart> {
  const { name, legacyTables } = PROGRAMS[family];
  const [saved, legacySaved, names] = await Promise.all([
    runCommand(transport, [`${name}-save`], { signal }),
    runCommand(transport, [`${name}-legacy-save`], { signal }),
    transport.readFile(hostPath(legacyTables)),
  ]);
  const current = parsedOf(`${name}-save`, saved);
  const older = parsedOf(`${name}-legacy-save`, legacySaved);
  // Nothing is read where there is no such program: then what nftables hold is shown by nft.
  const isThere = current.status !== "unchecked" || current.reason !== "unsupported";
  const shown = current.status === "unchecked" ? [] : partItems(name, current);
  const gaps = current.status === "unchecked" && isThere ? gapsOf(family, current) : [];
  const hasOlder = names.ok ? toByteText(names.value).trim() !== "" : names.reason !== "absent";
  const rest = !hasOlder || isLegacy(current) ? { items: [], gaps: [] } : olderPart(name, older, names);
  return {
    family,
    tables: tablesIn(current, isThere),
    items: [...shown, ...rest.items],
    gaps: [...gaps, ...rest.gaps],
  };
}

type Parsed = ({ readonly status: "parsed" } & ParsedIptables) | Unread;

function parsedOf(program: string, output: Output | Unread): Parsed {
  if (output.status === "unchecked") return output;
  const parsed = parseIptables(output.stdout);
  if ("chains" in parsed) return { status: "parsed", ...parsed };
  return unread("failed", `Cannot read what "${program}" prints: line ${parsed.malformedLine} is malformed`);
}

function isLegacy(parsed: Parsed): boolean {
  return parsed.status === "parsed" && parsed.inNftables === false;
}

function tablesIn(parsed: Parsed, isThere: boolean): ReadonlySet<string> {
  if (parsed.status === "unchecked") return new Set(isThere ? TABLES : []);
  return new Set(parsed.inNftables === true ? parsed.chains.map(({ table }) => table) : []);
}

function partItems(program: string, { chains }: ParsedIptables) {
  return chains.map((chain) => iptablesItem(program, chain, chains));
}

function gapsOf(family: keyof typeof PROGRAMS, { reason, detail }: Unread): readonly ListingGap[] {
  const globs = [`${PROGRAMS[family].name}:**`, ...TABLES.map((table) => `nft:${family}/${escapeGlob(table)}/*`)];
  return globs.map((glob) => ({ glob, reason, detail }));
}

type Names = Awaited<ReturnType<Transport["readFile"]>>;

/** What stands in the kernel's older tables, beside those of nftables. Without a right its program prints nothing and says nothing. */
function olderPart(name: string, older: Parsed, names: Names): FirewallPart {
  const glob = `${name}-legacy:**`;
  if (!names.ok) return { items: [], gaps: [{ glob, reason: reasonOf(names), detail: names.detail }] };
  if (older.status === "parsed") return { items: partItems(`${name}-legacy`, older), gaps: [] };
  return { items: [], gaps: [{ glob, reason: older.reason, detail: older.detail }] };
}

function reasonOf({ reason }: Extract<Names, { readonly ok: false }>): ListingGap["reason"] {
  return reason === "absent" ? "vanished" : reason;
}
