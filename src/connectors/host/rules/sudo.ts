import type { Json, JsonObject } from "../../../model/json.ts";
import type { Rule, RuleExample } from "../../../model/rule.ts";
import { changed, cis, idMatches, missing, unmanaged } from "./rule-parts.ts";

const SUDO = "host/sudo-rule";
const RULES = [SUDO];
const APPEARED = ["unmanaged", "changed"] as const;
/** CEL: the rule forbids its command. */
const IS_DENIAL = idMatches(String.raw`\) !`);
const LS = "ada ALL=(root) /bin/ls";

function rule(command: string, more: JsonObject = {}): RuleExample {
  return unmanaged(SUDO, `ada ALL=(root) ${command}`, { user: "ada", command, nopasswd: false, ...more });
}

function tag(name: string, before: Json, after: Json): RuleExample {
  return changed(SUDO, LS, { before: { [name]: before }, after: { [name]: after } });
}

function setting(name: string, before: Json, after: Json): RuleExample {
  const states = { before: { settings: { [name]: before } }, after: { settings: { [name]: after } } };
  return changed(SUDO, "defaults", states);
}

const presence: readonly Rule[] = [
  {
    id: "host/sudo-nopasswd-rule-appeared",
    kinds: RULES,
    paths: [""],
    drift: APPEARED,
    when: `resource.actual.nopasswd == true && !${IS_DENIAL}`,
    severity: "critical",
    type: "security",
    title: "A rule of sudo that asks for no password is not declared: {id}",
    controls: cis("5.2.4"),
    examples: {
      fires: [rule("/bin/ls", { nopasswd: true })],
      silent: [rule("/bin/ls"), rule("!/bin/ls", { nopasswd: true })],
    },
  },
  {
    id: "host/sudo-all-rule-appeared",
    kinds: RULES,
    paths: [""],
    drift: APPEARED,
    when: 'resource.actual.command == "ALL"',
    severity: "critical",
    type: "security",
    title: "A rule of sudo that allows every command is not declared: {id}",
    examples: { fires: [rule("ALL")], silent: [rule("/bin/ls"), rule("!ALL")] },
  },
  {
    id: "host/sudo-denial-appeared",
    kinds: RULES,
    paths: [""],
    drift: APPEARED,
    when: IS_DENIAL,
    severity: "informational",
    type: "security",
    title: "A rule of sudo that forbids a command is not declared: {id}",
    examples: { fires: [rule("!/bin/su")], silent: [rule("/bin/su")] },
  },
  {
    id: "host/sudo-rule-appeared",
    kinds: RULES,
    paths: [""],
    drift: APPEARED,
    when: "resource.actual.command != null",
    severity: "critical",
    type: "security",
    title: "A rule of sudo is not declared: {id}",
    examples: {
      fires: [rule("/bin/ls")],
      silent: [rule("!/bin/ls"), unmanaged(SUDO, "defaults:ada", { settings: { lecture: "true" } })],
    },
  },
  {
    id: "host/sudo-defaults-appeared",
    kinds: RULES,
    paths: [""],
    drift: APPEARED,
    severity: "warning",
    type: "security",
    title: "Settings of sudo are not declared: {id}",
    examples: {
      fires: [unmanaged(SUDO, "defaults:ada", { settings: { authenticate: "false" } })],
      silent: [rule("/bin/ls")],
    },
  },
  {
    id: "host/sudo-denial-removed",
    kinds: RULES,
    drift: ["missing"],
    when: IS_DENIAL,
    severity: "critical",
    type: "security",
    title: "Sudo no longer forbids a command: {id}",
    examples: {
      fires: [missing(SUDO, "ada ALL=(root) !/bin/su", { command: "!/bin/su" })],
      silent: [missing(SUDO, LS, { command: "/bin/ls" })],
    },
  },
  {
    id: "host/sudo-defaults-removed",
    kinds: RULES,
    drift: ["missing"],
    when: "resource.id.startsWith('defaults')",
    severity: "warning",
    type: "security",
    title: "Settings of sudo are gone: {id}",
    examples: {
      fires: [missing(SUDO, "defaults", { settings: { use_pty: "true" } })],
      silent: [missing(SUDO, LS, { command: "/bin/ls" })],
    },
  },
  {
    id: "host/sudo-rule-removed",
    kinds: RULES,
    drift: ["missing"],
    severity: "informational",
    type: "security",
    title: "A rule of sudo is gone: {id}",
    examples: {
      fires: [missing(SUDO, LS, { command: "/bin/ls" })],
      silent: [missing(SUDO, "ada ALL=(root) !/bin/su", { command: "!/bin/su" })],
    },
  },
];

const tags: readonly Rule[] = [
  {
    id: "host/sudo-nopasswd-added",
    kinds: RULES,
    paths: ["/nopasswd"],
    when: "change.after == true",
    severity: "critical",
    type: "security",
    title: "Sudo no longer asks for a password: {id}",
    controls: cis("5.2.4"),
    examples: { fires: [tag("nopasswd", false, true)], silent: [tag("nopasswd", true, false)] },
  },
  {
    id: "host/sudo-setenv-added",
    kinds: RULES,
    paths: ["/setenv"],
    when: "change.after == true",
    severity: "critical",
    type: "security",
    title: "Any variable, LD_PRELOAD too, may now be set for a command of sudo: {id}",
    examples: { fires: [tag("setenv", false, true)], silent: [tag("setenv", true, false)] },
  },
  {
    id: "host/sudo-noexec-removed",
    kinds: RULES,
    paths: ["/noexec"],
    when: "change.after != true",
    severity: "warning",
    type: "security",
    title: "A command of sudo may now run other programs: {id}",
    examples: { fires: [tag("noexec", true, false)], silent: [tag("noexec", false, true)] },
  },
  {
    id: "host/sudo-denial-overridden",
    kinds: RULES,
    paths: ["/overridden"],
    when: `change.after == true && ${IS_DENIAL}`,
    severity: "critical",
    type: "security",
    title: "A later rule of sudo allows what this one forbids: {id}",
    examples: {
      fires: [changed(SUDO, "ada ALL=(root) !/bin/su", { before: { overridden: false }, after: { overridden: true } })],
      silent: [tag("overridden", false, true)],
    },
  },
  {
    id: "host/sudo-rule-overridden",
    kinds: RULES,
    paths: ["/overridden"],
    severity: "warning",
    type: "security",
    title: "Whether a later rule of sudo decides instead of {id}: {after} instead of {before}",
    examples: { fires: [tag("overridden", false, true)], silent: [tag("noexec", false, true)] },
  },
  {
    id: "host/sudo-digest-removed",
    kinds: RULES,
    paths: ["/digests"],
    when: "size(resource.actual.digests) == 0",
    severity: "critical",
    type: "security",
    title: "Sudo no longer checks the program that it runs: {id}",
    examples: {
      fires: [changed(SUDO, LS, { before: { digests: ["sha256:0a"] }, after: { digests: [] } })],
      silent: [changed(SUDO, LS, { before: { digests: [] }, after: { digests: ["sha256:0a"] } })],
    },
  },
  {
    id: "host/sudo-tag-tightened",
    kinds: RULES,
    paths: ["/nopasswd", "/setenv", "/noexec"],
    severity: "informational",
    type: "security",
    title: "A rule of sudo became stricter: {path} is {after} for {id}",
    examples: { fires: [tag("nopasswd", true, false)], silent: [tag("nopasswd", false, true)] },
  },
];

interface FlagRule {
  readonly id: string;
  readonly name: string;
  /** The value that is safer. */
  readonly safe: "true" | "false";
  readonly severity: Rule["severity"];
  readonly title: string;
  readonly controls?: readonly string[];
}

/** A flag of Defaults that was turned to its less safe side, or is no longer set to the safer one. */
function flag({ id, name, safe, severity, title, controls }: FlagRule): Rule {
  const unsafe = safe === "true" ? "false" : "true";
  return {
    id,
    kinds: RULES,
    paths: [`/settings/${name}`],
    when: `change.after != "${safe}" && (change.after == "${unsafe}" || change.before == "${safe}")`,
    severity,
    type: "security",
    title,
    ...(controls === undefined ? {} : { controls: cis(...controls) }),
    examples: { fires: [setting(name, safe, unsafe)], silent: [setting(name, unsafe, safe)] },
  };
}

const settings: readonly Rule[] = [
  flag({
    id: "host/sudo-authentication-off",
    name: "authenticate",
    safe: "true",
    severity: "critical",
    title: "Sudo asks for no password: {id}",
    controls: ["5.2.5"],
  }),
  flag({
    id: "host/sudo-environment-kept",
    name: "env_reset",
    safe: "true",
    severity: "critical",
    title: "Sudo hands on the whole environment of the caller",
  }),
  flag({
    id: "host/sudo-pty-off",
    name: "use_pty",
    safe: "true",
    severity: "warning",
    title: "Sudo runs commands on the caller's own terminal",
    controls: ["5.2.2"],
  }),
  flag({
    id: "host/sudo-password-visible",
    name: "visiblepw",
    safe: "false",
    severity: "warning",
    title: "Sudo asks for a password where it can be seen",
  }),
  {
    id: "host/sudo-path-changed",
    kinds: RULES,
    paths: ["/settings/secure_path"],
    severity: "critical",
    type: "security",
    title: "Sudo looks for commands in {after} instead of {before}",
    examples: {
      fires: [setting("secure_path", "/usr/sbin:/usr/bin", "/tmp:/usr/bin")],
      silent: [setting("use_pty", "true", "false")],
    },
  },
  {
    id: "host/sudo-variable-kept",
    kinds: RULES,
    paths: ["/settings/env_keep"],
    when: "change.added.exists(name, !name.startsWith('-')) || change.removed.exists(name, name.startsWith('-'))",
    severity: "critical",
    type: "security",
    title: "Sudo hands on more variables of the caller: {added}",
    examples: {
      fires: [setting("env_keep", ["+LANG"], ["+LANG", "+LD_PRELOAD"]), setting("env_keep", ["-LANG"], ["+A"])],
      silent: [setting("env_keep", ["+LANG", "+LD_PRELOAD"], ["+LANG"])],
    },
  },
  {
    id: "host/sudo-log-removed",
    kinds: RULES,
    paths: ["/settings/logfile"],
    when: "change.after == null",
    severity: "warning",
    type: "security",
    title: "Sudo no longer writes {before}",
    controls: cis("5.2.3"),
    examples: {
      fires: [
        changed(SUDO, "defaults", {
          before: { settings: { logfile: "/var/log/sudo.log" } },
          after: { settings: {} },
        }),
      ],
      silent: [setting("logfile", "/var/log/a", "/var/log/b")],
    },
  },
  {
    id: "host/sudo-setting-changed",
    kinds: RULES,
    paths: ["/settings/*", "/options/*", "/digests"],
    severity: "warning",
    type: "security",
    title: "The {path} of sudo is {after} instead of {before}",
    examples: {
      fires: [setting("timestamp_timeout", "5", "60"), setting("logfile", "/var/log/a", "/var/log/b")],
      silent: [setting("secure_path", "/usr/bin", "/tmp")],
    },
  },
];

/** What sudo lets users do. */
export const sudoRules: readonly Rule[] = [...presence, ...tags, ...settings];
