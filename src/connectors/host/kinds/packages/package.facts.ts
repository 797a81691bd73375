import type { KindFacts } from "../../../../model/facts.ts";

export const packageFacts: KindFacts = {
  kind: "host/package",
  summary: "An installed package of the system's package manager",
  id: {
    description:
      "the name, and `name:arch` for a package of a foreign architecture; with `rpm/` or `apk/` before it on a system that is of dpkg, and `dpkg/` on one that is not",
    pattern: "^(?:(?:dpkg|rpm|apk)/)?[A-Za-z0-9_.][A-Za-z0-9+._-]*(?::[A-Za-z0-9_-]+)?$",
    example: "openssl",
  },
  attributes: [
    {
      path: "/version",
      type: "string",
      description: "The installed version, with epoch and revision; where several are installed (kernels), the newest",
      semantics: "version",
      scalarAsText: true,
    },
    {
      path: "/also_installed",
      type: "list",
      description: "Older versions that are installed beside it; none where the manager keeps one only",
      semantics: "set",
    },
    {
      path: "/held",
      type: "boolean",
      description:
        "Whether it is kept from being upgraded: a hold of dpkg, a version lock of dnf or yum, a pinned version of apk",
      default: false,
    },
  ],
  emptyIs: "value",
  read: "dpkg-query -W; rpm -qa; /lib/apk/db/installed",
};
