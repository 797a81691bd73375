import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { execPath } from "node:process";
import { expect, it, vi } from "vitest";
import { REPOSITORY, removeGroups, startMachine } from "./machine.ts";
import { describeWith } from "./requirements.ts";

describeWith("machine", "startMachine", () => {
  it("boots machines beside each other whose changes are theirs alone", async () => {
    const before = readFileSync("/etc/passwd", "utf8");
    const forwarding = readFileSync("/proc/sys/net/ipv4/ip_forward", "utf8");
    await using first = await startMachine();
    await using second = await startMachine();
    await first.must(["useradd", "castaway"]);
    await first.must(["sysctl", "-w", "net.ipv4.ip_forward=1"]);
    await second.must(["sysctl", "-w", "net.ipv4.ip_forward=0"]);
    expect((await first.run(["id", "castaway"])).exitCode).toBe(0);
    expect((await second.run(["id", "castaway"])).exitCode).toBe(1);
    expect(readFileSync("/etc/passwd", "utf8")).toBe(before);
    expect(readFileSync("/proc/sys/net/ipv4/ip_forward", "utf8")).toBe(forwarding);
    const ids = await Promise.all([first, second].map((machine) => machine.must(["cat", "/etc/machine-id"])));
    expect(new Set(ids).size).toBe(2);
  });

  it("runs programs as root or as another user, with what they are given, and tells how they end", async () => {
    await using machine = await startMachine();
    expect(await machine.run(["sh", "-c", "cat; pwd >&2; exit 7"], { input: "aye" })).toEqual({
      stdout: "aye",
      stderr: "/\n",
      exitCode: 7,
    });
    expect(await machine.must(["id", "-un"])).toBe("root\n");
    expect(await machine.must(["id", "-un"], { user: "nobody" })).toBe("nobody\n");
    expect((await machine.must(["node", "-p", "process.version"])).trim()).toBe(process.version);
    expect((await machine.run(["test", "-e", `${REPOSITORY}/package.json`])).exitCode).toBe(0);
    await expect(machine.must(["false"])).rejects.toThrow('Cannot run "false" in the machine');
  });

  it("leaves no process, mount or control group behind when it is disposed", async () => {
    const machine = await startMachine();
    const { pid } = machine;
    const name = (await machine.must(["hostname"])).trim();
    await machine[Symbol.asyncDispose]();
    expect(existsSync(`/proc/${pid}`)).toBe(false);
    expect(readFileSync("/proc/self/mounts", "utf8")).not.toContain("leeway-machine");
    expect(groups()).not.toContain(name);
    await machine[Symbol.asyncDispose]();
  });

  it("keeps what is on its disk over a reboot, and nothing that was in memory", async () => {
    await using machine = await startMachine();
    const before = machine.pid;
    await machine.must(["sh", "-c", "echo kept > /srv/kept && echo lost > /run/lost"]);
    await machine.reboot();
    expect(machine.pid).not.toBe(before);
    expect(await machine.must(["cat", "/srv/kept"])).toBe("kept\n");
    expect((await machine.run(["cat", "/run/lost"])).exitCode).toBe(1);
  });

  it("leaves no process behind when the test that started it is killed", async () => {
    const source = `
      const { startMachine } = await import(${JSON.stringify(`${REPOSITORY}/dist/testing/machine.js`)});
      const machine = await startMachine();
      process.stdout.write(machine.pid + " " + (await machine.must(["hostname"])).trim());
      setInterval(() => {}, 1000);`;
    const child = spawn(execPath, ["--input-type=module", "--eval", source], { stdio: ["ignore", "pipe", "inherit"] });
    const [said] = await once(child.stdout, "data");
    const [pid = "", name = ""] = String(said).split(" ");
    expect(existsSync(`/proc/${pid}`)).toBe(true);
    child.kill("SIGKILL");
    // A zombie is gone but for its number, which whoever inherits it gives back.
    const isAlive = () =>
      existsSync(`/proc/${pid}`) && !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
    await vi.waitFor(() => expect(isAlive()).toBe(false), { timeout: 20_000, interval: 50 });
    // The last of its processes may be on its way out: until then the system keeps their groups.
    await vi.waitFor(() => removeGroups(name), { timeout: 20_000, interval: 50 });
    expect(groups()).not.toContain(name);
  });
});

function groups(): readonly string[] {
  return ["/sys/fs/cgroup", "/sys/fs/cgroup/systemd", "/sys/fs/cgroup/unified"].flatMap((root) =>
    existsSync(root) ? readdirSync(root) : [],
  );
}
