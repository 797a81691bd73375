import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { describeWith } from "../../../testing/requirements.ts";
import { hostConnector } from "../connector.ts";
import { HostSettings } from "../settings.ts";
import { sudoersCommand } from "./ssh-permissions.ts";

function accesses(settings: unknown): readonly string[] {
  return hostConnector.permissions(HostSettings.parse(settings)).map(({ access }) => access);
}

const SUDO = "USER ALL=(root) NOPASSWD: ";

describe("the permissions of hosts", () => {
  it("are of this machine those of the kinds alone", () => {
    expect(accesses({}).filter((access) => access === "find PATH… -maxdepth 0|1" || access.startsWith(SUDO))).toEqual(
      [],
    );
  });

  it("name over SSH the programs that carry reads", () => {
    const needed = accesses({ hosts: ["ssh://web"] });
    expect(needed).toEqual(expect.arrayContaining([...accesses({}), "find PATH… -maxdepth 0|1", "sha256sum -- PATH…"]));
    expect(needed.filter((access) => access.startsWith(SUDO))).toEqual([]);
  });

  it.each([
    { hosts: ["ssh://web"], ssh: { sudo: true } },
    { hosts: [{ host: "ssh://web", sudo: true }] },
    { inventory: "hosts.ini" },
  ])("hold the lines of sudoers for %j", (settings) => {
    expect(accesses(settings)).toContain(`${SUDO}/bin/cat /proc/self/status`);
  });
});

describeWith("sshd", "a line of sudoers", () => {
  it.each([
    [["iptables-save"]],
    [["sh", "-c", `b='a "$@" \\0'; echo #`]],
    [["ss", "-H", "a=b", "x,y", "c:d", "*.conf"]],
    [["/usr/sbin/sshd", "-T"]],
    [["sysctl", "-a"]],
  ])("is right for %j", (argv) => {
    const line = `ann ALL=(root) NOPASSWD: ${sudoersCommand(argv)}\n`;
    expect(execFileSync("visudo", ["-cf", "-"], { input: line }).toString()).toContain("parsed OK");
  });
});
