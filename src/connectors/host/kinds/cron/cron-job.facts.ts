import type { KindFacts } from "../../../../model/facts.ts";

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
    { path: "/environment", type: "object", description: "What the crontab sets above the line, by name" },
    { path: "/environment/*", type: "string", description: "One of them: SHELL, which runs it, PATH, MAILTO, …" },
  ],
  emptyIs: "value",
  identity: ["/schedule", "/user", "/command"],
  read: "/etc/crontab, /etc/cron.d, and users' own in /var/spool/cron or /etc/crontabs",
};
