import { afterAll, beforeAll, expect, it } from "vitest";
import { type Machine, startMachine } from "../../../../testing/machine.ts";
import { expectOnly, observeIn } from "../../../../testing/observe-in.ts";
import { describeWith } from "../../../../testing/requirements.ts";
import { sysctlFacts } from "./sysctl.facts.ts";

const KIND = "host/sysctl";

describeWith("machine", "sysctlKind", () => {
  let machine: Machine;
  beforeAll(async () => {
    machine = await startMachine();
  });
  afterAll(() => machine[Symbol.asyncDispose]());

  it("is tested for each of its attributes", () => {
    expect(sysctlFacts.attributes.map(({ path }) => path)).toEqual(["/value"]);
  });

  it("shows a change of /value alone", async () => {
    await machine.must(["sysctl", "-w", "net.ipv4.ip_forward=0"]);
    const what = { kind: KIND, id: "net.ipv4.ip_forward", path: "/value", becomes: "1" };
    await expectOnly(machine, what, () => machine.must(["sysctl", "-w", "net.ipv4.ip_forward=1"]));
  });

  it("parts fields by tabs, as the kernel does", async () => {
    await machine.must(["sysctl", "-w", "net.ipv4.ping_group_range=5 7"]);
    const { observations } = await observeIn(machine, KIND, { asked: [{ id: "net.ipv4.ping_group_range" }] });
    expect(observations.get("net.ipv4.ping_group_range")).toMatchObject({ actual: { value: "5\t7" } });
  });

  it("writes the dot of an interface's name as a slash", async () => {
    await using renamed = await startMachine();
    await renamed.must(["ip", "link", "set", "lo", "down"]);
    await renamed.must(["ip", "link", "set", "lo", "name", "v.9"]);
    const id = "net.ipv4.conf.v/9.forwarding";
    await renamed.must(["sysctl", "-w", `${id}=1`]);
    const { observations } = await observeIn(renamed, KIND, { asked: [{ id }], inScope: true });
    expect(observations.get(id)).toMatchObject({ status: "present", actual: { value: "1" } });
    expect(await renamed.must(["sysctl", id])).toBe(`${id} = 1\n`);
  });

  it("lists the keys that sysctl lists, but for those that change by themselves or have no value", async () => {
    const { observations, listing } = await observeIn(machine, KIND, { inScope: true });
    const printed = (await machine.run(["sysctl", "-aN"])).stdout.split("\n").filter((key) => key !== "");
    const unlisted = printed.filter((key) => !observations.has(key) && !key.startsWith("fs.binfmt_misc."));
    const expected = [
      /^fs\.(?:aio-nr|dentry-state|file-nr|inode-nr|inode-state)$/,
      /^fs\.quota\./,
      /^kernel\.(?:hung_task_(?:detect_count|warnings)|ns_last_pid|perf_event_max_sample_rate|pty\.nr)$/,
      /^kernel\.random\.(?:boot_id|entropy_avail|uuid)$/,
      /^net\.core\.netdev_rss_key$/,
      /^net\.netfilter\.nf_conntrack_count$/,
      /^net\.ipv6\.conf\..*\.stable_secret$/,
      /^vm\.stat_refresh$/,
    ];
    expect(unlisted.filter((key) => !expected.some((pattern) => pattern.test(key)))).toEqual([]);
    expect(observations.size).toBeGreaterThan(500);
    expect(listing).toMatchObject({ status: "listed" });
  });

  it("reads nothing different a second time when nothing was changed", async () => {
    const valuesOf = async () => {
      const { observations } = await observeIn(machine, KIND, { inScope: true });
      return Array.from(observations.values(), (each) => [
        each.resource.id,
        each.status === "present" ? each.actual : each.status,
      ]);
    };
    const first = await valuesOf();
    await machine.must([
      "sh",
      "-c",
      "find /usr/share/doc -type f -print0 | head -z -n 2000 | xargs -0 cat > /dev/null",
    ]);
    expect(await valuesOf()).toEqual(first);
  });

  it("answers for a key that changes by itself where it is asked for", async () => {
    const { observations } = await observeIn(machine, KIND, { asked: [{ id: "fs.file-nr" }] });
    expect(observations.get("fs.file-nr")).toMatchObject({ status: "present" });
  });

  it.each([
    ["no.such.key", "absent"],
    ["net.ipv4", "absent"],
    ["net.ipv6.conf.lo.stable_secret", "absent"],
    // Would lead out of /proc/sys, to /etc/hostname, /proc/version and the like.
    ["//.//.etc.passwd", "absent"],
    ["//.version", "absent"],
    ["net.ipv4.route.flush", "unchecked"],
    ["vm.stat_refresh", "unchecked"],
  ])("answers %s with %s", async (id, status) => {
    const { observations } = await observeIn(machine, KIND, { asked: [{ id }] });
    expect(observations.get(id)?.status).toBe(status);
  });

  it("marks the value of a cryptographic key as sensitive", async () => {
    const id = "net.ipv6.conf.lo.stable_secret";
    await using other = await startMachine();
    await other.must(["sysctl", "-w", `${id}=2001:db8::1`]);
    const { observations } = await observeIn(other, KIND, { asked: [{ id }] });
    expect(observations.get(id)).toMatchObject({ status: "present", facts: [{ path: "/value", fact: "sensitive" }] });
  });

  it("keeps keys unchecked that only root may read", async () => {
    const { observations } = await observeIn(machine, KIND, { inScope: true, user: "nobody" });
    expect(observations.get("net.ipv4.tcp_fastopen_key")).toMatchObject({ status: "unchecked", reason: "denied" });
    expect(observations.get("net.ipv4.ip_forward")).toMatchObject({ status: "present" });
  });
});
