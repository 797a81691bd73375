import type { Severity } from "../../../model/finding.ts";
import type { Rule, RuleExample } from "../../../model/rule.ts";
import { changed, cis, idMatches } from "./rule-parts.ts";

const SYSCTL = "host/sysctl";
const VALUE = ["/value"];

const IS_NUMBER = 'r"^-?[0-9]+$"';
const numbers = `change.before != null && change.after != null && change.before.matches(${IS_NUMBER}) && change.after.matches(${IS_NUMBER})`;
const LOWER = `${numbers} && int(change.after) < int(change.before)`;
const HIGHER = `${numbers} && int(change.after) > int(change.before)`;

/** Parameters that protect the more, the higher they are. */
export const SAFER_HIGHER =
  "^(kernel[.](randomize_va_space|kptr_restrict|dmesg_restrict|perf_event_paranoid|unprivileged_bpf_disabled|kexec_load_disabled|modules_disabled|yama[.]ptrace_scope)|fs[.]protected_[a-z]+|net[.]core[.]bpf_jit_harden|net[.]ipv4[.](tcp_syncookies|icmp_echo_ignore_broadcasts|icmp_ignore_bogus_error_responses)|net[.]ipv4[.]conf[.].+[.](rp_filter|log_martians))$";
/** Parameters that protect the more, the lower they are. */
export const SAFER_LOWER =
  "^(net[.]ipv4[.]ip_forward|net[.]ipv[46][.]conf[.].+[.](forwarding|accept_redirects|secure_redirects|send_redirects|accept_source_route|accept_ra)|fs[.]suid_dumpable|kernel[.]sysrq|kernel[.]unprivileged_userns_clone|vm[.]unprivileged_userfaultfd)$";

function value(id: string, before: string, after: string): RuleExample {
  return changed(SYSCTL, id, { before: { value: before }, after: { value: after } });
}

/** A rule on a parameter that was made weaker; the same parameter made stronger is its silent example. */
function weakened(rule: {
  readonly id: string;
  readonly pattern: string;
  readonly when: typeof LOWER | typeof HIGHER;
  readonly severity: Severity;
  readonly title: string;
  readonly controls?: readonly string[];
  readonly example: readonly [id: string, strong: string, weak: string];
}): Rule {
  const [id, strong, weak] = rule.example;
  return {
    id: rule.id,
    kinds: [SYSCTL],
    paths: VALUE,
    when: `${idMatches(rule.pattern)} && ${rule.when}`,
    severity: rule.severity,
    type: "security",
    title: rule.title,
    ...(rule.controls === undefined ? {} : { controls: cis(...rule.controls) }),
    examples: {
      fires: [value(id, strong, weak)],
      silent: [value(id, weak, strong), value("vm.swappiness", strong, weak)],
    },
  };
}

const kernel: readonly Rule[] = [
  weakened({
    id: "host/aslr-weakened",
    pattern: "^kernel[.]randomize_va_space$",
    when: LOWER,
    severity: "critical",
    title: "Address space layout randomisation is weakened: {after} instead of {before}",
    controls: ["1.5.1"],
    example: ["kernel.randomize_va_space", "2", "0"],
  }),
  weakened({
    id: "host/ptrace-opened",
    pattern: "^kernel[.]yama[.]ptrace_scope$",
    when: LOWER,
    severity: "critical",
    title: "Processes may trace each other: {id} is {after} instead of {before}",
    controls: ["1.5.2"],
    example: ["kernel.yama.ptrace_scope", "1", "0"],
  }),
  weakened({
    id: "host/setuid-dumps-allowed",
    pattern: "^fs[.]suid_dumpable$",
    when: HIGHER,
    severity: "warning",
    title: "Privileged programs may dump their memory: {id} is {after} instead of {before}",
    controls: ["1.5.3"],
    example: ["fs.suid_dumpable", "0", "1"],
  }),
  weakened({
    id: "host/kernel-addresses-exposed",
    pattern: "^kernel[.](kptr_restrict|dmesg_restrict|perf_event_paranoid)$",
    when: LOWER,
    severity: "warning",
    title: "The kernel shows more of itself: {id} is {after} instead of {before}",
    example: ["kernel.kptr_restrict", "2", "0"],
  }),
  weakened({
    id: "host/kernel-code-loading-opened",
    pattern:
      "^(kernel[.](unprivileged_bpf_disabled|kexec_load_disabled|modules_disabled)|net[.]core[.]bpf_jit_harden)$",
    when: LOWER,
    severity: "warning",
    title: "The kernel takes code more easily: {id} is {after} instead of {before}",
    example: ["kernel.unprivileged_bpf_disabled", "2", "0"],
  }),
  weakened({
    id: "host/unprivileged-kernel-feature-opened",
    pattern: "^(kernel[.](sysrq|unprivileged_userns_clone)|vm[.]unprivileged_userfaultfd)$",
    when: HIGHER,
    severity: "warning",
    title: "Users may do more in the kernel: {id} is {after} instead of {before}",
    example: ["kernel.unprivileged_userns_clone", "0", "1"],
  }),
  weakened({
    id: "host/link-protection-weakened",
    pattern: "^fs[.]protected_(hardlinks|symlinks|fifos|regular)$",
    when: LOWER,
    severity: "warning",
    title: "Protection against planted links is weakened: {id} is {after} instead of {before}",
    example: ["fs.protected_symlinks", "1", "0"],
  }),
  {
    id: "host/kernel-helper-changed",
    kinds: [SYSCTL],
    paths: VALUE,
    when: idMatches("^kernel[.](core_pattern|modprobe|poweroff_cmd|hotplug|usermodehelper[.].*)$"),
    severity: "critical",
    type: "security",
    title: "What the kernel runs as root has changed: {id} is {after}",
    examples: {
      fires: [value("kernel.core_pattern", "core", "|/tmp/x"), value("kernel.modprobe", "/sbin/modprobe", "/tmp/x")],
      silent: [value("kernel.hostname", "a", "b")],
    },
  },
];

const network: readonly Rule[] = [
  weakened({
    id: "host/forwarding-on",
    pattern: "^net[.](ipv4[.]ip_forward|ipv[46][.]conf[.].+[.]forwarding)$",
    when: HIGHER,
    severity: "critical",
    title: "This host now forwards packets: {id} is {after} instead of {before}",
    controls: ["3.3.1"],
    example: ["net.ipv4.ip_forward", "0", "1"],
  }),
  weakened({
    id: "host/redirects-accepted",
    pattern: "^net[.]ipv[46][.]conf[.].+[.](accept|secure)_redirects$",
    when: HIGHER,
    severity: "warning",
    title: "Others may now redirect this host's traffic: {id} is {after} instead of {before}",
    controls: ["3.3.5", "3.3.6"],
    example: ["net.ipv4.conf.all.accept_redirects", "0", "1"],
  }),
  weakened({
    id: "host/redirects-sent",
    pattern: "^net[.]ipv4[.]conf[.].+[.]send_redirects$",
    when: HIGHER,
    severity: "warning",
    title: "This host now redirects the traffic of others: {id} is {after} instead of {before}",
    controls: ["3.3.2"],
    example: ["net.ipv4.conf.all.send_redirects", "0", "1"],
  }),
  weakened({
    id: "host/source-routing-accepted",
    pattern: "^net[.]ipv[46][.]conf[.].+[.]accept_source_route$",
    when: HIGHER,
    severity: "warning",
    title: "Senders may now choose the route of packets: {id} is {after} instead of {before}",
    controls: ["3.3.8"],
    example: ["net.ipv4.conf.all.accept_source_route", "0", "1"],
  }),
  {
    id: "host/reverse-path-filter-off",
    kinds: [SYSCTL],
    paths: VALUE,
    when: `${idMatches("^net[.]ipv4[.]conf[.].+[.]rp_filter$")} && change.after == "0"`,
    severity: "warning",
    type: "security",
    title: "Forged senders are no longer filtered: {id} is {after} instead of {before}",
    controls: cis("3.3.7"),
    examples: {
      fires: [value("net.ipv4.conf.all.rp_filter", "1", "0")],
      silent: [value("net.ipv4.conf.all.rp_filter", "0", "1")],
    },
  },
  weakened({
    id: "host/syncookies-off",
    pattern: "^net[.]ipv4[.]tcp_syncookies$",
    when: LOWER,
    severity: "warning",
    title: "Protection against floods of connections is off: {id} is {after} instead of {before}",
    controls: ["3.3.10"],
    example: ["net.ipv4.tcp_syncookies", "1", "0"],
  }),
  weakened({
    id: "host/router-advertisements-accepted",
    pattern: "^net[.]ipv6[.]conf[.].+[.]accept_ra$",
    when: HIGHER,
    severity: "warning",
    title: "Router advertisements are now accepted: {id} is {after} instead of {before}",
    controls: ["3.3.11"],
    example: ["net.ipv6.conf.all.accept_ra", "0", "1"],
  }),
  weakened({
    id: "host/icmp-protection-off",
    pattern: "^net[.]ipv4[.]icmp_(echo_ignore_broadcasts|ignore_bogus_error_responses)$",
    when: LOWER,
    severity: "warning",
    title: "Forged or broadcast ICMP is no longer ignored: {id} is {after} instead of {before}",
    controls: ["3.3.3", "3.3.4"],
    example: ["net.ipv4.icmp_echo_ignore_broadcasts", "1", "0"],
  }),
  weakened({
    id: "host/suspicious-packets-unlogged",
    pattern: "^net[.]ipv4[.]conf[.].+[.]log_martians$",
    when: LOWER,
    severity: "warning",
    title: "Suspicious packets are no longer logged: {id} is {after} instead of {before}",
    controls: ["3.3.9"],
    example: ["net.ipv4.conf.all.log_martians", "1", "0"],
  }),
];

const hardened: Rule = {
  id: "host/kernel-hardened",
  kinds: [SYSCTL],
  paths: VALUE,
  when: `(${idMatches(SAFER_HIGHER)} && ${HIGHER}) || (${idMatches(SAFER_LOWER)} && ${LOWER})`,
  severity: "informational",
  type: "security",
  title: "{id} protects more than it should: {after} instead of {before}",
  examples: {
    fires: [value("kernel.randomize_va_space", "0", "2"), value("net.ipv4.ip_forward", "1", "0")],
    silent: [value("kernel.randomize_va_space", "2", "0"), value("vm.swappiness", "60", "10")],
  },
};

/** Kernel parameters. */
export const sysctlRules: readonly Rule[] = [...kernel, ...network, hardened];
