import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import type { Observation } from "../../../../model/observation.ts";
import { type Machine, startMachine } from "../../../../testing/machine.ts";
import { observeIn } from "../../../../testing/observe-in.ts";
import { describeWith } from "../../../../testing/requirements.ts";

const KIND = "host/firewall-rule";
const INPUT = "nft:inet/filter/input";

const RULESET = `
table inet filter {
  set blocked { type ipv4_addr; flags interval; elements = { 10.0.0.0/8 }; }
  set seen { type ipv4_addr; flags dynamic; size 100; timeout 1h; }
  chain input {
    type filter hook input priority filter; policy drop;
    ct state established,related accept
    tcp dport { 22, 80 } counter accept comment "web"
    ip saddr @blocked drop
    ip saddr 127.0.0.2 add @seen { ip saddr }
    jump other
  }
  chain other { tcp dport 443 accept; }
}
`;

describeWith("machine", "firewallRuleKind", () => {
  let machine: Machine;
  const sh = (script: string) => machine.must(["sh", "-c", script]);
  const load = (ruleset: string) => machine.must(["nft", "-f", "-"], { input: `flush ruleset\n${ruleset}` });

  beforeAll(async () => {
    machine = await startMachine();
  });
  beforeEach(() => sh("nft flush ruleset; iptables-legacy -P INPUT ACCEPT; iptables-legacy -F; iptables-legacy -X"));
  afterAll(() => machine[Symbol.asyncDispose]());

  const ids = (observations: ReadonlyMap<string, Observation>) => [...observations.keys()].sort();

  it("shows chains with their rules in order, and sets with what was put there to stay", async () => {
    await load(RULESET);
    await sh("ip link set lo up; nft add element inet filter seen { 1.2.3.4 }");
    const { observations, listing } = await observeIn(machine, KIND, { inScope: true });
    const seen = Object.fromEntries(
      Array.from(observations, ([id, each]) => [id, each.status === "present" ? each.actual : each.status]),
    );
    expect(seen).toEqual({
      [INPUT]: {
        type: "filter",
        hook: "input",
        priority: "filter",
        devices: [],
        policy: "drop",
        dormant: false,
        rules: [
          "ct state established,related accept",
          "tcp dport { 22, 80 } counter accept",
          "ip saddr @blocked drop",
          "ip saddr 127.0.0.2 add @seen { ip saddr }",
          "jump other",
        ],
      },
      "nft:inet/filter/other": { rules: ["tcp dport 443 accept"] },
      "nft:inet/filter/@blocked": { definition: "set; type ipv4_addr; flags interval", elements: ["10.0.0.0/8"] },
      "nft:inet/filter/@seen": {
        definition: "set; type ipv4_addr; size 100; flags dynamic,timeout; timeout 1h",
        elements: [],
      },
    });
    expect(listing).toEqual(expect.objectContaining({ status: "listed" }));
    expect(listing).not.toHaveProperty("gaps");
  });

  it("does not change when packets pass and rules are loaded anew", async () => {
    await load(RULESET);
    await sh("ip link set lo up");
    const before = await observeIn(machine, KIND, { inScope: true });
    await sh("ping -c 1 -W 1 127.0.0.1 || true; ping -c 1 -W 1 -I 127.0.0.2 127.0.0.1 || true");
    await load(RULESET.replace('comment "web"', 'comment "servers"'));
    const after = await observeIn(machine, KIND, { inScope: true });
    const states = (observations: ReadonlyMap<string, Observation>) =>
      Array.from(observations.values(), ({ observedAt, ...rest }) => rest);
    expect(states(after.observations)).toEqual(states(before.observations));
  });

  it("shows what iptables manages once, in its own words, whole", async () => {
    await sh(`iptables -P INPUT DROP
      iptables -A INPUT -p tcp --dport 22 -m string --string "a b" --algo bm -m comment --comment c -j ACCEPT
      ip6tables -A INPUT -i lo -j ACCEPT
      nft add table ip nat && nft add chain ip nat pre '{ type nat hook prerouting priority dstnat; }'`);
    const { observations } = await observeIn(machine, KIND, {
      inScope: true,
      asked: [{ id: "iptables:filter/OUTPUT" }],
    });
    expect(ids(observations)).toEqual([
      "ip6tables:filter/INPUT",
      "iptables:filter/INPUT",
      "iptables:filter/OUTPUT",
      "nft:ip/nat/pre",
    ]);
    expect(observations.get("iptables:filter/INPUT")).toMatchObject({
      actual: { policy: "drop", rules: ['-p tcp -m tcp --dport 22 -m string --string "a b" --algo bm -j ACCEPT'] },
    });
    expect(observations.get("iptables:filter/OUTPUT")).toMatchObject({ actual: { policy: "accept", rules: [] } });
  });

  it("shows the kernel's older tables beside those of nftables", async () => {
    await load(RULESET);
    await sh("iptables-legacy -A INPUT -p tcp --dport 23 -j ACCEPT; iptables -A INPUT -j DROP");
    const { observations } = await observeIn(machine, KIND, { inScope: true });
    expect(observations.get("iptables-legacy:filter/INPUT")).toMatchObject({
      actual: { rules: ["-p tcp -m tcp --dport 23 -j ACCEPT"] },
    });
    expect(observations.get("iptables:filter/INPUT")).toMatchObject({ actual: { rules: ["-j DROP"] } });
    expect(observations.get(INPUT)).toMatchObject({ status: "present" });
  });

  it("does not list what controllers make, nor their jumps to what can only deny, unless it is asked for", async () => {
    await sh(`iptables -N f2b-sshd; iptables -A f2b-sshd -s 192.0.2.1 -j REJECT; iptables -A f2b-sshd -j RETURN
      iptables -N KUBE-FORWARD; iptables -A KUBE-FORWARD -j ACCEPT; iptables -N DOCKER-USER; iptables -A DOCKER-USER -j DROP
      iptables -A INPUT -p tcp --dport 22 -j f2b-sshd; iptables -A INPUT -j KUBE-FORWARD
      nft add table inet f2b-table; nft add set inet f2b-table addr-set-sshd '{ type ipv4_addr; elements = { 192.0.2.1 }; }'
      nft add chain inet f2b-table f2b-chain '{ type filter hook input priority -1; }'
      nft add rule inet f2b-table f2b-chain ip saddr @addr-set-sshd drop`);
    const { observations } = await observeIn(machine, KIND, {
      inScope: true,
      asked: [{ id: "iptables:filter/f2b-sshd" }],
    });
    expect(ids(observations)).toEqual([
      "iptables:filter/DOCKER-USER",
      "iptables:filter/INPUT",
      "iptables:filter/f2b-sshd",
      "nft:inet/f2b-table/f2b-chain",
    ]);
    expect(observations.get("iptables:filter/INPUT")).toMatchObject({ actual: { rules: ["-j KUBE-FORWARD"] } });
    expect(observations.get("nft:inet/f2b-table/f2b-chain")).toMatchObject({
      facts: [{ path: "/rules", fact: "owned-by", owner: "fail2ban" }],
    });
  });

  it("sees that a table is switched off", async () => {
    await load(RULESET.replace("{", "{ flags dormant;"));
    const { observations } = await observeIn(machine, KIND, { asked: [{ id: INPUT }] });
    expect(observations.get(INPUT)).toMatchObject({ actual: { dormant: true } });
  });

  it("is empty where there are no rules", async () => {
    const { observations, listing } = await observeIn(machine, KIND, { asked: [{ id: INPUT }], inScope: true });
    expect(ids(observations)).toEqual([INPUT]);
    expect(observations.get(INPUT)).toMatchObject({ status: "absent" });
    expect(listing).toMatchObject({ status: "listed" });
  });

  it("keeps everything unchecked for a user without rights", async () => {
    await load(RULESET);
    const asked = [{ id: INPUT }, { id: "iptables:filter/INPUT" }];
    const { observations, listing } = await observeIn(machine, KIND, { asked, inScope: true, user: "nobody" });
    for (const { id } of asked) expect(observations.get(id)).toMatchObject({ status: "unchecked", reason: "denied" });
    expect(listing).toMatchObject({ status: "unlisted", reason: "denied" });
  });

  describeWith("machine", "with other programs", () => {
    let bare: Machine;
    beforeAll(async () => {
      bare = await startMachine();
    });
    afterAll(() => bare[Symbol.asyncDispose]());
    const instead = (program: string, script: string) =>
      bare.must(["tee", `/usr/local/sbin/${program}`], { input: `#!/bin/sh\n${script}\n` });

    it("keeps unchecked what a program prints that cannot be understood", async () => {
      await bare.must(["sh", "-c", "iptables -A INPUT -j DROP; iptables-legacy -A INPUT -j ACCEPT"]);
      await instead("nft", "echo 'table inet filter {'");
      await bare.must(["chmod", "+x", "/usr/local/sbin/nft"]);
      const { listing } = await observeIn(bare, KIND, { inScope: true });
      expect(listing).toMatchObject({
        status: "unlisted",
        reason: "failed",
        detail: expect.stringContaining("line 2"),
      });
      await instead("nft", 'exec /usr/sbin/nft "$@"');

      await instead("iptables-save", "echo nonsense");
      await bare.must(["chmod", "+x", "/usr/local/sbin/iptables-save"]);
      const asked = ["nft:ip/filter/INPUT", "iptables:filter/INPUT", "nft:inet/filter/input"].map((id) => ({ id }));
      const { observations } = await observeIn(bare, KIND, { asked });
      const failed = { status: "unchecked", reason: "failed", detail: expect.stringContaining('"iptables-save"') };
      expect(observations.get("nft:ip/filter/INPUT")).toMatchObject(failed);
      expect(observations.get("iptables:filter/INPUT")).toMatchObject(failed);
      expect(observations.get("nft:inet/filter/input")).toMatchObject({ status: "absent" });
      await bare.must(["rm", "/usr/local/sbin/iptables-save", "/usr/local/sbin/nft"]);
    });

    it("takes nft's words where there is no iptables, and says which rules they do not tell", async () => {
      await bare.must([
        "sh",
        "-c",
        "iptables -A OUTPUT -m string --string x --algo bm -j DROP; rm -f /usr/sbin/*tables*-save /usr/sbin/xtables*",
      ]);
      const { observations, listing } = await observeIn(bare, KIND, { inScope: true });
      expect(observations.get("nft:ip/filter/INPUT")).toMatchObject({ actual: { rules: ["counter drop"] } });
      expect(observations.get("nft:ip/filter/OUTPUT")).toMatchObject({
        actual: expect.not.objectContaining({ rules: expect.anything() }),
        facts: [{ path: "/rules", fact: "unchecked", reason: "unsupported" }],
      });
      expect(listing).toMatchObject({ gaps: [{ glob: "iptables-legacy:**", reason: "unsupported" }] });
    });

    it("cannot tell rules of nftables where nft is missing and its file is there, and has none where neither is", async () => {
      await bare.must(["sh", "-c", "rm -f /usr/sbin/nft; touch /etc/nftables.conf"]);
      const asked = [{ id: INPUT }];
      const gone = await observeIn(bare, KIND, { asked });
      expect(gone.observations.get(INPUT)).toMatchObject({ status: "unchecked", reason: "unsupported" });
      await bare.must(["rm", "/etc/nftables.conf"]);
      const none = await observeIn(bare, KIND, { asked, inScope: true });
      expect(none.observations.get(INPUT)).toMatchObject({ status: "absent" });
    });
  });
});
