import { afterAll, beforeAll, expect, it } from "vitest";
import { isListing, type Listing, type Observation } from "../../model/observation.ts";
import { declaredOnly, keyOf, type OnCommand } from "../../testing/declared-commands.ts";
import { type Machine, startMachine } from "../../testing/machine.ts";
import { type MachineSsh, openMachineSsh } from "../../testing/machine-ssh.ts";
import { describeWith } from "../../testing/requirements.ts";
import { hostConnector } from "./connector.ts";
import type { HostKind } from "./kind.ts";
import { hostKinds } from "./kinds/all-kinds.ts";
import { HostSettings } from "./settings.ts";
import { openSshTransport } from "./ssh/ssh-transport.ts";
import type { Transport } from "./transport.ts";

const SUDO = "USER ALL=(root) NOPASSWD: ";
/** What a scan of a booted Debian machine with everything in scope has no reason to run, as the start of a command line. */
const NEVER_HERE: readonly (readonly [start: string, why: string])[] = [
  ["rpm ", "there is no database of rpm"],
  ["docker inspect ", "there is no docker"],
  ["podman inspect ", "there is no podman"],
  ["systemctl --root=/ ", "systemd runs"],
  ["sh -c set -- /usr/local/", "sshd stands in /usr/sbin"],
  ["sh -c set -- /usr/bin/sshd", "sshd stands in /usr/sbin"],
  ["id -z", "no directory service knows anybody"],
  ["cat /proc/self/status", "every socket has a process"],
  ["setpriv ", "the folder that sshd wants is there"],
];
const TREE = "/etc/ssh/";
const FOLDERS = ["host/file", "host/directory", "host/certificate"];

/** An id that is asked for, so that what is not where one looks first is looked for elsewhere. */
const ASKED: ReadonlyMap<string, string> = new Map([
  ["host/user", "from-a-directory"],
  ["host/group", "from-a-directory"],
  // All timers of the machine may be loaded, so that none is shown by name.
  ["host/timer", "asked-for.timer"],
]);

async function read(kind: HostKind, transport: Transport): Promise<readonly (Observation | Listing)[]> {
  const answers: (Observation | Listing)[] = [];
  const { signal } = new AbortController();
  const id = ASKED.get(kind.facts.kind);
  const ofTree = FOLDERS.includes(kind.facts.kind);
  const request = {
    at: "machine",
    asked: id === undefined ? [] : [{ resource: { kind: kind.facts.kind, at: "machine", id } }],
    inScope: ofTree ? (one: string) => one.startsWith(TREE) : () => true,
    ...(ofTree
      ? { prefixes: [TREE], mayHold: (start: string) => TREE.startsWith(start) || start.startsWith(TREE) }
      : {}),
    now: () => "2026-01-01T00:00:00Z",
    signal,
  };
  for await (const answer of kind.read(request, transport)) answers.push(answer);
  return answers;
}

function byName(answers: readonly (Observation | Listing)[]): ReadonlyMap<string, string> {
  const named = answers.map((answer) => [isListing(answer) ? "listing" : answer.resource.id, JSON.stringify(answer)]);
  return new Map(named.sort(([one = ""], [other = ""]) => (one < other ? -1 : 1)) as [string, string][]);
}

/** @throws when a kind runs what its permissions do not list */
async function readAll(transport: Transport, onCommand?: OnCommand): Promise<readonly ReadonlyMap<string, string>[]> {
  const reads = hostKinds.map((kind) => read(kind, declaredOnly(transport, kind.permissions, onCommand)));
  return (await Promise.all(reads)).map(byName);
}

function differences(one: ReadonlyMap<string, string>, other: ReadonlyMap<string, string>): readonly string[] {
  const ids = new Set([...one.keys(), ...other.keys()]);
  return [...ids].flatMap((id) => (one.get(id) === other.get(id) ? [] : [`${one.get(id)} but ${other.get(id)}`]));
}

describeWith("machine", "what leeway permissions lists", () => {
  let machine: Machine;
  let ssh: MachineSsh;
  const ran = new Set<string>();
  let asRoot: readonly ReadonlyMap<string, string>[];
  const needed = hostConnector.permissions(HostSettings.parse({ hosts: ["ssh://machine"], ssh: { sudo: true } }));
  const lines = needed.flatMap(({ access }) =>
    access.startsWith(SUDO) || access.startsWith("Defaults:USER") ? [access.replace("USER", "scan")] : [],
  );

  beforeAll(async () => {
    machine = await startMachine();
    // A service that listens, rules of a firewall, an owner whom no file names, keys and jobs that only root may read.
    await machine.must([
      "sh",
      "-c",
      "useradd -m -p '*' scan && nft add table inet leeway && touch /etc/ssh/of-nobody && chown 7777:7777 /etc/ssh/of-nobody && " +
        "mkdir -p /root/.ssh /etc/ssh/closed && chmod 700 /etc/ssh/closed && echo secret > '/etc/ssh/closed/a b\nc' && setfattr -n trusted.a -v 1 /etc/ssh/closed && " +
        "ssh-keygen -q -t ed25519 -N '' -f /tmp/k && cp /tmp/k.pub /root/.ssh/authorized_keys && " +
        "echo '1 2 * * * true' > /var/spool/cron/crontabs/root && chmod 600 /var/spool/cron/crontabs/root",
    ]);
    ssh = await openMachineSsh(machine);
    await machine.must(["sh", "-c", "umask 337; cat > /etc/sudoers.d/leeway"], { input: `${lines.join("\n")}\n` });
  });
  beforeAll(async () => {
    await using root = openSshTransport(ssh.host("root"));
    asRoot = await readAll(root, (argv) => ran.add(keyOf(argv)));
  });
  afterAll(async () => {
    await ssh?.[Symbol.asyncDispose]();
    await machine?.[Symbol.asyncDispose]();
  });

  it("is all that the kinds run, and names what a machine has no use for", () => {
    const listed = hostKinds.flatMap(({ permissions }) => permissions.flatMap(({ argv }) => (argv ? [argv] : [])));
    const unused = listed.flatMap((argv) => (ran.has(keyOf(argv)) ? [] : [argv.join(" ")]));
    expect(unused.filter((line) => !NEVER_HERE.some(([start]) => line.startsWith(start)))).toEqual([]);
    expect(ran.size).toBeGreaterThan(20);
  });

  it("holds lines of sudoers without a wildcard that sudo takes as they are", async () => {
    expect(await machine.must(["visudo", "-c"])).toContain("/etc/sudoers.d/leeway: parsed OK");
    expect(lines.length).toBeGreaterThan(20);
    for (const line of lines) expect(line).not.toMatch(/(?<!\\)[*?[\]]/);
  });

  it("lets an account with these lines alone see what root sees", async () => {
    await using scan = openSshTransport(ssh.host("scan", { sudo: true }));
    const asScan = await readAll(scan);
    const found = asRoot.flatMap((answers, at) => differences(answers, asScan[at] ?? new Map()).slice(0, 5));
    expect(found).toEqual([]);
    expect(asScan.some((answers) => answers.has("/etc/ssh/closed/a b%0Ac"))).toBe(true);
    // What this machine has no use for is run all the same: the last words are its operands.
    const output = await scan.run(["id", "-zGn", "--"], { operands: ["root"] });
    expect(output.ok && output.value).toEqual({ exitCode: 0, stdout: Buffer.from("root\0"), stderr: Buffer.from("") });
  });

  it("lets it run nothing else", async () => {
    const denied = [
      ["id"],
      ["find", "/root"],
      ["cat", "/etc/shadow"],
      ["iptables-save", "-M", "/home/scan/x"],
      ["kill", "-9", "1"],
      ["systemctl", "show"],
      ["getent", "--", "shadow"],
      ["sh", "-c", "id"],
    ];
    for (const argv of denied) {
      const { exitCode, stderr } = await machine.run(["sudo", "-n", ...argv], { user: "scan" });
      expect({ argv, exitCode, stderr }).toMatchObject({
        exitCode: 1,
        stderr: expect.stringContaining("password is required"),
      });
    }
  });
});
