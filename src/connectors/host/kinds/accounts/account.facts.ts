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
  ],
  emptyIs: "absent",
  identity: ["/uid", "/gid", "/home", "/shell"],
  read: "/etc/passwd and /etc/group; getent passwd for a declared user that is not in them",
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
  ],
  emptyIs: "absent",
  identity: ["/gid", "/members"],
  read: "/etc/group; getent group for a declared group that is not in it",
};
