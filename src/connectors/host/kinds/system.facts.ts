import type { KindFacts } from "../../../model/facts.ts";

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

export const sysctlFacts: KindFacts = {
  kind: "host/sysctl",
  summary: "A kernel parameter as it is in force; those that count or measure by themselves are not looked for",
  id: {
    description: "the key with dots, written as sysctl writes it",
    pattern: "^[^\\s=]+$",
    example: "net.ipv4.ip_forward",
  },
  attributes: [
    { path: "/value", type: "string", description: "The value as text; fields are parted by tabs", scalarAsText: true },
  ],
  emptyIs: "value",
  read: "/proc/sys",
};

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

export const cronJobFacts: KindFacts = {
  kind: "host/cron-job",
  summary: "One line of a crontab",
  id: {
    description: "the crontab's path, #, and the first 8 hexadecimal digits of the SHA-256 of user and command",
    pattern: "^/.+#[0-9a-f]{8}$",
    example: "/etc/cron.d/backup#1f0c2b7a",
  },
  attributes: [
    {
      path: "/schedule",
      type: "string",
      description:
        "The five time fields parted by single spaces, or @daily and such; several of one job parted by ; in order",
    },
    { path: "/user", type: "string", description: "The user it runs as" },
    { path: "/command", type: "string", description: "What is run, as it is written" },
  ],
  emptyIs: "value",
  identity: ["/schedule", "/user", "/command"],
  read: "/etc/crontab, /etc/cron.d and /var/spool/cron/crontabs",
};
