import type { KindFacts } from "../../../../model/facts.ts";

export const kernelModuleFacts: KindFacts = {
  kind: "host/kernel-module",
  summary: "A module of the kernel that is loaded, or that modprobe.d or modules-load.d say something of",
  id: { description: "its name, with _ for -", pattern: "^[^\\s-]+$", example: "usb_storage" },
  attributes: [
    {
      path: "/loaded",
      type: "boolean",
      description: "Whether it is loaded; what is built into the kernel is no module",
    },
    {
      path: "/taints",
      type: "list",
      description:
        "Letters with which it taints the kernel: P not free, O out of tree, E not signed, F forced and such",
      semantics: "set",
    },
    {
      path: "/blacklisted",
      type: "boolean",
      description:
        "Whether it is kept from being loaded for hardware that turns up, by modprobe.d or the command line of the kernel",
    },
    {
      path: "/install",
      type: "string",
      description: "What modprobe runs instead of loading it, such as /bin/false, which keeps it from being loaded",
    },
    {
      path: "/options",
      type: "list",
      description: "What modprobe.d gives it when it is loaded, in any order",
      semantics: "set",
    },
    {
      path: "/load_at_start",
      type: "boolean",
      description:
        "Whether modules-load.d or the command line of the kernel name it, so that it is loaded at the next start",
    },
    { path: "/files", type: "list", description: "The files that say something of it", roles: ["evidence"] },
  ],
  emptyIs: "absent",
  read: "/proc/modules, /proc/cmdline, modprobe.d and modules-load.d",
};
