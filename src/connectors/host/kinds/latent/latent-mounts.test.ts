import { afterAll, beforeAll, expect, it } from "vitest";
import { type Machine, startMachine } from "../../../../testing/machine.ts";
import { observeIn } from "../../../../testing/observe-in.ts";
import { describeWith } from "../../../../testing/requirements.ts";

const KIND = "host/latent-drift";
const DATA = "mount:/srv/data";

describeWith("machine", "latentMounts", () => {
  let machine: Machine;
  const sh = (script: string) => machine.must(["sh", "-c", script]);
  const mountsOf = async (user?: string) => {
    const request = { asked: [{ id: DATA }], inScope: true, ...(user === undefined ? {} : { user }) };
    const { observations, listing } = await observeIn(machine, KIND, request);
    const found = [...observations].filter(([id]) => id.startsWith("mount:"));
    const told = found.map(([id, each]) => [id, each.status === "present" ? each.actual : each]);
    return { mounts: Object.fromEntries(told), listing };
  };
  const latent = (running: string, persisted: string) => ({ running, persisted, when: "reboot" });

  beforeAll(async () => {
    machine = await startMachine();
    await sh("mkdir -p /srv/data && echo 'data /srv/data tmpfs nosuid 0 0' > /etc/fstab && systemctl daemon-reload");
  });
  afterAll(() => machine[Symbol.asyncDispose]());

  it("says nothing of a container, whose mounts another makes", async () => {
    expect((await mountsOf()).mounts).toMatchObject({ [DATA]: { status: "absent" } });
  });

  it("follows a mount through what can be done to it", async () => {
    await sh("mv /run/systemd/container /run/systemd/elsewhere; rm -f /.dockerenv /run/.containerenv");
    // What the machine itself is made of is mounted from outside.
    const others = Object.keys((await mountsOf()).mounts).filter((id) => id !== DATA);
    const step = async (script: string) => {
      await sh(script);
      const { mounts } = await mountsOf();
      return [mounts[DATA], Object.keys(mounts).filter((id) => id !== DATA && !others.includes(id))];
    };
    expect(await step("true")).toEqual([latent("not mounted", "tmpfs nosuid,rw"), []]);
    expect(await step("mount /srv/data")).toEqual([expect.objectContaining({ status: "absent" }), []]);
    expect(await step("mount -o remount,suid /srv/data")).toEqual([latent("tmpfs rw", "tmpfs nosuid,rw"), []]);
    expect(await step(": > /etc/fstab")).toEqual([latent("tmpfs rw", "not mounted"), []]);
    const unit = "[Mount]\\nWhat=data\\nWhere=/srv/data\\nType=tmpfs\\n";
    const mounted = await step(`printf '${unit}' > /etc/systemd/system/srv-data.mount; systemctl daemon-reload`);
    expect(mounted).toEqual([expect.objectContaining({ status: "absent" }), []]);
  });

  it("does not tell where fstab may not be read or is malformed, or systemctl is missing", async () => {
    await sh("echo 'data /srv/data tmpfs nosuid 0 0' > /etc/fstab; chmod 0600 /etc/fstab");
    const denied = await mountsOf("nobody");
    expect(denied.mounts).toMatchObject({ [DATA]: { status: "unchecked", reason: "denied" } });
    expect(denied.listing).toMatchObject({
      gaps: expect.arrayContaining([expect.objectContaining({ glob: "mount:**", reason: "denied" })]),
    });
    await sh("echo nonsense > /etc/fstab");
    expect((await mountsOf()).mounts).toMatchObject({ [DATA]: { status: "unchecked", reason: "failed" } });
    await sh(": > /etc/fstab; mv /usr/bin/systemctl /usr/bin/systemctl.away");
    expect((await mountsOf()).mounts).toMatchObject({ [DATA]: { status: "unchecked", reason: "unsupported" } });
    await sh("printf '#!/bin/sh\\necho nonsense\\n' > /usr/bin/systemctl; chmod 755 /usr/bin/systemctl");
    expect((await mountsOf()).mounts).toMatchObject({ [DATA]: { status: "unchecked", reason: "failed" } });
  });
});
