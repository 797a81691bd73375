import type { Rule, RuleExample } from "../../../model/rule.ts";
import { changed, cis, idMatches, missing, unmanaged } from "./rule-parts.ts";

const SERVICE = "host/service";
const SERVICES = [SERVICE];
const STATE = ["/enabled", "/running"];

export const GUARDS =
  "^(auditd|fail2ban|nftables|ufw|firewalld|netfilter-persistent|apparmor|rsyslog|systemd-journald|crowdsec|wazuh-agent|clamav-daemon)[.]";
export const TIME = "^(chrony|chronyd|ntp|ntpsec|systemd-timesyncd|openntpd)[.]";
const INSECURE =
  "^(telnet|telnetd|inetd|xinetd|rsh|rlogin|rexec|ypserv|ypbind|tftpd-hpa|atftpd|vsftpd|rpcbind|talk|ntalk)[.@]";

function state(id: string, before: { [name: string]: boolean }, after: { [name: string]: boolean }): RuleExample {
  return changed(SERVICE, id, { before, after });
}

const guards: readonly Rule[] = [
  {
    id: "host/guard-service-stopped",
    kinds: SERVICES,
    paths: STATE,
    when: `${idMatches(GUARDS)} && change.after == false`,
    severity: "critical",
    type: "security",
    title: "{id}, which guards this host, is off ({path})",
    controls: cis("4.2.3", "4.3.9", "6.1.1.1", "6.1.3.2", "6.2.1.2"),
    examples: {
      fires: [
        state("auditd.service", { enabled: true }, { enabled: false }),
        state("nftables.service", { running: true }, { running: false }),
      ],
      silent: [
        state("auditd.service", { enabled: false }, { enabled: true }),
        state("cups.service", { enabled: true }, { enabled: false }),
      ],
    },
  },
  {
    id: "host/guard-service-missing",
    kinds: SERVICES,
    drift: ["missing"],
    when: idMatches(GUARDS),
    severity: "critical",
    type: "security",
    title: "{id}, which guards this host, is missing",
    examples: {
      fires: [missing(SERVICE, "fail2ban.service", { enabled: true })],
      silent: [missing(SERVICE, "cups.service", { enabled: true })],
    },
  },
  {
    id: "host/time-sync-stopped",
    kinds: SERVICES,
    paths: STATE,
    when: `${idMatches(TIME)} && change.after == false`,
    severity: "warning",
    type: "security",
    title: "The clock is no longer kept right: {id} is off ({path})",
    controls: cis("2.3.1.1", "2.3.2.2", "2.3.3.3"),
    examples: {
      fires: [state("chrony.service", { enabled: true }, { enabled: false })],
      silent: [state("chrony.service", { enabled: false }, { enabled: true })],
    },
  },
  {
    id: "host/insecure-service-on",
    kinds: SERVICES,
    paths: ["", ...STATE],
    when: `${idMatches(INSECURE)} && (resource.actual.enabled == true || resource.actual.running == true) && (change.path == "" || change.after == true)`,
    severity: "critical",
    type: "security",
    title: "{id}, which sends passwords in the clear or trusts the network, is on",
    controls: cis("2.1.6", "2.1.10", "2.1.12", "2.1.16", "2.1.19"),
    examples: {
      fires: [
        state("xinetd.service", { enabled: false }, { enabled: true }),
        unmanaged(SERVICE, "telnet.socket", { enabled: true, running: true }),
      ],
      silent: [
        state("xinetd.service", { enabled: true }, { enabled: false }),
        unmanaged(SERVICE, "telnet.socket", { enabled: false, running: false }),
      ],
    },
  },
];

const others: readonly Rule[] = [
  {
    id: "host/service-down-on-critical-target",
    kinds: SERVICES,
    paths: ["/running"],
    when: 'change.after == false && target.criticality == "high"',
    severity: "critical",
    type: "functional",
    title: "{id} does not run",
    examples: {
      fires: [{ ...state("nginx.service", { running: true }, { running: false }), target: { criticality: "high" } }],
      silent: [state("nginx.service", { running: true }, { running: false })],
    },
  },
  {
    id: "host/service-stopped",
    kinds: SERVICES,
    paths: ["/running"],
    when: "change.after == false",
    severity: "warning",
    type: "functional",
    title: "{id} does not run",
    examples: {
      fires: [state("nginx.service", { running: true }, { running: false })],
      silent: [state("nginx.service", { running: false }, { running: true })],
    },
  },
  {
    id: "host/service-disabled",
    kinds: SERVICES,
    paths: ["/enabled"],
    when: "change.after == false",
    severity: "warning",
    type: "functional",
    title: "{id} no longer starts by itself",
    examples: {
      fires: [state("nginx.service", { enabled: true }, { enabled: false })],
      silent: [state("nginx.service", { enabled: false }, { enabled: true })],
    },
  },
  {
    id: "host/service-enabled",
    kinds: SERVICES,
    paths: ["/enabled"],
    when: "change.after == true",
    severity: "warning",
    type: "security",
    title: "{id} starts by itself, but should not",
    examples: {
      fires: [state("cups.service", { enabled: false }, { enabled: true })],
      silent: [state("cups.service", { enabled: true }, { enabled: false })],
    },
  },
  {
    id: "host/service-started",
    kinds: SERVICES,
    paths: ["/running"],
    when: "change.after == true",
    severity: "warning",
    type: "security",
    title: "{id} runs, but should not",
    examples: {
      fires: [state("cups.service", { running: false }, { running: true })],
      silent: [state("cups.service", { running: true }, { running: false })],
    },
  },
  {
    id: "host/service-appeared",
    kinds: SERVICES,
    paths: [""],
    drift: ["unmanaged", "changed"],
    when: 'resource.id.endsWith(".service") && (resource.actual.enabled == true || resource.actual.running == true)',
    severity: "warning",
    type: "security",
    title: "{id} is on, but not declared",
    examples: {
      fires: [unmanaged(SERVICE, "miner.service", { enabled: true, running: true })],
      silent: [
        unmanaged(SERVICE, "miner.service", { enabled: false, running: false }),
        unmanaged(SERVICE, "basic.target", { enabled: true }),
      ],
    },
  },
];

/** Units of systemd. */
export const serviceRules: readonly Rule[] = [...guards, ...others];
