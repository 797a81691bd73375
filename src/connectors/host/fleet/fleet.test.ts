import { chmod, mkdir, writeFile } from "node:fs/promises";
import { userInfo } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import type { KnownError } from "../../../errors.ts";
import { makeScratch } from "../../../testing/scratch.ts";
import { HostSettings } from "../settings.ts";
import { openLocalTransport } from "../transport-local.ts";
import { readFleet } from "./fleet.ts";

const scratch = await makeScratch();
const baseDir = scratch.path;
afterAll(() => scratch[Symbol.asyncDispose]());

const DEFAULTS = { sudo: false, connectTimeoutMs: 10_000, timeoutMs: 30_000 };

async function fleet(settings: unknown) {
  await using transport = openLocalTransport();
  return await readFleet(HostSettings.parse(settings), { baseDir, transport });
}

async function failure(settings: unknown): Promise<Pick<KnownError, "code" | "message" | "hint" | "problems">> {
  try {
    await fleet(settings);
  } catch (error) {
    return error as KnownError;
  }
  throw new Error("it did not fail");
}

describe("the hosts of a target", () => {
  it("are this machine when nothing is said", async () => {
    expect((await fleet({})).hosts).toEqual([{ place: "local" }]);
  });

  it("take what they do not say themselves from ssh:, with paths from the folder of leeway.yaml", async () => {
    const ssh = { sudo: true, identityFile: "keys/scan", knownHostsFile: "~/kh", jump: "gate", connectTimeout: "2s" };
    const hosts = ["local", "ssh://ann@web:2222", { host: "ssh://db", name: "main", sudo: false, identityFile: "/k" }];
    const common = {
      ...DEFAULTS,
      jump: "gate",
      knownHostsFile: join(userInfo().homedir, "kh"),
      connectTimeoutMs: 2000,
    };
    expect((await fleet({ hosts, ssh })).hosts).toEqual([
      { place: "local" },
      {
        place: "web:2222",
        ssh: { ...common, host: "web", user: "ann", port: 2222, sudo: true, identityFile: join(baseDir, "keys/scan") },
      },
      { place: "main", ssh: { ...common, host: "db", identityFile: "/k" } },
    ]);
  });

  it("may come from an inventory, whose hosts say more than ssh:", async () => {
    await writeFile(join(baseDir, "hosts.ini"), "gate ansible_connection=local\n[web]\nweb[1:2] ansible_become=true\n");
    const settings = { hosts: ["ssh://db"], inventory: "hosts.ini", ssh: { readTimeout: "5s" } };
    const ssh = { ...DEFAULTS, timeoutMs: 5000 };
    expect(await fleet(settings)).toEqual({
      hosts: [
        { place: "db", ssh: { ...ssh, host: "db" } },
        { place: "gate" },
        { place: "web1", ssh: { ...ssh, host: "web1", sudo: true } },
        { place: "web2", ssh: { ...ssh, host: "web2", sudo: true } },
      ],
      warnings: [],
    });
    const { hosts } = await fleet({ inventory: { file: "hosts.ini", groups: ["web"] } });
    expect(hosts.map(({ place }) => place)).toEqual(["web1", "web2"]);
  });

  it("may come from a program, which runs in the folder of leeway.yaml", async () => {
    await writeFile(join(baseDir, "list.sh"), "#!/bin/sh\ncat ./list.json\n");
    await chmod(join(baseDir, "list.sh"), 0o755);
    const list = { _meta: { hostvars: { web: { ansible_port: 2222 } } }, all: { hosts: ["web"] } };
    await writeFile(join(baseDir, "list.json"), JSON.stringify(list));
    expect((await fleet({ inventory: { command: ["./list.sh", "--list"] } })).hosts).toEqual([
      { place: "web", ssh: { ...DEFAULTS, host: "web", port: 2222 } },
    ]);
  });

  it("warn of passwords, of arguments that are left out and of variables elsewhere, and show no value", async () => {
    await mkdir(join(baseDir, "with-vars", "group_vars"), { recursive: true });
    const line = "web ansible_password=s3cret ansible_ssh_common_args='-o StrictHostKeyChecking=no'\n";
    await writeFile(join(baseDir, "with-vars", "hosts"), line);
    const { warnings } = await fleet({ inventory: "with-vars/hosts" });
    expect(warnings).toEqual([
      'Inventory "with-vars/hosts" holds passwords (ansible_password), which are not used: log in with keys or an agent, and let sudo ask for none',
      'Inventory "with-vars/hosts" gives the SSH client arguments that are left out: -o StrictHostKeyChecking',
      'Variables in group_vars beside inventory "with-vars/hosts" are not read; with inventory: { command: [ansible-inventory, --list, -i, with-vars/hosts] } they are',
    ]);
  });
});

describe("an inventory that cannot be used", () => {
  it.each([
    ["missing", undefined, 'Cannot read inventory "missing": there is no such file'],
    ["program", "#!/bin/sh\n", 'Cannot read inventory "program": it is a program'],
    [
      "wrong.ini",
      "web x\n\ndb y",
      'Cannot use inventory "wrong.ini", line 1: a variable of a host must be NAME=VALUE (and 1 more)',
    ],
    ["wrong.yml", "web:\n  host: a", 'Cannot use inventory "wrong.yml", line 2: group "web" has no key "host"'],
    [
      "winrm.ini",
      "\nweb ansible_connection=winrm",
      'Cannot use inventory "winrm.ini", line 2: "ansible_connection" of host "web" is none that Leeway has',
    ],
    ["empty.yml", "", 'Cannot use inventory "empty.yml": it names no host'],
  ])("%s fails with one clear message", async (file, text, message) => {
    if (text !== undefined) await writeFile(join(baseDir, file), text);
    expect(await failure({ inventory: file })).toMatchObject({ name: "KnownError", code: "CONFIG_INVALID", message });
  });

  it("gives every mistake with its file and line", async () => {
    await writeFile(join(baseDir, "wrong.ini"), "web x\n\ndb y");
    expect((await failure({ inventory: "wrong.ini" })).problems).toMatchObject([
      { file: "wrong.ini", line: 1 },
      { file: "wrong.ini", line: 3 },
    ]);
  });

  it.each([
    [["false"], "TARGET_UNREACHABLE", 'Cannot read inventory "false": it ended with 1'],
    [["./nothing", "-l"], "TARGET_UNREACHABLE", 'Cannot read inventory "./nothing -l": there is no such program'],
    [["sleep", "60"], "TARGET_UNREACHABLE", 'Cannot read inventory "sleep 60": it did not end within 0.2 s'],
    [["echo", "hello"], "CONFIG_INVALID", 'Cannot use inventory "echo hello": it is no JSON object'],
  ])("fails with what its program %j did", async (command, code, message) => {
    expect(await failure({ inventory: { command, timeout: "200ms" } })).toMatchObject({ code, message });
  });

  it("says which place two hosts have", async () => {
    await writeFile(join(baseDir, "twice.ini"), "web\n");
    expect(await failure({ hosts: ["ssh://web"], inventory: "twice.ini" })).toMatchObject({
      code: "CONFIG_INVALID",
      message: 'Cannot tell two hosts apart: both have the place "web"',
    });
  });
});
