import type { KindFacts } from "../../../../model/facts.ts";

const NAME = {
  description: "the name; bytes that are not UTF-8, control characters and % are written %XX",
  pattern: "^[^:/\\u0000-\\u001f\\u007f]+$",
} as const;

export const userFacts: KindFacts = {
  kind: "host/user",
  summary: "A user account",
  id: { ...NAME, example: "www-data" },
  attributes: [
    { path: "/uid", type: "integer", description: "Number of the user; 0 is all-powerful whatever the name" },
    { path: "/gid", type: "integer", description: "Number of the primary group" },
    { path: "/home", type: "string", description: "Home directory" },
    { path: "/shell", type: "string", description: "Login shell" },
    {
      path: "/groups",
      type: "list",
      description: "Names of the supplementary groups, in any order",
      semantics: "set",
    },
    { path: "/comment", type: "string", description: "Full name and the like, also called GECOS" },
    {
      path: "/password",
      type: "string",
      description:
        "`set`, `locked` (set, but not to be used), `none` (none can be used) or `empty` (anybody gets in without one)",
      form: { pattern: "set|locked|none|empty", example: "locked" },
    },
    {
      path: "/password_algorithm",
      type: "string",
      description:
        "What the password was hashed with: yescrypt, gost-yescrypt, scrypt, bcrypt, sha512, sha256, sha1, sunmd5, md5, nt, bsdicrypt, des",
    },
    {
      path: "/password_digest",
      type: "string",
      description: "The hash of the password, of which only a keyed digest is kept: enough to see that it changed",
      roles: ["sensitive"],
    },
    { path: "/password_min_days", type: "integer", description: "Days before a password may be changed again" },
    { path: "/password_max_days", type: "integer", description: "Days after which a password must be changed" },
    { path: "/password_warn_days", type: "integer", description: "Days before that when the user is warned" },
    {
      path: "/password_inactive_days",
      type: "integer",
      description: "Days for which a password that should have been changed still opens the account",
    },
    {
      path: "/expires",
      type: "string",
      description: "The day on which the account can no longer be used",
      semantics: "timestamp",
    },
    {
      path: "/last_change",
      type: "string",
      description:
        "The day on which the password was last changed; 1970-01-01 when it must be changed at the next login",
      semantics: "timestamp",
      roles: ["evidence"],
    },
  ],
  emptyIs: "absent",
  identity: ["/uid", "/gid", "/home", "/shell"],
  read: "/etc/passwd, /etc/group and /etc/shadow; getent passwd for a declared user that is not in them",
};

export const groupFacts: KindFacts = {
  kind: "host/group",
  summary: "A group of users",
  id: { ...NAME, example: "sudo" },
  attributes: [
    { path: "/gid", type: "integer", description: "Number of the group" },
    {
      path: "/members",
      type: "list",
      description: "Names of the users that have it as a supplementary group, in any order",
      semantics: "set",
    },
    {
      path: "/administrators",
      type: "list",
      description: "Names of the users that may change its members, in any order",
      semantics: "set",
    },
  ],
  emptyIs: "absent",
  identity: ["/gid", "/members"],
  read: "/etc/group and /etc/gshadow; getent group for a declared group that is not in it",
};
