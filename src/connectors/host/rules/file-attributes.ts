import type { Rule } from "../../../model/rule.ts";
import { PRIVATE_KEY, SECRET_FILE, SYSTEM } from "./permissions.ts";
import { changed, idMatches, unmanaged } from "./rule-parts.ts";

const FILE = "host/file";
const DIRECTORY = "host/directory";
const BOTH = [FILE, DIRECTORY];
const SETTINGS = ["/settings", "/settings/**"];
const PROGRAM = "/usr/bin/tool";
const UNIT = "/etc/systemd/system/app.service";

/** CEL: an entry that lets a named user or group do it. */
function names(list: string, permissions: string): string {
  return `${list}.exists(entry, entry.matches(r"^(user|group):[^:]+:${permissions}"))`;
}

const READS = "r";
const WRITES = ".w";

const rights: readonly Rule[] = [
  {
    id: "host/capability-gained",
    kinds: [FILE],
    paths: ["", "/capabilities"],
    drift: ["changed", "unmanaged"],
    when: "resource.actual.capabilities != null",
    severity: "critical",
    type: "security",
    title: "Program {id} gets rights of root when it runs that are not declared",
    examples: {
      fires: [
        changed(FILE, PROGRAM, { before: { mode: "0755" }, after: { capabilities: "cap_net_raw=ep" } }),
        changed(FILE, PROGRAM, { before: { capabilities: "cap_net_raw=ep" }, after: { capabilities: "=ep" } }),
        unmanaged(FILE, "/srv/tool", { type: "file", mode: "0755", capabilities: "cap_setuid=ep" }),
      ],
      silent: [
        { kind: FILE, id: PROGRAM, desired: { capabilities: "cap_net_raw=ep" }, actual: { mode: "0755" } },
        changed(FILE, PROGRAM, { before: { mode: "0755", capabilities: "=p" }, after: { mode: "0700" } }),
      ],
    },
  },
  {
    id: "host/capability-lost",
    kinds: [FILE],
    paths: ["/capabilities"],
    severity: "warning",
    type: "functional",
    title: "Program {id} no longer gets the rights that it is declared to have",
    examples: {
      fires: [{ kind: FILE, id: PROGRAM, desired: { capabilities: "cap_net_raw=ep" }, actual: { mode: "0755" } }],
      silent: [changed(FILE, PROGRAM, { before: {}, after: { capabilities: "cap_net_raw=ep" } })],
    },
  },
];

/** CEL: a flag that was there and is no longer. */
const lost = (flag: string) =>
  `change.before != null && "${flag}" in change.before && (change.after == null || !("${flag}" in change.after))`;

const flags: readonly Rule[] = [
  {
    id: "host/immutable-flag-lost",
    kinds: BOTH,
    paths: ["/flags"],
    when: lost("immutable"),
    severity: "warning",
    type: "security",
    title: "{id} can be changed again: it is no longer immutable",
    examples: {
      fires: [
        { kind: FILE, id: "/etc/passwd", desired: { flags: ["immutable"] }, actual: { mode: "0644" } },
        changed(DIRECTORY, "/srv", { before: { flags: ["immutable"] }, after: { flags: ["append_only"] } }),
      ],
      silent: [changed(FILE, "/etc/passwd", { before: { mode: "0644" }, after: { flags: ["immutable"] } })],
    },
  },
  {
    id: "host/append-only-flag-lost",
    kinds: BOTH,
    paths: ["/flags"],
    when: lost("append_only"),
    severity: "warning",
    type: "security",
    title: "What stands in {id} can be changed: it can no longer only be appended to",
    examples: {
      fires: [{ kind: FILE, id: "/var/log/audit.log", desired: { flags: ["append_only"] }, actual: { mode: "0600" } }],
      silent: [changed(FILE, "/etc/passwd", { before: { flags: ["immutable"] }, after: { flags: [] } })],
    },
  },
  {
    id: "host/file-flag-appeared",
    kinds: BOTH,
    paths: ["/flags"],
    severity: "informational",
    type: "functional",
    title: "{id} cannot be changed freely any more: it is {after}",
    examples: {
      fires: [changed(FILE, "/etc/resolv.conf", { before: { flags: [] }, after: { flags: ["immutable"] } })],
      silent: [{ kind: FILE, id: "/etc/passwd", desired: { flags: ["immutable"] }, actual: { mode: "0644" } }],
    },
  },
];

const access: readonly Rule[] = [
  {
    id: "host/acl-opens-secret",
    kinds: [FILE],
    paths: ["", "/acl"],
    drift: ["changed", "unmanaged"],
    when: `${idMatches(`${SECRET_FILE}|${PRIVATE_KEY}|^/etc/g?shadow-?$`)} && ${names("resource.actual.acl", READS)}`,
    severity: "critical",
    type: "security",
    title: "An access list lets others read {id}",
    examples: {
      fires: [
        changed(FILE, "/etc/shadow", { before: {}, after: { acl: ["user:ada:r--", "group::r--"] } }),
        unmanaged(FILE, "/srv/app/.env", { type: "file", mode: "0640", acl: ["group:dev:r--", "group::r--"] }),
      ],
      silent: [
        changed(FILE, "/etc/motd", { before: {}, after: { acl: ["user:ada:r--", "group::r--"] } }),
        { kind: FILE, id: "/etc/shadow", desired: { acl: ["user:ada:r--", "group::r--"] }, actual: { mode: "0640" } },
      ],
    },
  },
  {
    id: "host/acl-lets-write",
    kinds: BOTH,
    paths: ["/acl", "/default_acl"],
    when: `${idMatches(SYSTEM)} && ${names("change.after", WRITES)} && change.after != null`,
    severity: "critical",
    type: "security",
    title: "An access list lets others write to {id}",
    examples: {
      fires: [
        changed(FILE, "/usr/bin/ssh", { before: {}, after: { acl: ["user:ada:rwx", "group::r-x"] } }),
        changed(DIRECTORY, "/etc/cron.d", { before: {}, after: { default_acl: ["user:ada:rw-", "user::rwx"] } }),
      ],
      silent: [
        changed(FILE, "/usr/bin/ssh", { before: {}, after: { acl: ["user:ada:r-x", "group::r-x"] } }),
        changed(FILE, "/srv/app/x", { before: {}, after: { acl: ["user:ada:rwx", "group::r-x"] } }),
      ],
    },
  },
  {
    id: "host/acl-changed",
    kinds: BOTH,
    paths: ["/acl", "/default_acl"],
    severity: "warning",
    type: "security",
    title: "Who may use {id} beyond its mode has changed",
    examples: {
      fires: [changed(FILE, "/srv/app/x", { before: {}, after: { acl: ["user:ada:r--", "group::r--"] } })],
      silent: [changed(FILE, "/etc/shadow", { before: {}, after: { acl: ["user:ada:r--", "group::r--"] } })],
    },
  },
  {
    id: "host/selinux-context-changed",
    kinds: BOTH,
    paths: ["/selinux"],
    severity: "warning",
    type: "security",
    title: "What SELinux lets programs do with {id} has changed",
    examples: {
      fires: [
        changed(FILE, "/srv/app/x", {
          before: { selinux: "system_u:object_r:bin_t:s0" },
          after: { selinux: "unconfined_u:object_r:tmp_t:s0" },
        }),
      ],
      silent: [changed(FILE, "/srv/app/x", { before: { mode: "0644" }, after: { mode: "0600" } })],
    },
  },
];

const preload: readonly Rule[] = [
  {
    id: "host/preload-for-every-login",
    kinds: [FILE],
    paths: ["/settings/LD_PRELOAD", "/settings/LD_LIBRARY_PATH", "/settings/LD_AUDIT"],
    when: `${idMatches("^/etc/(environment|default/[^/]+)$")} && change.after != null`,
    severity: "critical",
    type: "security",
    title: "{id} makes programs load a library that is not declared",
    examples: {
      fires: [
        changed(FILE, "/etc/environment", {
          before: { settings: { PATH: "/bin" } },
          after: { settings: { PATH: "/bin", LD_PRELOAD: "/tmp/x.so" } },
        }),
      ],
      silent: [
        changed(FILE, "/etc/environment", {
          before: { settings: { PATH: "/bin" } },
          after: { settings: { PATH: "/bin:/tmp" } },
        }),
        changed(FILE, "/etc/environment", {
          before: { settings: { LD_PRELOAD: "/x" } },
          after: { settings: {} },
        }),
      ],
    },
  },
  {
    id: "host/preload-in-unit",
    kinds: [FILE],
    paths: SETTINGS,
    when: `${idMatches("/systemd/")} && change.path.matches(r"/(Default)?Environment$")
      && (type(change.after) == list
        ? change.after.exists(value, value.matches(r"\\bLD_(PRELOAD|AUDIT|LIBRARY_PATH)="))
        : type(change.after) == string && change.after.matches(r"\\bLD_(PRELOAD|AUDIT|LIBRARY_PATH)="))`,
    severity: "critical",
    type: "security",
    title: "{id} makes a service load a library that is not declared",
    examples: {
      fires: [
        changed(FILE, UNIT, {
          before: { settings: { Service: { Environment: "A=1" } } },
          after: { settings: { Service: { Environment: ["A=1", "LD_PRELOAD=/tmp/x.so"] } } },
        }),
        changed(FILE, UNIT, {
          before: { settings: { Service: { ExecStart: "/bin/a" } } },
          after: { settings: { Service: { ExecStart: "/bin/a", Environment: "LD_PRELOAD=/tmp/x.so" } } },
        }),
      ],
      silent: [
        changed(FILE, UNIT, {
          before: { settings: { Service: { Environment: "A=1" } } },
          after: { settings: { Service: { Environment: "A=2" } } },
        }),
      ],
    },
  },
];

/** What stands beside the content of a file, and single settings that matter wherever they stand. */
export const fileAttributeRules: readonly Rule[] = [...rights, ...flags, ...access, ...preload];
