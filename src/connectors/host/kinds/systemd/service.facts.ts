import type { KindFacts } from "../../../../model/facts.ts";

export const serviceFacts: KindFacts = {
  kind: "host/service",
  summary: "A unit of systemd",
  id: {
    description: "the unit's full name",
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
  ],
  emptyIs: "value",
  settleMs: 5000,
  read: "systemctl show and list-unit-files; systemctl --root=/ list-unit-files where systemd does not run",
};
