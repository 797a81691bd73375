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

const setup: readonly Rule[] = [
  {
    id: "host/guard-service-masked",
    kinds: SERVICES,
    paths: ["/masked"],
    when: `(${idMatches(GUARDS)} || ${idMatches(TIME)}) && change.after == true`,
    severity: "critical",
    type: "security",
    title: "{id}, which guards this host or its clock, is masked: nothing can start it",
    examples: {
      fires: [
        state("auditd.service", { masked: false }, { masked: true }),
        state("chrony.service", { masked: false }, { masked: true }),
      ],
      silent: [
        state("auditd.service", { masked: true }, { masked: false }),
        state("cups.service", { masked: false }, { masked: true }),
      ],
    },
  },
  {
    id: "host/service-masked",
    kinds: SERVICES,
    paths: ["/masked"],
    when: "change.after == true",
    severity: "warning",
    type: "functional",
    title: "{id} is masked: nothing can start it",
    examples: {
      fires: [state("nginx.service", { masked: false }, { masked: true })],
      silent: [state("nginx.service", { masked: true }, { masked: false })],
    },
  },
  {
    id: "host/service-unmasked",
    kinds: SERVICES,
    paths: ["/masked"],
    severity: "warning",
    type: "security",
    title: "{id} was masked and can be started again",
    examples: {
      fires: [state("rpcbind.service", { masked: true }, { masked: false })],
      silent: [state("rpcbind.service", { masked: false }, { masked: true })],
    },
  },
  {
    id: "host/service-command-changed",
    kinds: SERVICES,
    paths: ["/exec_start", "/exec_start/*"],
    when: "change.after != null",
    severity: "critical",
    type: "security",
    title: "{id} runs another program: {after} instead of {before}",
    examples: {
      fires: [
        changed(SERVICE, "nginx.service", {
          before: { exec_start: ["/usr/sbin/nginx"] },
          after: { exec_start: ["/usr/sbin/nginx", "/tmp/x"] },
        }),
        changed(SERVICE, "nginx.service", {
          before: { exec_start: ["/usr/sbin/nginx"] },
          after: { exec_start: ["/tmp/nginx"] },
        }),
      ],
      silent: [state("nginx.service", { running: true }, { running: false })],
    },
  },
  {
    id: "host/service-became-root",
    kinds: SERVICES,
    paths: ["/user"],
    when: 'change.after == "root"',
    severity: "critical",
    type: "security",
    title: "{id} now runs as root instead of {before}",
    examples: {
      fires: [changed(SERVICE, "web.service", { before: { user: "web" }, after: { user: "root" } })],
      silent: [changed(SERVICE, "web.service", { before: { user: "root" }, after: { user: "web" } })],
    },
  },
  {
    id: "host/service-user-changed",
    kinds: SERVICES,
    paths: ["/user"],
    when: "change.after != null",
    severity: "warning",
    type: "security",
    title: "{id} runs as {after} instead of {before}",
    examples: {
      fires: [changed(SERVICE, "web.service", { before: { user: "root" }, after: { user: "web" } })],
      silent: [state("web.service", { running: true }, { running: false })],
    },
  },
  {
    id: "host/unit-replaced",
    kinds: SERVICES,
    paths: ["/fragment_path"],
    when: "change.after != null",
    severity: "warning",
    type: "security",
    title: "{id} comes from another file: {after} instead of {before}",
    examples: {
      fires: [
        changed(SERVICE, "web.service", {
          before: { fragment_path: "/lib/systemd/system/web.service" },
          after: { fragment_path: "/etc/systemd/system/web.service" },
        }),
      ],
      silent: [state("web.service", { running: true }, { running: false })],
    },
  },
  {
    id: "host/unit-drop-in-added",
    kinds: SERVICES,
    paths: ["/drop_ins"],
    when: "size(change.added) > 0",
    severity: "warning",
    type: "security",
    title: "{id} is changed by another file: {added}",
    examples: {
      fires: [changed(SERVICE, "web.service", { before: { drop_ins: [] }, after: { drop_ins: ["/etc/x.conf"] } })],
      silent: [changed(SERVICE, "web.service", { before: { drop_ins: ["/etc/x.conf"] }, after: { drop_ins: [] } })],
    },
  },
  {
    id: "host/service-limit-lifted",
    kinds: SERVICES,
    paths: ["/limits/*"],
    when: 'change.after == null || change.after.endsWith(":infinity")',
    severity: "warning",
    type: "functional",
    title: "{id} is no longer limited as it was: {path} is gone or without end",
    examples: {
      fires: [
        changed(SERVICE, "web.service", { before: { limits: { nproc: "50:50" } }, after: { limits: {} } }),
        changed(SERVICE, "web.service", {
          before: { limits: { nproc: "50:50" } },
          after: { limits: { nproc: "50:infinity" } },
        }),
      ],
      silent: [
        changed(SERVICE, "web.service", { before: { limits: {} }, after: { limits: { nproc: "50:50" } } }),
        changed(SERVICE, "web.service", {
          before: { limits: { nproc: "50:50" } },
          after: { limits: { nproc: "20:20" } },
        }),
      ],
    },
  },
  {
    id: "host/service-hardening-lost",
    kinds: SERVICES,
    paths: ["/no_new_privileges", "/private_tmp", "/protect_system", "/protect_home"],
    when: 'change.after == false || change.after == "no"',
    severity: "warning",
    type: "security",
    title: "{id} is confined less: {path} is {after} instead of {before}",
    examples: {
      fires: [
        state("web.service", { no_new_privileges: true }, { no_new_privileges: false }),
        changed(SERVICE, "web.service", { before: { protect_system: "strict" }, after: { protect_system: "no" } }),
      ],
      silent: [
        state("web.service", { no_new_privileges: false }, { no_new_privileges: true }),
        changed(SERVICE, "web.service", { before: { protect_system: "no" }, after: { protect_system: "strict" } }),
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
export const serviceRules: readonly Rule[] = [...guards, ...setup, ...others];
