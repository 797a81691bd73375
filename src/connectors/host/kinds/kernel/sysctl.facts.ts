import type { KindFacts } from "../../../../model/facts.ts";

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
