import type { KindFacts } from "../../../../model/facts.ts";

export const environmentFacts: KindFacts = {
  kind: "host/environment",
  summary: "The environment of a service of systemd, or a file of variables",
  id: {
    description:
      "the service's full name, or the file's path; those of /etc/default and /etc/environment are looked for, others read when they are asked for",
    pattern: "^(?:/.+|[^/\\s]+\\.service)$",
    example: "nginx.service",
  },
  attributes: [
    {
      path: "/variables",
      type: "object",
      description:
        "Variables by name: of a service those of Environment= and, before them, of its environment files, without those that it unsets",
    },
    { path: "/variables/*", type: "string", description: "A variable's value", roles: ["sensitive"] },
    {
      path: "/path_risks",
      type: "list",
      description:
        "Folders in PATH that everybody may write to, and by their place in it the entries that are relative to wherever a program runs",
      semantics: "set",
    },
    {
      path: "/environment_files",
      type: "list",
      description:
        "Files and patterns of files that a service's variables come from, as EnvironmentFile= has them; a hyphen stands before one that may be missing",
      semantics: "sequence",
    },
    {
      path: "/unusable_files",
      type: "list",
      description: "Those of them that must be there and are not, or are malformed: so that the service cannot start",
      semantics: "set",
    },
    {
      path: "/passed",
      type: "list",
      description: "Names of variables that a service takes over from systemd itself",
      semantics: "set",
    },
  ],
  emptyIs: "value",
  settleMs: 5000,
  read: "systemctl show and list-unit-files, the environment files, /etc/environment and /etc/default",
};
