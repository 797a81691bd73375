import type { KindFacts } from "../../../../model/facts.ts";

export const packageFacts: KindFacts = {
  kind: "host/package",
  summary: "An installed package of the system's package manager",
  id: {
    description: "the name, and `name:arch` for a package of a foreign architecture",
    pattern: "^[A-Za-z0-9][A-Za-z0-9+._-]*(?::[a-z0-9-]+)?$",
    example: "openssl",
  },
  attributes: [
    {
      path: "/version",
      type: "string",
      description: "The installed version, with epoch and revision",
      semantics: "version",
      scalarAsText: true,
    },
  ],
  emptyIs: "value",
  read: "dpkg-query -W",
};
