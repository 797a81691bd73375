import { once } from "node:events";
import { chmod, mkdir, writeFile } from "node:fs/promises";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { ObserveRequest, Session } from "../../../connector.ts";
import { isListing, type Listing, type Observation } from "../../../model/observation.ts";
import { describeWith } from "../../../testing/requirements.ts";
import { type SshServer, startSshServer } from "../../../testing/ssh-server.ts";
import { hostConnector } from "../connector.ts";
import { hostKindFacts } from "../kinds/facts.ts";
import { HostSettings } from "../settings.ts";

const NEVER = new AbortController().signal;
const now = () => new Date().toISOString();

type Answer = Observation | Listing;

/** Accepts whoever connects, and never says a word. */
async function startSilentServer(): Promise<{ readonly port: number } & AsyncDisposable> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

async function open(settings: unknown): Promise<Session> {
  return await hostConnector.open(HostSettings.parse(settings), { baseDir: "/", now });
}

async function observe(session: Session, request: Partial<ObserveRequest>): Promise<readonly Answer[]> {
  const answers: Answer[] = [];
  const whole = { asked: [], listedKinds: [], lastRecorded: async () => undefined, ...request };
  for await (const answer of session.observe(whole, NEVER)) answers.push(answer);
  return answers;
}

function placeOf(answer: Answer): string {
  return isListing(answer) ? answer.at : answer.resource.at;
}

describeWith("sshd", "a session over several hosts", () => {
  let fine: SshServer;
  let changed: SshServer;
  let silent: { readonly port: number } & AsyncDisposable;
  const entry = (server: SshServer, name: string) => ({
    host: `ssh://${server.user}@${server.address}:${server.port}`,
    name,
    configFile: server.configFile,
  });

  beforeAll(async () => {
    [fine, changed, silent] = await Promise.all([startSshServer(), startSshServer(), startSilentServer()]);
    await mkdir(join(fine.folder, "tree"));
    await writeFile(join(fine.folder, "tree/file"), "content");
    const known = `[${changed.address}]:${changed.port} ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAILfaa0uDrHPk8CNIAVMsl0K1sdW/iNgwx17WAD3Yc/CN\n`;
    await writeFile(changed.knownHostsFile, known);
  });
  afterAll(async () => {
    await Promise.all([fine, changed, silent].map((server) => server[Symbol.asyncDispose]()));
  });

  const fleet = () => [
    { host: "ssh://127.0.0.1:1", name: "down" },
    { host: `ssh://127.0.0.1:${silent.port}`, name: "silent" },
    entry(changed, "changed"),
    entry(fine, "fine"),
    "local",
  ];
  const file = () => join(fine.folder, "tree/file");
  const scope = () => ({ include: [`host/file:${fine.folder}/tree/**`, "host/ssh-identity"], exclude: [] });

  it("answers for each host, and lets none wait for another", async () => {
    await using session = await open({ hosts: fleet(), ssh: { connectTimeout: "8s" }, parallel: 2 });
    const asked = ["down", "silent", "changed", "fine", "local"].flatMap((at) => [
      { resource: { kind: "host/file", at, id: file() } },
      { resource: { kind: "host/ssh-identity", at, id: "server" } },
    ]);
    const listedKinds = ["host/file", "host/ssh-identity"];
    const answers = await observe(session, { asked, scope: scope(), listedKinds });
    const byPlace = (place: string) =>
      answers
        .filter((each) => placeOf(each) === place)
        .map((answer) => ({
          what: isListing(answer) ? answer.kind : `${answer.resource.kind} ${answer.resource.id.split("/").at(-1)}`,
          status: answer.status,
          ...("reason" in answer ? { reason: answer.reason } : {}),
        }))
        .sort((one, other) => (one.what < other.what ? -1 : 1));
    const unreached = (reason: string) => [
      { what: "host/file", status: "unlisted", reason },
      { what: "host/file file", status: "unchecked", reason },
      { what: "host/ssh-identity", status: "unlisted", reason },
      { what: "host/ssh-identity server", status: "unchecked", reason },
    ];
    expect(byPlace("down")).toEqual(unreached("unreachable"));
    expect(byPlace("silent")).toEqual(unreached("timeout"));
    expect(byPlace("changed")).toEqual([
      ...unreached("unreachable").slice(0, 2),
      { what: "host/ssh-identity", status: "listed" },
      { what: "host/ssh-identity server", status: "present" },
    ]);
    expect(byPlace("fine")).toEqual([
      { what: "host/file", status: "listed" },
      { what: "host/file file", status: "present" },
      { what: "host/ssh-identity", status: "listed" },
      { what: "host/ssh-identity server", status: "present" },
    ]);
    expect(byPlace("local").at(-1)).toEqual({ what: "host/ssh-identity server", status: "absent" });
    const order = answers.map(placeOf);
    for (const place of ["fine", "local"]) expect(order.lastIndexOf(place)).toBeLessThan(order.indexOf("silent"));
  });

  it("answers the same of a host over SSH and here", async () => {
    await using session = await open({ hosts: ["local", entry(fine, "fine")] });
    const folder = join(fine.folder, "same");
    await mkdir(join(folder, "closed"), { recursive: true });
    await writeFile(join(folder, "a b"), "one");
    await chmod(join(folder, "a b"), 0o4711);
    const kinds = hostKindFacts.map(({ kind }) => kind);
    const listedKinds = kinds.filter((kind) => !["host/ssh-identity", "host/port"].includes(kind));
    const include = [
      `host/file:${folder}/**`,
      `host/directory:${folder}/**`,
      "host/package",
      "host/group:*",
      "host/sshd",
    ];
    const answers = await observe(session, { scope: { include, exclude: [] }, listedKinds });
    const of = (place: string) =>
      answers
        .filter((each) => placeOf(each) === place)
        .map((answer) =>
          JSON.stringify({
            ...answer,
            observedAt: "",
            ...("resource" in answer ? { resource: { ...answer.resource, at: "" } } : { at: "" }),
          }),
        )
        .sort();
    expect(of("fine")).toEqual(of("local"));
    expect(of("fine").length).toBeGreaterThan(100);
  });

  it("is left at once when the reader is gone, also while a host is being connected to", async () => {
    const session = await open({ hosts: fleet(), ssh: { connectTimeout: "600s" } });
    const aborter = new AbortController();
    const request = {
      asked: [{ resource: { kind: "host/file", at: "silent", id: "/etc/passwd" } }],
      listedKinds: [],
      lastRecorded: async () => undefined,
    };
    setTimeout(() => aborter.abort(new Error("stop")), 500);
    const drained = (async () => {
      for await (const _ of session.observe(request, aborter.signal));
    })();
    // The test itself would end long before the host is given up.
    await expect(drained).rejects.toThrow("stop");
    await session[Symbol.asyncDispose]();
  });

  it("connects to no host of which nothing is asked, and once to each other", async () => {
    const before = fine.connections();
    await using session = await open({ hosts: ["local", entry(fine, "fine")] });
    await observe(session, { asked: [{ resource: { kind: "host/file", at: "local", id: file() } }] });
    expect(fine.connections()).toBe(before);
    await observe(session, { scope: scope(), listedKinds: ["host/file", "host/ssh-identity"] });
    expect(fine.connections()).toBe(before + 1);
  });
});
