import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { type Machine, startMachine } from "../../../../testing/machine.ts";
import { expectOnly, observeIn } from "../../../../testing/observe-in.ts";
import { describeWith } from "../../../../testing/requirements.ts";

const KIND = "host/authorized-key";
const FILE = "/home/ada/.ssh/authorized_keys";

describeWith("machine", "authorizedKeyKind", () => {
  let machine: Machine;
  let key = "";
  let other = "";
  let id = "";
  const write = (text: string, file = FILE) => machine.must(["tee", file], { input: text });
  const makeKey = async (name: string, ...options: readonly string[]) => {
    await machine.must(["ssh-keygen", "-q", "-N", "", "-C", name, "-f", `/root/${name}`, ...options]);
    return (await machine.must(["cat", `/root/${name}.pub`])).trim();
  };
  const fingerprintOf = async (name: string) => {
    const printed = await machine.must(["ssh-keygen", "-l", "-f", `/root/${name}.pub`]);
    return /SHA256:\S+/.exec(printed)?.[0] ?? "";
  };
  beforeAll(async () => {
    machine = await startMachine();
    await machine.must(["useradd", "--create-home", "ada"]);
    await machine.must(["useradd", "--create-home", "bob"]);
    await machine.must(["install", "-d", "-o", "ada", "-m", "0700", "/home/ada/.ssh"]);
    await machine.must(["install", "-d", "-o", "bob", "-m", "0700", "/home/bob/.ssh"]);
    key = await makeKey("one", "-t", "ed25519");
    other = await makeKey("two", "-t", "rsa", "-b", "2048");
    id = `ada#${await fingerprintOf("one")}`;
  });
  beforeEach(async () => {
    await machine.must(["sh", "-c", "rm -f /home/*/.ssh/* /etc/ssh/sshd_config.d/*"]);
    await write(`restrict ${key}\n`);
  });
  afterAll(() => machine[Symbol.asyncDispose]());

  it("shows a change of options, comment and file alone", async () => {
    const what = { kind: KIND, id };
    await expectOnly(machine, { ...what, path: "/options", becomes: ["restrict", "pty"] }, () =>
      write(`restrict,pty ${key}\n`),
    );
    await expectOnly(machine, { ...what, path: "/environment", becomes: { A: "b" } }, () =>
      write(`restrict,pty,environment="A=b" ${key}\n`),
    );
    await expectOnly(machine, { ...what, path: "/comment", becomes: "one more" }, () =>
      write(`restrict,pty,environment="A=b" ${key} more\n`),
    );
    await expectOnly(machine, { ...what, path: "/file", becomes: `${FILE}2` }, () =>
      machine.must(["mv", FILE, `${FILE}2`]),
    );
  });

  it("finds every key of every user by the fingerprint that ssh-keygen prints, whatever stands around it", async () => {
    await write(`# keys\n\n${other}\n\nrestrict ${key}\n`);
    await write(`${other}\nfrom="10.0.0.1" ${other}\n${other}\n`, "/home/bob/.ssh/authorized_keys");
    const rsa = await fingerprintOf("two");
    const { observations, listing } = await observeIn(machine, KIND, { asked: [{ id: "ada#none" }], inScope: true });
    expect([...observations.keys()].sort()).toEqual(
      ["ada#none", id, `ada#${rsa}`, `bob#${rsa}`, `bob#${rsa}#2`].sort(),
    );
    expect(observations.get(`ada#${rsa}`)).toMatchObject({
      actual: { algorithm: "ssh-rsa", bits: 2048, comment: "two" },
    });
    expect(observations.get(`bob#${rsa}#2`)).toMatchObject({ actual: { options: ['from="10.0.0.1"'] } });
    expect(observations.get("ada#none")).toMatchObject({ status: "absent" });
    expect(listing).not.toHaveProperty("gaps");
  });

  it("looks where the server is told to look", async () => {
    await write("AuthorizedKeysFile /etc/keys/%u-%U .ssh/%%k\n", "/etc/ssh/sshd_config.d/99-keys.conf");
    const uid = (await machine.must(["id", "-u", "bob"])).trim();
    await machine.must(["mkdir", "-p", "/etc/keys"]);
    await write(`${key}\n`, `/etc/keys/bob-${uid}`);
    await write(`${other}\n`, "/home/ada/.ssh/%k");
    const { observations } = await observeIn(machine, KIND, { inScope: true });
    const files = Array.from(observations.values(), (each) => ("actual" in each ? each.actual["file"] : each.status));
    expect(files.sort()).toEqual([`/etc/keys/bob-${uid}`, "/home/ada/.ssh/%k"]);
    await write("AuthorizedKeysFile none\n", "/etc/ssh/sshd_config.d/99-keys.conf");
    expect((await observeIn(machine, KIND, { asked: [{ id }] })).observations.get(id)).toMatchObject({
      status: "absent",
    });
  });

  it("keeps the keys of a user unchecked whose file is denied or malformed, and those of no other", async () => {
    await write(`${key}\nnonsense\n`, "/home/bob/.ssh/authorized_keys");
    const malformed = await observeIn(machine, KIND, { asked: [{ id: "bob#x" }, { id: "ada#x" }], inScope: true });
    expect(malformed.observations.get("bob#x")).toMatchObject({
      status: "unchecked",
      reason: "failed",
      detail: expect.stringContaining("line 2"),
    });
    expect(malformed.observations.get("ada#x")).toMatchObject({ status: "absent" });
    expect(malformed.observations.get(id.replace("ada", "bob"))).toMatchObject({ status: "present" });

    const asBob = await observeIn(machine, KIND, { asked: [{ id }, { id: "daemon#x" }], inScope: true, user: "bob" });
    expect(asBob.observations.get(id)).toMatchObject({ status: "unchecked", reason: "denied" });
    expect(asBob.observations.get("daemon#x")).toMatchObject({ status: "absent" });
    expect(asBob.listing).toMatchObject({
      gaps: expect.arrayContaining([expect.objectContaining({ glob: "ada#**" })]),
    });
  });

  it("keeps everything unchecked where nobody can tell where the server looks", async () => {
    await write("NoSuchKeyword yes\n", "/etc/ssh/sshd_config.d/99-keys.conf");
    const { observations, listing } = await observeIn(machine, KIND, { asked: [{ id }], inScope: true });
    expect(observations.get(id)).toMatchObject({ status: "unchecked", reason: "failed" });
    expect(listing).toMatchObject({ status: "unlisted" });
  });

  it("looks at the usual places where there is no OpenSSH server", async () => {
    await using bare = await startMachine();
    await bare.must(["rm", "/usr/sbin/sshd"]);
    await bare.must(["mkdir", "-p", "/root/.ssh"]);
    await bare.must(["tee", "/root/.ssh/authorized_keys"], { input: `${key}\n` });
    const { observations } = await observeIn(bare, KIND, { inScope: true });
    expect([...observations.keys()]).toContain(id.replace("ada", "root"));
  });
});
