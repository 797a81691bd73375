import { describe, expect, it } from "vitest";
import { gitMessage, maskCredentials } from "./run-git.ts";

describe("maskCredentials", () => {
  it.each([
    ["https://token@example.com/x", "https://***@example.com/x"],
    ["https://user:pa@ss@example.com/x", "https://***@example.com/x"],
    ["to 'https://user:pw@example.com/x': no", "to 'https://***@example.com/x': no"],
    ["ssh://git@example.com/x", "ssh://***@example.com/x"],
    ["https://example.com/x?private_token=abc&b=c", "https://example.com/x?***"],
    ["https://example.com/x", "https://example.com/x"],
    ["git@example.com:x", "git@example.com:x"],
    ["mail a@b", "mail a@b"],
  ])("writes %s as %s", (text, masked) => {
    expect(maskCredentials(text)).toBe(masked);
  });
});

describe("gitMessage", () => {
  it.each([
    ["fatal: not a git repository\n", "not a git repository"],
    ["From x\n * branch\nerror: one\nfatal: two\nhint: three\n", "one; two"],
    ["fatal: \u001b[31mred\u0007\n", " [31mred"],
    ["remote: no\rfatal: https://u:p@h/x\n", "remote: no; https://***@h/x"],
    ["odd\n", "odd"],
    ["", "git gave no reason"],
  ])("tells %j as %j", (stderr, message) => {
    expect(gitMessage(stderr)).toBe(message);
  });
});
