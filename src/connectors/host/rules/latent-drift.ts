import type { Rule, RuleExample } from "../../../model/rule.ts";
import { idMatches, missing, unmanaged } from "./rule-parts.ts";
import { GUARDS, TIME } from "./services.ts";
import { SAFER_HIGHER, SAFER_LOWER } from "./sysctl.ts";

const LATENT = "host/latent-drift";
const THERE = { kinds: [LATENT], drift: ["unmanaged", "changed"] } as const;

function latent(id: string, running: string, persisted: string): RuleExample {
  return unmanaged(LATENT, id, { running, persisted, when: "reboot" });
}

/** CEL: whether the id, without what stands before its colon, matches. */
function rest(prefix: string, pattern: string): string {
  return idMatches(pattern.replace(/^\^/, `^${prefix}:`));
}

const IS_NUMBER = 'r"^-?[0-9]+$"';
const numbers = `resource.actual.running.matches(${IS_NUMBER}) && resource.actual.persisted.matches(${IS_NUMBER})`;
const runningIs = (sign: "<" | ">") =>
  `${numbers} && int(resource.actual.running) ${sign} int(resource.actual.persisted)`;
const weaker = (running: "<" | ">", persisted: "<" | ">") =>
  `(${rest("sysctl", SAFER_HIGHER)} && ${runningIs(running)}) || (${rest("sysctl", SAFER_LOWER)} && ${runningIs(persisted)})`;

const GUARD_OPTIONS = ["nodev", "noexec", "nosuid"];
/** CEL: a mount that is there now and after the next start. */
const MOUNTED = `${idMatches("^mount:")} && resource.actual.running != "not mounted" && resource.actual.persisted != "not mounted"`;
const lacks = (one: string, other: string, option: string) =>
  `(!resource.actual.${one}.contains("${option}") && resource.actual.${other}.contains("${option}"))`;

const security: readonly Rule[] = [
  {
    id: "host/latent-sysctl-weaker-now",
    ...THERE,
    when: weaker("<", ">"),
    severity: "critical",
    type: "security",
    title: "{id} protects less than this host is set up to: somebody changed it since the start",
    examples: {
      fires: [latent("sysctl:net.ipv4.ip_forward", "1", "0"), latent("sysctl:kernel.randomize_va_space", "0", "2")],
      silent: [latent("sysctl:net.ipv4.ip_forward", "0", "1"), latent("sysctl:vm.swappiness", "1", "60")],
    },
  },
  {
    id: "host/latent-sysctl-weaker-next",
    ...THERE,
    when: weaker(">", "<"),
    severity: "warning",
    type: "security",
    title: "{id} protects less from the next start on: what is in force now is not set up",
    examples: {
      fires: [latent("sysctl:net.ipv4.ip_forward", "0", "1"), latent("sysctl:kernel.randomize_va_space", "2", "0")],
      silent: [latent("sysctl:net.ipv4.ip_forward", "1", "0"), latent("sysctl:vm.swappiness", "60", "1")],
    },
  },
  {
    id: "host/latent-firewall",
    ...THERE,
    when: idMatches("^firewall:"),
    severity: "critical",
    type: "security",
    title: "{id}: the rules in force are not the rules that the next start loads",
    examples: {
      fires: [latent("firewall:nftables", "inet filter input: tcp dport 4444 accept", "")],
      silent: [latent("service:cups.service", "active", "disabled")],
    },
  },
  {
    id: "host/latent-guard-off",
    ...THERE,
    when: `${rest("service", GUARDS)} && resource.actual.running in ["inactive", "failed", "masked"]`,
    severity: "critical",
    type: "security",
    title: "{id}, which guards this host, is set up to run but does not",
    examples: {
      fires: [
        latent("service:auditd.service", "inactive", "enabled"),
        latent("service:ufw.service", "failed", "enabled"),
      ],
      silent: [
        latent("service:auditd.service", "active", "disabled"),
        latent("service:cups.service", "inactive", "enabled"),
      ],
    },
  },
  {
    id: "host/latent-guard-lost",
    ...THERE,
    when: `${rest("service", GUARDS)} && resource.actual.persisted in ["disabled", "masked"]`,
    severity: "critical",
    type: "security",
    title: "{id}, which guards this host, will not come back after the next start",
    examples: {
      fires: [
        latent("service:auditd.service", "active", "masked"),
        latent("service:nftables.service", "active", "disabled"),
      ],
      silent: [
        latent("service:auditd.service", "inactive", "enabled"),
        latent("service:cups.service", "active", "disabled"),
      ],
    },
  },
  {
    id: "host/latent-time-sync",
    ...THERE,
    when: `${rest("service", TIME)} && resource.actual.when == "reboot"`,
    severity: "warning",
    type: "security",
    title: "{id}, which keeps the clock right, runs otherwise than it is set up to",
    examples: {
      fires: [latent("service:chrony.service", "inactive", "enabled")],
      silent: [latent("service:cups.service", "inactive", "enabled")],
    },
  },
  {
    id: "host/latent-mount-weaker-now",
    ...THERE,
    when: `${MOUNTED} && (${GUARD_OPTIONS.map((option) => lacks("running", "persisted", option)).join(" || ")})`,
    severity: "critical",
    type: "security",
    title: "{id} is mounted with fewer guards than it is set up to be: somebody changed it since the start",
    examples: {
      fires: [latent("mount:/tmp", "tmpfs nodev,rw", "tmpfs nodev,nosuid,rw")],
      silent: [
        latent("mount:/tmp", "tmpfs nodev,nosuid,rw", "tmpfs nodev,rw"),
        latent("mount:/tmp", "not mounted", "tmpfs nosuid,rw"),
      ],
    },
  },
  {
    id: "host/latent-mount-weaker-next",
    ...THERE,
    when: `${MOUNTED} && (${GUARD_OPTIONS.map((option) => lacks("persisted", "running", option)).join(" || ")})`,
    severity: "warning",
    type: "security",
    title: "{id} is mounted with fewer guards from the next start on: those in force now are not set up",
    examples: {
      fires: [latent("mount:/tmp", "tmpfs nodev,nosuid,rw", "tmpfs nodev,rw")],
      silent: [
        latent("mount:/tmp", "tmpfs nodev,rw", "tmpfs nodev,nosuid,rw"),
        latent("mount:/tmp", "tmpfs nosuid,rw", "not mounted"),
      ],
    },
  },
  {
    id: "host/latent-module-loaded",
    ...THERE,
    when: `${idMatches("^module:")} && resource.actual.persisted == "kept out"`,
    severity: "warning",
    type: "security",
    title: "{id} is loaded although this host is set up to keep it out",
    examples: {
      fires: [latent("module:usb_storage", "loaded", "kept out")],
      silent: [latent("module:br_netfilter", "not loaded", "loaded")],
    },
  },
  {
    id: "host/latent-kernel",
    ...THERE,
    when: idMatches("^kernel:"),
    severity: "warning",
    type: "security",
    title: "A newer kernel is installed than the one that runs: its fixes wait for the next start",
    examples: {
      fires: [latent("kernel:running", "6.1.0-18-amd64", "6.1.0-21-amd64")],
      silent: [latent("sysctl:kernel.sysrq", "1", "0")],
    },
  },
];

const functional: readonly Rule[] = [
  {
    id: "host/latent-mount",
    ...THERE,
    when: idMatches("^mount:"),
    severity: "warning",
    type: "functional",
    title: "{id} is not mounted as it is set up: the next start changes it",
    examples: {
      fires: [
        latent("mount:/srv", "not mounted", "ext4 rw"),
        latent("mount:/srv", "ext4 rw", "not mounted"),
        latent("mount:/srv", "ext4 ro", "ext4 rw"),
      ],
      silent: [latent("module:br_netfilter", "not loaded", "loaded")],
    },
  },
  {
    id: "host/latent-module",
    ...THERE,
    when: idMatches("^module:"),
    severity: "warning",
    type: "functional",
    title: "{id} is not loaded, although the start of this host loads it",
    examples: {
      fires: [latent("module:br_netfilter", "not loaded", "loaded")],
      silent: [latent("mount:/srv", "not mounted", "ext4 rw")],
    },
  },
  {
    id: "host/latent-unit-changed",
    ...THERE,
    when: `${idMatches("^service:")} && resource.actual.when == "restart"`,
    severity: "warning",
    type: "functional",
    title: "{id} was changed on disk, and systemd has not read it since",
    examples: {
      fires: [
        unmanaged(LATENT, "service:nginx.service", {
          running: "as last loaded",
          persisted: "changed on disk",
          when: "restart",
        }),
      ],
      silent: [latent("service:nginx.service", "inactive", "enabled")],
    },
  },
  {
    id: "host/latent-service",
    ...THERE,
    when: idMatches("^service:"),
    severity: "warning",
    type: "functional",
    title: "{id} runs otherwise than it is set up to: the next start changes it",
    examples: {
      fires: [latent("service:nginx.service", "inactive", "enabled")],
      silent: [latent("sysctl:vm.swappiness", "1", "60")],
    },
  },
  {
    id: "host/latent-other",
    ...THERE,
    severity: "informational",
    type: "functional",
    title: "{id} is in force otherwise than it is set up: the next start changes it",
    examples: {
      fires: [latent("sysctl:vm.swappiness", "1", "60")],
      silent: [missing(LATENT, "sysctl:vm.swappiness", { running: "1", persisted: "60", when: "reboot" })],
    },
  },
  {
    id: "host/latent-gone",
    kinds: [LATENT],
    drift: ["missing"],
    severity: "informational",
    type: "functional",
    title: "{id} now runs as it is set up, although a difference is declared",
    examples: {
      fires: [missing(LATENT, "sysctl:vm.swappiness", { running: "1", persisted: "60", when: "reboot" })],
      silent: [latent("sysctl:vm.swappiness", "1", "60")],
    },
  },
];

/** What the next start changes. */
export const latentDriftRules: readonly Rule[] = [...security, ...functional];
