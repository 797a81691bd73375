import type { ListingGap } from "../../../../model/observation.ts";
import type { HostKind, KindRequest } from "../../kind.ts";
import type { Transport } from "../../transport.ts";
import { command, commandPermission, hostPath, type Output, runCommand } from "../command.ts";
import { answerFrom, type Table, type Unread, unread } from "../table.ts";
import { type FirewallPart, nftItem } from "./firewall-items.ts";
import { firewallRuleFacts } from "./firewall-rule.facts.ts";
import { IPTABLES_COMMANDS, IPTABLES_FILES, type IptablesPart, readIptables } from "./iptables.ts";
import { type NftObject, parseNft } from "./parse-nft.ts";

const NFT = command("nft", "-s", "list", "ruleset");
const NFT_FILE = "/etc/nftables.conf";
const OF_ALL = { kinds: [firewallRuleFacts.kind], needs: "CAP_NET_ADMIN", without: "all firewall rules" };
const FAMILIES = ["ip", "ip6"] as const;

/**
 * Chains, sets and other things of the firewall in the kernel, whoever put them there: ufw and firewalld too are seen by what they
 * made. Nothing is shown twice: a table of nftables that iptables manages is shown in the words of iptables alone, because nft knows only
 * the names of most of its matches; every other one in those of nft. Not listed, unless asked for, is what controllers make by
 * themselves, and a chain of the kernel's own in which nobody put anything.
 */
export const firewallRuleKind: HostKind = {
  facts: firewallRuleFacts,
  permissions: [
    ...[NFT, ...IPTABLES_COMMANDS].map((argv) => commandPermission(argv, OF_ALL)),
    { ...OF_ALL, access: IPTABLES_FILES.join(", "), needs: "root" },
    {
      kinds: [firewallRuleFacts.kind],
      access: NFT_FILE,
      needs: "anyone",
      without: "whether nft is missing where there are rules for it",
    },
  ],
  async *read(request, transport) {
    yield* answerFrom(firewallRuleFacts.kind, request, await readFirewall(request, transport));
  },
};

async function readFirewall(request: KindRequest, transport: Transport): Promise<Table | Unread> {
  const { signal } = request;
  const [nft, nftFile, ...families] = await Promise.all([
    runCommand(transport, NFT, { signal }),
    transport.stat(hostPath(NFT_FILE)),
    ...FAMILIES.map((family) => readIptables(family, transport, signal)),
  ]);
  const objects = readObjects(nft);
  if ("status" in objects) return objects;
  const isNftMissing = isMissing(nft) && (nftFile.ok || families.some(({ tables }) => tables.size > 0));
  const parts = [nftPart(objects.found, families), ...families];
  const asked = new Set(request.asked.map(({ resource }) => resource.id));
  const shown = parts.flatMap(({ items }) => items).filter(({ id, isListed }) => isListed || asked.has(id));
  return {
    status: "read",
    entries: new Map(shown.map(({ id, entry }) => [id, entry])),
    gaps: [
      ...parts.flatMap(({ gaps }) => gaps),
      ...(nft.status === "unchecked" && isNftMissing ? [{ ...nft, glob: "nft:**" }].map(toGap) : []),
    ],
  };
}

function isMissing(program: Output | Unread): boolean {
  return program.status === "unchecked" && program.reason === "unsupported";
}

function toGap({ glob, reason, detail }: ListingGap): ListingGap {
  return { glob, reason, detail };
}

function readObjects(nft: Output | Unread): Unread | { readonly found: readonly NftObject[] } {
  if (nft.status === "unchecked") return isMissing(nft) ? { found: [] } : nft;
  const parsed = parseNft(nft.stdout);
  if ("objects" in parsed) return { found: parsed.objects };
  return unread("failed", `Cannot read what "nft" prints: line ${parsed.malformedLine} is malformed`);
}

/** What iptables shows of nftables is left out, and what it may show where it could not be asked. */
function nftPart(objects: readonly NftObject[], families: readonly IptablesPart[]): FirewallPart {
  const isElsewhere = ({ sort, family, table }: NftObject) =>
    sort === "chain" && families.some((each) => each.family === family && each.tables.has(table));
  return { items: objects.filter((object) => !isElsewhere(object)).map(nftItem), gaps: [] };
}
