import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, it } from "vitest";
import { connectorSuite } from "../../testing/connector-suite.ts";
import { describeWith, missingFor } from "../../testing/requirements.ts";
import { startSshServer } from "../../testing/ssh-server.ts";
import { hostConnector } from "./connector.ts";
import { HostSettings } from "./settings.ts";

const now = () => new Date().toISOString();
const server = missingFor("sshd").length === 0 ? await startSshServer({ user: "scanner" }) : undefined;
afterAll(() => server?.[Symbol.asyncDispose]());

describeWith("sshd", "the host connector, of a file over SSH,", () => {
  if (server === undefined) return;
  const at = (...names: string[]) => join(server.folder, ...names);
  mkdirSync(at("tree", "folder"), { recursive: true });
  for (const folder of [at(), at("tree"), at("tree", "folder")]) chmodSync(folder, 0o755);
  writeFileSync(at("tree", "folder", "file"), "content");
  const host = { host: `ssh://${server.user}@${server.address}:${server.port}`, configFile: server.configFile };
  const suite = connectorSuite<HostSettings>({
    connector: hostConnector,
    settings: { hosts: [host] },
    present: { kind: "host/file", id: at("tree", "folder", "file") },
    absent: { kind: "host/file", id: at("tree", "nothing") },
    scope: { include: [`host/file:${at("tree")}/**`], exclude: [] },
    listedKinds: ["host/file"],
    deny: async () => {
      chmodSync(at("tree", "folder"), 0o700);
      return { [Symbol.asyncDispose]: async () => chmodSync(at("tree", "folder"), 0o755) };
    },
    appear: async () => {
      const id = at("tree", "new");
      writeFileSync(id, "x");
      return { resource: { kind: "host/file", id }, disappear: async () => rmSync(id) };
    },
    slow: async () => {
      // No list of packages is printed in that time.
      const settings = HostSettings.parse({ hosts: [{ ...host, readTimeout: "1ms" }] });
      const session = await hostConnector.open(settings, { baseDir: "/", now });
      return {
        session,
        resource: { kind: "host/package", id: "dpkg" },
        [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
      };
    },
    fingerprint: async () => execFileSync("find", [at(), "-printf", "%p %y %m %U %G %s %T@ %C@ %i %n %l\n"]).toString(),
  });
  for (const { name, run } of suite) it(name, run);
});
