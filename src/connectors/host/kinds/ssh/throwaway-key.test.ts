import { execFileSync } from "node:child_process";
import { expect, it } from "vitest";
import { describeWith } from "../../../../testing/requirements.ts";
import { makeThrowawayKey } from "./throwaway-key.ts";

describeWith("machine", "makeThrowawayKey", () => {
  it("makes a key that OpenSSH itself reads, and another one each time", () => {
    const publicKeyOf = (key: string) =>
      execFileSync("sh", ["-c", "cat | ssh-keygen -y -f /dev/stdin"], { input: key, encoding: "utf8" });
    const [first, second] = [publicKeyOf(makeThrowawayKey()), publicKeyOf(makeThrowawayKey())];
    expect(first).toMatch(/^ssh-ed25519 [A-Za-z0-9+/=]+\n$/);
    expect(second).not.toBe(first);
  });
});
