import type { KindFacts } from "../../../../model/facts.ts";

export const pamRuleFacts: KindFacts = {
  kind: "host/pam-rule",
  summary: "The rules by which PAM lets users in at one service: those of one type, in their order",
  id: {
    description: "the service, #, and the type: auth, account, password or session",
    pattern: "^[^#]+#(?:auth|account|password|session)$",
    example: "sshd#auth",
  },
  attributes: [
    {
      path: "/rules",
      type: "object",
      description:
        "Rules by their module, as it is written; the second use of one is NAME#2. A file that is included is one by its name",
    },
    { path: "/rules/*", type: "object", description: "One rule" },
    {
      path: "/rules/*/control",
      type: "string",
      description:
        "What its answer leads to: required, sufficient and such, or [value=action …]; of a file @include, include or substack",
    },
    {
      path: "/rules/*/args",
      type: "list",
      description: "Arguments of the module, in any order",
      semantics: "set",
    },
    {
      path: "/rules/*/quiet",
      type: "boolean",
      description: "Whether it is passed over where its module is not installed (a - before the type)",
    },
    {
      path: "/order",
      type: "list",
      description: "The modules and included files in the order in which they are asked",
      semantics: "sequence",
    },
    { path: "/file", type: "string", description: "The file that it stands in", roles: ["evidence"] },
  ],
  emptyIs: "absent",
  read: "/etc/pam.d, /usr/lib/pam.d and /usr/etc/pam.d, or /etc/pam.conf where there is none of them",
};
