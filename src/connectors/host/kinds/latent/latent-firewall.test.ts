import { afterAll, beforeAll, expect, it } from "vitest";
import { type Machine, startMachine } from "../../../../testing/machine.ts";
import { observeIn } from "../../../../testing/observe-in.ts";
import { describeWith } from "../../../../testing/requirements.ts";

const KIND = "host/latent-drift";
const RULES = `#!/usr/sbin/nft -f
flush ruleset
define ports = { ssh, 443, 80 }
table inet filter {
  set allow { type ipv4_addr; flags interval; elements = { 192.0.2.1, 10.0.0.0/8 } }
  chain input {
    type filter hook input priority 0; policy drop;
    ct state related,established accept
    iif lo accept
    tcp dport $ports counter accept comment "web"
    ip saddr @allow accept
    ip saddr 10.0.0.1/32 limit rate 10/minute burst 5 packets log prefix "x " level warn drop
    meta l4proto { ipv6-icmp, icmp } accept
    reject
  }
  chain forward { type filter hook forward priority filter; }
}
`;

describeWith("machine", "latentFirewalls", () => {
  let machine: Machine;
  const sh = (script: string) => machine.must(["sh", "-c", script]);
  const latentOf = async (id: string, user?: string) =>
    (await observeIn(machine, KIND, { asked: [{ id }], ...(user === undefined ? {} : { user }) })).observations.get(id);

  beforeAll(async () => {
    machine = await startMachine();
    await machine.must(["tee", "/etc/nftables.conf"], { input: RULES });
  });
  afterAll(() => machine[Symbol.asyncDispose]());

  it("finds nothing where the file is loaded at a start and in force, however it is written", async () => {
    await sh("systemctl --quiet enable nftables.service; systemctl start nftables.service");
    expect(await latentOf("firewall:nftables")).toMatchObject({ status: "absent" });
  });

  it("finds what was added, flushed and edited since", async () => {
    await sh("nft add rule inet filter input tcp dport 4444 accept; nft add table inet extra");
    expect(await latentOf("firewall:nftables")).toMatchObject({
      actual: { running: "inet filter input: tcp dport 4444 accept\ninet extra", persisted: "", when: "reboot" },
    });
    await sh("nft flush ruleset");
    expect(await latentOf("firewall:nftables")).toMatchObject({
      actual: { running: "", persisted: expect.stringContaining("inet filter input: policy drop") },
    });
    await sh("nft -f /etc/nftables.conf; sed -i 's/443/8443/' /etc/nftables.conf");
    expect(await latentOf("firewall:nftables")).toMatchObject({
      actual: {
        running: "inet filter input: tcp dport { 22, 443, 80 } counter accept",
        persisted: "inet filter input: tcp dport { 22, 80, 8443 } counter accept",
      },
    });
  });

  it("is unchecked where only nft could resolve the file", async () => {
    await sh(`echo 'include "/etc/nft.d/*"' >> /etc/nftables.conf`);
    expect(await latentOf("firewall:nftables")).toMatchObject({ status: "unchecked", reason: "unsupported" });
    await machine.must(["tee", "/etc/nftables.conf"], { input: RULES });
  });

  it("finds rules that were loaded by hand from a file that no start loads", async () => {
    await sh("systemctl --quiet disable nftables.service; nft -f /etc/nftables.conf");
    expect(await latentOf("firewall:nftables")).toMatchObject({ actual: { persisted: "" } });
    await sh("nft add table inet extra; nft add chain inet extra c; nft add rule inet extra c drop");
    expect(await latentOf("firewall:nftables")).toMatchObject({ status: "unchecked", reason: "unsupported" });
  });

  it("is unchecked for a user without rights", async () => {
    expect(await latentOf("firewall:nftables", "nobody")).toMatchObject({ status: "unchecked", reason: "denied" });
  });

  it("compares what iptables-save prints with its file, where a unit loads it", async () => {
    await sh(`nft flush ruleset; mkdir -p /etc/iptables
      printf '[Service]\\nType=oneshot\\nExecStart=true\\n[Install]\\nWantedBy=multi-user.target\\n' > /etc/systemd/system/netfilter-persistent.service
      systemctl --quiet enable netfilter-persistent.service
      iptables -A INPUT -p tcp --dport 22 -s 10.1.1.1 -j ACCEPT; iptables -P FORWARD DROP; iptables-save > /etc/iptables/rules.v4`);
    expect(await latentOf("firewall:iptables")).toMatchObject({ status: "absent" });
    expect(await latentOf("firewall:nftables")).toMatchObject({ status: "absent" });
    await sh("iptables -I INPUT -j ACCEPT; iptables -P FORWARD ACCEPT");
    expect(await latentOf("firewall:iptables")).toMatchObject({
      actual: { running: "filter INPUT: -j ACCEPT", persisted: "filter FORWARD: policy DROP" },
    });
    await sh("echo nonsense > /etc/iptables/rules.v4");
    expect(await latentOf("firewall:iptables")).toMatchObject({ status: "unchecked", reason: "unsupported" });
    await sh("systemctl --quiet disable netfilter-persistent.service; nft flush ruleset");
  });

  it("has nothing to tell where there is no such program, but is unchecked where a start would use it", async () => {
    await sh("mv /usr/sbin/nft /usr/sbin/nft.away");
    expect(await latentOf("firewall:nftables")).toMatchObject({ status: "absent" });
    await sh("systemctl --quiet enable nftables.service");
    expect(await latentOf("firewall:nftables")).toMatchObject({ status: "unchecked", reason: "unsupported" });
    await sh("printf '#!/bin/sh\\necho nonsense\\n' > /usr/sbin/nft; chmod 755 /usr/sbin/nft");
    expect(await latentOf("firewall:nftables")).toMatchObject({ status: "unchecked", reason: "failed" });
    await sh("mv -f /usr/sbin/nft.away /usr/sbin/nft; systemctl --quiet disable nftables.service");
  });
});
