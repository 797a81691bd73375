import { describe, expect, it } from "vitest";
import { connectFailure, presentedKey } from "./connect-failure.ts";

describe("connectFailure", () => {
  it.each([
    ["ssh: connect to host h port 22: Connection refused\r\n", "unreachable", /Connection refused$/],
    ["ssh: connect to host h port 22: Connection timed out", "timeout", /timed out$/],
    [
      "Connection timed out during banner exchange\nConnection to 1.2.3.4 port 22 timed out",
      "timeout",
      /banner exchange$/,
    ],
    ["ssh: Could not resolve hostname h: Name or service not known", "unreachable", /not known$/],
    ["u@h: Permission denied (publickey,password).", "denied", /publickey/],
    ["Received disconnect from h port 22:2: Too many authentication failures", "denied", /Too many/],
    [
      "No ED25519 host key is known for h and you have requested strict checking.\nHost key verification failed.",
      "unreachable",
      /is not known: compare/,
    ],
    [
      "@ WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED! @\nHost key verification failed.",
      "unreachable",
      /not the one that is known/,
    ],
    ["Unable to negotiate with h port 22: no matching host key type found.", "unsupported", /no matching/],
    ["debug1: timed out\nBad configuration option: x", "failed", /^Bad configuration/],
    ["debug1: nothing\n", "failed", /without a word/],
  ])("takes %j for %s", (stderr, reason, detail) => {
    expect(connectFailure(stderr)).toMatchObject({ reason, detail: expect.stringMatching(detail) });
  });
});

it.each([
  ["ssh-ed25519", "ED25519"],
  ["ecdsa-sha2-nistp256", "ECDSA"],
  ["rsa-sha2-512", "RSA"],
])("names the algorithm of a key of type %s", (type, algorithm) => {
  const stderr = `debug1: x\r\ndebug1: Server host key: ${type} SHA256:ab+/c\r\ndebug1: y`;
  expect(presentedKey(stderr)).toEqual({ algorithm, fingerprint: "SHA256:ab+/c" });
  expect(presentedKey("")).toBeUndefined();
});
