import type { FindingType, Severity } from "../../../model/finding.ts";
import type { Rule, RuleExample } from "../../../model/rule.ts";
import { AUTHORITY, PRIVATE_KEY, SECRET_FILE, SYSTEM } from "./permissions.ts";
import { changed, idMatches, missing, unmanaged } from "./rule-parts.ts";

const FILE = "host/file";
const FILES = [FILE];
const CONTENT = ["/sha256"];
/** Of a known format a change of content shows as one of its settings. */
const APPEARED_OR_CONTENT = ["", "/sha256", "/settings", "/settings/**"];
const OLD = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
const NEW = "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae";

function content(id: string): RuleExample {
  return changed(FILE, id, { before: { sha256: OLD }, after: { sha256: NEW } });
}

function setting(id: string): RuleExample {
  return changed(FILE, id, { before: { settings: { a: "1" } }, after: { settings: { a: "2" } } });
}

function appeared(id: string): RuleExample {
  return unmanaged(FILE, id, { type: "file", mode: "0644", sha256: NEW });
}

/** A rule on what is new at, or written to, a place that matters. */
function placeRule(rule: {
  readonly id: string;
  readonly pattern: string;
  readonly severity: Severity;
  readonly type: FindingType;
  readonly title: string;
  readonly fires: readonly RuleExample[];
  readonly silent: readonly RuleExample[];
}): Rule {
  const { id, pattern, severity, type, title, fires, silent } = rule;
  return {
    ...{ id, kinds: FILES, paths: APPEARED_OR_CONTENT, drift: ["changed", "unmanaged"], severity, type, title },
    when: idMatches(pattern),
    examples: { fires, silent },
  };
}

const intrusion: readonly Rule[] = [
  placeRule({
    id: "host/preload-changed",
    pattern: "^/etc/ld[.]so[.]preload$",
    severity: "critical",
    type: "security",
    title: "{id} makes every program load a library that is not declared",
    fires: [appeared("/etc/ld.so.preload"), content("/etc/ld.so.preload")],
    silent: [content("/etc/ld.so.conf")],
  }),
  placeRule({
    id: "host/authorized-keys-changed",
    pattern: "/authorized_keys2?$",
    severity: "critical",
    type: "security",
    title: "Who may log in by key has changed: {id}",
    fires: [content("/root/.ssh/authorized_keys"), appeared("/home/ada/.ssh/authorized_keys")],
    silent: [content("/root/.ssh/known_hosts")],
  }),
  {
    id: "host/private-key-replaced",
    kinds: FILES,
    paths: CONTENT,
    when: idMatches(PRIVATE_KEY),
    severity: "critical",
    type: "security",
    title: "Private key {id} was replaced",
    examples: {
      fires: [content("/etc/ssh/ssh_host_ed25519_key")],
      silent: [content("/etc/ssh/ssh_host_ed25519_key.pub")],
    },
  },
  placeRule({
    id: "host/sshd-config-changed",
    pattern: "^/etc/ssh/sshd_config($|[.]d/)",
    severity: "critical",
    type: "security",
    title: "The configuration of the SSH server has changed: {id}",
    fires: [
      content("/etc/ssh/sshd_config"),
      setting("/etc/ssh/sshd_config"),
      appeared("/etc/ssh/sshd_config.d/x.conf"),
    ],
    silent: [content("/etc/ssh/ssh_config")],
  }),
  placeRule({
    id: "host/privilege-config-changed",
    pattern: "^/etc/(sudoers$|sudoers[.]d/|pam[.]d/|security/|polkit-1/)",
    severity: "critical",
    type: "security",
    title: "Who may become root, or log in at all, has changed: {id}",
    fires: [content("/etc/sudoers"), appeared("/etc/sudoers.d/deploy"), content("/etc/pam.d/sshd")],
    silent: [content("/etc/motd")],
  }),
  placeRule({
    id: "host/system-program-changed",
    pattern: "^(/usr(/local)?)?/s?bin/",
    severity: "critical",
    type: "security",
    title: "Program {id} is not as declared",
    fires: [content("/usr/bin/ssh"), appeared("/usr/local/bin/x")],
    silent: [content("/srv/app/bin/run"), content("/usr/share/doc/ssh/README")],
  }),
  placeRule({
    id: "host/system-library-changed",
    pattern: "^(/usr(/local)?)?/lib([0-9x]*|exec)/.*([.]so([.0-9]*)|[.]ko([.][gx]z)?)$",
    severity: "critical",
    type: "security",
    title: "Library {id} is not as declared",
    fires: [content("/usr/lib/x86_64-linux-gnu/libc.so.6"), content("/lib/modules/6.1.0/kernel/net/x.ko.xz")],
    silent: [content("/usr/lib/python3/dist-packages/x.py")],
  }),
  placeRule({
    id: "host/trusted-authority-changed",
    pattern: "^/usr/local/share/ca-certificates/",
    severity: "critical",
    type: "security",
    title: "Whose certificates are trusted has changed: {id}",
    fires: [appeared("/usr/local/share/ca-certificates/x.crt")],
    silent: [content("/etc/ssl/openssl.cnf")],
  }),
  placeRule({
    id: "host/cron-script-changed",
    pattern: "^/etc/(crontab$|cron[.](d|hourly|daily|weekly|monthly)/)",
    severity: "critical",
    type: "security",
    title: "What runs at set times has changed: {id}",
    fires: [appeared("/etc/cron.daily/x"), content("/etc/crontab")],
    silent: [content("/etc/cron.allow")],
  }),
];

const careful: readonly Rule[] = [
  placeRule({
    id: "host/accounts-file-changed",
    pattern: "^/etc/(passwd|group|g?shadow|sub[ug]id)$",
    severity: "warning",
    type: "security",
    title: "Accounts have changed in {id}",
    fires: [content("/etc/passwd")],
    silent: [content("/etc/passwd-")],
  }),
  placeRule({
    id: "host/unit-file-changed",
    pattern: "^(/etc|(/usr)?/lib)/systemd/",
    severity: "warning",
    type: "security",
    title: "What systemd runs has changed: {id}",
    fires: [appeared("/etc/systemd/system/x.service"), content("/etc/systemd/system/app.service")],
    silent: [content("/etc/default/app")],
  }),
  placeRule({
    id: "host/login-script-changed",
    pattern: "^/etc/(profile|profile[.]d/.*|bash[.]bashrc|environment)$|/[.](bashrc|bash_profile|profile|zshrc)$",
    severity: "warning",
    type: "security",
    title: "What runs at each login has changed: {id}",
    fires: [content("/etc/profile"), content("/root/.bashrc")],
    silent: [content("/etc/motd")],
  }),
  placeRule({
    id: "host/package-source-changed",
    pattern:
      "^/etc/apt/(sources[.]list|sources[.]list[.]d/|trusted[.]gpg|keyrings/|apt[.]conf|preferences)|^/usr/share/keyrings/",
    severity: "warning",
    type: "security",
    title: "Where packages come from has changed: {id}",
    fires: [appeared("/etc/apt/sources.list.d/x.list"), content("/etc/apt/sources.list")],
    silent: [content("/etc/apt/listchanges.conf")],
  }),
  placeRule({
    id: "host/name-resolution-changed",
    pattern: "^/etc/(hosts|resolv[.]conf|nsswitch[.]conf|hosts[.](allow|deny))$",
    severity: "warning",
    type: "security",
    title: "How names are resolved, or who may connect, has changed: {id}",
    fires: [content("/etc/hosts")],
    silent: [content("/etc/hostname")],
  }),
  placeRule({
    id: "host/firewall-config-changed",
    pattern: "^/etc/(nftables[.]conf$|nftables[.]d/|ufw/|iptables/|firewalld/)",
    severity: "critical",
    type: "security",
    title: "The firewall's rules have changed: {id}",
    fires: [content("/etc/nftables.conf")],
    silent: [content("/etc/network/interfaces")],
  }),
  placeRule({
    id: "host/audit-config-changed",
    pattern: "^/etc/(audit/|rsyslog[.]conf$|rsyslog[.]d/|systemd/journald|aide/|fail2ban/)",
    severity: "warning",
    type: "security",
    title: "What is logged and watched has changed: {id}",
    fires: [content("/etc/audit/rules.d/x.rules")],
    silent: [content("/etc/logrotate.conf")],
  }),
  placeRule({
    id: "host/boot-file-changed",
    pattern: "^/boot/|^/etc/default/grub$|^/etc/modprobe[.]d/|^/etc/sysctl([.]conf$|[.]d/)",
    severity: "warning",
    type: "security",
    title: "How the system boots has changed: {id}",
    fires: [content("/boot/grub/grub.cfg"), appeared("/etc/sysctl.d/99-x.conf")],
    silent: [content("/etc/default/locale")],
  }),
];

const links: readonly Rule[] = [
  {
    id: "host/system-link-swapped",
    kinds: FILES,
    paths: ["/link_target"],
    when: `${idMatches(SYSTEM)} && !resource.id.startsWith("/etc/alternatives/")`,
    severity: "critical",
    type: "security",
    title: "{id} now points to {after} instead of {before}",
    examples: {
      fires: [changed(FILE, "/usr/bin/sh", { before: { link_target: "dash" }, after: { link_target: "/tmp/x" } })],
      silent: [changed(FILE, "/srv/current", { before: { link_target: "v1" }, after: { link_target: "v2" } })],
    },
  },
  {
    id: "host/link-swapped",
    kinds: FILES,
    paths: ["/link_target"],
    severity: "warning",
    type: "security",
    title: "{id} now points to {after} instead of {before}",
    examples: {
      fires: [changed(FILE, "/srv/current", { before: { link_target: "v1" }, after: { link_target: "v2" } })],
      silent: [content("/srv/current")],
    },
  },
  {
    id: "host/file-type-changed",
    kinds: FILES,
    paths: ["/type"],
    severity: "warning",
    type: "security",
    title: "{id} is a {after} instead of a {before}",
    examples: {
      fires: [changed(FILE, "/etc/motd", { before: { type: "file" }, after: { type: "link" } })],
      silent: [content("/etc/motd")],
    },
  },
];

const general: readonly Rule[] = [
  {
    id: "host/authority-file-missing",
    kinds: FILES,
    drift: ["missing"],
    when: idMatches(AUTHORITY),
    severity: "critical",
    type: "security",
    title: "{id}, which decides who may do what, is missing",
    examples: {
      fires: [missing(FILE, "/etc/sudoers", { mode: "0440" })],
      silent: [missing(FILE, "/etc/motd", { mode: "0644" })],
    },
  },
  {
    id: "host/secret-file-changed",
    kinds: FILES,
    paths: CONTENT,
    when: idMatches(SECRET_FILE),
    severity: "warning",
    type: "security",
    title: "{id}, which may hold secrets, has changed",
    examples: { fires: [content("/srv/app/.env")], silent: [content("/srv/app/config.yaml")] },
  },
  {
    id: "host/log-or-cache-changed",
    kinds: ["host/file", "host/directory"],
    when: idMatches("^/var/(log|cache|spool)/|[.](log|pid|swp|pyc)$|/__pycache__/"),
    severity: "informational",
    type: "functional",
    title: "{id}, which changes by itself, is not as declared",
    examples: { fires: [content("/var/log/app.log")], silent: [content("/etc/motd")] },
  },
  {
    id: "host/documentation-changed",
    kinds: FILES,
    when: idMatches("^/usr/(local/)?share/(doc|man|info|locale|lintian)/"),
    severity: "informational",
    type: "functional",
    title: "Documentation {id} is not as declared",
    examples: { fires: [content("/usr/share/doc/ssh/README")], silent: [content("/usr/share/app/data")] },
  },
  {
    id: "host/size-changed",
    kinds: FILES,
    paths: ["/size"],
    severity: "informational",
    type: "functional",
    title: "{id} has {after} bytes instead of {before}",
    examples: {
      fires: [changed(FILE, "/srv/app/data", { before: { size: 10 }, after: { size: 12 } })],
      silent: [content("/srv/app/data")],
    },
  },
  {
    id: "host/content-changed",
    kinds: FILES,
    paths: CONTENT,
    severity: "warning",
    type: "functional",
    title: "The content of {id} has changed",
    examples: { fires: [content("/srv/app/config.yaml")], silent: [content("/var/log/app.log")] },
  },
];

/** What stands in a file, where a link points, and what is new or gone. */
export const fileRules: readonly Rule[] = [...intrusion, ...careful, ...links, ...general];
