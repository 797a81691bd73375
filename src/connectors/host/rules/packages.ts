import type { Rule, RuleExample } from "../../../model/rule.ts";
import { changed, cis, idMatches, missing, unmanaged } from "./rule-parts.ts";

const PACKAGE = "host/package";
const PACKAGES = [PACKAGE];
const VERSION = ["/version"];

/** A package's name, with or without a foreign architecture behind it. */
const named = (names: readonly string[]) => idMatches(`^(${names.join("|")})(:|$)`);

const INSECURE_SERVERS = [
  "(inetutils-)?telnetd(-ssl)?",
  "rsh-(redone-)?server",
  "nis",
  "ypserv",
  "xinetd",
  "(openbsd|inetutils)-inetd",
  "tftpd(-hpa)?",
  "atftpd",
  "(inetutils-)?talkd",
  "(inetutils-)?ftpd(-ssl)?",
];
const INSECURE_CLIENTS = ["(inetutils-)?telnet", "rsh-(redone-)?client", "(inetutils-)?talk", "t?n?ftp", "prelink"];
const ATTACK_TOOLS = [
  "nmap",
  "masscan",
  "hydra",
  "john",
  "netcat-(traditional|openbsd)",
  "ncat",
  "socat",
  "tcpdump",
  "tor",
];
const GUARDS = [
  "auditd",
  "fail2ban",
  "apparmor",
  "ufw",
  "nftables",
  "aide",
  "rsyslog",
  "unattended-upgrades",
  "clamav-daemon",
];
const EXPOSED = [
  "kernel(-core)?",
  "glibc",
  "openssh-server",
  "openssl",
  "libssl[0-9].*",
  "libc6",
  "libpam-.*",
  "sudo",
  "linux-image-.*",
  "systemd",
  "apache2.*",
  "nginx.*",
  "bind9.*",
  "ca-certificates",
];

function version(id: string, before: string, after: string): RuleExample {
  return changed(PACKAGE, id, { before: { version: before }, after: { version: after } });
}

const presence: readonly Rule[] = [
  {
    id: "host/insecure-server-appeared",
    kinds: PACKAGES,
    paths: [""],
    drift: ["unmanaged", "changed"],
    when: named(INSECURE_SERVERS),
    severity: "critical",
    type: "security",
    title: "Package {id}, a server that sends passwords in the clear, is installed",
    controls: cis("2.1.6", "2.1.10", "2.1.16", "2.1.19"),
    examples: {
      fires: [
        unmanaged(PACKAGE, "telnetd", { version: "0.17-44" }),
        unmanaged(PACKAGE, "xinetd:i386", { version: "1:2.3.15.3-1" }),
        unmanaged(PACKAGE, "rsh-server", { version: "0.17-22" }),
      ],
      silent: [unmanaged(PACKAGE, "openssh-server", { version: "1:9.2p1-2" })],
    },
  },
  {
    id: "host/insecure-client-appeared",
    kinds: PACKAGES,
    paths: [""],
    drift: ["unmanaged", "changed"],
    when: named(INSECURE_CLIENTS),
    severity: "warning",
    type: "security",
    title: "Package {id}, which hardened systems do without, is installed",
    controls: cis("1.5.4", "2.2.2", "2.2.3", "2.2.4", "2.2.6"),
    examples: {
      fires: [unmanaged(PACKAGE, "telnet", { version: "0.17" }), unmanaged(PACKAGE, "ftp", { version: "20210827" })],
      silent: [unmanaged(PACKAGE, "lftp", { version: "4.9.2-2" })],
    },
  },
  {
    id: "host/attack-tool-appeared",
    kinds: PACKAGES,
    paths: [""],
    drift: ["unmanaged", "changed"],
    when: named(ATTACK_TOOLS),
    severity: "warning",
    type: "security",
    title: "Package {id}, a tool that intruders use, is installed",
    examples: {
      fires: [unmanaged(PACKAGE, "nmap", { version: "7.93" })],
      silent: [unmanaged(PACKAGE, "tree", { version: "2.1.0-1" })],
    },
  },
  {
    id: "host/package-appeared",
    kinds: PACKAGES,
    paths: [""],
    drift: ["unmanaged"],
    severity: "informational",
    type: "functional",
    title: "Package {id} is installed, but not declared",
    examples: {
      fires: [unmanaged(PACKAGE, "tree", { version: "2.1.0-1" })],
      silent: [unmanaged(PACKAGE, "telnetd", { version: "0.17-44" })],
    },
  },
  {
    id: "host/guard-package-removed",
    kinds: PACKAGES,
    drift: ["missing"],
    when: named(GUARDS),
    severity: "critical",
    type: "security",
    title: "Package {id}, which guards this host, is not installed",
    controls: cis("1.3.1.1", "4.2.1", "4.3.1", "6.1.3.1", "6.2.1.1", "6.3.1"),
    examples: {
      fires: [missing(PACKAGE, "auditd", { version: "1:3.0.9-1" })],
      silent: [missing(PACKAGE, "tree", { version: "2.1.0-1" })],
    },
  },
  {
    id: "host/package-removed",
    kinds: PACKAGES,
    drift: ["missing"],
    severity: "warning",
    type: "functional",
    title: "Package {id} is not installed",
    examples: {
      fires: [missing(PACKAGE, "tree", { version: "2.1.0-1" })],
      silent: [missing(PACKAGE, "auditd", { version: "1:3.0.9-1" })],
    },
  },
];

const versions: readonly Rule[] = [
  {
    id: "host/package-below-required",
    kinds: PACKAGES,
    paths: VERSION,
    when: 'type(change.desired) == map && "$atLeast" in change.desired && versionOlder(change.after, change.desired["$atLeast"])',
    severity: "critical",
    type: "security",
    title: "Package {id} {after} is older than the version that is required",
    examples: {
      fires: [
        {
          kind: PACKAGE,
          id: "openssl",
          desired: { version: { $atLeast: "3.0.11" } },
          baseline: { version: "3.0.11" },
          actual: { version: "3.0.9" },
        },
      ],
      silent: [version("openssl", "3.0.9-1", "3.0.11-1")],
    },
  },
  {
    id: "host/exposed-package-downgraded",
    kinds: PACKAGES,
    paths: VERSION,
    when: `${named(EXPOSED)} && versionOlder(change.after, change.before)`,
    severity: "critical",
    type: "security",
    title: "Package {id} went back to {after} from {before}",
    examples: {
      fires: [version("openssl", "3.0.11-1~deb12u2", "3.0.9-1")],
      silent: [version("tree", "2.1.0-1", "2.0.2-1"), version("openssl", "3.0.9-1", "3.0.11-1~deb12u2")],
    },
  },
  {
    id: "host/package-downgraded",
    kinds: PACKAGES,
    paths: VERSION,
    when: "versionOlder(change.after, change.before)",
    severity: "warning",
    type: "security",
    title: "Package {id} went back to {after} from {before}",
    examples: {
      fires: [
        version("tree", "2.1.0-1", "2.0.2-1"),
        version("tree", "1:1.0", "9.0"),
        version("tree", "1.0", "1.0~rc1"),
      ],
      silent: [version("tree", "2.0.2-1", "2.1.0-1"), version("tree", "1.9", "1.10")],
    },
  },
  {
    id: "host/package-patched",
    kinds: PACKAGES,
    paths: VERSION,
    when: "sameRelease(change.before, change.after)",
    severity: "informational",
    type: "functional",
    title: "Package {id} was patched to {after} from {before}",
    examples: {
      fires: [
        version("openssl", "3.0.9-1", "3.0.11-1~deb12u2"),
        version("openssh-server", "1:9.2p1-2", "1:9.2p1-2+deb12u3"),
      ],
      silent: [version("nginx", "1.22.1-9", "1.24.0-1"), version("tree", "2.1.0-2", "2.1.0-1")],
    },
  },
  {
    id: "host/package-upgraded",
    kinds: PACKAGES,
    paths: VERSION,
    severity: "warning",
    type: "functional",
    title: "Package {id} is {after} instead of {before}",
    examples: {
      fires: [version("nginx", "1.22.1-9", "1.24.0-1")],
      silent: [version("nginx", "1.22.1-9", "1.22.1-9+deb12u1")],
    },
  },
];

const holds: readonly Rule[] = [
  {
    id: "host/hold-removed",
    kinds: PACKAGES,
    paths: ["/held"],
    when: "change.after != true",
    severity: "warning",
    type: "functional",
    title: "Package {id} is no longer held at its version",
    examples: {
      fires: [{ kind: PACKAGE, id: "postgresql-15", desired: { held: true }, baseline: { held: true }, actual: {} }],
      silent: [changed(PACKAGE, "postgresql-15", { before: {}, after: { held: true } })],
    },
  },
  {
    id: "host/exposed-package-held",
    kinds: PACKAGES,
    paths: ["/held"],
    when: named(EXPOSED),
    severity: "warning",
    type: "security",
    title: "Package {id} is held at its version and gets no security updates",
    examples: {
      fires: [changed(PACKAGE, "openssl", { before: {}, after: { held: true } })],
      silent: [changed(PACKAGE, "tree", { before: {}, after: { held: true } })],
    },
  },
  {
    id: "host/package-held",
    kinds: PACKAGES,
    paths: ["/held"],
    severity: "informational",
    type: "functional",
    title: "Package {id} is held at its version",
    examples: {
      fires: [changed(PACKAGE, "tree", { before: {}, after: { held: true } })],
      silent: [changed(PACKAGE, "openssl", { before: {}, after: { held: true } })],
    },
  },
  {
    id: "host/other-versions-changed",
    kinds: PACKAGES,
    paths: ["/also_installed"],
    severity: "informational",
    type: "functional",
    title: "Other versions of package {id} are installed beside it",
    examples: {
      fires: [changed(PACKAGE, "kernel-core", { before: { version: "6.2-1" }, after: { also_installed: ["6.1-1"] } })],
      silent: [version("kernel-core", "6.1-1", "6.2-1")],
    },
  },
];

/** Installed packages. */
export const packageRules: readonly Rule[] = [...presence, ...versions, ...holds];
