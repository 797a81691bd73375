import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Machine, startMachine } from "../../../../testing/machine.ts";
import { observeIn } from "../../../../testing/observe-in.ts";
import { describeWith } from "../../../../testing/requirements.ts";
import { parseFstab } from "./parse-fstab.ts";

const KIND = "host/mount";
const points = (text: string) => [...parseFstab(Buffer.from(text)).points];

describe("parseFstab", () => {
  it.each([
    ["tmpfs /srv/a tmpfs nosuid 0 0\n", ["/srv/a"]],
    ["# /dev/x /x ext4\n\n  UUID=1 /srv/my\\040data/ ext4\n", ["/srv/my data"]],
    ["/dev/sda2 none swap sw 0 0\n/dev/sr0 /media/cd iso9660 noauto,ro 0 0\n", []],
  ])("reads %j", (text, expected) => {
    expect(points(text)).toEqual(expected);
  });

  it("says which line it does not understand", () => {
    expect(parseFstab(Buffer.from("/dev/a\n/dev/b /b ext4\n")).mistake).toEqual({
      status: "unchecked",
      reason: "failed",
      detail: 'Cannot read "/etc/fstab": line 1 is malformed',
    });
  });
});

describeWith("machine", "host/mount on a machine", () => {
  let machine: Machine;
  const sh = (script: string) => machine.must(["sh", "-c", script]);
  const only = async (id: string) => (await observeIn(machine, KIND, { asked: [{ id }] })).observations.get(id);

  beforeAll(async () => {
    machine = await startMachine();
    await sh("mkdir -p '/srv/a b' && mount -t tmpfs -o nosuid,nodev,size=1m data '/srv/a b'");
  });
  afterAll(() => machine[Symbol.asyncDispose]());

  it("sees what is mounted with its options, and whether it is set up", async () => {
    await sh("printf 'data /srv/a\\\\040b tmpfs nosuid 0 0\\n' > /etc/fstab");
    expect(await only("/srv/a b")).toMatchObject({
      status: "present",
      actual: { source: "data", fstype: "tmpfs", options: ["nodev", "nosuid", "relatime", "rw"], persistent: true },
    });
    await sh("rm /etc/fstab");
    expect(await only("/srv/a b")).toMatchObject({ actual: { persistent: false } });
  });

  it("lists no file system that the kernel or a session makes up, and answers for one that is asked for", async () => {
    const { observations, listing } = await observeIn(machine, KIND, { asked: [{ id: "/proc" }], inScope: true });
    expect(listing).toMatchObject({ status: "listed" });
    expect(observations.get("/proc")).toMatchObject({ status: "present", actual: { fstype: "proc" } });
    expect(observations.has("/srv/a b")).toBe(true);
    expect([...observations.keys()].filter((id) => /^\/(?:run|sys|dev)(?:\/|$)/.test(id))).toEqual([]);
  });

  it("says that what is not mounted is absent", async () => {
    expect(await only("/srv/nothing")).toMatchObject({ status: "absent" });
  });

  it("keeps whether it is persistent unchecked where fstab cannot be read", async () => {
    await sh("printf 'x /y tmpfs\\n' > /etc/fstab && chmod 600 /etc/fstab");
    const answers = await observeIn(machine, KIND, { asked: [{ id: "/srv/a b" }], user: "nobody" });
    expect(answers.observations.get("/srv/a b")).toMatchObject({
      facts: [{ path: "/persistent", fact: "unchecked", reason: "denied" }],
    });
  });
});
