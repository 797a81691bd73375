import { afterAll, beforeAll, expect, it } from "vitest";
import { type Machine, startMachine } from "../../../../testing/machine.ts";
import { attributesIn, expectOnly, observeIn } from "../../../../testing/observe-in.ts";
import { describeWith } from "../../../../testing/requirements.ts";

const KIND = "host/sshd";
const ID = "effective";
const DROP_IN = "/etc/ssh/sshd_config.d/99-test.conf";

describeWith("machine", "sshdKind", () => {
  let machine: Machine;
  const configure = (text: string) => machine.must(["tee", DROP_IN], { input: text });
  beforeAll(async () => {
    machine = await startMachine();
  });
  afterAll(() => machine[Symbol.asyncDispose]());

  const CASES: readonly (readonly [line: string, path: string, becomes: unknown])[] = [
    ["PermitRootLogin yes", "/permitrootlogin", "yes"],
    ["PasswordAuthentication no", "/passwordauthentication", "no"],
    ["PermitEmptyPasswords yes", "/permitemptypasswords", "yes"],
    ["MaxAuthTries 3", "/maxauthtries", "3"],
    ["Ciphers aes256-ctr", "/ciphers", "aes256-ctr"],
    ["Banner /etc/issue.net", "/banner", "/etc/issue.net"],
    ["Port 2222\nPort 22\nListenAddress 127.0.0.1:22", "/port", ["2222", "22"]],
    ["HostKey /etc/ssh/ssh_host_ed25519_key", "/hostkey", "/etc/ssh/ssh_host_ed25519_key"],
    ["HostKey /a\nHostKey /b", "/hostkey", ["/a", "/b"]],
    ["AllowUsers ada", "/allowusers", ["ada"]],
    ["AllowUsers ada bob@10.0.0.1", "/allowusers", ["ada", "bob@10.0.0.1"]],
    ["SetEnv __proto__=1", "/setenv", "__proto__=1"],
  ];

  it.each(CASES)("shows that %j changes %s alone", async (line, path, becomes) => {
    // The addresses follow from the ports unless they are given.
    await configure(line.includes("ListenAddress") ? "ListenAddress 127.0.0.1:22\n" : "");
    await expectOnly(machine, { kind: KIND, id: ID, path, becomes }, () => configure(`${line}\n`));
  });

  it("shows none of the key that sshd is given to start with", async () => {
    await configure("");
    const settings = await attributesIn(machine, KIND, ID);
    expect(settings).not.toHaveProperty("hostkey");
    expect(JSON.stringify(settings)).not.toContain("/dev/stdin");
  });

  it("reads the same where the service never ran, for root and for a user without rights", async () => {
    await configure("");
    expect((await machine.run(["test", "-e", "/run/sshd"])).exitCode).toBe(1);
    const stopped = await attributesIn(machine, KIND, ID);
    const nobody = await observeIn(machine, KIND, { asked: [{ id: ID }], user: "nobody" });
    expect(nobody.observations.get(ID)).toMatchObject({ status: "present", actual: stopped });
    await machine.must(["mkdir", "/run/sshd"]);
    expect(await attributesIn(machine, KIND, ID)).toEqual(stopped);
    await machine.must(["rmdir", "/run/sshd"]);
  });

  it("reads configuration that only root may read, where the service never ran", async () => {
    await configure("MaxSessions 3\n");
    await machine.must(["chmod", "0600", DROP_IN]);
    expect(await attributesIn(machine, KIND, ID)).toMatchObject({ maxsessions: "3" });
    await machine.must(["chmod", "0600", "/etc/ssh/sshd_config"]);
    const request = { asked: [{ id: ID }], inScope: true, user: "nobody" };
    const { observations, listing } = await observeIn(machine, KIND, request);
    expect(observations.get(ID)).toMatchObject({ status: "unchecked", reason: "denied" });
    expect(listing).toMatchObject({ status: "unlisted", reason: "denied" });
    await machine.must(["chmod", "0644", "/etc/ssh/sshd_config", DROP_IN]);
  });

  it("writes nothing into the folders of sshd and of temporary files", async () => {
    await configure("");
    await machine.must(["touch", "/run/before"]);
    await attributesIn(machine, KIND, ID);
    const newer = await machine.must(["find", "/etc/ssh", "/run", "/tmp", "/var/tmp", "-newer", "/run/before"]);
    expect(newer).toBe("");
  });

  it("says where the configuration is wrong", async () => {
    await configure("NoSuchKeyword yes\n");
    const { observations } = await observeIn(machine, KIND, { asked: [{ id: ID }] });
    expect(observations.get(ID)).toMatchObject({
      status: "unchecked",
      reason: "failed",
      detail: expect.stringContaining("99-test.conf"),
    });
  });

  it("is absent where no SSH server is installed", async () => {
    await using bare = await startMachine();
    await bare.must(["rm", "/usr/sbin/sshd"]);
    const { observations, listing } = await observeIn(bare, KIND, { asked: [{ id: ID }], inScope: true });
    expect(observations.get(ID)).toMatchObject({ status: "absent" });
    expect(listing).toMatchObject({ status: "listed" });
  });
});
