import type { KindFacts } from "../../../../model/facts.ts";

/**
 * A resource is a chain, not a rule: a rule has no name of its own, its number changes with every other rule, and what it does depends on
 * the rules before it. As a sequence of a chain, each that is added or removed is told by its text, and another order as that.
 */
export const firewallRuleFacts: KindFacts = {
  kind: "host/firewall-rule",
  summary: "A chain of firewall rules in their order, or a set of addresses, ports and such that rules refer to",
  id: {
    description:
      "nft:FAMILY/TABLE/CHAIN, with @ before a set or map, and with the sort and a colon before anything else of nftables; iptables:TABLE/CHAIN or ip6tables:TABLE/CHAIN of what iptables manages, and iptables-legacy: where it stands beside nftables. Within names / and : are %2F and %3A",
    pattern: "^(?:nft:[a-z0-9]+/[^/]+/[^/]+|ip6?tables(?:-legacy)?:[^/]+/[^/]+)$",
    example: "nft:inet/filter/input",
  },
  attributes: [
    { path: "/type", type: "string", description: "Of a base chain of nftables: filter, nat or route" },
    {
      path: "/hook",
      type: "string",
      description: "Of a base chain of nftables: input, forward, prerouting, and so on",
    },
    {
      path: "/priority",
      type: "string",
      description: "Of a base chain of nftables, as nft writes it: filter, srcnat + 10",
    },
    {
      path: "/devices",
      type: "list",
      description: "Network interfaces that a base chain of nftables is bound to",
      semantics: "set",
    },
    {
      path: "/policy",
      type: "string",
      description: "What becomes of a packet that no rule of a base chain decides on: accept or drop",
    },
    {
      path: "/dormant",
      type: "boolean",
      description: "Of a base chain of nftables: whether its table is switched off, so that the chain does nothing",
    },
    {
      path: "/rules",
      type: "list",
      description:
        "Rules in their order, as nft -s or iptables-save writes them, without comments, handles and the values of counters",
      semantics: "sequence",
    },
    {
      path: "/elements",
      type: "list",
      description: "Of a set or map: its elements, without those that expire or that packets put into it",
      semantics: "set",
    },
    {
      path: "/definition",
      type: "string",
      description: "Of a set or map, and of what else has a name: how it is defined, without elements and comments",
    },
  ],
  emptyIs: "absent",
  settleMs: 2000,
  read: "nft -s list ruleset, iptables-save and ip6tables-save (also the legacy ones)",
};
