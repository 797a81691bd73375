import { generateKeyPairSync } from "node:crypto";

/**
 * A new Ed25519 private key in the format of OpenSSH (PROTOCOL.key of its sources), without a passphrase: sshd reads such a key
 * in no other form. It exists in memory only and is good for nothing but to make sshd start.
 */
export function makeThrowawayKey(): string {
  const { x = "", d = "" } = generateKeyPairSync("ed25519").privateKey.export({ format: "jwk" });
  const publicKey = Buffer.from(x, "base64url");
  const privateKey = Buffer.concat([Buffer.from(d, "base64url"), publicKey]);
  const type = "ssh-ed25519";
  const body = Buffer.concat([
    Buffer.from("openssh-key-v1\0"),
    ...["none", "none", ""].map(field),
    uint32(1),
    field(Buffer.concat([field(type), field(publicKey)])),
    // The first two numbers show a reader that its passphrase was right: they need only be equal.
    field(pad(Buffer.concat([uint32(0), uint32(0), field(type), field(publicKey), field(privateKey), field("")]))),
  ]);
  const lines = body.toString("base64").match(/.{1,70}/g) ?? [];
  return ["-----BEGIN OPENSSH PRIVATE KEY-----", ...lines, "-----END OPENSSH PRIVATE KEY-----", ""].join("\n");
}

/** Bytes with their number before them. */
function field(content: string | Uint8Array): Buffer {
  const bytes = Buffer.from(content);
  return Buffer.concat([uint32(bytes.length), bytes]);
}

function uint32(number: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(number);
  return bytes;
}

/** To a multiple of eight with 1, 2, 3, … */
function pad(bytes: Buffer): Buffer {
  const missing = (8 - (bytes.length % 8)) % 8;
  return Buffer.concat([bytes, Buffer.from(Array.from({ length: missing }, (_, index) => index + 1))]);
}
