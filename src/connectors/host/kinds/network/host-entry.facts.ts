import type { KindFacts } from "../../../../model/facts.ts";

export const hostEntryFacts: KindFacts = {
  kind: "host/host-entry",
  summary: "A name that /etc/hosts gives addresses to, however many lines it stands on",
  id: { description: "the name, in lower case", pattern: "^\\S+$", example: "db.internal" },
  attributes: [
    {
      path: "/addresses",
      type: "list",
      description: "The addresses that the name has, in lower case and in any order",
      semantics: "set",
    },
  ],
  emptyIs: "absent",
  read: "/etc/hosts",
};
