import type { AttributeFacts, KindFacts } from "../../../../model/facts.ts";

/** Settings of Defaults lines that are lists in which only what they hold counts. */
const SETS = ["env_keep", "env_check", "env_delete", "log_servers"];

export const sudoRuleFacts: KindFacts = {
  kind: "host/sudo-rule",
  summary:
    "One command that sudo lets a user or group run, aliases and included files accounted for; or the Defaults in force",
  id: {
    description:
      "user, hosts, in parentheses as whom it is run, and the command, as sudoers writes them but for group:NAME instead of %NAME; or `defaults`, and what they are bound to",
    example: "group:sudo ALL=(ALL:ALL) ALL",
  },
  attributes: [
    { path: "/user", type: "string", description: "Who may run it, as sudoers writes it: %NAME is a group" },
    { path: "/hosts", type: "string", description: "The hosts on which it may be run, parted by commas" },
    { path: "/run_as", type: "string", description: "The users, and after a colon the groups, as whom it may be run" },
    {
      path: "/command",
      type: "string",
      description: "The command with its arguments; with ! before it, it is forbidden",
    },
    { path: "/nopasswd", type: "boolean", description: "Whether it may be run without a password" },
    { path: "/setenv", type: "boolean", description: "Whether any variable may be set for it" },
    { path: "/noexec", type: "boolean", description: "Whether it is kept from running other programs" },
    {
      path: "/overridden",
      type: "boolean",
      description:
        "Whether a later rule decides instead, so that this one has no effect: of the same user, of a group of theirs, of everybody",
    },
    {
      path: "/digests",
      type: "list",
      description: "Checksums of which the program must have one, such as sha256:…, in any order",
      semantics: "set",
    },
    { path: "/options", type: "object", description: "Further options by their names, as text", scalarAsText: true },
    { path: "/options/*", type: "string", description: "One further option, such as log_input" },
    {
      path: "/settings",
      type: "object",
      description: "What Defaults lines set, by name, as text; of flags true or false",
      scalarAsText: true,
    },
    { path: "/settings/*", type: "any", description: "One setting of Defaults lines" },
    ...SETS.map(
      (name): AttributeFacts => ({
        path: `/settings/${name}`,
        type: "list",
        description: `The ${name} of Defaults lines, in any order: +NAME is added to the built-in list, -NAME taken from it`,
        semantics: "set",
      }),
    ),
  ],
  emptyIs: "absent",
  identity: ["/hosts", "/run_as", "/command", "/nopasswd"],
  read: "cvtsudoers -f json -e /etc/sudoers",
};
