import type { Severity } from "../../../model/finding.ts";
import type { Json } from "../../../model/json.ts";
import type { Rule, RuleExample } from "../../../model/rule.ts";
import { changed, cis, unmanaged } from "./rule-parts.ts";

const SSHD = "host/sshd";

function setting(keyword: string, before: Json, after: Json): RuleExample {
  return changed(SSHD, "effective", { before: { [keyword]: before }, after: { [keyword]: after } });
}

interface SettingRule {
  readonly id: string;
  readonly keywords: readonly [string, ...string[]];
  readonly when?: string;
  readonly severity: Severity;
  readonly title: string;
  readonly controls?: readonly string[];
  readonly fires: readonly RuleExample[];
  readonly silent: readonly RuleExample[];
}

function settingRule({ id, keywords, when, severity, title, controls, fires, silent }: SettingRule): Rule {
  return {
    id,
    kinds: [SSHD],
    paths: keywords.map((keyword) => `/${keyword}`),
    ...(when === undefined ? {} : { when }),
    severity,
    type: "security",
    title,
    ...(controls === undefined ? {} : { controls: cis(...controls) }),
    examples: { fires, silent },
  };
}

/** A keyword that opens a door with `yes`; the same door closed is the rule's silent example. */
function opened(rule: Omit<SettingRule, "when" | "fires" | "silent">): Rule {
  const [keyword] = rule.keywords;
  return settingRule({
    ...rule,
    when: `change.after != null && change.after != "no"
      && (change.after == "yes" || change.before == "no" || change.before == null)`,
    fires: [setting(keyword, "no", "yes")],
    silent: [setting(keyword, "yes", "no")],
  });
}

/** A keyword that closes a door with `yes`. */
function closed(rule: Omit<SettingRule, "when" | "fires" | "silent">): Rule {
  const [keyword] = rule.keywords;
  return settingRule({
    ...rule,
    when: 'change.after == "no"',
    fires: [setting(keyword, "yes", "no")],
    silent: [setting(keyword, "no", "yes")],
  });
}

/** CEL: a comma-separated list now holds an algorithm, matched by an RE2 expression, that it did not hold before. */
function offers(pattern: string): string {
  return `change.after.split(",").exists(name, name.matches(r"${pattern}")
      && (change.before == null || !(name in change.before.split(","))))`;
}

const login: readonly Rule[] = [
  settingRule({
    id: "host/sshd-root-login",
    keywords: ["permitrootlogin"],
    when: 'change.after == "yes"',
    severity: "critical",
    title: "The SSH server lets root log in with a password: permitrootlogin is {after} instead of {before}",
    controls: ["5.1.20"],
    fires: [setting("permitrootlogin", "no", "yes"), setting("permitrootlogin", "prohibit-password", "yes")],
    silent: [setting("permitrootlogin", "yes", "no"), setting("permitrootlogin", "no", "without-password")],
  }),
  settingRule({
    id: "host/sshd-root-login-by-key",
    keywords: ["permitrootlogin"],
    when: 'change.after != null && (change.before == "no" || change.before == null)',
    severity: "warning",
    title: "The SSH server lets root log in: permitrootlogin is {after} instead of {before}",
    controls: ["5.1.20"],
    fires: [setting("permitrootlogin", "no", "without-password")],
    silent: [setting("permitrootlogin", "without-password", "no")],
  }),
  opened({
    id: "host/sshd-empty-passwords",
    keywords: ["permitemptypasswords"],
    severity: "critical",
    title: "The SSH server takes empty passwords",
    controls: ["5.1.19"],
  }),
  opened({
    id: "host/sshd-password-login",
    keywords: ["passwordauthentication"],
    severity: "critical",
    title: "The SSH server takes passwords",
  }),
  opened({
    id: "host/sshd-interactive-login",
    keywords: ["kbdinteractiveauthentication", "challengeresponseauthentication"],
    severity: "warning",
    title: "The SSH server asks for passwords interactively",
  }),
  opened({
    id: "host/sshd-host-based-login",
    keywords: ["hostbasedauthentication"],
    severity: "critical",
    title: "The SSH server trusts other hosts to say who logs in",
    controls: ["5.1.10"],
  }),
  closed({
    id: "host/sshd-rhosts-trusted",
    keywords: ["ignorerhosts"],
    severity: "critical",
    title: "The SSH server reads the .rhosts files of users",
    controls: ["5.1.11"],
  }),
  closed({
    id: "host/sshd-strict-modes-off",
    keywords: ["strictmodes"],
    severity: "critical",
    title: "The SSH server takes keys out of files that others may write",
  }),
  closed({
    id: "host/sshd-pam-off",
    keywords: ["usepam"],
    severity: "warning",
    title: "The SSH server no longer asks PAM",
    controls: ["5.1.22"],
  }),
  settingRule({
    id: "host/sshd-key-source-changed",
    keywords: ["authorizedkeysfile", "authorizedkeyscommand", "authorizedkeyscommanduser", "trustedusercakeys"],
    severity: "critical",
    title: "The SSH server takes keys from elsewhere: {path} is {after} instead of {before}",
    fires: [
      setting("authorizedkeysfile", ".ssh/authorized_keys", "/tmp/keys"),
      setting("trustedusercakeys", "none", "/tmp/ca"),
    ],
    silent: [setting("banner", "none", "/etc/issue")],
  }),
  settingRule({
    id: "host/sshd-allowed-widened",
    keywords: ["allowusers", "allowgroups"],
    when: "size(change.added) > 0 || change.after == null || change.after == []",
    severity: "critical",
    title: "More people may log in over SSH: {path} is {after} instead of {before}",
    controls: ["5.1.4"],
    fires: [setting("allowusers", ["ada"], ["ada", "eve"]), setting("allowgroups", ["ops"], [])],
    silent: [setting("allowusers", ["ada", "eve"], ["ada"])],
  }),
  settingRule({
    id: "host/sshd-denied-narrowed",
    keywords: ["denyusers", "denygroups"],
    when: "size(change.removed) > 0 || change.after == null",
    severity: "critical",
    title: "Fewer people are kept out of SSH: {path} is {after} instead of {before}",
    controls: ["5.1.4"],
    fires: [setting("denyusers", ["eve", "mallory"], ["eve"])],
    silent: [setting("denyusers", ["eve"], ["eve", "mallory"])],
  }),
];

const cryptography: readonly Rule[] = [
  settingRule({
    id: "host/sshd-weak-ciphers",
    keywords: ["ciphers"],
    when: offers("cbc|3des|arcfour|blowfish|cast128|^none$"),
    severity: "critical",
    title: "The SSH server offers old ciphers: {after}",
    controls: ["5.1.6"],
    fires: [setting("ciphers", "aes256-gcm@openssh.com", "aes256-gcm@openssh.com,aes128-cbc")],
    silent: [
      setting("ciphers", "aes256-gcm@openssh.com,aes128-cbc", "aes256-gcm@openssh.com"),
      setting("ciphers", "aes256-gcm@openssh.com", "aes256-ctr"),
    ],
  }),
  settingRule({
    id: "host/sshd-weak-macs",
    keywords: ["macs"],
    when: offers("md5|sha1|umac-64|-96|ripemd160|^none$"),
    severity: "critical",
    title: "The SSH server offers old message authentication codes: {after}",
    controls: ["5.1.15"],
    fires: [setting("macs", "hmac-sha2-512", "hmac-sha2-512,hmac-md5")],
    silent: [setting("macs", "hmac-sha2-512,hmac-md5", "hmac-sha2-512")],
  }),
  settingRule({
    id: "host/sshd-weak-key-exchange",
    keywords: ["kexalgorithms"],
    when: offers("group1-|sha1$"),
    severity: "critical",
    title: "The SSH server offers old key exchanges: {after}",
    controls: ["5.1.12"],
    fires: [setting("kexalgorithms", "curve25519-sha256", "curve25519-sha256,diffie-hellman-group14-sha1")],
    silent: [setting("kexalgorithms", "diffie-hellman-group14-sha1", "curve25519-sha256")],
  }),
  settingRule({
    id: "host/sshd-weak-host-keys",
    keywords: ["hostkeyalgorithms", "pubkeyacceptedalgorithms", "casignaturealgorithms"],
    when: offers("^ssh-(rsa|dss)"),
    severity: "warning",
    title: "The SSH server takes old signatures: {path} is {after}",
    fires: [setting("hostkeyalgorithms", "ssh-ed25519", "ssh-ed25519,ssh-dss")],
    silent: [setting("hostkeyalgorithms", "ssh-ed25519,ssh-dss", "ssh-ed25519")],
  }),
];

const limits: readonly Rule[] = [
  opened({
    id: "host/sshd-forwarding-on",
    keywords: [
      "x11forwarding",
      "allowtcpforwarding",
      "allowagentforwarding",
      "allowstreamlocalforwarding",
      "gatewayports",
      "permittunnel",
    ],
    severity: "warning",
    title: "The SSH server forwards more: {path} is {after} instead of {before}",
    controls: ["5.1.8"],
  }),
  opened({
    id: "host/sshd-user-environment-on",
    keywords: ["permituserenvironment", "permituserrc"],
    severity: "warning",
    title: "Users may set what their login runs with: {path} is {after} instead of {before}",
    controls: ["5.1.21"],
  }),
  settingRule({
    id: "host/sshd-limit-raised",
    keywords: ["maxauthtries", "maxsessions", "logingracetime", "clientalivecountmax"],
    when: `change.before != null && change.after.matches("^[0-9]+$") && change.before.matches("^[0-9]+$")
      && (int(change.after) > int(change.before) || change.after == "0")`,
    severity: "warning",
    title: "The SSH server allows more: {path} is {after} instead of {before}",
    controls: ["5.1.13", "5.1.16", "5.1.17"],
    fires: [setting("maxauthtries", "4", "10"), setting("logingracetime", "60", "0")],
    silent: [setting("maxauthtries", "6", "3")],
  }),
  settingRule({
    id: "host/sshd-logs-less",
    keywords: ["loglevel"],
    when: 'change.after in ["QUIET", "FATAL", "ERROR"]',
    severity: "warning",
    title: "The SSH server logs less: {after} instead of {before}",
    controls: ["5.1.14"],
    fires: [setting("loglevel", "INFO", "QUIET")],
    silent: [setting("loglevel", "INFO", "VERBOSE")],
  }),
  settingRule({
    id: "host/sshd-listens-elsewhere",
    keywords: ["port", "listenaddress"],
    when: "size(change.added) > 0",
    severity: "warning",
    title: "The SSH server listens elsewhere: {path} has {added}",
    fires: [setting("port", ["22"], ["22", "2222"])],
    silent: [setting("port", ["22", "2222"], ["22"])],
  }),
  settingRule({
    id: "host/sshd-hardened",
    keywords: [
      "permitrootlogin",
      "permitemptypasswords",
      "passwordauthentication",
      "kbdinteractiveauthentication",
      "hostbasedauthentication",
      "x11forwarding",
      "allowtcpforwarding",
      "allowagentforwarding",
      "gatewayports",
      "permittunnel",
      "permituserenvironment",
      "maxauthtries",
      "maxsessions",
      "allowusers",
      "allowgroups",
      "denyusers",
      "denygroups",
    ],
    when: "change.before != null",
    severity: "informational",
    title: "The SSH server is stricter than it should be: {path} is {after} instead of {before}",
    fires: [setting("permitrootlogin", "yes", "no"), setting("maxauthtries", "6", "3")],
    silent: [setting("permitrootlogin", "no", "yes"), setting("banner", "none", "/etc/issue")],
  }),
  settingRule({
    id: "host/sshd-algorithms-narrowed",
    keywords: ["ciphers", "macs", "kexalgorithms", "hostkeyalgorithms", "pubkeyacceptedalgorithms"],
    when: 'change.before != null && change.after.split(",").all(name, name in change.before.split(","))',
    severity: "informational",
    title: "The SSH server offers fewer algorithms: {path} is {after} instead of {before}",
    fires: [setting("ciphers", "aes256-gcm@openssh.com,aes128-cbc", "aes256-gcm@openssh.com")],
    silent: [setting("ciphers", "aes256-gcm@openssh.com", "aes256-ctr")],
  }),
  settingRule({
    id: "host/sshd-started-otherwise",
    keywords: ["started_with"],
    severity: "critical",
    title: "The SSH server is started with {after} instead of {before}, which overrides its settings",
    fires: [setting("started_with", null, "-o PermitRootLogin=yes")],
    silent: [setting("permitrootlogin", "yes", "no")],
  }),
  {
    id: "host/sshd-match-opened",
    kinds: [SSHD],
    paths: ["/match"],
    when: `change.added.exists(block, block.matches(r"(?i)[:;] (permitrootlogin (yes|without-password|prohibit-password)|(password|kbdinteractive|hostbased)authentication yes|permitemptypasswords yes|permituserenvironment yes|authenticationmethods (none|any|password)|(authorizedkeys|authorizedprincipals|trustedusercakeys)\\w* [^n]|chrootdirectory none|(disableforwarding|forcecommand) no)"))`,
    severity: "critical",
    type: "security",
    title: "A Match block lets some log in over SSH in a way that the others may not: {added}",
    examples: {
      fires: [setting("match", [], ["Address *: permitrootlogin yes"])],
      silent: [setting("match", [], ["User git: allowtcpforwarding no"])],
    },
  },
  {
    id: "host/sshd-appeared",
    kinds: [SSHD],
    paths: [""],
    drift: ["unmanaged", "changed"],
    severity: "informational",
    type: "security",
    title: "An SSH server is there, but its settings are not declared",
    examples: {
      fires: [unmanaged(SSHD, "effective", { permitrootlogin: "no" })],
      silent: [setting("permitrootlogin", "yes", "no")],
    },
  },
  {
    id: "host/sshd-changed",
    kinds: [SSHD],
    paths: ["/**"],
    severity: "warning",
    type: "security",
    title: "The SSH server's {path} is {after} instead of {before}",
    examples: {
      fires: [setting("banner", "none", "/etc/issue")],
      silent: [setting("permitrootlogin", "yes", "no")],
    },
  },
];

/** Settings in force of the SSH server. */
export const sshdRules: readonly Rule[] = [...login, ...cryptography, ...limits];
