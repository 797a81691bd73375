import { describe, expect, it } from "vitest";
import { commandFacts, mayHoldSecret } from "./secret-text.ts";

describe("mayHoldSecret", () => {
  it.each([
    "/usr/bin/app --password=hunter2",
    "/usr/bin/app --db-password hunter2",
    "curl -H 'Authorization: Basic eA==' http://x",
    "/usr/bin/backup postgres://me:hunter2@db/app",
    "API_KEY=abc /usr/bin/app",
  ])("says so of %s", (text) => {
    expect(mayHoldSecret(text)).toBe(true);
    expect(commandFacts("/command", ["/bin/true", text])).toEqual([{ path: "/command", fact: "sensitive" }]);
  });

  it.each(["/usr/sbin/sshd -D", "/usr/bin/sleep infinity", "/sbin/agetty --noclear tty1 linux", "rsync web:/srv /srv"])(
    "leaves %s to be read",
    (text) => {
      expect(mayHoldSecret(text)).toBe(false);
      expect(commandFacts("/command", [text])).toEqual([]);
    },
  );
});
