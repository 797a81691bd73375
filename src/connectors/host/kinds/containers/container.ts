import type { Json, JsonObject } from "../../../../model/json.ts";
import type { HostKind } from "../../kind.ts";
import type { Read, Transport } from "../../transport.ts";
import { linesOf } from "../bytes.ts";
import { command, commandPermission, hostPath, runCommand } from "../command.ts";
import { commandFacts } from "../secret-text.ts";
import { answerFrom, type Entry, presentEntry, type Unread, unread } from "../table.ts";
import { containerFacts } from "./container.facts.ts";
import { parseInspect } from "./parse-inspect.ts";

const RUNTIMES = ["docker", "podman"] as const;
type Runtime = (typeof RUNTIMES)[number];
/** What an engine of docker leaves on the host, running or not. */
const ENGINE_SOCKET = "/var/run/docker.sock";
const ENGINE_PATHS = [ENGINE_SOCKET, "/var/lib/docker", "/etc/docker/daemon.json"];

const NEEDS: Readonly<Record<Runtime, string>> = {
  docker: "root or the group docker, which is as good as root",
  podman: "the user whose containers they are",
};
const LIST = {
  docker: command("docker", "ps", "-aq", "--no-trunc"),
  podman: command("podman", "ps", "-aq", "--no-trunc"),
} as const;
const INSPECT = {
  docker: command("docker", "inspect", "--type", "container", "--"),
  podman: command("podman", "inspect", "--type", "container", "--"),
} as const;

/**
 * Containers of docker and podman. Of podman those of the user that looks. A client of docker on a host that never had an engine
 * shows that there are none; an engine that does not answer hides those that it has.
 */
export const containerKind: HostKind = {
  facts: containerFacts,
  permissions: RUNTIMES.flatMap((runtime) => {
    const whose = { kinds: [containerFacts.kind], needs: NEEDS[runtime], without: `the containers of ${runtime}` };
    return [
      commandPermission(LIST[runtime], whose),
      commandPermission(INSPECT[runtime], { ...whose, operands: "ID…" }),
      ...(runtime === "docker"
        ? [{ ...whose, access: `lstat(2) of ${ENGINE_PATHS.join(", ")}`, needs: "anyone" }]
        : []),
    ];
  }),
  async *read(request, transport) {
    const all = await Promise.all(RUNTIMES.map((runtime) => readRuntime(runtime, transport, request.signal)));
    const entries = all.flatMap(({ runtime, containers }) =>
      Array.from(containers, ([name, actual]): [string, Entry] => [
        `${runtime}:${name}`,
        presentEntry(actual, commandFacts("/command", textsOf(actual["command"]))),
      ]),
    );
    const gaps = all.flatMap(({ runtime, why }) =>
      why === undefined ? [] : [{ glob: `${runtime}:**`, reason: why.reason, detail: why.detail }],
    );
    yield* answerFrom(containerFacts.kind, request, { status: "read", entries: new Map(entries), gaps });
  },
};

function textsOf(value: Json | undefined): readonly string[] {
  return Array.isArray(value) ? [value.join(" ")] : [];
}

interface Containers {
  readonly runtime: Runtime;
  readonly containers: ReadonlyMap<string, JsonObject>;
  /** Why there may be others. */
  readonly why?: Unread;
}

async function readRuntime(runtime: Runtime, transport: Transport, signal: AbortSignal): Promise<Containers> {
  const [listed, ...engine] = await Promise.all([
    runCommand(transport, LIST[runtime], { signal }),
    ...(runtime === "docker" ? ENGINE_PATHS.map((path) => transport.stat(hostPath(path))) : []),
  ]);
  const none = { runtime, containers: new Map() };
  if (listed.status === "unchecked") {
    const [socket] = engine;
    const hasNoEngine = engine.length > 0 && engine.every(isAbsent);
    // Without a client too, whoever listens on the socket may run containers: snap has its own folder for programs.
    const isUnused = listed.reason === "unsupported" && (socket === undefined || isAbsent(socket));
    return isUnused || hasNoEngine ? none : { ...none, why: reached(listed) };
  }
  const ids = linesOf(listed.stdout).filter((id) => id !== "");
  if (ids.length === 0) return none;
  if (!ids.every((id) => /^[0-9a-f]{64}$/.test(id))) return { ...none, why: malformed(`${runtime} ps`) };
  return { runtime, ...(await inspect(runtime, ids, { transport, signal })) };
}

function isAbsent(stat: Read<unknown>): boolean {
  return !stat.ok && stat.reason === "absent";
}

async function inspect(
  runtime: Runtime,
  ids: readonly string[],
  { transport, signal }: { readonly transport: Transport; readonly signal: AbortSignal },
): Promise<Omit<Containers, "runtime">> {
  // It ends with 1 when one of them went meanwhile, and prints the others.
  const output = await runCommand(transport, INSPECT[runtime], {
    operands: ids,
    signal,
    answers: [0, 1, 125],
  });
  if (output.status === "unchecked") return { containers: new Map(), why: output };
  const containers = parseInspect(output.stdout);
  if (containers === undefined) return { containers: new Map(), why: malformed(`${runtime} inspect`) };
  const isWhole = output.exitCode === 0 && containers.size === ids.length;
  const why = unread("vanished", `Cannot tell all containers of ${runtime}: one was removed meanwhile`);
  return { containers, ...(isWhole ? {} : { why }) };
}

function malformed(command: string): Unread {
  return unread("failed", `Cannot read what "${command}" prints: it is malformed`);
}

const UNREACHABLE = /cannot connect|is the docker daemon running|connection refused|no such host/i;

function reached(why: Unread): Unread {
  return why.reason === "failed" && UNREACHABLE.test(why.detail) ? { ...why, reason: "unreachable" } : why;
}
