import { describe, expect, it } from "vitest";
import { observeRecorded, type RecordedHost } from "../../../../testing/recorded-host.ts";
import { authorizedKeyKind } from "./authorized-key.ts";
import { sshdKind } from "./sshd.ts";

const KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA ada@example";
const SSHD = 'sh -c set -- /usr/sbin/sshd -T -h /dev/stdin; cat | exec "$@"';

function host(config: string, files: RecordedHost["files"] = {}, settings = ""): RecordedHost {
  return {
    files: {
      "/usr/sbin/sshd": "",
      "/etc/passwd": "ada:x:1000:1000::/home/ada:/bin/sh\nbob:x:1001:1001::/home/bob:/bin/sh\n",
      "/etc/ssh/sshd_config": config,
      "/home/ada/.ssh/authorized_keys": `${KEY}\n`,
      ...files,
    },
    commands: { [SSHD]: { stdout: `port 22\nauthorizedkeysfile .ssh/authorized_keys\n${settings}` } },
  };
}

async function matchOf(recorded: RecordedHost) {
  const { observations } = await observeRecorded(sshdKind, recorded);
  const sshd = observations.get("effective");
  return sshd?.status === "present" ? (sshd.actual["match"] ?? sshd.facts) : sshd?.status;
}

describe("the Match blocks of sshd", () => {
  it.each<[config: string, match: readonly string[] | undefined]>([
    ["PermitRootLogin no\n", undefined],
    ["Match User git\n", undefined],
    [
      "Port 22\nmatch  user git  # for pushing\n\tPermitRootLogin=yes\n  PasswordAuthentication   yes\nMatch all\nX11Forwarding no\n",
      ["user git: permitrootlogin yes; passwordauthentication yes", "all: x11forwarding no"],
    ],
  ])("are read from %j", async (config, match) => {
    expect(await matchOf(host(config))).toEqual(match);
  });

  it("end with the file that they stand in, and hold for what is included in them", async () => {
    const files = {
      "/etc/ssh/sshd_config.d/10.conf": "Match User a\nX11Forwarding no\n",
      "/etc/ssh/sshd_config.d/20.conf": "X11Forwarding yes\n",
      "/etc/ssh/extra": "PermitRootLogin yes\n",
    };
    const config = "Include /etc/ssh/sshd_config.d/*.conf\nPort 22\nMatch User b\n  Include extra\n";
    expect(await matchOf(host(config, files))).toEqual(["User a: x11forwarding no", "User b: permitrootlogin yes"]);
  });

  it("are unchecked where not all of the configuration can be read", async () => {
    const config = "Include /etc/ssh/sshd_config.d/*.conf\n";
    const match = await matchOf(host(config, { "/etc/ssh/sshd_config.d/10.conf": "denied" }));
    expect(match).toEqual([expect.objectContaining({ path: "/match", fact: "unchecked", reason: "denied" })]);
    expect(await matchOf(host("Include /etc/ssh/*/x.conf\n"))).toEqual([
      expect.objectContaining({ path: "/match", fact: "unchecked", reason: "unsupported" }),
    ]);
  });
});

describe("the options that sshd is started with", () => {
  const seen = async (files: RecordedHost["files"]) =>
    (await observeRecorded(sshdKind, host("", files))).observations.get("effective");

  it.each<[files: Readonly<Record<string, string>>, options: string | undefined]>([
    [{ "/etc/default/ssh": "# none\nSSHD_OPTS=\n" }, undefined],
    [
      { "/etc/default/ssh": "SSHD_OPTS=-4\nSSHD_OPTS='-6  -o PermitRootLogin=yes' # so\n" },
      "-6 -o PermitRootLogin=yes",
    ],
    [
      {
        "/etc/sysconfig/sshd": 'OPTIONS="-u0"\n',
        "/etc/crypto-policies/back-ends/opensshserver.config": "CRYPTO_POLICY='-oCiphers=aes256-ctr'\n",
      },
      "-u0 -oCiphers=aes256-ctr",
    ],
    [{ "/etc/crypto-policies/back-ends/opensshserver.config": "Ciphers aes256-ctr\n" }, undefined],
  ])("are read from %j", async (files, options) => {
    const sshd = await seen(files);
    expect(sshd?.status === "present" ? sshd.actual["started_with"] : sshd).toBe(options);
  });

  it("are unchecked where they may not be read", async () => {
    expect(await seen({ "/etc/sysconfig/sshd": "denied" })).toMatchObject({
      facts: [{ path: "/started_with", fact: "unchecked", reason: "denied" }],
    });
  });
});

describe("authorizedKeyKind", () => {
  const seen = (recorded: RecordedHost, asked: readonly string[]) =>
    observeRecorded(authorizedKeyKind, recorded, asked);

  it("says that keys may be handed out by a program, without its arguments", async () => {
    const { observations, listing } = await seen(host("", {}, "authorizedkeyscommand /opt/keys --token=hunter2 %u\n"), [
      "bob#SHA256:x",
    ]);
    expect(observations.get("bob#SHA256:x")).toMatchObject({ status: "unchecked", reason: "unsupported" });
    expect(listing).toMatchObject({ gaps: [{ glob: "**", detail: 'Cannot tell which keys "/opt/keys" hands out' }] });
    expect([...observations.values()].filter(({ status }) => status === "present")).toHaveLength(1);
    const none = await seen(host("", {}, "authorizedkeyscommand none\n"), ["bob#SHA256:x"]);
    expect(none.observations.get("bob#SHA256:x")).toMatchObject({ status: "absent" });
    expect(none.listing).not.toHaveProperty("gaps");
  });

  it.each([
    ["Match User bob\nAuthorizedKeysFile /etc/keys\n", "bob#**"],
    ["Match Group staff\nAuthorizedKeysCommand /opt/keys\n", "**"],
  ])("says that a Match block takes keys from elsewhere: %j", async (config, glob) => {
    const { listing } = await seen(host(config), []);
    expect(listing).toMatchObject({ gaps: [{ glob, reason: "unsupported" }] });
  });

  it("finds the keys of a user that only a directory service knows", async () => {
    const [, fingerprint] = [...(await seen(host(""), [])).observations.keys()][0]?.split("#") ?? [];
    const id = `eve#${fingerprint}`;
    const recorded = host("", { "/home/eve/.ssh/authorized_keys": `${KEY}\n` });
    const getent = "getent -- passwd eve";
    const known = { ...recorded.commands, [getent]: { stdout: "eve:*:9:9::/home/eve:/bin/sh\n" } };
    expect((await seen({ ...recorded, commands: known }, [id])).observations.get(id)).toMatchObject({
      status: "present",
    });
    const down = { ...recorded.commands, [getent]: { exitCode: 1, stderr: "cannot reach the service\n" } };
    expect((await seen({ ...recorded, commands: down }, [id])).observations.get(id)).toMatchObject({
      status: "unchecked",
    });
  });

  it("seals options with a command that may hold a password", async () => {
    const line = `from="10.0.0.1",command="mysql --password=hunter2" ${KEY}\n`;
    const { observations } = await seen(host("", { "/home/ada/.ssh/authorized_keys": line }), []);
    expect([...observations.values()]).toEqual([
      expect.objectContaining({ facts: [{ path: "/options", fact: "sensitive" }] }),
    ]);
  });
});
