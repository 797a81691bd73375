import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import type { SshHost } from "../connectors/host/ssh/ssh-host.ts";
import type { Machine } from "./machine.ts";
import { makeScratch } from "./scratch.ts";

/** A way into a machine over real SSH: for each connection sshd is started in it, on what stands for the network. */
export interface MachineSsh extends AsyncDisposable {
  /** The settings of a transport that logs in as a user that the machine has. */
  host(user: string, more?: Partial<SshHost>): SshHost;
}

const CONFIG = "/etc/ssh/leeway-test";
const run = promisify(execFile);

export async function openMachineSsh(machine: Machine): Promise<MachineSsh> {
  const scratch = await makeScratch();
  const at = (name: string) => join(scratch.path, name);
  await Promise.all(
    ["host_key", "user_key"].map((name) => run("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", at(name)])),
  );
  const put = async (name: string, mode: string) =>
    await machine.must(["sh", "-c", `umask 077; cat > "$1"; chmod ${mode} "$1"`, "sh", `${CONFIG}/${name}`], {
      input: await readFile(at(name)),
    });
  await writeFile(
    at("config"),
    [
      `HostKey ${CONFIG}/host_key`,
      `AuthorizedKeysFile ${CONFIG}/user_key.pub`,
      "StrictModes no",
      "UsePAM no",
      "PrintMotd no",
      "",
    ].join("\n"),
  );
  await machine.must(["mkdir", "-p", CONFIG, "/run/sshd"]);
  await Promise.all([put("host_key", "600"), put("user_key.pub", "644"), put("config", "600")]);
  await writeFile(at("known_hosts"), `machine ${await readFile(at("host_key.pub"), "utf8")}`);
  const enter = `nsenter --target ${machine.pid} --mount --uts --ipc --net --pid --cgroup --root --wdns=/`;
  const settings = [
    "Host machine",
    `ProxyCommand ${enter} -- /usr/sbin/sshd -i -f ${CONFIG}/config`,
    `IdentityFile ${at("user_key")}`,
    "IdentitiesOnly yes",
    `UserKnownHostsFile ${at("known_hosts")}`,
    "",
  ];
  await writeFile(at("client"), settings.join("\n"));
  return {
    host: (user, more = {}) => ({
      host: "machine",
      user,
      configFile: at("client"),
      sudo: false,
      connectTimeoutMs: 30_000,
      timeoutMs: 60_000,
      ...more,
    }),
    [Symbol.asyncDispose]: () => scratch[Symbol.asyncDispose](),
  };
}
