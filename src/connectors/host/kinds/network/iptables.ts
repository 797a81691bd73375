import { escapeGlob } from "../../../../model/glob.ts";
import type { ListingGap } from "../../../../model/observation.ts";
import type { Transport } from "../../transport.ts";
import { toByteText } from "../bytes.ts";
import { command, hostPath, type Output, runCommand } from "../command.ts";
import { type Unread, unread } from "../table.ts";
import { type FirewallPart, iptablesItem } from "./firewall-items.ts";
import { type ParsedIptables, parseIptables } from "./parse-iptables.ts";

const PROGRAMS = {
  ip: {
    name: "iptables",
    save: command("iptables-save"),
    saveLegacy: command("iptables-legacy-save"),
    legacyTables: "/proc/net/ip_tables_names",
  },
  ip6: {
    name: "ip6tables",
    save: command("ip6tables-save"),
    saveLegacy: command("ip6tables-legacy-save"),
    legacyTables: "/proc/net/ip6_tables_names",
  },
} as const;

export const IPTABLES_COMMANDS = Object.values(PROGRAMS).flatMap(({ save, saveLegacy }) => [save, saveLegacy]);
export const IPTABLES_FILES = Object.values(PROGRAMS).map(({ legacyTables }) => legacyTables);

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
  const { name, save, saveLegacy, legacyTables } = PROGRAMS[family];
  const [saved, legacySaved, names] = await Promise.all([
    runCommand(transport, save, { signal }),
    runCommand(transport, saveLegacy, { signal }),
    transport.readFile(hostPath(legacyTables)),
  ]);
  const current = parsedOf(`${name}-save`, saved);
  const older = parsedOf(`${name}-legacy-save`, legacySaved);
  // Nothing is read where there is no such program: then what nftables hold is shown by nft.
  const isThere = current.status !== "unchecked" || current.reason !== "unsupported";
  const shown = current.status === "unchecked" ? [] : partItems(name, current);
  const hidden = current.status === "parsed" ? mute(current, names) : current;
  const gaps = hidden !== undefined && isThere ? gapsOf(family, hidden) : [];
  const hasOlder = names.ok ? toByteText(names.value).trim() !== "" : names.reason !== "absent";
  const rest = !hasOlder || isLegacy(current) ? { items: [], gaps: [] } : olderPart(name, older, names);
  return {
    family,
    tables: tablesIn(current, isThere),
    items: [...shown, ...rest.items],
    gaps: [...gaps, ...rest.gaps],
  };
}

/** Versions before 1.6.2 print nothing, and call that a success, where they may not read which tables there are. */
function mute({ inNftables }: ParsedIptables, names: Names): Unread | undefined {
  if (inNftables !== undefined || names.ok || names.reason === "absent") return undefined;
  return unread(names.reason, names.detail);
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
