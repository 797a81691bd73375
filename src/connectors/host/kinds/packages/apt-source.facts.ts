import type { KindFacts } from "../../../../model/facts.ts";

export const aptSourceFacts: KindFacts = {
  kind: "host/apt-source",
  summary: "A source that apt fetches packages from: one type, address and suite",
  id: {
    description:
      "`TYPE URI SUITE`, wherever it stands, without user and password and without a slash at the end of the address; `#2` and so on behind one that is given again",
    pattern: "^deb(?:-src)? .+ \\S+$",
    example: "deb http://deb.debian.org/debian bookworm",
  },
  attributes: [
    { path: "/components", type: "list", description: "Components of the suite; none of a flat one", semantics: "set" },
    {
      path: "/signed_by",
      type: "list",
      description:
        "Key files and fingerprints that its signature must be of, and of a key that stands in the source itself `sha256:` with its digest; any trusted key's when there is none",
      semantics: "set",
    },
    { path: "/architectures", type: "list", description: "Architectures that it is used for", semantics: "set" },
    {
      path: "/trusted",
      type: "boolean",
      description: "Whether it is trusted whatever its signature says (true), or never (false)",
    },
    {
      path: "/allow_insecure",
      type: "boolean",
      description: "Whether it may have no signature at all",
    },
    { path: "/enabled", type: "boolean", description: "Whether apt uses it" },
    {
      path: "/options",
      type: "object",
      description: "Further options, as text by their names in lower case",
    },
    {
      path: "/verified_by",
      type: "string",
      description: "What vouches for its packages: its own key, any trusted key, or nothing",
      roles: ["computed"],
    },
    { path: "/file", type: "string", description: "The file that it stands in", roles: ["evidence"] },
  ],
  emptyIs: "absent",
  read: "/etc/apt/sources.list, and *.list and *.sources in /etc/apt/sources.list.d",
};
