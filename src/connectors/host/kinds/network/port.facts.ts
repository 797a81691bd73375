import type { KindFacts } from "../../../../model/facts.ts";

export const portFacts: KindFacts = {
  kind: "host/port",
  summary: "A port that something listens on",
  id: {
    description: "protocol and number, parted by a colon: tcp, tcp6, udp or udp6",
    pattern: "^(?:tcp|udp)6?:[1-9][0-9]{0,4}$",
    example: "tcp:22",
  },
  attributes: [
    {
      path: "/addresses",
      type: "list",
      description:
        "Local addresses it is bound to, in any order; * is every address of both families, :: every one of IPv6 alone",
      semantics: "set",
    },
    {
      path: "/process",
      type: "string",
      description: "Name of the program that listens; where several do, their names in order, parted by commas",
    },
    {
      path: "/user",
      type: "string",
      description: "Name of the user that opened it, or the number as text when no user has it",
    },
  ],
  emptyIs: "absent",
  settleMs: 5000,
  read: "ss -H -lntupe",
};
