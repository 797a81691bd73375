import type { KindFacts } from "../../../../model/facts.ts";

export const timezoneFacts: KindFacts = {
  kind: "host/timezone",
  summary: "The time zone of the host, and in which its hardware clock runs",
  id: { description: "system, the zone of everything that sets no other", pattern: "^system$", example: "system" },
  attributes: [
    {
      path: "/name",
      type: "string",
      description:
        "The zone that /etc/localtime links to; UTC where it leads nowhere, and what /etc/timezone says where it is a copy",
    },
    {
      path: "/rule",
      type: "string",
      description: "Its offset and changes from now on as POSIX writes them, such as CET-1CEST,M3.5.0,M10.5.0/3",
      roles: ["computed"],
    },
    {
      path: "/timezone_file",
      type: "string",
      description: "The zone that /etc/timezone names where that is another one: some programs go by it",
    },
    {
      path: "/hardware_clock",
      type: "string",
      description: "What /etc/adjtime says the hardware clock runs in: utc or local",
    },
  ],
  emptyIs: "absent",
  read: "/etc/localtime, /etc/timezone and /etc/adjtime",
};
