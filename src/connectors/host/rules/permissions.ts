import type { JsonObject } from "../../../model/json.ts";
import type { Rule, RuleExample } from "../../../model/rule.ts";
import { changed, cis, idMatches, unmanaged } from "./rule-parts.ts";

const FILE = "host/file";
const DIRECTORY = "host/directory";
const FILES = [FILE];
const BOTH = [FILE, DIRECTORY];
const MODE = ["/mode"];
const APPEARED_OR_MODE = ["", "/mode"];

/** Where programs, libraries and the system's own configuration stand. */
export const SYSTEM = "^/(bin|sbin|lib[0-9x]*|etc|boot|usr)(/|$)";
export const PRIVATE_KEY =
  "^/etc/ssh/ssh_host_[a-z0-9_]+_key$|/id_(rsa|dsa|ecdsa|ed25519)(_sk)?$|[.]key$|/private/[^/]+[.]pem$|/privkey[^/]*[.]pem$";
const SHADOW = "^/etc/g?shadow-?$";
export const SECRET_FILE =
  "(^|/)([.]env([.][^/]+)?|[^/]+[.]env|[.]pgpass|[.]netrc|[.]my[.]cnf|credentials([.]json)?|[^/]*secrets?[.][a-z]+)$";
/** What decides who may do what: a write to one of these is as good as root. */
export const AUTHORITY =
  "^/etc/(passwd|group|g?shadow|sudoers|sudoers[.]d/.+|pam[.]d/.+|security/.+|ssh/sshd_config|ssh/sshd_config[.]d/.+|crontab|ld[.]so[.]preload)$";

/** What the SSH server proves itself by. */
const SSH_HOST_KEY = "^/etc/ssh/ssh_host_[^/]*_key$";

/** The mode now grants it, and did not before, or the resource is new. */
function nowGrants(permissions: string): string {
  return `grants(resource.actual.mode, "${permissions}") && !(change.path == "/mode" && grants(change.before, "${permissions}"))`;
}

function mode(id: string, before: string, after: string, more: JsonObject = {}): RuleExample {
  return changed(FILE, id, { before: { mode: before, ...more }, after: { mode: after } });
}

function directoryMode(id: string, before: string, after: string): RuleExample {
  return changed(DIRECTORY, id, { before: { mode: before }, after: { mode: after } });
}

const exposure: readonly Rule[] = [
  {
    id: "host/ssh-host-key-readable",
    kinds: FILES,
    paths: APPEARED_OR_MODE,
    when: `${idMatches(SSH_HOST_KEY)} && ${nowGrants("o+r")}`,
    severity: "critical",
    type: "security",
    title: "The SSH server's private key {id} is readable by everyone",
    controls: cis("5.1.2"),
    examples: {
      fires: [mode("/etc/ssh/ssh_host_ed25519_key", "0600", "0644")],
      silent: [
        mode("/etc/ssh/ssh_host_ed25519_key.pub", "0600", "0644"),
        mode("/etc/ssh/ssh_host_ed25519_key", "0644", "0600"),
      ],
    },
  },
  {
    id: "host/private-key-readable",
    kinds: FILES,
    paths: APPEARED_OR_MODE,
    when: `${idMatches(PRIVATE_KEY)} && ${nowGrants("o+r")}`,
    severity: "critical",
    type: "security",
    title: "Private key {id} is readable by everyone",
    examples: {
      fires: [
        mode("/home/ada/.ssh/id_ed25519", "0600", "0604"),
        unmanaged(FILE, "/srv/tls/server.key", { type: "file", mode: "0644" }),
      ],
      silent: [
        mode("/etc/ssh/ssh_host_ed25519_key.pub", "0600", "0644"),
        mode("/etc/ssh/ssh_host_ed25519_key", "0644", "0600"),
        unmanaged(FILE, "/srv/tls/server.key", { type: "file", mode: "0600" }),
      ],
    },
  },
  {
    id: "host/shadow-readable",
    kinds: FILES,
    paths: APPEARED_OR_MODE,
    when: `${idMatches(SHADOW)} && ${nowGrants("o+r")}`,
    severity: "critical",
    type: "security",
    title: "Password hashes in {id} are readable by everyone",
    controls: cis("7.1.5", "7.1.6", "7.1.7", "7.1.8"),
    examples: { fires: [mode("/etc/shadow", "0640", "0644")], silent: [mode("/etc/shadow", "0640", "0600")] },
  },
  {
    id: "host/secret-file-readable",
    kinds: FILES,
    paths: APPEARED_OR_MODE,
    when: `${idMatches(SECRET_FILE)} && ${nowGrants("o+r")}`,
    severity: "critical",
    type: "security",
    title: "{id}, which may hold secrets, is readable by everyone",
    examples: {
      fires: [mode("/srv/app/.env", "0600", "0644")],
      silent: [mode("/srv/app/config.yaml", "0600", "0644")],
    },
  },
  {
    id: "host/setuid-appeared",
    kinds: FILES,
    paths: APPEARED_OR_MODE,
    when: nowGrants("u+s"),
    severity: "critical",
    type: "security",
    title: "{id} now runs with the rights of its owner (setuid)",
    controls: cis("7.1.13"),
    examples: {
      fires: [
        mode("/usr/bin/find", "0755", "4755"),
        unmanaged(FILE, "/usr/local/bin/x", { type: "file", mode: "4755" }),
      ],
      silent: [mode("/usr/bin/passwd", "4755", "0755"), mode("/usr/bin/find", "0755", "0775")],
    },
  },
  {
    id: "host/setgid-appeared",
    kinds: FILES,
    paths: APPEARED_OR_MODE,
    when: nowGrants("g+s"),
    severity: "critical",
    type: "security",
    title: "{id} now runs with the rights of its group (setgid)",
    controls: cis("7.1.13"),
    examples: { fires: [mode("/usr/bin/wall", "0755", "2755")], silent: [mode("/usr/bin/wall", "2755", "0755")] },
  },
  {
    id: "host/sticky-bit-removed",
    kinds: [DIRECTORY],
    paths: MODE,
    when: 'grants(change.after, "o+w") && grants(change.before, "a+t") && !grants(change.after, "a+t")',
    severity: "critical",
    type: "security",
    title: "In {id} everyone may now delete the files of others",
    controls: cis("7.1.11"),
    examples: { fires: [directoryMode("/tmp", "1777", "0777")], silent: [directoryMode("/tmp", "1777", "1755")] },
  },
  {
    id: "host/world-writable-directory",
    kinds: [DIRECTORY],
    paths: APPEARED_OR_MODE,
    when: `${nowGrants("o+w")} && !grants(resource.actual.mode, "a+t")`,
    severity: "critical",
    type: "security",
    title: "Everyone may now write in {id}",
    controls: cis("7.1.11"),
    examples: {
      fires: [directoryMode("/srv/www", "0755", "0777"), unmanaged(DIRECTORY, "/srv/drop", { mode: "0777" })],
      silent: [directoryMode("/srv/www", "0777", "0755"), unmanaged(DIRECTORY, "/srv/drop", { mode: "1777" })],
    },
  },
  {
    id: "host/world-writable-file",
    kinds: FILES,
    paths: APPEARED_OR_MODE,
    when: `${nowGrants("o+w")} && (resource.actual.type == null || resource.actual.type == "file")`,
    severity: "critical",
    type: "security",
    title: "Everyone may now write to {id}",
    controls: cis("7.1.11"),
    examples: {
      fires: [mode("/etc/motd", "0644", "0646"), unmanaged(FILE, "/etc/x.conf", { type: "file", mode: "0666" })],
      silent: [mode("/run/app.sock", "0660", "0666", { type: "socket" }), mode("/etc/motd", "0646", "0644")],
    },
  },
  {
    id: "host/authority-file-writable",
    kinds: FILES,
    paths: MODE,
    when: `${idMatches(AUTHORITY)} && gains(change.before, change.after, "g+w")`,
    severity: "critical",
    type: "security",
    title: "{id}, which decides who may do what, is now writable by its group",
    controls: cis("5.1.1", "7.1.1", "7.1.3", "7.1.5"),
    examples: { fires: [mode("/etc/passwd", "0644", "0664")], silent: [mode("/etc/motd", "0644", "0664")] },
  },
  {
    id: "host/sshd-config-readable",
    kinds: FILES,
    paths: MODE,
    when: `${idMatches("^/etc/ssh/sshd_config($|[.]d/)")} && gains(change.before, change.after, "go+rwx")`,
    severity: "warning",
    type: "security",
    title: "{id} is open to more than root: {after} instead of {before}",
    controls: cis("5.1.1"),
    examples: {
      fires: [mode("/etc/ssh/sshd_config", "0600", "0644")],
      silent: [mode("/etc/ssh/sshd_config", "0644", "0600"), mode("/etc/ssh/ssh_config", "0600", "0644")],
    },
  },
  {
    id: "host/system-file-group-writable",
    kinds: BOTH,
    paths: MODE,
    when: `${idMatches(SYSTEM)} && gains(change.before, change.after, "g+w")`,
    severity: "warning",
    type: "security",
    title: "{id} is now writable by its group",
    examples: { fires: [mode("/usr/bin/env", "0755", "0775")], silent: [mode("/srv/app/data", "0640", "0660")] },
  },
];

const modes: readonly Rule[] = [
  {
    id: "host/no-longer-executable",
    kinds: FILES,
    paths: MODE,
    when: 'gains(change.after, change.before, "u+x")',
    severity: "warning",
    type: "functional",
    title: "{id} can no longer be executed",
    examples: { fires: [mode("/srv/app/run", "0755", "0644")], silent: [mode("/srv/app/run", "0755", "0750")] },
  },
  {
    id: "host/mode-narrowed",
    kinds: BOTH,
    paths: MODE,
    when: "narrows(change.before, change.after)",
    severity: "informational",
    type: "security",
    title: "{id} grants less than it should: {after} instead of {before}",
    examples: {
      fires: [mode("/etc/motd", "0644", "0600"), directoryMode("/srv", "0755", "0700")],
      silent: [mode("/etc/motd", "0644", "0660")],
    },
  },
  {
    id: "host/mode-changed",
    kinds: BOTH,
    paths: MODE,
    severity: "warning",
    type: "security",
    title: "Permissions of {id} are {after} instead of {before}",
    examples: { fires: [mode("/etc/motd", "0600", "0644")], silent: [mode("/etc/motd", "0644", "0600")] },
  },
];

const ownership: readonly Rule[] = [
  {
    id: "host/system-file-owner",
    kinds: BOTH,
    paths: ["/owner", "/uid"],
    when: `${idMatches(SYSTEM)} && (change.before == "root" || change.before == 0)`,
    severity: "critical",
    type: "security",
    title: "{id} belongs to {after} instead of root",
    examples: {
      fires: [
        changed(FILE, "/usr/bin/env", { before: { owner: "root" }, after: { owner: "ada" } }),
        changed(DIRECTORY, "/etc/ssh", { before: { uid: 0 }, after: { uid: 1000 } }),
      ],
      silent: [
        changed(FILE, "/srv/app/run", { before: { owner: "root" }, after: { owner: "ada" } }),
        changed(FILE, "/usr/bin/env", { before: { owner: "ada" }, after: { owner: "root" } }),
      ],
    },
  },
  {
    id: "host/owner-changed",
    kinds: BOTH,
    paths: ["/owner", "/uid"],
    severity: "warning",
    type: "security",
    title: "{id} belongs to {after} instead of {before}",
    examples: {
      fires: [changed(FILE, "/srv/app/run", { before: { owner: "app" }, after: { owner: "ada" } })],
      silent: [changed(FILE, "/srv/app/run", { before: { group: "app" }, after: { group: "ada" } })],
    },
  },
  {
    id: "host/group-ownership-changed",
    kinds: BOTH,
    paths: ["/group", "/gid"],
    severity: "warning",
    type: "security",
    title: "{id} belongs to group {after} instead of {before}",
    examples: {
      fires: [changed(FILE, "/srv/app/run", { before: { group: "app" }, after: { group: "ada" } })],
      silent: [changed(FILE, "/srv/app/run", { before: { owner: "app" }, after: { owner: "ada" } })],
    },
  },
];

/** Who may read, write and run a file, and whose it is. */
export const permissionRules: readonly Rule[] = [...exposure, ...modes, ...ownership];
