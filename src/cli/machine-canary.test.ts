import { afterAll, beforeAll, expect, it } from "vitest";
import { type Machine, REPOSITORY, startMachine } from "../testing/machine.ts";
import { describeWith } from "../testing/requirements.ts";

/** Salts and hashes that are found nowhere by chance. */
const BEFORE = ["canarysalt41", "canaryhash7c0d95", "canaryargument3391", "canaryvariable5d02"] as const;
const AFTER = ["canarysalt82", "canaryhash1e66b3", "canaryargument7714", "canaryvariable9be4"] as const;
const FORMATS = ["human", "json", "sarif", "junit", "markdown", "html"];
const CONFIG = `version: 1
targets:
  here: { connector: host, desired: desired, scope: { include: ["host/user:ada", "host/service:courier.service", "host/cron-job:/etc/cron.d/courier#*", "host/environment:courier.service"] } }
`;

describeWith("machine", "the hash of a password, a password in a command line, and a variable of a service", () => {
  let machine: Machine;
  const sh = (script: string) => machine.run(["sh", "-c", script]);
  const leeway = async (args: string, exitCode: number) => {
    const outcome = await sh(`cd /srv/ops && node ${REPOSITORY}/dist/cli/main.js ${args}`);
    expect(outcome.exitCode, outcome.stderr).toBe(exitCode);
    expectSafe(args, outcome.stdout + outcome.stderr);
    return outcome.stdout;
  };
  const set = async ([salt, hash, argument, variable]: typeof BEFORE | typeof AFTER) => {
    await machine.must(["usermod", "--password", `$6$${salt}$${hash}`, "ada"]);
    const command = `/usr/bin/sleep --password=${argument} 1`;
    const unit = `[Service]\nExecStart=${command}\nEnvironment=LEVEL=${variable}\nEnvironmentFile=/srv/courier.env\n`;
    await machine.must(["tee", "/srv/courier.env"], { input: `TARGET=${variable}\nPATH=${variable}:/bin\n` });
    await machine.must(["tee", "/etc/systemd/system/courier.service"], { input: unit });
    await machine.must(["tee", "/etc/cron.d/courier"], { input: `5 4 * * * root ${command}\n` });
    await machine.must(["systemctl", "daemon-reload"]);
  };

  function expectSafe(where: string, text: string): void {
    for (const secret of [...BEFORE, ...AFTER]) expect(text.includes(secret), `${where} holds ${secret}`).toBe(false);
  }

  beforeAll(async () => {
    machine = await startMachine();
    await machine.must(["useradd", "ada"]);
    await set(BEFORE);
    await sh("mkdir -p /srv/ops && cd /srv/ops && git init --quiet && git config --global user.name T");
    await sh("git config --global user.email t@example.com && git config --global safe.directory '*'");
    await machine.must(["tee", "/srv/ops/leeway.yaml"], { input: CONFIG });
    await sh("printf '.leeway/\\n' > /srv/ops/.gitignore");
  });
  afterAll(() => machine[Symbol.asyncDispose]());

  it("stands in no report, no document and not in the store, and shows by its digest when it changed", async () => {
    await sh("cd /srv/ops && git add --all && git commit --quiet --message config");
    await leeway("capture here", 0);
    const captured = await machine.must(["cat", "/srv/ops/desired/local/user.yaml"]);
    expect(captured).toContain("password: set");
    expect(captured).toMatch(/password_digest:\s+"\$digest": "hmac-sha256:/);
    expectSafe("the document", captured);
    await sh("cd /srv/ops && git add --all && git commit --quiet --message capture");
    await leeway("scan --explain", 0);

    await set(AFTER);
    for (const format of FORMATS) await leeway(`scan --explain --format ${format}`, 1);
    const report = await leeway("scan --format json", 1);
    for (const path of ["/password_digest", "/exec_start", "/variables/LEVEL", "/variables/TARGET", "/variables/PATH"])
      expect(report).toContain(`"path": "${path}"`);
    await leeway("history host/user:ada", 0);

    const found = await sh(`grep -rlaE '${[...BEFORE, ...AFTER].join("|")}' /srv/ops`);
    expect(found).toMatchObject({ stdout: "", exitCode: 1 });
  });
});
