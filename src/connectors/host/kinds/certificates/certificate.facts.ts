import type { KindFacts } from "../../../../model/facts.ts";

export const certificateFacts: KindFacts = {
  kind: "host/certificate",
  summary: "An X.509 certificate in a file",
  id: {
    description:
      "absolute path of the file; for the second certificate in it #2 behind it, and so on; bytes that are not UTF-8, control characters and % are written %XX",
    pattern: "^/.+$",
    example: "/etc/ssl/certs/web.pem",
  },
  attributes: [
    { path: "/subject", type: "string", description: "Whom it is for, its parts in order, parted by commas" },
    { path: "/issuer", type: "string", description: "Who signed it, its parts in order, parted by commas" },
    {
      path: "/sans",
      type: "list",
      description: "Further names it is for, such as DNS:www.example.com, in any order",
      semantics: "set",
    },
    { path: "/serial", type: "string", description: "Serial number, hexadecimal", semantics: "case-insensitive" },
    { path: "/not_before", type: "string", description: "When it begins to be valid", semantics: "timestamp" },
    { path: "/not_after", type: "string", description: "When it ends to be valid", semantics: "timestamp" },
    { path: "/key_algorithm", type: "string", description: "Kind of its public key, such as rsa, ec or ed25519" },
    { path: "/key_size", type: "integer", description: "Bits of an RSA or DSA key" },
    { path: "/key_curve", type: "string", description: "Curve of an elliptic key, such as prime256v1" },
    {
      path: "/signature_algorithm",
      type: "string",
      description: "What it is signed with, as OpenSSL calls it; else the number of the algorithm",
    },
    { path: "/fingerprint_sha256", type: "string", description: "SHA-256 of the whole certificate, hexadecimal" },
    { path: "/is_ca", type: "boolean", description: "Whether it may sign others" },
    { path: "/self_signed", type: "boolean", description: "Whether it is signed with its own key" },
  ],
  emptyIs: "absent",
  identity: ["/fingerprint_sha256"],
  read: "files named *.crt, *.pem, *.cer and *.der, as PEM or DER",
};
