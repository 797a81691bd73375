import { spawnSync } from "node:child_process";
import { performance } from "node:perf_hooks";
import { hostConnectorOver } from "../dist/connectors/host/connector.js";
import { HostSettings } from "../dist/connectors/host/settings.js";
import { openSshTransport } from "../dist/connectors/host/ssh/ssh-transport.js";
import { startSshServer } from "../dist/testing/ssh-server.js";
import { skipWithoutServer } from "./need-sshd.mjs";

/**
 * Reads one host over SSH and prints how long that took, with the connection: `ssh-host.mjs ours|peer kinds|tree`; `tree` with all that
 * stands in `/etc` besides. The host is a real sshd on the
 * loopback interface. Ours is a whole scan of these kinds; the peer is one shell script by hand, over one connection of the same
 * client, that prints the raw sources of the same kinds and hashes the same files. Nobody compares anything.
 */
const withTree = process.argv[3] === "tree";

const INCLUDE = [
  ..."user group package apt-source service sysctl port sshd cron-job sudo-rule authorized-key mount firewall-rule host-entry"
    .split(" ")
    .map((kind) => `host/${kind}`),
  ..."resolver latent-drift container ssh-identity".split(" ").map((kind) => `host/${kind}`),
  "host/certificate:/etc/ssl/**",
  ...(withTree ? ["host/file:/etc/**", "host/directory:/etc/**"] : ["host/file:/etc/ssh/**"]),
];

const RAW = `
cat /etc/passwd /etc/shadow /etc/group /etc/gshadow /etc/crontab /etc/fstab /proc/self/mountinfo /etc/hosts /etc/resolv.conf /etc/nsswitch.conf
dpkg-query -W
cat /etc/apt/sources.list /etc/apt/sources.list.d/* /etc/cron.d/* /var/spool/cron/crontabs/*
systemctl list-unit-files --no-pager; systemctl show --all --no-pager '*'
sysctl -a
ss -H -lntupe
/usr/sbin/sshd -T
cvtsudoers -f json -e /etc/sudoers
for home in $(cut -d: -f6 /etc/passwd); do cat $home/.ssh/authorized_keys; done
nft list ruleset; iptables-save; ip6tables-save
cat /etc/sysctl.d/* /usr/lib/sysctl.d/* /var/lib/dpkg/status
find /etc/ssl -name '*.crt' -exec cat {} +; find /etc/ssl -name '*.pem' -exec cat {} +
`;

const RAW_TREE = `
cat /var/lib/dpkg/info/*.md5sums /var/lib/dpkg/info/*.list
find /etc -printf '%y %m %U %G %s %p %l\\n'
find /etc -type f -exec sha256sum {} +
find /etc -type f -exec md5sum {} +
find /etc -exec getfattr --absolute-names -h -d -m - -e hex {} +
`;

skipWithoutServer();
const server = await startSshServer();
try {
  console.log(JSON.stringify(process.argv[2] === "peer" ? byHand() : await scan()));
} finally {
  await server[Symbol.asyncDispose]();
}

function byHand() {
  const begin = performance.now();
  const { error, signal } = spawnSync("ssh", ["-F", server.configFile, server.address, "sh"], {
    input: withTree ? RAW + RAW_TREE : RAW,
    stdio: ["pipe", "pipe", "ignore"],
    maxBuffer: 1024 ** 3,
  });
  if (error !== undefined || signal !== null) throw new Error(`Cannot read by hand: ${error ?? signal}`);
  return { milliseconds: performance.now() - begin };
}

async function scan() {
  let batches = 0;
  const connector = hostConnectorOver(({ ssh }) => openSshTransport(ssh, { onBatch: () => (batches += 1) }));
  const host = { host: `ssh://root@${server.address}:${server.port}`, configFile: server.configFile };
  const settings = HostSettings.parse({ hosts: [host] });
  const now = () => new Date().toISOString();
  const begin = performance.now();
  const session = await connector.open(settings, { baseDir: "/", now });
  const request = {
    asked: [],
    scope: { include: INCLUDE, exclude: [] },
    listedKinds: [...new Set(INCLUDE.map((entry) => entry.split(":")[0]))],
    lastRecorded: async () => undefined,
  };
  let resources = 0;
  const last = {};
  for await (const answer of session.observe(request, new AbortController().signal)) {
    if ("resource" in answer) resources += 1;
    last[answer.kind ?? answer.resource.kind] = Math.round(performance.now() - begin);
  }
  await session[Symbol.asyncDispose]();
  const milliseconds = performance.now() - begin;
  if (process.env.LEEWAY_BENCH_VERBOSE === "1") console.error(last);
  return { milliseconds, notes: `${resources} resources, ${batches} batches over one connection`, batches, resources };
}
