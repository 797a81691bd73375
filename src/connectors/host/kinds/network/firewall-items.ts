import type { JsonObject } from "../../../../model/json.ts";
import type { ListingGap, PathFact } from "../../../../model/observation.ts";
import { type Entry, presentEntry } from "../table.ts";
import { firewallOwner, onlyDenies } from "./firewall-owner.ts";
import type { IptablesChain } from "./parse-iptables.ts";
import { isOpaque, type NftChain, type NftObject } from "./parse-nft.ts";

export interface FirewallItem {
  readonly id: string;
  readonly entry: Entry;
  /** Whether it is told of where nobody asked for it. */
  readonly isListed: boolean;
}

/** What one program shows of the firewall. */
export interface FirewallPart {
  readonly items: readonly FirewallItem[];
  readonly gaps: readonly ListingGap[];
}

export function nftItem(object: NftObject): FirewallItem {
  const id = `nft:${object.family}/${object.table}/${object.name}`;
  const isOwned = firewallOwner(object.table, object.name) !== undefined;
  if (object.sort === "chain")
    return { id, entry: chainEntry(object), isListed: !isOwned || object.base !== undefined };
  const { definition } = object;
  const actual: JsonObject = object.sort === "set" ? { definition, elements: object.elements } : { definition };
  return { id, entry: { status: "present", actual }, isListed: !isOwned };
}

function chainEntry({ table, name, base, rules }: NftChain): Entry {
  const owner = firewallOwner(table, name);
  const isHidden = rules.some(isOpaque);
  const facts: PathFact[] = [];
  if (isHidden) facts.push({ path: "/rules", fact: "unchecked", reason: "unsupported", detail: HIDDEN });
  // A controller's chain that lets something in is compared like any other: the name alone makes nobody a controller.
  if (owner !== undefined && !isHidden && onlyDenies(rules)) facts.push({ path: "/rules", fact: "owned-by", owner });
  const actual = { ...base, ...(isHidden ? {} : { rules }) };
  return presentEntry(actual, facts);
}

const HIDDEN = "Cannot tell what the rules match: nft shows only the names of matches of iptables";

export function iptablesItem(program: string, chain: IptablesChain, all: readonly IptablesChain[]): FirewallItem {
  const { table, name, policy } = chain;
  const isDockers = dockerRules(chain, all);
  const rules = chain.rules.filter((rule) => !isBanning(rule, table, all) && !isDockers(rule));
  const isUntouched = policy === "accept" && rules.length === 0;
  return {
    id: `${program}:${table}/${name}`,
    entry: { status: "present", actual: { ...(policy === undefined ? {} : { policy }), rules } },
    isListed: !isUntouched && firewallOwner(table, name) === undefined,
  };
}

/** Whether a rule leads only to a controller's chain that can do no more than deny, and comes and goes with it. */
function isBanning(rule: string, table: string, all: readonly IptablesChain[]): boolean {
  const target = / -j (\S+)$/.exec(` ${rule}`)?.[1];
  if (target === undefined || firewallOwner(table, target) === undefined) return false;
  const chain = all.find((each) => each.table === table && each.name === target);
  return chain !== undefined && chain.rules.length > 0 && onlyDenies(chain.rules);
}

/** What Docker adds for each of its networks, whose bridge is named by its id, and for each published port: it comes and goes with them. */
const DOCKER_RULES: Readonly<Record<string, RegExp>> = {
  "filter/FORWARD":
    /^(?:-o (br-[0-9a-f]{12}) (?:-m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT|-j DOCKER)|-i (br-[0-9a-f]{12}) (?:! )?-o \2 -j (?:ACCEPT|DROP))$/,
  "nat/POSTROUTING": /^-s (?:\S+ ! -o br-[0-9a-f]{12}|(\S+) -d \1 -p \w+ -m \w+ --dport \d+) -j MASQUERADE$/,
};

function dockerRules({ table, name }: IptablesChain, all: readonly IptablesChain[]): (rule: string) => boolean {
  const pattern = DOCKER_RULES[`${table}/${name}`];
  const runsDocker = all.some((chain) => chain.table === table && chain.name === "DOCKER");
  return (rule) => runsDocker && pattern?.test(rule) === true;
}
