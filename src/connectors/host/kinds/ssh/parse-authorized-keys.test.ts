import { describe, expect, it } from "vitest";
import { parseAuthorizedKeys } from "./parse-authorized-keys.ts";

const field = (bytes: Uint8Array) => Buffer.concat([Buffer.of(0, 0, 0, bytes.length), bytes]);
const keyOf = (...fields: readonly (string | Uint8Array)[]) =>
  Buffer.concat(fields.map((part) => field(Buffer.from(part)))).toString("base64");

const ED25519 = keyOf("ssh-ed25519", Buffer.alloc(32, 7));
const RSA = keyOf("ssh-rsa", Buffer.of(1, 0, 1), Buffer.from(`00${"ff".repeat(128)}`, "hex"));
const parse = (text: string) => parseAuthorizedKeys(Buffer.from(text, "latin1"));
const only = (line: string) => {
  const { keys, malformed } = parse(`${line}\n`);
  expect(malformed).toEqual([]);
  expect(keys).toHaveLength(1);
  return keys[0];
};

describe("parseAuthorizedKeys", () => {
  it("reads a key, its size where it has one, and what stands behind it", () => {
    expect(only(`ssh-ed25519 ${ED25519} ada on her  laptop`)).toEqual({
      // As ssh-keygen -l prints it.
      fingerprint: "SHA256:gNSIRW+2Iyiuvsdp/bgjy38bvWHw6wQm3tuoXrl3WjQ",
      algorithm: "ssh-ed25519",
      options: [],
      environment: {},
      comment: "ada on her  laptop",
    });
    expect(only(`ssh-rsa\t${RSA}`)).toMatchObject({ algorithm: "ssh-rsa", bits: 1024, comment: "" });
  });

  it.each([
    ["restrict", ["restrict"]],
    ['from="10.0.0.0/8,!10.0.0.9",no-pty', ['from="10.0.0.0/8,!10.0.0.9"', "no-pty"]],
    ['command="/bin/echo \\"a, b\\" # c"', ['command="/bin/echo \\"a, b\\" # c"']],
    ['cert-authority,principals="a b"', ["cert-authority", 'principals="a b"']],
  ])("reads the options %s", (text, options) => {
    expect(only(`${text} ssh-ed25519 ${ED25519}`)).toMatchObject({ algorithm: "ssh-ed25519", options, comment: "" });
  });

  it("keeps variables apart from the other options", () => {
    expect(only(`restrict,environment="TOKEN=a=b",Environment="B=c d" ssh-ed25519 ${ED25519} x`)).toMatchObject({
      options: ["restrict"],
      environment: { TOKEN: "a=b", B: "c d" },
    });
  });

  it("skips comments and empty lines", () => {
    expect(parse(`# a comment\n\n   \n  # ssh-ed25519 ${ED25519}\r\n`)).toEqual({ keys: [], malformed: [] });
  });

  it.each([
    "ssh-ed25519",
    "ssh-ed25519 AAAA",
    `ssh-rsa ${ED25519}`,
    `restrict ssh-rsa ${ED25519}`,
    `from="10.0.0.1 ssh-ed25519 ${ED25519}`,
    `restrict, ssh-ed25519 ${ED25519}`,
    "nonsense",
    "\0",
  ])("says that %j is malformed", (line) => {
    expect(parse(`# first\n${line}\n`)).toEqual({ keys: [], malformed: [2] });
  });
});
