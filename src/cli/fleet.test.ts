import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { describeWith } from "../testing/requirements.ts";
import { type SshServer, startSshServer } from "../testing/ssh-server.ts";
import { type Scene, startScene } from "./testing/run-leeway.ts";

function hostsOf(server: SshServer, more = ""): string {
  return `[{ host: "ssh://${server.user}@${server.address}:${server.port}", name: web, configFile: ${server.configFile} }${more}]`;
}

function startFleetScene(server: SshServer, more?: string): Promise<Scene> {
  return startScene({
    config: ({ tree }) => `version: 1
targets:
  here:
    connector: host
    desired: desired
    settings: { hosts: ${hostsOf(server, more)}, ssh: { connectTimeout: 3s } }
    scope: { include: ["host/file:${tree}/**"${more === undefined ? ', "host/ssh-identity"' : ""}] }
`,
  });
}

const scan = async (scene: Scene) => {
  const run = await scene.inside(["scan", "--format", "json"]);
  return { ...run, report: JSON.parse(run.stdout) };
};

describeWith("sshd", "leeway over SSH", () => {
  it("captures, scans and finds drift on another host", async () => {
    await using server = await startSshServer();
    await using scene = await startFleetScene(server);
    // The key is declared by known_hosts already.
    expect(execFileSync("find", [join(scene.repo, "desired"), "-type", "f"]).toString()).toMatch(
      /^\S+\/web\/file\.yaml\n$/,
    );
    const first = await scan(scene);
    expect(first).toMatchObject({ exitCode: 0, stderr: "", report: { findings: [], unchecked: [] } });
    scene.put("app.cfg", "port = 1\n");
    const second = await scan(scene);
    expect(second.exitCode).toBe(1);
    expect(second.report.findings).toMatchObject([{ at: "web", kind: "host/file", drift: "changed" }]);
  });

  it("judges one host where another cannot be reached", async () => {
    await using server = await startSshServer();
    await using scene = await startFleetScene(server, ', { host: "ssh://127.0.0.1:1", name: db }');
    const quiet = await scan(scene);
    expect(quiet.exitCode).toBe(3);
    expect(quiet.report.targets).toMatchObject([{ verdict: "incomplete" }]);
    expect(quiet.report.findings).toEqual([]);
    for (const one of quiet.report.unchecked) expect(one).toMatchObject({ at: "db", reason: "unreachable" });
    scene.put("app.cfg", "port = 1\n");
    const drifted = await scan(scene);
    expect(drifted.exitCode).toBe(1);
    expect(drifted.report.findings).toMatchObject([{ at: "web", drift: "changed" }]);
  });

  it("does not take a host that it cannot reach for an empty one when it captures", async () => {
    await using scene = await startScene({
      captured: false,
      config: () => `version: 1
targets:
  here: { connector: host, desired: desired, settings: { hosts: ["ssh://127.0.0.1:1"] }, scope: { include: ["host/user:*"] } }
`,
    });
    const { exitCode, stdout, stderr } = await scene.inside(["capture", "here"]);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
    expect(stderr).toContain("not captured: host/user: Cannot reach");
    expect(stderr).toContain("Nothing could be read, so nothing was written");
  });

  it("finds that a host shows another key, whatever the scope, and checks nothing else of it", async () => {
    await using server = await startSshServer();
    await using scene = await startFleetScene(server);
    await scan(scene);
    const other = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAILfaa0uDrHPk8CNIAVMsl0K1sdW/iNgwx17WAD3Yc/CN";
    const known = `[${server.address}]:${server.port} ${other}\n`;
    const right = execFileSync("cat", [server.knownHostsFile]).toString();
    writeFileSync(server.knownHostsFile, known);
    const { exitCode, report } = await scan(scene);
    expect(exitCode).toBe(1);
    expect(report.findings).toMatchObject([
      {
        kind: "host/ssh-identity",
        at: "web",
        resource: "server",
        drift: "changed",
        severity: "critical",
        type: "security",
        rule: "host/ssh-host-key-changed",
        declaredAt: { file: server.knownHostsFile, line: 1 },
        changes: [
          {
            path: "/host_key",
            desired: "ED25519 SHA256:7tmfw8tZFVwkFKAbGFl1wyiuN4ArVsoTi2M6lAMp0+Q",
            actual: `ED25519 ${server.hostKey.fingerprint}`,
          },
        ],
      },
    ]);
    expect(report.targets[0].coverage.checked).toBe(1);
    expect(report.unchecked.length).toBeGreaterThan(3);
    const elsewhere = JSON.parse((await scene.inside(["scan", "--only", "host/file", "--format", "json"])).stdout);
    expect(elsewhere.findings).toEqual([]);
    writeFileSync(server.knownHostsFile, right);
    const resolved = await scan(scene);
    expect(resolved).toMatchObject({ exitCode: 0, report: { findings: [] } });
  });

  it("says what is wrong with an inventory, and warns of passwords without showing one", async () => {
    await using server = await startSshServer();
    await using scene = await startScene({
      captured: false,
      config: ({ tree }) => `version: 1
targets:
  here:
    connector: host
    desired: desired
    settings: { inventory: hosts.ini, ssh: { configFile: ${server.configFile} } }
    scope: { include: ["host/file:${tree}/**"] }
`,
    });
    scene.write(
      "hosts.ini",
      `web ansible_host=${server.address} ansible_port=${server.port} ansible_password=s3cret\n`,
    );
    expect((await scene.inside(["capture", "here"])).exitCode).toBe(0);
    scene.commit();
    const warned = await scene.inside(["scan"]);
    expect(warned.exitCode).toBe(0);
    expect(warned.stdout + warned.stderr).toContain('Inventory "hosts.ini" holds passwords (ansible_password)');
    expect(warned.stdout + warned.stderr).not.toContain("s3cret");
    scene.write("hosts.ini", "web\n[app\n");
    const wrong = await scene.inside(["scan"]);
    expect(wrong.exitCode).toBe(2);
    expect(wrong.stdout + wrong.stderr).toContain('Cannot use inventory "hosts.ini", line 2: it is no section');
  });
});
