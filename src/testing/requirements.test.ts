import { execFileSync, spawnSync } from "node:child_process";
import { execPath } from "node:process";
import { expect, it } from "vitest";
import { REPOSITORY, startMachine } from "./machine.ts";
import { describeWith, missingFor } from "./requirements.ts";

const SCRIPT = `${REPOSITORY}/scripts/setup-tests.mjs`;

it("knows what this very suite was run with", () => {
  expect(missingFor("git")).toEqual([]);
  expect(execFileSync("git", ["--version"], { encoding: "utf8" })).toMatch(/^git version/);
});

describeWith("machine", "setup-tests", () => {
  it("says nothing where nothing is missing", () => {
    const { status, stdout, stderr } = spawnSync(execPath, [SCRIPT], { encoding: "utf8" });
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: "", stderr: "" });
  });

  it("names the suites that will be skipped and how to get what they lack, and fails under CI", async () => {
    await using machine = await startMachine();
    await machine.must(["rm", "/usr/sbin/sshd"]);
    const words = /^Skipping host kinds .*: it needs root \(.*\), sshd \(apt-get install openssh-server\)$/m;
    const skipped = await machine.run(["node", SCRIPT], { user: "nobody" });
    expect(skipped).toMatchObject({ exitCode: 0, stdout: "", stderr: expect.stringMatching(words) });
    const failed = await machine.run(["env", "CI=true", "node", SCRIPT], { user: "nobody" });
    expect(failed).toMatchObject({ exitCode: 1, stderr: expect.stringMatching(words) });
  });

  it("installs what is missing, starts no daemon of it, and leaves the policy on that as it was", async () => {
    await using machine = await startMachine();
    // What dpkg would start it for takes longer than all else here.
    await machine.must(["ln", "--symbolic", "--force", "true", "/usr/bin/mandb"]);
    await machine.must(["sh", "-c", "dpkg --purge --force-depends cron 2>&1"]);
    // A package of that name, offered from a folder: no network is needed.
    await machine.must(["sh", "-c", OFFER]);
    const policy = "#!/bin/sh\nexit 0\n";
    await machine.must(["tee", "/usr/sbin/policy-rc.d"], { input: policy });
    await machine.must(["chmod", "0755", "/usr/sbin/policy-rc.d"]);
    const { exitCode, stdout } = await machine.run(["node", SCRIPT]);
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: "Installing what the tests need: cron\n" });
    expect((await machine.run(["test", "-x", "/usr/sbin/cron"])).exitCode).toBe(0);
    expect((await machine.run(["systemctl", "is-active", "cron.service"])).stdout).toBe("inactive\n");
    expect(await machine.must(["cat", "/usr/sbin/policy-rc.d"])).toBe(policy);
    // By itself the package does start it.
    await machine.must(["dpkg", "--install", "/srv/offer/cron.deb"]);
    expect((await machine.run(["systemctl", "is-active", "cron.service"])).stdout).toBe("active\n");
  });
});

const OFFER = `
set -eu
mkdir -p /srv/cron/DEBIAN /srv/cron/usr/sbin /srv/cron/lib/systemd/system /srv/offer
printf '#!/bin/sh\\nexec sleep infinity\\n' > /srv/cron/usr/sbin/cron
chmod 0755 /srv/cron/usr/sbin/cron
printf '[Service]\\nExecStart=/usr/sbin/cron\\n[Install]\\nWantedBy=multi-user.target\\n' > /srv/cron/lib/systemd/system/cron.service
printf '#!/bin/sh\\nset -e\\nsystemctl daemon-reload\\nsystemctl enable cron.service\\ndeb-systemd-invoke start cron.service || true\\n' > /srv/cron/DEBIAN/postinst
chmod 0755 /srv/cron/DEBIAN/postinst
printf 'Package: cron\\nVersion: 99\\nArchitecture: all\\nMaintainer: Test <test@example.com>\\nDescription: Something\\n' > /srv/cron/DEBIAN/control
dpkg-deb --build /srv/cron /srv/offer/cron.deb
size=$(stat -c %s /srv/offer/cron.deb)
sum=$(sha256sum /srv/offer/cron.deb | cut -d ' ' -f 1)
{ cat /srv/cron/DEBIAN/control; printf 'Filename: ./cron.deb\\nSize: %s\\nSHA256: %s\\n' "$size" "$sum"; } > /srv/offer/Packages
rm -rf /etc/apt/sources.list /etc/apt/sources.list.d/* /var/lib/apt/lists/*
echo 'deb [trusted=yes] file:/srv/offer ./' > /etc/apt/sources.list
`;
