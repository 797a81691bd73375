import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { describeWith } from "./requirements.ts";
import { type SshServer, startSshServer } from "./ssh-server.ts";

async function ssh(server: SshServer, command: string): Promise<string> {
  const argv = ["-F", server.configFile, "-o", "BatchMode=yes", server.address, command];
  return (await promisify(execFile)("ssh", argv)).stdout;
}

describeWith("sshd", "startSshServer", () => {
  it("lets root in with the key, and counts it", async () => {
    await using server = await startSshServer();
    expect(await ssh(server, "id -u; echo $HOME")).toBe(`0\n${server.home}\n`);
    expect(await ssh(server, "true")).toBe("");
    expect(server.connections()).toBe(2);
  });

  it("knows a user of its own, who may do with sudo what is said and nothing else", async () => {
    await using server = await startSshServer({ user: "scan", sudoers: "ALL=(root) NOPASSWD: /usr/bin/id" });
    expect(await ssh(server, "id -un; sudo -n id -u")).toBe("scan\n0\n");
    await expect(ssh(server, "sudo -n true")).rejects.toThrow(/password is required/);
  });

  it("has the programs of busybox where it is asked for", async () => {
    await using server = await startSshServer({ busybox: true });
    const path = "PATH=/usr/local/sbin:/usr/bin:/bin";
    expect(await ssh(server, `${path}; readlink -f "$(command -v find)"; find --help 2>&1`)).toMatch(
      /^\S+busybox\nBusyBox/,
    );
  });

  it("ends sessions, and the server", async () => {
    await using server = await startSshServer();
    const first = ssh(server, "echo up; sleep 60");
    await expect.poll(() => server.connections()).toBe(1);
    await server.dropSessions();
    await expect(first).rejects.toThrow();
    expect(await ssh(server, "echo in")).toBe("in\n");
    await server.kill();
    await expect(ssh(server, "true")).rejects.toThrow(/refused/);
  });
});
