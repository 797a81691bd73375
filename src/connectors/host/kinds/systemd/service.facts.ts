import type { KindFacts } from "../../../../model/facts.ts";

export const serviceFacts: KindFacts = {
  kind: "host/service",
  summary: "A unit of systemd",
  id: {
    description: "the unit's full name; what a login starts (user@0.service) is seen where it is declared",
    pattern: "^[^/\\s]+\\.(?:service|socket|timer|path|target|mount|automount|swap|slice|scope|device)$",
    example: "ssh.service",
  },
  attributes: [
    {
      path: "/enabled",
      type: "boolean",
      description: "Whether it starts by itself, as systemctl is-enabled answers: static units do, masked ones do not",
    },
    { path: "/running", type: "boolean", description: "Whether it is active now; known only where systemd runs" },
    { path: "/masked", type: "boolean", description: "Whether nothing can start it, by hand neither" },
    {
      path: "/exec_start",
      type: "list",
      description:
        "The command lines of a service, without quotes; a hyphen stands before one that may fail. This and what follows is known only where systemd runs, and not of masked units",
    },
    { path: "/user", type: "string", description: "Whom a service runs as: root where it names nobody, or dynamic" },
    { path: "/fragment_path", type: "string", description: "The unit's own file" },
    { path: "/drop_ins", type: "list", description: "Files that change it", semantics: "set" },
    { path: "/no_new_privileges", type: "boolean", description: "Whether setuid programs give it no rights" },
    { path: "/private_tmp", type: "boolean", description: "Whether it has temporary folders of its own" },
    {
      path: "/protect_system",
      type: "string",
      description: "How much of the system it cannot write: no, yes, full, strict",
    },
    { path: "/protect_home", type: "string", description: "Whether it sees homes: no, yes, read-only, tmpfs" },
    { path: "/limits", type: "object", description: "A service's limits that are not the defaults of systemd" },
    {
      path: "/limits/*",
      type: "string",
      description: "Soft and hard limit, as 1024:4096, by name: nofile, nproc, core",
    },
  ],
  emptyIs: "value",
  settleMs: 5000,
  read: "systemctl show and list-unit-files; systemctl --root=/ list-unit-files where systemd does not run",
};
