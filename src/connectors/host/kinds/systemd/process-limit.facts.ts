import type { KindFacts } from "../../../../model/facts.ts";

export const processLimitFacts: KindFacts = {
  kind: "host/process-limit",
  summary: "A limit that pam_limits sets to those who log in",
  id: {
    description:
      "`DOMAIN#TYPE#ITEM`: whom it is for (a user, @group, * for everybody, a range of numbers), soft or hard, and what is limited. A limit of both is two; what is neither, as maxlogins and priority, has a hyphen as its type; `DOMAIN#-#all` says that no limit at all is set to them",
    pattern: "^[^#\\s]+#(?:soft|hard|-)#[a-z]+$",
    example: "*#hard#core",
  },
  attributes: [
    {
      path: "/value",
      type: "string",
      description: "The limit that is in force, of several the last: a number as it is written, or unlimited",
      scalarAsText: true,
    },
    { path: "/file", type: "string", description: "The file that it stands in", roles: ["evidence"] },
  ],
  emptyIs: "absent",
  read: "/etc/security/limits.conf, then *.conf in /etc/security/limits.d in the order of their names",
};
