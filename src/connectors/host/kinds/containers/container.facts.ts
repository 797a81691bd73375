import type { AttributeFacts, KindFacts } from "../../../../model/facts.ts";

const text = (path: string, description: string): AttributeFacts => ({ path, type: "string", description });
const flag = (path: string, description: string): AttributeFacts => ({ path, type: "boolean", description });
const set = (path: string, description: string): AttributeFacts => ({
  path,
  type: "list",
  description,
  semantics: "set",
});

export const containerFacts: KindFacts = {
  kind: "host/container",
  summary: "A container of docker or podman, running or not",
  id: {
    description: "docker or podman, a colon and its name",
    pattern: "^(?:docker|podman):.+$",
    example: "docker:web",
  },
  attributes: [
    text("/image", "The image it was made from, as it was named then"),
    text(
      "/image_id",
      "The digest of that image's configuration, which another image under the same name does not have",
    ),
    flag("/running", "Whether it runs; also while it is paused"),
    {
      path: "/command",
      type: "list",
      description: "The program that it runs, with its arguments",
      semantics: "sequence",
    },
    text("/user", "The user that the program runs as; missing for the one of the image, or root"),
    flag("/privileged", "Whether it has every right on the host"),
    set("/capabilities", "Capabilities that were added to the usual ones"),
    set("/mounts", "What of the host is seen in it: SOURCE:DESTINATION:rw or ro; a volume by its name"),
    set("/ports", "Published ports: ADDRESS:PORT->PORT/PROTOCOL"),
    text("/restart_policy", "When it is started again: no, always, unless-stopped or on-failure"),
    text("/network_mode", "bridge, host, none, the name of a network, or container: and another one"),
    text("/pid_mode", "host where it sees the processes of the host; missing where it sees its own"),
    text("/ipc_mode", "host where it shares the memory of the host's processes; missing where it does not"),
    set(
      "/security_options",
      "What confines it otherwise than usual, such as seccomp=unconfined; a profile by its SHA-256",
    ),
    set("/devices", "Devices of the host that it may use: PATH:PATH-IN-IT:rwm"),
    flag("/read_only", "Whether its own file system can only be read"),
    { path: "/environment", type: "object", description: "Variables of its environment, by name" },
    { path: "/environment/*", type: "string", description: "A variable's value", roles: ["sensitive"] },
  ],
  emptyIs: "absent",
  settleMs: 5000,
  read: "docker ps and inspect, podman ps and inspect",
};
