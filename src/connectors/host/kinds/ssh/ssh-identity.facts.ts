import type { KindFacts } from "../../../../model/facts.ts";

export const sshIdentityFacts: KindFacts = {
  kind: "host/ssh-identity",
  summary: "The key by which a host over SSH shows who it is; known_hosts declares it",
  id: { description: "always `server`", pattern: "^server$", example: "server" },
  attributes: [
    {
      path: "/host_key",
      type: "string",
      description: "Algorithm and SHA-256 fingerprint of the key that the host shows, as ssh-keygen -l writes them",
    },
  ],
  emptyIs: "absent",
  read: "the key that the host shows when it is connected to",
};
