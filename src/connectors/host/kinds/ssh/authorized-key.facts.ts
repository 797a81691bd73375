import type { KindFacts } from "../../../../model/facts.ts";

export const authorizedKeyFacts: KindFacts = {
  kind: "host/authorized-key",
  summary: "A key with which a user can log in over SSH",
  id: {
    description:
      "the user, #, and the key's fingerprint as ssh-keygen -l prints it; #2 and so on where it stands there again",
    pattern: "^[^#]+#SHA256:[A-Za-z0-9+/]{43}(?:#[0-9]+)?$",
    example: "ada#SHA256:qUfBN3sB4xRTzGzG5g6fH3mIwT0YbWq3nGfYq9m1V2c",
  },
  attributes: [
    { path: "/algorithm", type: "string", description: "Algorithm of the key, such as ssh-ed25519" },
    { path: "/bits", type: "integer", description: "Size of an RSA key" },
    {
      path: "/options",
      type: "list",
      description:
        "What the key is limited to or allowed, as it is written, in any order; environment= is not among them",
      semantics: "set",
    },
    { path: "/environment", type: "object", description: "Variables that environment= options set, by name" },
    {
      path: "/environment/*",
      type: "string",
      description: "One of them; kept as a digest, for it may be secret",
      roles: ["sensitive"],
    },
    { path: "/comment", type: "string", description: "The text behind the key" },
    { path: "/file", type: "string", description: "The file that it stands in" },
  ],
  emptyIs: "absent",
  identity: ["/algorithm", "/options", "/comment"],
  read: "the files that AuthorizedKeysFile of sshd -T names, for each user of /etc/passwd",
};
