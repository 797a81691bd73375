import type { JsonObject } from "../../../model/json.ts";
import type { Rule, RuleExample } from "../../../model/rule.ts";
import { changed, cis, idMatches, missing, unmanaged } from "./rule-parts.ts";

const FIREWALL = "host/firewall-rule";
const KINDS = [FIREWALL];
const INPUT = "nft:inet/filter/input";
const TABLES_INPUT = "iptables:filter/INPUT";

/** Packets that the host itself sends come to it. */
const OUTGOING = `(resource.actual.hook in ["output", "postrouting"] || ${idMatches("/(OUTPUT|POSTROUTING)$")})`;
const ACCEPTS = 'rule.matches(r"(^| )(accept|-j ACCEPT)$")';
/** What limits a rule to some senders, to this host, or to what it asked for itself. */
const LIMITED =
  'rule.matches(r"\\bsaddr\\b|\\biif(name)? \\"?lo\\b|\\bct state (established|related|invalid)|(^| )-s |(^| )-i lo( |$)|--(ct)?state (RELATED|ESTABLISHED)")';
const DENIES = 'rule.matches(r"(^| )(drop|reject( with .*)?|-j DROP|-j REJECT( .*)?)$")';
const REDIRECTS = 'rule.matches(r"(^| )((dnat|redirect|tproxy|dup|fwd)( |$)|-j (DNAT|REDIRECT|TPROXY|TEE))")';
const ALLOW_SET = idMatches("(?i)/@[^/]*(allow|white|trust|permit|accept|admin)");
const DENY_SET = idMatches("(?i)/@[^/]*(block|black|deny|drop|ban|reject|bogon)");

function rules(id: string, before: readonly string[], after: readonly string[]): RuleExample {
  return changed(FIREWALL, id, { before: { rules: before }, after: { rules: after } });
}

function elements(name: string, before: readonly string[], after: readonly string[]): RuleExample {
  return changed(FIREWALL, `nft:inet/filter/@${name}`, { before: { elements: before }, after: { elements: after } });
}

function base(id: string, before: JsonObject, after: JsonObject): RuleExample {
  return changed(FIREWALL, id, { before, after });
}

const chainRules: readonly Rule[] = [
  {
    id: "host/firewall-policy-opened",
    kinds: KINDS,
    paths: ["/policy"],
    when: `change.after == "accept" && !${OUTGOING}`,
    severity: "critical",
    type: "security",
    title: "The firewall lets in by default what no rule of {id} decides on",
    controls: cis("4.3.8", "4.4.2.1"),
    examples: {
      fires: [
        base(INPUT, { hook: "input", policy: "drop" }, { policy: "accept" }),
        base(TABLES_INPUT, { policy: "drop" }, { policy: "accept" }),
      ],
      silent: [
        base(INPUT, { hook: "input", policy: "accept" }, { policy: "drop" }),
        base("iptables:filter/OUTPUT", { policy: "drop" }, { policy: "accept" }),
      ],
    },
  },
  {
    id: "host/firewall-outgoing-policy-opened",
    kinds: KINDS,
    paths: ["/policy"],
    when: 'change.after == "accept"',
    severity: "warning",
    type: "security",
    title: "The firewall lets out by default what no rule of {id} decides on",
    examples: {
      fires: [base("nft:inet/filter/output", { hook: "output", policy: "drop" }, { policy: "accept" })],
      silent: [base("nft:inet/filter/output", { hook: "output", policy: "accept" }, { policy: "drop" })],
    },
  },
  {
    id: "host/firewall-policy-closed",
    kinds: KINDS,
    paths: ["/policy"],
    severity: "informational",
    type: "security",
    title: "The firewall drops by default what no rule of {id} decides on",
    examples: {
      fires: [base(INPUT, { hook: "input", policy: "accept" }, { policy: "drop" })],
      silent: [base(INPUT, { hook: "input", policy: "drop" }, { policy: "accept" })],
    },
  },
  {
    id: "host/firewall-switched-off",
    kinds: KINDS,
    paths: ["/dormant"],
    when: "change.after == true",
    severity: "critical",
    type: "security",
    title: "Chain {id} does nothing: its table is switched off",
    controls: cis("4.3.5"),
    examples: {
      fires: [base(INPUT, { dormant: false }, { dormant: true })],
      silent: [base(INPUT, { dormant: true }, { dormant: false })],
    },
  },
  {
    id: "host/firewall-switched-on",
    kinds: KINDS,
    paths: ["/dormant"],
    severity: "informational",
    type: "security",
    title: "Chain {id} is in force: its table is switched on",
    examples: {
      fires: [base(INPUT, { dormant: true }, { dormant: false })],
      silent: [base(INPUT, { dormant: false }, { dormant: true })],
    },
  },
  {
    id: "host/firewall-chain-moved",
    kinds: KINDS,
    paths: ["/type", "/hook", "/priority", "/devices"],
    severity: "warning",
    type: "security",
    title: "Chain {id} takes effect elsewhere: {path} is {after} instead of {before}",
    examples: {
      fires: [base(INPUT, { hook: "input", priority: "filter" }, { priority: "filter + 10" })],
      silent: [base(INPUT, { policy: "drop" }, { policy: "accept" })],
    },
  },
];

const SSH = "tcp dport 22 accept";
const WEB = "-p tcp -m tcp --dport 80 -j ACCEPT";
const FROM_OFFICE = "ip saddr 192.0.2.0/24 tcp dport 22 accept";

const ruleRules: readonly Rule[] = [
  {
    id: "host/firewall-opened-to-all",
    kinds: KINDS,
    paths: ["/rules"],
    when: `!${OUTGOING} && change.added.exists(rule, ${ACCEPTS} && !${LIMITED})`,
    severity: "critical",
    type: "security",
    title: "The firewall was opened to everyone in {id}: {added}",
    examples: {
      fires: [
        rules(INPUT, [FROM_OFFICE], [SSH, FROM_OFFICE]),
        rules(TABLES_INPUT, [], [WEB]),
        rules(TABLES_INPUT, ["-j DROP"], ["-j ACCEPT", "-j DROP"]),
      ],
      silent: [
        rules(INPUT, [], [FROM_OFFICE]),
        rules(INPUT, [], ['iifname "lo" accept', "ct state established,related accept"]),
        rules(TABLES_INPUT, [], ["-i lo -j ACCEPT", "-m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT"]),
        rules("iptables:filter/OUTPUT", [], [WEB]),
        rules(INPUT, [SSH], []),
      ],
    },
  },
  {
    id: "host/firewall-denial-removed",
    kinds: KINDS,
    paths: ["/rules"],
    when: `change.removed.exists(rule, ${DENIES})`,
    severity: "critical",
    type: "security",
    title: "The firewall no longer denies in {id}: {removed}",
    examples: {
      fires: [
        rules(INPUT, ["ip saddr @blocked drop", SSH], [SSH]),
        rules(TABLES_INPUT, [WEB, "-j REJECT --reject-with icmp-port-unreachable"], [WEB]),
      ],
      silent: [rules(INPUT, [SSH], ["ip saddr @blocked drop", SSH])],
    },
  },
  {
    id: "host/firewall-redirected",
    kinds: KINDS,
    paths: ["/rules"],
    when: `change.added.exists(rule, ${REDIRECTS})`,
    severity: "critical",
    type: "security",
    title: "The firewall sends packets elsewhere in {id}: {added}",
    examples: {
      fires: [
        rules("nft:ip/nat/prerouting", [], ["tcp dport 443 dnat to 198.51.100.7:443"]),
        rules("iptables:nat/PREROUTING", [], ["-p tcp -m tcp --dport 80 -j REDIRECT --to-ports 8080"]),
      ],
      silent: [rules("nft:ip/nat/postrouting", [], ['oifname "eth0" masquerade'])],
    },
  },
  {
    id: "host/firewall-accepts-more",
    kinds: KINDS,
    paths: ["/rules"],
    when: `change.added.exists(rule, ${ACCEPTS})`,
    severity: "warning",
    type: "security",
    title: "The firewall lets more through in {id}: {added}",
    examples: {
      fires: [rules(INPUT, [], [FROM_OFFICE]), rules("iptables:filter/OUTPUT", [], [WEB])],
      silent: [rules(INPUT, [FROM_OFFICE], [])],
    },
  },
  {
    id: "host/firewall-denies-more",
    kinds: KINDS,
    paths: ["/rules"],
    when: `size(change.removed) == 0 && size(change.added) > 0 && change.added.all(rule, ${DENIES})`,
    severity: "informational",
    type: "security",
    title: "The firewall denies more in {id}: {added}",
    examples: {
      fires: [rules(INPUT, [SSH], ["ip saddr 203.0.113.0/24 drop", SSH])],
      silent: [rules(INPUT, ["ip saddr 203.0.113.0/24 drop", SSH], [SSH]), rules(INPUT, [], ["jump other"])],
    },
  },
  {
    id: "host/firewall-accepts-less",
    kinds: KINDS,
    paths: ["/rules"],
    when: `size(change.added) == 0 && size(change.removed) > 0 && change.removed.all(rule, ${ACCEPTS})`,
    severity: "warning",
    type: "functional",
    title: "The firewall no longer lets through in {id}: {removed}",
    examples: {
      fires: [rules(INPUT, [SSH, FROM_OFFICE], [FROM_OFFICE])],
      silent: [rules(INPUT, [FROM_OFFICE], [SSH, FROM_OFFICE])],
    },
  },
  {
    id: "host/firewall-rules-reordered",
    kinds: KINDS,
    paths: ["/rules"],
    when: "size(change.added) == 0 && size(change.removed) == 0",
    severity: "warning",
    type: "security",
    title: "The rules of {id} stand in another order, and the first that matches decides",
    examples: {
      fires: [rules(INPUT, ["ip saddr @blocked drop", SSH], [SSH, "ip saddr @blocked drop"])],
      silent: [rules(INPUT, [SSH], ["jump other", SSH])],
    },
  },
  {
    id: "host/firewall-rules-changed",
    kinds: KINDS,
    paths: ["/rules"],
    severity: "warning",
    type: "security",
    title: "The rules of {id} changed: {added} added, {removed} removed",
    examples: {
      fires: [rules(INPUT, [SSH], ["jump other", SSH])],
      silent: [base(INPUT, { policy: "drop" }, { policy: "accept" })],
    },
  },
];

const setRules: readonly Rule[] = [
  {
    id: "host/firewall-set-widened",
    kinds: KINDS,
    paths: ["/elements"],
    when: `${ALLOW_SET} && size(change.added) > 0 || ${DENY_SET} && size(change.removed) > 0`,
    severity: "warning",
    type: "security",
    title: "The firewall lets more through by {id}: {added} added, {removed} removed",
    examples: {
      fires: [elements("allowed", ["192.0.2.1"], ["192.0.2.1", "0.0.0.0/0"]), elements("blocked", ["192.0.2.1"], [])],
      silent: [elements("allowed", ["192.0.2.1"], []), elements("blocked", [], ["192.0.2.1"])],
    },
  },
  {
    id: "host/firewall-set-narrowed",
    kinds: KINDS,
    paths: ["/elements"],
    when: `${ALLOW_SET} || ${DENY_SET}`,
    severity: "informational",
    type: "security",
    title: "The firewall lets less through by {id}: {added} added, {removed} removed",
    examples: {
      fires: [elements("blocked", [], ["192.0.2.1"]), elements("trusted", ["192.0.2.1"], [])],
      silent: [elements("blocked", ["192.0.2.1"], []), elements("web", [], ["80"])],
    },
  },
  {
    id: "host/firewall-set-changed",
    kinds: KINDS,
    paths: ["/elements", "/definition"],
    severity: "warning",
    type: "security",
    title: "What the firewall's rules refer to changed in {id}: {path}",
    examples: {
      fires: [elements("web", [], ["8080"])],
      silent: [rules(INPUT, [SSH], [])],
    },
  },
];

const presenceRules: readonly Rule[] = [
  {
    id: "host/firewall-flushed",
    kinds: KINDS,
    drift: ["missing"],
    when: "resource.desired.hook != null || resource.baseline.hook != null || resource.desired.policy != null || resource.baseline.policy != null",
    severity: "critical",
    type: "security",
    title: "Chain {id} is gone, and what it decided on comes through",
    controls: cis("4.3.5"),
    examples: {
      fires: [missing(FIREWALL, INPUT, { hook: "input", policy: "drop", rules: [SSH] })],
      silent: [missing(FIREWALL, "nft:inet/filter/other", { rules: [SSH] })],
    },
  },
  {
    id: "host/firewall-part-gone",
    kinds: KINDS,
    drift: ["missing"],
    severity: "warning",
    type: "security",
    title: "{id} is gone from the firewall",
    examples: {
      fires: [missing(FIREWALL, "nft:inet/filter/@blocked", { elements: ["192.0.2.1"] })],
      silent: [unmanaged(FIREWALL, "nft:inet/filter/@blocked", { elements: ["192.0.2.1"] })],
    },
  },
  {
    id: "host/firewall-redirect-appeared",
    kinds: KINDS,
    paths: [""],
    drift: ["unmanaged"],
    when: `resource.actual.rules.exists(rule, ${REDIRECTS})`,
    severity: "critical",
    type: "security",
    title: "A chain that nobody declared sends packets elsewhere: {id}",
    examples: {
      fires: [unmanaged(FIREWALL, "nft:ip/x/pre", { hook: "prerouting", rules: ["tcp dport 443 redirect to :8443"] })],
      silent: [unmanaged(FIREWALL, "nft:ip/x/post", { hook: "postrouting", rules: ["masquerade"] })],
    },
  },
  {
    id: "host/firewall-part-appeared",
    kinds: KINDS,
    paths: [""],
    drift: ["unmanaged"],
    severity: "warning",
    type: "security",
    title: "{id} is in the firewall, but not declared",
    examples: {
      fires: [unmanaged(FIREWALL, "nft:inet/x/input", { hook: "input", rules: [] })],
      silent: [missing(FIREWALL, INPUT, { hook: "input" })],
    },
  },
];

/** Firewalls of the kernel: chains with their rules, and the sets that these refer to. */
export const firewallRules: readonly Rule[] = [...chainRules, ...ruleRules, ...setRules, ...presenceRules];
