import type { KindFacts } from "../../../../model/facts.ts";

export const resolverFacts: KindFacts = {
  kind: "host/resolver",
  summary: "How the host looks up names",
  id: { description: "system, the resolver of the C library", pattern: "^system$", example: "system" },
  attributes: [
    {
      path: "/nameservers",
      type: "list",
      description: "Addresses of the servers that are asked, the first one first",
      semantics: "sequence",
    },
    {
      path: "/search",
      type: "list",
      description: "Domains in which short names are looked for, in their order",
      semantics: "sequence",
    },
    { path: "/options", type: "list", description: "Options of resolv.conf, in any order", semantics: "set" },
    {
      path: "/managed_by",
      type: "string",
      description:
        "The program that writes /etc/resolv.conf, by its link or its first lines; missing when nobody says so",
    },
    {
      path: "/upstreams",
      type: "list",
      description: "Where nameservers is systemd-resolved on this host: the servers that it asks",
      semantics: "sequence",
    },
    {
      path: "/hosts_sources",
      type: "list",
      description: "The hosts line of /etc/nsswitch.conf: where names are looked for, in order",
      semantics: "sequence",
    },
  ],
  emptyIs: "absent",
  read: "/etc/resolv.conf, /run/systemd/resolve/resolv.conf and /etc/nsswitch.conf",
};
