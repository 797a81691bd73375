import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { stringify } from "yaml";
import { hostKindFacts } from "../connectors/host/kinds/facts.ts";
import type { Json } from "../model/json.ts";
import { type Machine, REPOSITORY, startMachine } from "../testing/machine.ts";
import { describeWith } from "../testing/requirements.ts";

/** One attribute changed for real: what is declared of the resource, what makes it so, and what changes it alone. */
interface Case {
  readonly id: string;
  readonly declared: Readonly<Record<string, Json>>;
  readonly before?: string;
  readonly change: string;
}

const F = "/srv/tree/file";
const D = "/srv/tree/folder";
const freshFile = `mkdir -p ${D} && rm -rf ${F} && printf one > ${F} && chmod 644 ${F} && chown root:root ${F}`;
const owned = (path: string) =>
  `${freshFile} && useradd --badname -u 7001 ada 2>/dev/null; usermod -o -u 7001 ada && groupmod -o -g 7001 ada && chown ada:ada ${path}`;
const ONE = createHash("sha256").update("one").digest("hex");

const FILE: Readonly<Record<string, Case>> = {
  "/type": { id: F, declared: { type: "file", mode: "0644", owner: "root" }, change: `rm ${F} && mkfifo -m 644 ${F}` },
  "/mode": {
    id: F,
    declared: { type: "file", mode: "0644", owner: "root", group: "root", sha256: ONE },
    change: `chmod 4755 ${F}`,
  },
  "/owner": {
    id: F,
    declared: { mode: "0644", owner: "root", group: "root", sha256: ONE },
    change: `chown nobody ${F}`,
  },
  "/group": { id: F, declared: { mode: "0644", owner: "root", group: "root", sha256: ONE }, change: `chgrp adm ${F}` },
  "/uid": {
    id: F,
    declared: { owner: "ada", uid: 7001, gid: 7001 },
    before: owned(F),
    change: `usermod -o -u 7002 ada && chown ada ${F}`,
  },
  "/gid": {
    id: F,
    declared: { group: "ada", uid: 7001, gid: 7001 },
    before: owned(F),
    change: `groupmod -o -g 7003 ada && chgrp ada ${F}`,
  },
  "/size": { id: F, declared: { size: 3, mode: "0644" }, change: `printf more >> ${F}` },
  "/sha256": { id: F, declared: { size: 3, mode: "0644", owner: "root", sha256: ONE }, change: `printf two > ${F}` },
  "/link_target": {
    id: F,
    declared: { type: "link", link_target: "folder" },
    before: `${freshFile} && ln -sfn folder ${F}`,
    change: `ln -sfn elsewhere ${F}`,
  },
};
const DIRECTORY: Readonly<Record<string, Case>> = {
  "/mode": {
    id: D,
    declared: { mode: "0755", owner: "root", group: "root" },
    before: `${freshFile} && chmod 755 ${D} && chown root:root ${D}`,
    change: `chmod 1777 ${D}`,
  },
  "/owner": {
    id: D,
    declared: { mode: "0755", owner: "root", group: "root" },
    before: `chmod 755 ${D} && chown root:root ${D}`,
    change: `chown nobody ${D}`,
  },
  "/group": {
    id: D,
    declared: { mode: "0755", owner: "root", group: "root" },
    before: `chown root:root ${D}`,
    change: `chgrp adm ${D}`,
  },
  "/uid": {
    id: D,
    declared: { owner: "ada", uid: 7001, gid: 7001 },
    before: owned(D),
    change: `usermod -o -u 7002 ada && chown ada ${D}`,
  },
  "/gid": {
    id: D,
    declared: { group: "ada", uid: 7001, gid: 7001 },
    before: owned(D),
    change: `groupmod -o -g 7003 ada && chgrp ada ${D}`,
  },
};

const freshUser =
  "userdel -r eve 2>/dev/null; groupdel eve 2>/dev/null; useradd -u 7100 -d /home/eve -s /bin/sh -U eve && usermod -G adm eve";
const EVE = { uid: 7100, gid: 7100, home: "/home/eve", shell: "/bin/sh", groups: ["adm"] };
const USER: Readonly<Record<string, Case>> = {
  "/uid": { id: "eve", declared: EVE, before: freshUser, change: "usermod -u 7101 eve" },
  "/gid": { id: "eve", declared: EVE, before: freshUser, change: "usermod -g nogroup eve" },
  "/home": { id: "eve", declared: EVE, before: freshUser, change: "usermod -d /srv/eve eve" },
  "/shell": { id: "eve", declared: EVE, before: freshUser, change: "usermod -s /bin/bash eve" },
  "/groups": { id: "eve", declared: EVE, before: freshUser, change: "usermod -G adm,disk eve" },
};
const GROUP: Readonly<Record<string, Case>> = {
  "/gid": {
    id: "crew",
    declared: { gid: 7200, members: ["eve"] },
    before: `${freshUser}; groupdel -f crew 2>/dev/null; groupadd -g 7200 crew && gpasswd -M eve crew`,
    change: "groupmod -g 7201 crew",
  },
  "/members": {
    id: "crew",
    declared: { gid: 7200, members: ["eve"] },
    before: "groupmod -g 7200 crew && gpasswd -M eve crew",
    change: "gpasswd -a nobody crew",
  },
};

const deb = (version: string) =>
  `rm -rf /srv/deb && mkdir -p /srv/deb/DEBIAN && printf 'Package: sextant\\nVersion: ${version}\\nArchitecture: all\\nMaintainer: T <t@example.com>\\nDescription: x\\n' > /srv/deb/DEBIAN/control && dpkg-deb --build /srv/deb /srv/sextant.deb >/dev/null && dpkg --install /srv/sextant.deb`;
const PACKAGE: Readonly<Record<string, Case>> = {
  "/version": { id: "sextant", declared: { version: "1.0-1" }, before: deb("1.0-1"), change: deb("1.0-2") },
};
const SYSCTL: Readonly<Record<string, Case>> = {
  "/value": {
    id: "net.ipv4.ip_forward",
    declared: { value: "0" },
    before: "sysctl -qw net.ipv4.ip_forward=0",
    change: "sysctl -qw net.ipv4.ip_forward=1",
  },
};

const unit =
  "printf '[Service]\\nExecStart=/usr/bin/sleep infinity\\n[Install]\\nWantedBy=multi-user.target\\n' > /etc/systemd/system/lookout.service && systemctl daemon-reload && systemctl enable --now lookout.service";
const SERVICE: Readonly<Record<string, Case>> = {
  "/enabled": {
    id: "lookout.service",
    declared: { enabled: true, running: true },
    before: unit,
    change: "systemctl disable lookout.service",
  },
  "/running": {
    id: "lookout.service",
    declared: { enabled: true, running: true },
    before: unit,
    change: "systemctl stop lookout.service",
  },
};

function listen(host: string, title = "beacon", user = "root"): string {
  const source = `process.title="${title}"; require("node:net").createServer().listen(7001, "${host}", () => require("node:child_process").execFileSync("systemd-notify", ["--ready"]))`;
  return `systemctl stop beacon.service 2>/dev/null; systemd-run --quiet --unit=beacon --collect --property=User=${user} --property=Type=notify --property=NotifyAccess=all node -e '${source}'`;
}
const BEACON = { addresses: ["127.0.0.1"], process: "beacon", user: "root" };
const PORT: Readonly<Record<string, Case>> = {
  "/addresses": { id: "tcp:7001", declared: BEACON, before: listen("127.0.0.1"), change: listen("0.0.0.0") },
  "/process": { id: "tcp:7001", declared: BEACON, before: listen("127.0.0.1"), change: listen("127.0.0.1", "wrecker") },
  "/user": {
    id: "tcp:7001",
    declared: BEACON,
    before: listen("127.0.0.1"),
    change: listen("127.0.0.1", "beacon", "nobody"),
  },
};

const jobId = `/etc/cron.d/backup#${createHash("sha256").update("root\0/usr/bin/backup").digest("hex").slice(0, 8)}`;
const crontab = (line: string) => `printf '${line}\\n' > /etc/cron.d/backup && chmod 644 /etc/cron.d/backup`;
const JOB = { schedule: "5 4 * * *", user: "root", command: "/usr/bin/backup" };
const CRON_JOB: Readonly<Record<string, Case>> = {
  "/schedule": {
    id: jobId,
    declared: JOB,
    before: crontab("5 4 * * * root /usr/bin/backup"),
    change: crontab("6 4 * * * root /usr/bin/backup"),
  },
};

const sshd = (line: string) => `printf '${line}\\n' > /etc/ssh/sshd_config.d/99-test.conf`;
const LISTENING = "Port 22\\nListenAddress 127.0.0.1:22";
const SSHD: Readonly<Record<string, Case>> = {
  "/*": {
    id: "effective",
    declared: { permitrootlogin: "no", maxauthtries: "6" },
    before: sshd("PermitRootLogin no"),
    change: sshd("PermitRootLogin yes"),
  },
  "/port": {
    id: "effective",
    declared: { port: ["22"] },
    before: sshd(LISTENING),
    change: sshd("Port 22\\nPort 2222\\nListenAddress 127.0.0.1:22"),
  },
  "/listenaddress": {
    id: "effective",
    declared: { listenaddress: ["127.0.0.1:22"], port: ["22"] },
    before: sshd(LISTENING),
    change: sshd("Port 22\\nListenAddress 127.0.0.2:22"),
  },
  "/acceptenv": {
    id: "effective",
    declared: { acceptenv: ["LANG", "LC_*"] },
    before: sshd("AcceptEnv LANG"),
    change: sshd("AcceptEnv LANG LD_PRELOAD"),
  },
  "/allowusers": {
    id: "effective",
    declared: { allowusers: ["ada"] },
    before: sshd("AllowUsers ada"),
    change: sshd("AllowUsers ada eve"),
  },
  "/allowgroups": {
    id: "effective",
    declared: { allowgroups: ["adm"] },
    before: sshd("AllowGroups adm"),
    change: sshd("AllowGroups adm disk"),
  },
  "/denyusers": {
    id: "effective",
    declared: { denyusers: ["eve"] },
    before: sshd("DenyUsers eve"),
    change: sshd("DenyUsers ada"),
  },
  "/denygroups": {
    id: "effective",
    declared: { denygroups: ["disk"] },
    before: sshd("DenyGroups disk"),
    change: sshd("DenyGroups adm"),
  },
};

const CASES: Readonly<Record<string, Readonly<Record<string, Case>>>> = {
  "host/file": FILE,
  "host/directory": DIRECTORY,
  "host/package": PACKAGE,
  "host/user": USER,
  "host/group": GROUP,
  "host/sysctl": SYSCTL,
  "host/service": SERVICE,
  "host/port": PORT,
  "host/cron-job": CRON_JOB,
  "host/sshd": SSHD,
};

/** A job's user and command are its id: who changes one has removed one job and added another. */
const PART_OF_THE_ID = ["host/cron-job /user", "host/cron-job /command"];

const LEEWAY = `node ${REPOSITORY}/dist/cli/main.js`;

describe("every attribute that leeway kinds prints", () => {
  it("has a case here", () => {
    const known = hostKindFacts.flatMap(({ kind, attributes }) => attributes.map(({ path }) => `${kind} ${path}`));
    const tried = Object.entries(CASES).flatMap(([kind, cases]) => Object.keys(cases).map((path) => `${kind} ${path}`));
    expect([...tried, ...PART_OF_THE_ID].sort()).toEqual(known.sort());
  });
});

describeWith("machine", "a scan of a machine", () => {
  let machine: Machine;
  const sh = (script: string) => machine.must(["sh", "-c", script]);

  /** A repository that declares just this; the store is new each time. */
  async function declare(kind: string, { id, declared }: Case, scope?: string): Promise<void> {
    const document = stringify({ kind, id, attributes: declared });
    const config = stringify({
      version: 1,
      targets: {
        here: {
          connector: "host",
          desired: "desired",
          ...(scope === undefined ? {} : { scope: { include: [scope] } }),
        },
      },
    });
    await sh("rm -rf /srv/ops && mkdir -p /srv/ops/desired && cd /srv/ops && git init --quiet");
    await machine.must(["tee", "/srv/ops/leeway.yaml"], { input: config });
    await machine.must(["tee", "/srv/ops/desired/one.yaml"], { input: document });
    await sh(
      "cd /srv/ops && printf '.leeway/\\n' > .gitignore && git add --all && git -c user.name=T -c user.email=t@example.com commit --quiet --message one",
    );
  }

  async function scan(): Promise<{
    exitCode: number;
    findings: readonly { drift: string; cause: string; changes: readonly { path: string }[] }[];
  }> {
    const { exitCode, stdout, stderr } = await machine.run(["sh", "-c", `cd /srv/ops && ${LEEWAY} scan --format json`]);
    expect(stderr).toBe("");
    return { exitCode, ...(JSON.parse(stdout) as { findings: never[] }) };
  }

  beforeAll(async () => {
    machine = await startMachine();
    await sh("git config --global safe.directory '*'");
  });
  afterAll(() => machine[Symbol.asyncDispose]());

  const all = Object.entries(CASES).flatMap(([kind, cases]) =>
    Object.entries(cases).map(([path, one]) => [kind, path, one] as const),
  );

  it.each(all)("reports a change of %s %s, and nothing else", async (kind, path, one) => {
    await sh(one.before ?? freshFile);
    await declare(kind, one);
    expect(await scan()).toMatchObject({ exitCode: 0, findings: [] });
    await sh(one.change);
    const { exitCode, findings } = await scan();
    const changed = path === "/*" ? "/permitrootlogin" : path;
    expect(
      findings.map(({ drift, cause, changes }) => [drift, cause, ...changes.map((change) => change.path)]),
    ).toEqual([["changed", "out-of-band", changed]]);
    expect(exitCode).toBe(1);
  });

  it.each([
    ["user", "5 4 * * * nobody /usr/bin/backup"],
    ["command", "5 4 * * * root /usr/bin/other"],
  ])("reports a changed %s of a cron job as that job missing and another one there", async (_, line) => {
    await sh(crontab("5 4 * * * root /usr/bin/backup"));
    await declare("host/cron-job", { id: jobId, declared: JOB, change: "" }, "host/cron-job:/etc/cron.d/backup#*");
    expect(await scan()).toMatchObject({ exitCode: 0, findings: [] });
    await sh(crontab(line));
    const { findings } = await scan();
    expect(findings.map(({ drift }) => drift).sort()).toEqual(["missing", "unmanaged"]);
  });
});
