import type { Rule } from "../../../model/rule.ts";
import { changed, cis, idIn, list, unmanaged } from "./rule-parts.ts";

const USER = "host/user";
const GROUP = "host/group";
const APPEARED = ["unmanaged", "changed"] as const;

/** Groups whose members can become root, or read what only root should. */
const PRIVILEGED = ["root", "sudo", "wheel", "admin", "adm", "docker", "lxd", "libvirt", "shadow", "disk", "kmem"];
/** CEL: a call that tells a shell that lets nobody in. */
const IS_NO_LOGIN = 'matches(r"(^|/)(nologin|false|sync|halt|shutdown)$")';

/** CEL: an account without a shell gets /bin/sh. */
function isLogin(shell: string): string {
  return `(${shell} == null || !${shell}.${IS_NO_LOGIN})`;
}

const userIdentity: readonly Rule[] = [
  {
    id: "host/uid-0-user-appeared",
    kinds: [USER],
    paths: [""],
    drift: APPEARED,
    when: 'resource.actual.uid == 0 && resource.id != "root"',
    severity: "critical",
    type: "security",
    title: "User {id} is there with the rights of root (uid 0)",
    controls: cis("5.4.2.1"),
    examples: {
      fires: [unmanaged(USER, "toor", { uid: 0, gid: 0, shell: "/bin/sh" })],
      silent: [unmanaged(USER, "ada", { uid: 1000, shell: "/bin/bash" }), unmanaged(USER, "root", { uid: 0 })],
    },
  },
  {
    id: "host/user-became-root",
    kinds: [USER],
    paths: ["/uid"],
    when: "change.after == 0",
    severity: "critical",
    type: "security",
    title: "User {id} now has the rights of root (uid 0)",
    controls: cis("5.4.2.1"),
    examples: {
      fires: [changed(USER, "games", { before: { uid: 5 }, after: { uid: 0 } })],
      silent: [changed(USER, "games", { before: { uid: 5 }, after: { uid: 6 } })],
    },
  },
  {
    id: "host/user-joined-root-group",
    kinds: [USER],
    paths: ["/gid"],
    when: 'change.after == 0 && resource.id != "root"',
    severity: "critical",
    type: "security",
    title: "The primary group of user {id} is now root",
    controls: cis("5.4.2.2"),
    examples: {
      fires: [changed(USER, "games", { before: { gid: 60 }, after: { gid: 0 } })],
      silent: [changed(USER, "games", { before: { gid: 60 }, after: { gid: 61 } })],
    },
  },
  {
    id: "host/user-number-changed",
    kinds: [USER],
    paths: ["/uid", "/gid"],
    severity: "warning",
    type: "security",
    title: "The {path} of user {id} is {after} instead of {before}",
    examples: {
      fires: [changed(USER, "ada", { before: { uid: 1000 }, after: { uid: 1001 } })],
      silent: [changed(USER, "ada", { before: { home: "/home/ada" }, after: { home: "/srv/ada" } })],
    },
  },
];

const userLogin: readonly Rule[] = [
  {
    id: "host/privileged-user-appeared",
    kinds: [USER],
    paths: [""],
    drift: APPEARED,
    when: `hasAny(resource.actual.groups, ${list(PRIVILEGED)})`,
    severity: "critical",
    type: "security",
    title: "User {id} is there, not declared, in a group that can become root",
    examples: {
      fires: [unmanaged(USER, "eve", { uid: 1001, groups: ["docker"], shell: "/bin/sh" })],
      silent: [unmanaged(USER, "eve", { uid: 1001, groups: ["cdrom"], shell: "/bin/sh" })],
    },
  },
  {
    id: "host/login-user-appeared",
    kinds: [USER],
    paths: [""],
    drift: APPEARED,
    when: isLogin("resource.actual.shell"),
    severity: "warning",
    type: "security",
    title: "User {id}, who can log in, is not declared",
    examples: {
      fires: [unmanaged(USER, "ada", { uid: 1000, shell: "/bin/bash" })],
      silent: [unmanaged(USER, "redis", { uid: 110, shell: "/usr/sbin/nologin" })],
    },
  },
  {
    id: "host/system-user-appeared",
    kinds: [USER],
    paths: [""],
    drift: APPEARED,
    severity: "informational",
    type: "functional",
    title: "User {id}, who cannot log in, is not declared",
    examples: {
      fires: [unmanaged(USER, "redis", { uid: 110, shell: "/usr/sbin/nologin" })],
      silent: [unmanaged(USER, "ada", { uid: 1000, shell: "/bin/bash" })],
    },
  },
  {
    id: "host/login-shell-gained",
    kinds: [USER],
    paths: ["/shell"],
    when: `change.before != null && change.before.${IS_NO_LOGIN} && ${isLogin("change.after")}`,
    severity: "critical",
    type: "security",
    title: "User {id} could not log in and now can: {after}",
    controls: cis("5.4.2.7"),
    examples: {
      fires: [changed(USER, "www-data", { before: { shell: "/usr/sbin/nologin" }, after: { shell: "/bin/bash" } })],
      silent: [changed(USER, "ada", { before: { shell: "/bin/bash" }, after: { shell: "/bin/zsh" } })],
    },
  },
  {
    id: "host/login-shell-removed",
    kinds: [USER],
    paths: ["/shell"],
    when: `change.after != null && change.after.${IS_NO_LOGIN}`,
    severity: "informational",
    type: "security",
    title: "User {id} can no longer log in",
    examples: {
      fires: [changed(USER, "ada", { before: { shell: "/bin/bash" }, after: { shell: "/usr/sbin/nologin" } })],
      silent: [changed(USER, "ada", { before: { shell: "/bin/bash" }, after: { shell: "/bin/zsh" } })],
    },
  },
  {
    id: "host/shell-changed",
    kinds: [USER],
    paths: ["/shell"],
    severity: "informational",
    type: "functional",
    title: "The shell of user {id} is {after} instead of {before}",
    examples: {
      fires: [changed(USER, "ada", { before: { shell: "/bin/bash" }, after: { shell: "/bin/zsh" } })],
      silent: [changed(USER, "www-data", { before: { shell: "/usr/sbin/nologin" }, after: { shell: "/bin/sh" } })],
    },
  },
  {
    id: "host/home-changed",
    kinds: [USER],
    paths: ["/home"],
    severity: "informational",
    type: "functional",
    title: "The home of user {id} is {after} instead of {before}",
    examples: {
      fires: [changed(USER, "ada", { before: { home: "/home/ada" }, after: { home: "/srv/ada" } })],
      silent: [changed(USER, "ada", { before: { uid: 1000 }, after: { uid: 1001 } })],
    },
  },
];

const membership: readonly Rule[] = [
  {
    id: "host/user-gained-privilege",
    kinds: [USER],
    paths: ["/groups"],
    when: `hasAny(change.added, ${list(PRIVILEGED)})`,
    severity: "critical",
    type: "security",
    title: "User {id} has joined {added}",
    examples: {
      fires: [changed(USER, "ada", { before: { groups: ["cdrom"] }, after: { groups: ["cdrom", "sudo"] } })],
      silent: [changed(USER, "ada", { before: { groups: ["cdrom", "sudo"] }, after: { groups: ["cdrom"] } })],
    },
  },
  {
    id: "host/user-joined-group",
    kinds: [USER],
    paths: ["/groups"],
    when: "size(change.added) > 0",
    severity: "warning",
    type: "security",
    title: "User {id} has joined {added}",
    examples: {
      fires: [changed(USER, "ada", { before: { groups: ["cdrom"] }, after: { groups: ["cdrom", "video"] } })],
      silent: [changed(USER, "ada", { before: { groups: ["cdrom", "video"] }, after: { groups: ["video"] } })],
    },
  },
  {
    id: "host/user-left-group",
    kinds: [USER],
    paths: ["/groups"],
    severity: "informational",
    type: "security",
    title: "User {id} has left {removed}",
    examples: {
      fires: [changed(USER, "ada", { before: { groups: ["cdrom", "sudo"] }, after: { groups: ["cdrom"] } })],
      silent: [changed(USER, "ada", { before: { groups: ["cdrom"] }, after: { groups: ["cdrom", "sudo"] } })],
    },
  },
  {
    id: "host/privileged-group-widened",
    kinds: [GROUP],
    paths: ["/members"],
    when: `${idIn(PRIVILEGED)} && size(change.added) > 0`,
    severity: "critical",
    type: "security",
    title: "{added} joined group {id}",
    examples: {
      fires: [
        changed(GROUP, "sudo", { before: { members: ["ada"] }, after: { members: ["ada", "eve"] } }),
        changed(GROUP, "shadow", { before: { members: [] }, after: { members: ["eve"] } }),
      ],
      silent: [
        changed(GROUP, "sudo", { before: { members: ["ada", "eve"] }, after: { members: ["ada"] } }),
        changed(GROUP, "video", { before: { members: [] }, after: { members: ["eve"] } }),
      ],
    },
  },
  {
    id: "host/group-widened",
    kinds: [GROUP],
    paths: ["/members"],
    when: "size(change.added) > 0",
    severity: "warning",
    type: "security",
    title: "{added} joined group {id}",
    examples: {
      fires: [changed(GROUP, "video", { before: { members: ["ada"] }, after: { members: ["ada", "eve"] } })],
      silent: [changed(GROUP, "video", { before: { members: ["ada", "eve"] }, after: { members: ["ada"] } })],
    },
  },
  {
    id: "host/group-narrowed",
    kinds: [GROUP],
    paths: ["/members"],
    severity: "informational",
    type: "security",
    title: "{removed} left group {id}",
    examples: {
      fires: [changed(GROUP, "sudo", { before: { members: ["ada", "eve"] }, after: { members: ["ada"] } })],
      silent: [changed(GROUP, "sudo", { before: { members: ["ada"] }, after: { members: ["ada", "eve"] } })],
    },
  },
  {
    id: "host/privileged-group-administrator-added",
    kinds: [GROUP],
    paths: ["/administrators"],
    when: `${idIn(PRIVILEGED)} && size(change.added) > 0`,
    severity: "critical",
    type: "security",
    title: "{added} may now add members to group {id}",
    examples: {
      fires: [changed(GROUP, "sudo", { before: { administrators: [] }, after: { administrators: ["eve"] } })],
      silent: [changed(GROUP, "video", { before: { administrators: [] }, after: { administrators: ["eve"] } })],
    },
  },
  {
    id: "host/group-administrator-added",
    kinds: [GROUP],
    paths: ["/administrators"],
    when: "size(change.added) > 0",
    severity: "warning",
    type: "security",
    title: "{added} may now add members to group {id}",
    examples: {
      fires: [changed(GROUP, "video", { before: { administrators: [] }, after: { administrators: ["eve"] } })],
      silent: [changed(GROUP, "video", { before: { administrators: ["eve"] }, after: { administrators: [] } })],
    },
  },
  {
    id: "host/group-administrator-removed",
    kinds: [GROUP],
    paths: ["/administrators"],
    severity: "informational",
    type: "security",
    title: "{removed} may no longer add members to group {id}",
    examples: {
      fires: [changed(GROUP, "sudo", { before: { administrators: ["eve"] }, after: { administrators: [] } })],
      silent: [changed(GROUP, "sudo", { before: { administrators: [] }, after: { administrators: ["eve"] } })],
    },
  },
  {
    id: "host/root-group-duplicated",
    kinds: [GROUP],
    paths: ["", "/gid"],
    when: 'resource.actual.gid == 0 && resource.id != "root"',
    severity: "critical",
    type: "security",
    title: "Group {id} now has the rights of group root (gid 0)",
    controls: cis("5.4.2.3"),
    examples: {
      fires: [changed(GROUP, "staff", { before: { gid: 50 }, after: { gid: 0 } }), unmanaged(GROUP, "x", { gid: 0 })],
      silent: [changed(GROUP, "staff", { before: { gid: 50 }, after: { gid: 51 } })],
    },
  },
  {
    id: "host/group-number-changed",
    kinds: [GROUP],
    paths: ["/gid"],
    severity: "warning",
    type: "security",
    title: "The gid of group {id} is {after} instead of {before}",
    examples: {
      fires: [changed(GROUP, "staff", { before: { gid: 50 }, after: { gid: 51 } })],
      silent: [changed(GROUP, "staff", { before: { gid: 50 }, after: { gid: 0 } })],
    },
  },
];

/** Users and groups. */
export const accountRules: readonly Rule[] = [...userIdentity, ...userLogin, ...membership];
