import { execFileSync } from "node:child_process";
import { chmod, mkdir, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Session } from "../../connector.ts";
import { type ConnectorUnderTest, connectorSuite } from "../../testing/connector-suite.ts";
import { makeScratch } from "../../testing/scratch.ts";
import { becomeUnprivileged } from "../../testing/unprivileged.ts";
import { hostConnector, hostConnectorOver } from "./connector.ts";
import { type HostSettings, HostSettings as Settings } from "./settings.ts";
import { openLocalTransport } from "./transport-local.ts";

const scratch = await makeScratch();
const at = (...names: string[]) => join(scratch.path, ...names);
const now = () => new Date().toISOString();

beforeAll(async () => {
  await chmod(scratch.path, 0o755);
  await mkdir(at("tree", "folder", "inner"), { recursive: true });
  await writeFile(at("tree", "folder", "file"), "content");
  await symlink("folder", at("tree", "link"));
});
afterAll(() => scratch[Symbol.asyncDispose]());

function underTest(kind: "file" | "directory"): ConnectorUnderTest<HostSettings> {
  const name = kind === "file" ? "file" : "inner";
  return {
    connector: hostConnector,
    settings: {},
    present: { kind: `host/${kind}`, id: at("tree", "folder", name) },
    absent: { kind: `host/${kind}`, id: at("tree", "nothing") },
    scope: { include: [`host/${kind}:${at("tree")}/**`], exclude: [] },
    listedKinds: [`host/${kind}`],
    deny: async () => {
      await chmod(at("tree", "folder"), 0o000);
      const unprivileged = becomeUnprivileged();
      return {
        [Symbol.asyncDispose]: async () => {
          unprivileged[Symbol.dispose]();
          await chmod(at("tree", "folder"), 0o755);
        },
      };
    },
    appear: async () => {
      const path = at("tree", `new-${kind}`);
      await (kind === "file" ? writeFile(path, "x") : mkdir(path));
      return { resource: { kind: `host/${kind}`, id: path }, disappear: () => rm(path, { recursive: true }) };
    },
    slow: hangingPackages,
    // Everything but access times: reading a folder cannot leave those alone.
    fingerprint: async () => execFileSync("find", [at(), "-printf", "%p %y %m %U %G %s %T@ %C@ %i %n %l\n"]).toString(),
  };
}

/** Packages of a host whose package manager never answers. */
async function hangingPackages() {
  await mkdir(at("bin"), { recursive: true });
  await writeFile(at("bin", "dpkg-query"), "#!/bin/sh\nexec sleep 60\n", { mode: 0o755 });
  const transport = () => openLocalTransport({ programFolders: [at("bin"), "/usr/bin", "/bin"], timeoutMs: 300 });
  const session = await hostConnectorOver(transport).open({ hosts: ["local"] }, { baseDir: ".", now });
  return {
    session,
    resource: { kind: "host/package", id: "dpkg" },
    [Symbol.asyncDispose]: async () => {
      await session[Symbol.asyncDispose]();
      await rm(at("bin"), { recursive: true });
    },
  };
}

describe.each(["file", "directory"] as const)("the host connector, of a %s,", (kind) => {
  for (const { name, run } of connectorSuite(underTest(kind))) it(name, run);
});

describe("the settings of the host connector", () => {
  it.each([
    { hosts: ["local", "ssh://scan@10.0.0.5:2222", "ssh://10.0.0.5", { host: "ssh://db", name: "main", sudo: true }] },
    { ssh: { sudo: true, jump: "ann@gate:2222,gate-2", connectTimeout: "3s", readTimeout: "1m" }, parallel: 50 },
    { inventory: "hosts.ini" },
    { inventory: { file: "hosts", format: "yaml", groups: ["web"] } },
    { inventory: { command: ["ansible-inventory", "--list"], timeout: "5m" }, readTimeout: "5s" },
  ])("may be %j", (settings) => {
    expect(Settings.parse(settings)).toEqual(settings);
  });

  it.each([
    [{ inventory: { groups: ["web"] } }, "needs either file or command"],
    [{ inventory: { file: "hosts", command: ["x"] } }, "needs either file or command"],
    [{ ssh: { jump: "-oProxyCommand=x" } }, "must be hosts as `ssh -J` takes them"],
    [{ ssh: { connectTimeout: "0s" } }, "must be a duration"],
    [{ parallel: 0 }, "expected number to be >=1"],
    [{ ssh: { identity_file: "x" } }, 'Unrecognized key: "identity_file"'],
  ])("may not be %j", (settings, message) => {
    expect(JSON.stringify(Settings.safeParse(settings).error?.issues)).toContain(JSON.stringify(message).slice(1, -1));
  });

  it("mean this machine when nothing is said", () => {
    expect(Settings.parse({})).toEqual({});
  });

  it.each([
    [["web-1"], '"web-1" is no host: it must be `local` or ssh://[USER@]HOST[:PORT]'],
    [["ssh://ann:s3cret@web"], '"ssh://ann:…@web" is no host: a password has no place in it'],
    [["local", "local"], 'Two hosts have the place "local"'],
    [["ssh://a@web", "ssh://b@web:22"], 'Two hosts have the place "web"'],
    [["ssh://web", { host: "ssh://db", name: "web" }], 'Two hosts have the place "web"'],
    [[], "Too small"],
  ])("refuse the hosts %j", (hosts, message) => {
    expect(Settings.safeParse({ hosts }).error?.issues[0]?.message).toContain(message);
  });
});

describe("a kind that hosts do not have", () => {
  it("is unlisted at every place, and the kinds that they have are listed all the same", async () => {
    await using session = await hostConnector.open({ hosts: ["local"] }, { baseDir: ".", now });
    const request = {
      asked: [],
      scope: { include: [`host/file:${at("nothing")}/*`, "host/widget"], exclude: [] },
      listedKinds: ["host/file", "host/widget"],
      lastRecorded: async () => undefined,
    };
    const answers = [];
    for await (const answer of session.observe(request, new AbortController().signal)) answers.push(answer);
    expect(answers).toMatchObject([
      { kind: "host/widget", at: "local", status: "unlisted", reason: "unsupported" },
      { kind: "host/file", at: "local", status: "listed" },
    ]);
  });
});

describe("a part of a scan", () => {
  async function foundWith(only: readonly string[]): Promise<readonly string[]> {
    await using session: Session = await hostConnector.open({ hosts: ["local"] }, { baseDir: ".", now });
    const request = {
      asked: [],
      scope: { include: [`host/*:${at("tree")}/**`], exclude: [] },
      only,
      listedKinds: ["host/file", "host/directory"],
      lastRecorded: async () => undefined,
    };
    const found: string[] = [];
    for await (const answer of session.observe(request, new AbortController().signal))
      if ("resource" in answer) found.push(`${answer.resource.kind} ${answer.resource.id.slice(scratch.path.length)}`);
    return found.sort();
  }

  it("finds nothing outside it", async () => {
    expect(await foundWith(["host/file"])).toEqual(["host/file /tree/folder/file", "host/file /tree/link"]);
    expect(await foundWith([`host/*:${at("tree")}/folder/**`])).toEqual([
      "host/directory /tree/folder/inner",
      "host/file /tree/folder/file",
    ]);
    expect(await foundWith(["host/file:/etc/**"])).toEqual([]);
  });
});
