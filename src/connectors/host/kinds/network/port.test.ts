import { afterAll, beforeAll, expect, it } from "vitest";
import { type Machine, startMachine } from "../../../../testing/machine.ts";
import { expectOnly, observeIn } from "../../../../testing/observe-in.ts";
import { describeWith } from "../../../../testing/requirements.ts";
import { portFacts } from "./port.facts.ts";

const KIND = "host/port";

interface Listener {
  readonly program?: string;
  readonly user?: string;
  readonly tcp?: readonly { readonly port: number; readonly host: string; readonly ipv6Only?: boolean }[];
  readonly udp?: readonly { readonly type: "udp4" | "udp6"; readonly port: number; readonly address?: string }[];
}

/** A real program that listens: a service, so that it can be stopped by name. It is ready when systemd says so. */
async function listen(
  machine: Machine,
  { program = "beacon", user = "root", tcp = [], udp = [] }: Listener,
): Promise<void> {
  await machine.run(["systemctl", "stop", "beacon.service"]);
  const source = `
    process.title = ${JSON.stringify(program)};
    const { once } = require("node:events");
    (async () => {
      for (const options of ${JSON.stringify(tcp)}) await once(require("node:net").createServer().listen(options), "listening");
      for (const { type, ...options } of ${JSON.stringify(udp)}) {
        const socket = require("node:dgram").createSocket(type);
        socket.bind(options);
        await once(socket, "listening");
      }
      require("node:child_process").execFileSync("systemd-notify", ["--ready"]);
    })();`;
  const properties = [`User=${user}`, "Type=notify", "NotifyAccess=all"].map((property) => `--property=${property}`);
  await machine.must(["systemd-run", "--quiet", "--unit=beacon", "--collect", ...properties, "node", "-e", source]);
}

describeWith("machine", "portKind", () => {
  let machine: Machine;
  beforeAll(async () => {
    machine = await startMachine();
  });
  afterAll(() => machine[Symbol.asyncDispose]());

  const BEFORE: Listener = { tcp: [{ port: 7001, host: "127.0.0.1" }] };
  const CASES: Readonly<Record<string, readonly [after: Listener, becomes: unknown]>> = {
    "/addresses": [{ tcp: [{ port: 7001, host: "0.0.0.0" }] }, ["0.0.0.0"]],
    "/process": [{ ...BEFORE, program: "wrecker" }, "wrecker"],
    "/user": [{ ...BEFORE, user: "nobody" }, "nobody"],
  };

  it("is tested for each of its attributes", () => {
    expect(Object.keys(CASES)).toEqual(portFacts.attributes.map(({ path }) => path));
  });

  it.each(Object.entries(CASES))("shows a change of %s alone", async (path, [after, becomes]) => {
    await listen(machine, BEFORE);
    await expectOnly(machine, { kind: KIND, id: "tcp:7001", path, becomes }, () => listen(machine, after));
  });

  it("tells protocols and families apart, and all addresses of both families from those of one", async () => {
    await listen(machine, {
      tcp: [
        { port: 7001, host: "127.0.0.1" },
        { port: 7001, host: "127.0.0.2" },
        { port: 7002, host: "::" },
        { port: 7003, host: "::", ipv6Only: true },
        { port: 7004, host: "::1" },
      ],
      udp: [
        { type: "udp4", port: 7005 },
        { type: "udp6", port: 7006, address: "::1" },
      ],
    });
    const { observations, listing } = await observeIn(machine, KIND, { asked: [{ id: "tcp:9" }], inScope: true });
    const seen = Array.from(observations.values(), (each) => [
      each.resource.id,
      each.status === "present" ? each.actual["addresses"] : each.status,
    ]);
    expect(Object.fromEntries(seen)).toMatchObject({
      "tcp:7001": ["127.0.0.1", "127.0.0.2"],
      "tcp6:7002": ["*"],
      "tcp6:7003": ["::"],
      "tcp6:7004": ["::1"],
      "udp:7005": ["0.0.0.0"],
      "udp6:7006": ["::1"],
      "tcp:9": "absent",
    });
    expect(listing).toMatchObject({ status: "listed" });
  });

  it("takes a UDP socket on a port that the kernel hands out for a client's, unless it is asked for", async () => {
    await machine.must(["sysctl", "-w", "net.ipv4.ip_local_port_range=40000 50000"]);
    await listen(machine, {
      tcp: [{ port: 45_001, host: "0.0.0.0" }],
      udp: [
        { type: "udp4", port: 45_002 },
        { type: "udp4", port: 45_003, address: "127.0.0.1" },
        { type: "udp4", port: 39_999 },
      ],
    });
    const listed = await observeIn(machine, KIND, { inScope: true });
    expect(listed.observations.has("udp:45002")).toBe(false);
    for (const id of ["tcp:45001", "udp:45003", "udp:39999"]) expect(listed.observations.has(id)).toBe(true);
    const asked = await observeIn(machine, KIND, { asked: [{ id: "udp:45002" }] });
    expect(asked.observations.get("udp:45002")).toMatchObject({ status: "present" });
  });

  it("keeps the process unchecked that a user without rights cannot see, and knows its user all the same", async () => {
    await listen(machine, { ...BEFORE, user: "daemon" });
    const { observations } = await observeIn(machine, KIND, { asked: [{ id: "tcp:7001" }], user: "nobody" });
    expect(observations.get("tcp:7001")).toMatchObject({
      status: "present",
      actual: { addresses: ["127.0.0.1"], user: "daemon" },
      facts: [{ path: "/process", fact: "unchecked", reason: "denied" }],
    });
    const seen = await observeIn(machine, KIND, { asked: [{ id: "tcp:7001" }] });
    expect(seen.observations.get("tcp:7001")).not.toHaveProperty("facts");
  });

  it("writes the number of a user that nobody knows", async () => {
    await machine.must(["useradd", "--uid", "54321", "passing"]);
    await listen(machine, { ...BEFORE, user: "passing" });
    await machine.must(["sed", "--in-place", "/^passing:/d", "/etc/passwd"]);
    const { observations } = await observeIn(machine, KIND, { asked: [{ id: "tcp:7001" }] });
    expect(observations.get("tcp:7001")).toMatchObject({ actual: { user: "54321" } });
  });

  it("is not misled by what a program calls itself", async () => {
    await listen(machine, { ...BEFORE, program: '",pid=1,fd=3' });
    const { observations } = await observeIn(machine, KIND, { inScope: true });
    expect(observations.get("tcp:7001")).toMatchObject({ actual: { process: '",pid=1,fd=3' } });
  });

  it("keeps everything unchecked where there is no ss", async () => {
    await using bare = await startMachine();
    await bare.must(["sh", "-c", "rm -f /usr/bin/ss /usr/sbin/ss"]);
    const { observations, listing } = await observeIn(bare, KIND, { asked: [{ id: "tcp:22" }], inScope: true });
    expect(observations.get("tcp:22")).toMatchObject({ status: "unchecked", reason: "unsupported" });
    expect(listing).toMatchObject({ status: "unlisted", reason: "unsupported" });
  });
});
