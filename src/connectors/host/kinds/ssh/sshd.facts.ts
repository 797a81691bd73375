import type { AttributeFacts, KindFacts } from "../../../../model/facts.ts";

/** Keywords that may be repeated, where only which values there are counts, and not their order. */
const SETS: readonly (readonly [keyword: string, description: string])[] = [
  ["port", "Ports it listens on, in any order"],
  ["listenaddress", "Addresses with ports it listens on, in any order"],
  ["acceptenv", "Variables that a client may set, in any order"],
  ["allowusers", "Users that may log in, in any order"],
  ["denyusers", "Users that may not log in, in any order"],
  ["allowgroups", "Groups that may log in, in any order"],
  ["denygroups", "Groups that may not log in, in any order"],
];

export const sshdFacts: KindFacts = {
  kind: "host/sshd",
  summary: "The settings in force of the SSH server, defaults and included files accounted for",
  id: { description: "always `effective`", pattern: "^effective$", example: "effective" },
  attributes: [
    {
      path: "/*",
      type: "any",
      description:
        "A keyword that sshd -T prints, in lower case, with its value as text; a list, in order, where it is repeated",
      scalarAsText: true,
    },
    {
      path: "/match",
      type: "list",
      description: "Match blocks in their order, each as CRITERIA: keyword value; keyword value",
      semantics: "sequence",
    },
    {
      path: "/started_with",
      type: "string",
      description: "Options that the system starts it with, such as SSHD_OPTS of Debian: they override the settings",
    },
    ...SETS.map(
      ([keyword, description]): AttributeFacts => ({
        path: `/${keyword}`,
        type: "list",
        description,
        semantics: "set",
        scalarAsText: true,
      }),
    ),
  ],
  open: true,
  emptyIs: "absent",
  read: "sshd -T with a throw-away host key on its standard input",
};
