import type { KindFacts } from "../../../../model/facts.ts";

export const mountFacts: KindFacts = {
  kind: "host/mount",
  summary:
    "A file system that is mounted; those that the kernel, containers or sessions make up are answered for only where they are asked for",
  id: {
    description: "the mount point, an absolute path written as that of a file",
    pattern: "^/(?:[^\\u0000-\\u001f\\u007f]*[^/\\u0000-\\u001f\\u007f])?$",
    example: "/srv/data",
  },
  attributes: [
    { path: "/source", type: "string", description: "The device, share or name that is mounted" },
    { path: "/fstype", type: "string", description: "Type of the file system" },
    {
      path: "/options",
      type: "list",
      description:
        "Options in force, of the mount and of its file system, in any order, without sizes and what the kernel adds",
      semantics: "set",
    },
    {
      path: "/persistent",
      type: "boolean",
      description: "Whether /etc/fstab names the mount point, so that it is mounted at the next start",
    },
  ],
  emptyIs: "value",
  identity: ["/source", "/fstype"],
  read: "/proc/self/mountinfo and /etc/fstab",
};
