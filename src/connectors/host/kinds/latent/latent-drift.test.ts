import { afterAll, beforeAll, expect, it } from "vitest";
import { type Machine, startMachine } from "../../../../testing/machine.ts";
import { attributesIn, observeIn } from "../../../../testing/observe-in.ts";
import { describeWith } from "../../../../testing/requirements.ts";
import { latentDriftFacts } from "./latent-drift.facts.ts";

const KIND = "host/latent-drift";
const WATCH = "[Service]\nExecStart=/usr/bin/sleep infinity\n[Install]\nWantedBy=basic.target\n";

describeWith("machine", "latentDriftKind", () => {
  let machine: Machine;
  const sh = (script: string) => machine.must(["sh", "-c", script]);
  const latentOf = async (id: string) => (await observeIn(machine, KIND, { asked: [{ id }] })).observations.get(id);

  beforeAll(async () => {
    machine = await startMachine();
    await machine.must(["tee", "/etc/systemd/system/watch.service"], { input: WATCH });
    await machine.must(["systemctl", "daemon-reload"]);
  });
  afterAll(() => machine[Symbol.asyncDispose]());

  it("has nothing to say of a machine that was just started", async () => {
    await using fresh = await startMachine();
    const { observations, listing } = await observeIn(fresh, KIND, { inScope: true });
    expect([...observations.values()]).toEqual([]);
    expect(listing).toMatchObject({ status: "listed" });
    expect(listing).not.toHaveProperty("gaps");
  });

  it("finds a kernel parameter that the next start sets back, and nothing once it is set", async () => {
    const id = "sysctl:net.ipv4.ip_default_ttl";
    await sh("echo net.ipv4.ip_default_ttl=63 > /etc/sysctl.d/50-x.conf; sysctl -qw net.ipv4.ip_default_ttl=64");
    expect(await attributesIn(machine, KIND, id)).toEqual({ running: "64", persisted: "63", when: "reboot" });
    await sh("sysctl -qw net.ipv4.ip_default_ttl=63");
    expect(await latentOf(id)).toMatchObject({ status: "absent" });
  });

  it("agrees with systemd-sysctl on which of many lines counts", async () => {
    await sh(`mkdir -p /run/sysctl.d && cd /etc/sysctl.d && rm -f *-x.conf
      echo 'net.ipv4.conf.all.log_martians = 1' > /run/sysctl.d/10-x.conf
      echo 'net.ipv4.conf.all.send_redirects = 0' > 10-x.conf
      echo 'net.ipv4.conf.*.accept_redirects = 0' > 20-x.conf
      echo 'net/ipv4/conf/lo/accept_redirects = 1' > 15-x.conf
      echo 'net.ipv4.tcp_syncookies = 2' > 30-x.conf
      echo 'net.ipv4.tcp_syncookies = 0' > 40-x.conf
      echo 'net.ipv4.ping_group_range = 5 7' >> 40-x.conf
      echo 'net.no.such = 1' >> 40-x.conf
      ln -sf /dev/null 50-x.conf; echo 'net.ipv4.tcp_syncookies = 1' > /run/sysctl.d/50-x.conf`);
    const { observations } = await observeIn(machine, KIND, { inScope: true });
    const found = [...observations.keys()].filter((id) => id.startsWith("sysctl:"));
    expect(found.sort()).toEqual([
      "sysctl:net.ipv4.conf.all.accept_redirects",
      "sysctl:net.ipv4.conf.all.send_redirects",
      "sysctl:net.ipv4.conf.default.accept_redirects",
      "sysctl:net.ipv4.ping_group_range",
      "sysctl:net.ipv4.tcp_syncookies",
    ]);
    await sh("systemctl restart systemd-sysctl.service");
    const after = await observeIn(machine, KIND, { inScope: true });
    expect([...after.observations.keys()].filter((id) => id.startsWith("sysctl:"))).toEqual([]);
  });

  it("says so when a part of the parameters may not be looked into, for a pattern may mean what is there", async () => {
    await sh("rm -f /etc/sysctl.d/*-x.conf; echo 'net.ipv4.conf.*.forwarding = 0' > /etc/sysctl.d/60-x.conf");
    await sh("install -d -m 0700 /srv/closed && mount --bind /srv/closed /proc/sys/net/ipv4/conf");
    try {
      const { listing } = await observeIn(machine, KIND, { inScope: true, user: "nobody" });
      expect(listing).toMatchObject({
        gaps: expect.arrayContaining([
          {
            glob: "sysctl:**",
            reason: "denied",
            detail: 'Cannot read "/proc/sys/net/ipv4/conf": permission denied',
          },
        ]),
      });
    } finally {
      await sh("umount /proc/sys/net/ipv4/conf; rm -f /etc/sysctl.d/60-x.conf");
    }
  });

  it("says so when a file of parameters may not be read", async () => {
    await sh(
      "rm -f /etc/sysctl.d/*-x.conf; echo net.ipv4.ip_forward=1 > /etc/sysctl.d/60-x.conf; chmod 600 /etc/sysctl.d/60-x.conf",
    );
    const request = { asked: [{ id: "sysctl:net.ipv4.ip_forward" }], inScope: true, user: "nobody" };
    const { observations, listing } = await observeIn(machine, KIND, request);
    expect(observations.get("sysctl:net.ipv4.ip_forward")).toMatchObject({ status: "unchecked", reason: "denied" });
    expect(listing).toMatchObject({
      gaps: expect.arrayContaining([expect.objectContaining({ glob: "sysctl:**", reason: "denied" })]),
    });
    await sh("rm -f /etc/sysctl.d/60-x.conf");
  });

  it("keeps a secret parameter sensitive, and unchecked where it may not be read", async () => {
    const id = "sysctl:net.ipv4.tcp_fastopen_key";
    await sh("echo net.ipv4.tcp_fastopen_key=00000000-00000000-00000000-00000001 > /etc/sysctl.d/60-x.conf");
    expect(await latentOf(id)).toMatchObject({
      facts: [
        { path: "/running", fact: "sensitive" },
        { path: "/persisted", fact: "sensitive" },
      ],
    });
    const denied = await observeIn(machine, KIND, { asked: [{ id }], user: "nobody" });
    expect(denied.observations.get(id)).toMatchObject({ status: "unchecked", reason: "denied" });
    await sh("rm -f /etc/sysctl.d/60-x.conf");
  });

  it("follows a service through what can be done to it", async () => {
    const id = "service:watch.service";
    const step = async (command: string) => {
      await sh(`systemctl --quiet ${command} watch.service`);
      const found = await latentOf(id);
      return found?.status === "present" ? found.actual : found?.status;
    };
    const latent = (running: string, persisted: string) => ({ running, persisted, when: "reboot" });
    expect(await step("enable")).toEqual(latent("inactive", "enabled"));
    expect(await step("start")).toBe("absent");
    expect(await step("disable")).toEqual(latent("active", "disabled"));
    expect(await step("stop")).toBe("absent");
    await sh(
      "systemctl enable --now watch.service; echo >> /etc/systemd/system/watch.service; touch -d '+1 hour' /etc/systemd/system/watch.service",
    );
    expect(await latentOf(id)).toMatchObject({ actual: { persisted: "changed on disk", when: "restart" } });
    await sh("systemctl daemon-reload; systemctl stop watch.service");
  });

  it("finds a unit that is masked until the next start, and not one that the kernel's command line masks", async () => {
    await sh("systemctl --quiet mask --runtime e2scrub_all.timer");
    const { observations } = await observeIn(machine, KIND, { inScope: true });
    const masked = [...observations.values()].filter((each) => "actual" in each && each.actual["running"] === "masked");
    expect(masked.map(({ resource }) => resource.id)).toEqual(["service:e2scrub_all.timer"]);
    await sh("systemctl --quiet unmask --runtime e2scrub_all.timer");
  });

  it("finds the newer kernel that waits, but none in a container", async () => {
    const release = (await machine.must(["uname", "-r"])).trim();
    await sh(`mkdir -p /boot && touch /boot/vmlinuz-${release} /boot/vmlinuz-999.0-1-amd64`);
    expect(await latentOf("kernel:running")).toMatchObject({ status: "absent" });
    await sh("mv /run/systemd/container /run/systemd/elsewhere; rm -f /.dockerenv /run/.containerenv");
    expect(await attributesIn(machine, KIND, "kernel:running")).toEqual({
      running: release,
      persisted: "999.0-1-amd64",
      when: "reboot",
    });
    await sh("mv /run/systemd/elsewhere /run/systemd/container; rm /boot/vmlinuz-*");
  });

  it("is unchecked for services where systemctl is missing", async () => {
    await using without = await startMachine();
    await without.must(["mv", "/usr/bin/systemctl", "/usr/bin/systemctl.away"]);
    const { observations } = await observeIn(without, KIND, { asked: [{ id: "service:watch.service" }] });
    expect(observations.get("service:watch.service")).toMatchObject({ status: "unchecked", reason: "unsupported" });
    await without.must([
      "sh",
      "-c",
      "printf '#!/bin/sh\\necho nonsense\\n' > /usr/bin/systemctl; chmod 755 /usr/bin/systemctl",
    ]);
    const malformed = await observeIn(without, KIND, { asked: [{ id: "service:watch.service" }] });
    expect(malformed.observations.get("service:watch.service")).toMatchObject({
      status: "unchecked",
      reason: "failed",
    });
  });

  it("knows its attributes", () => {
    expect(latentDriftFacts.attributes.map(({ path }) => path)).toEqual(["/running", "/persisted", "/when"]);
  });
});
