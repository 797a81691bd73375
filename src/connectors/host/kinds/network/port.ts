import type { JsonObject } from "../../../../model/json.ts";
import type { PathFact } from "../../../../model/observation.ts";
import type { HostKind, KindRequest } from "../../kind.ts";
import type { Transport } from "../../transport.ts";
import { askDirectory, GETENT } from "../accounts/accounts.ts";
import { parsePasswd } from "../accounts/parse-accounts.ts";
import { toByteText } from "../bytes.ts";
import { command, commandPermission, hostPath, runCommand, unreadOf } from "../command.ts";
import { answerFrom, type Entry, presentEntry, type Table, type Unread, unread } from "../table.ts";
import { type ListeningSocket, parseSockets } from "./parse-sockets.ts";
import { portFacts } from "./port.facts.ts";

const SS = command("ss", "-H", "-lntupe");
const STATUS = command("cat", "/proc/self/status");
const PORT_RANGE = "/proc/sys/net/ipv4/ip_local_port_range";
/** Bit of capabilities(7) without which the sockets of other users' processes cannot be seen. */
const CAP_SYS_PTRACE = 19n;

/**
 * Ports that something listens on. A UDP socket on a port that the kernel hands out by itself and on every address is as good as
 * always a client's, waiting for an answer: such a one is answered for only where it is asked for.
 */
export const portKind: HostKind = {
  facts: portFacts,
  permissions: [
    commandPermission(SS, {
      kinds: [portFacts.kind],
      needs: "anyone; CAP_SYS_PTRACE for the processes of other users",
      without: "every port; without the capability the process of a port that another user listens on",
    }),
    commandPermission(STATUS, {
      kinds: [portFacts.kind],
      needs: "anyone",
      without: "the process of a port that the kernel itself listens on: it counts as hidden",
    }),
    commandPermission(GETENT.passwd, {
      kinds: [portFacts.kind],
      operands: "NUMBER…",
      needs: "anyone",
      without: "the names of users that are not in /etc/passwd; then their numbers stand for them",
    }),
    {
      kinds: [portFacts.kind],
      access: PORT_RANGE,
      needs: "anyone",
      without: "which UDP ports the kernel hands out; then 32768 to 60999 are taken for them",
    },
  ],
  async *read(request, transport) {
    yield* answerFrom(portFacts.kind, request, await readPorts(request, transport));
  },
};

async function readPorts(request: KindRequest, transport: Transport): Promise<Table | Unread> {
  const { signal } = request;
  const output = await runCommand(transport, SS, { signal });
  if (output.status === "unchecked") return output;
  const { sockets, gaps } = parseSockets(output.stdout);

  const uids = new Set(sockets.map(({ uid }) => uid));
  const needsCapability = sockets.some(({ process }) => process === undefined);
  const view: View = {
    userName: await userNames(uids, transport, signal),
    seesProcesses: !needsCapability || (await canSeeProcesses(transport, signal)),
  };
  const asked = new Set(request.asked.map(({ resource }) => resource.id));
  const isClient = await clientSockets(transport);
  const entries = new Map<string, Entry>();
  for (const [id, group] of groupByPort(sockets)) {
    const listening = asked.has(id) ? group : group.filter((socket) => !isClient(socket));
    if (listening.length > 0) entries.set(id, toEntry(listening, view));
  }
  return { status: "read", entries, gaps };
}

interface View {
  readonly userName: (uid: number) => string | Unread;
  /** Whether a socket without a process belongs to the kernel, and not to a process that is hidden. */
  readonly seesProcesses: boolean;
}

function groupByPort(sockets: readonly ListeningSocket[]): ReadonlyMap<string, readonly ListeningSocket[]> {
  const groups = new Map<string, ListeningSocket[]>();
  for (const socket of sockets) {
    const id = `${socket.protocol}:${socket.port}`;
    groups.set(id, [...(groups.get(id) ?? []), socket]);
  }
  return groups;
}

/** Several sockets may share a port (one for each address, or one for each worker): their names are joined by commas. */
function toEntry(sockets: readonly ListeningSocket[], { userName, seesProcesses }: View): Entry {
  const processes = sockets.flatMap(({ process }) => (process === undefined ? [] : [process]));
  const isHidden = processes.length < sockets.length && !seesProcesses;
  const users = sockets.map(({ uid }) => userName(uid));
  const nameless = users.find((user) => typeof user !== "string");
  const actual: JsonObject = {
    addresses: distinct(sockets.map(({ address }) => address)),
    ...(isHidden || processes.length === 0 ? {} : { process: distinct(processes).join(",") }),
    ...(nameless === undefined ? { user: distinct(users.map(String)).join(",") } : {}),
  };
  return presentEntry(actual, [
    ...(isHidden ? [toFact("/process", HIDDEN_PROCESS)] : []),
    ...(nameless === undefined ? [] : [toFact("/user", nameless)]),
  ]);
}

const HIDDEN_PROCESS = unread("denied", "Cannot tell which process listens: another user's processes are hidden");

function toFact(path: string, { reason, detail }: Unread): PathFact {
  return { path, fact: "unchecked", reason, detail };
}

function distinct(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)].sort();
}

/**
 * A user's name by number, as the host's own file has it, else a directory service; the number where nobody has it. A service that does
 * not answer says nothing of that.
 */
async function userNames(
  uids: ReadonlySet<number>,
  transport: Transport,
  signal: AbortSignal,
): Promise<(uid: number) => string | Unread> {
  const names = new Map<number, string>();
  const learn = (bytes: Uint8Array, source: string) => {
    for (const [name, { uid }] of parsePasswd(bytes, source).records) if (!names.has(uid)) names.set(uid, name);
  };
  const local = await transport.readFile(hostPath("/etc/passwd"));
  if (local.ok) learn(local.value, "/etc/passwd");
  const unknown = [...uids].filter((uid) => !names.has(uid)).map(String);
  let failure: Unread | undefined;
  if (unknown.length > 0) {
    const found = await askDirectory(unknown, { transport, database: "passwd", signal });
    if (found?.status === "done") learn(found.stdout, "getent passwd");
    else failure = found;
  }
  if (!local.ok && local.reason !== "absent") failure ??= unreadOf(local);
  return (uid) => names.get(uid) ?? failure ?? String(uid);
}

async function canSeeProcesses(transport: Transport, signal: AbortSignal): Promise<boolean> {
  const status = await runCommand(transport, STATUS, { signal });
  if (status.status === "unchecked") return false;
  const effective = /^CapEff:\s*([0-9a-f]+)$/m.exec(toByteText(status.stdout))?.[1];
  return effective !== undefined && ((BigInt(`0x${effective}`) >> CAP_SYS_PTRACE) & 1n) === 1n;
}

const EVERY_ADDRESS = new Set(["0.0.0.0", "*", "::"]);

async function clientSockets(transport: Transport): Promise<(socket: ListeningSocket) => boolean> {
  const content = await transport.readFile(hostPath(PORT_RANGE));
  const [, low = "32768", high = "60999"] = /^(\d+)\s+(\d+)/.exec(content.ok ? toByteText(content.value) : "") ?? [];
  return ({ protocol, port, address }) =>
    protocol.startsWith("udp") && EVERY_ADDRESS.has(address) && port >= Number(low) && port <= Number(high);
}
