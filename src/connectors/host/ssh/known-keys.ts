import { userInfo } from "node:os";
import { relative, resolve } from "node:path";
import type { Declared } from "../../../model/declared.ts";
import { constraint, type Expected } from "../../../model/expected.ts";
import { escapeGlob } from "../../../model/glob.ts";
import type { FleetHost } from "../fleet/fleet.ts";
import { mapConcurrently } from "../streams.ts";
import type { Transport } from "../transport.ts";
import { KnownHosts, type KnownKey } from "./known-hosts.ts";
import type { SshHost } from "./ssh-host.ts";

/** What the kind `host/ssh-identity` calls the key that a host shows. */
export const SSH_IDENTITY = { kind: "host/ssh-identity", id: "server" } as const;

const CLIENTS_AT_ONCE = 8;
const LARGEST_FILE = 64 * 1024 * 1024;

/** A key as its attribute has it. */
export function keyText({ algorithm, fingerprint }: Pick<KnownKey, "algorithm" | "fingerprint">): string {
  return `${algorithm} ${fingerprint}`;
}

/**
 * Declares the key of every host over SSH as known_hosts has it. A host that is not known there is left out, and so is one for
 * which the client cannot say where to look: connecting to it says why.
 */
export async function declareKnownKeys(
  hosts: readonly FleetHost[],
  { transport, baseDir }: { readonly transport: Transport; readonly baseDir: string },
): Promise<readonly Declared[]> {
  const files = new KnownHostsFiles(transport);
  const declared: Declared[] = [];
  const each = async ({ place, ssh }: FleetHost) => {
    const client = ssh === undefined ? undefined : await askClient(ssh, transport);
    if (client !== undefined) declared.push(...(await declareOne(place, client, { files, baseDir })));
  };
  for await (const _ of mapConcurrently(eachOf(hosts), CLIENTS_AT_ONCE, each));
  return declared.sort((one, other) => (String(one.at) < String(other.at) ? -1 : 1));
}

async function* eachOf(hosts: readonly FleetHost[]): AsyncGenerator<FleetHost> {
  yield* hosts;
}

/** What the client looks a host up by, and where. */
interface Client {
  readonly host: string;
  readonly port: number;
  readonly files: readonly string[];
}

/** Its configuration may give a host another name, port or file: only the client itself knows. It connects to nothing here. */
async function askClient(ssh: SshHost, transport: Transport): Promise<Client | undefined> {
  const options = [
    ...(ssh.configFile === undefined ? [] : ["-F", ssh.configFile]),
    ...(ssh.user === undefined ? [] : ["-l", ssh.user]),
    ...(ssh.port === undefined ? [] : ["-p", String(ssh.port)]),
  ];
  const read = await transport.run(["ssh", "-G", ...options, "--", ssh.host]);
  if (!read.ok || read.value.exitCode !== 0) return undefined;
  const lines = Buffer.from(read.value.stdout).toString("utf8").split("\n");
  const config = new Map(lines.map((line) => [line.split(" ", 1)[0] ?? "", line.slice(line.indexOf(" ") + 1)]));
  const paths = (key: string) => config.get(key)?.split(" ").map(expandHome) ?? [];
  const own = ssh.knownHostsFile === undefined ? paths("userknownhostsfile") : [ssh.knownHostsFile];
  const alias = config.get("hostkeyalias");
  return {
    host: alias ?? config.get("hostname") ?? ssh.host,
    // An alias is looked up as it is, whatever the port.
    port: alias === undefined ? Number(config.get("port") ?? 22) : 22,
    files: [...own, ...paths("globalknownhostsfile")],
  };
}

function expandHome(path: string): string {
  return path.startsWith("~/") ? resolve(userInfo().homedir, path.slice(2)) : path;
}

interface Lookup {
  readonly files: KnownHostsFiles;
  readonly baseDir: string;
}

async function declareOne(place: string, client: Client, { files, baseDir }: Lookup): Promise<readonly Declared[]> {
  const known = await Promise.all(
    client.files.map(async (file) => {
      const keys = (await files.read(file))?.keysOf(client.host, client.port) ?? [];
      return keys.map((key) => ({ file, key }));
    }),
  );
  const [first, ...more] = known.flat();
  if (first === undefined) return [];
  const texts = [...new Set([first, ...more].map(({ key }) => keyText(key)))];
  const [only] = texts;
  const hostKey: Expected =
    texts.length === 1 && only !== undefined ? only : constraint([{ op: "oneOf", options: texts }]);
  return [
    {
      ...SSH_IDENTITY,
      at: [escapeGlob(place)],
      desired: { presence: "present", attributes: { host_key: hostKey } },
      declaredAt: { file: fileName(first.file, baseDir), line: first.key.line },
    },
  ];
}

/** As a person knows it: from the folder of leeway.yaml where it lies in that. */
function fileName(file: string, baseDir: string): string {
  const path = relative(baseDir, file);
  return path.startsWith("..") ? file : path;
}

/** Files of known_hosts, each read once. */
class KnownHostsFiles {
  readonly #transport: Transport;
  readonly #files = new Map<string, Promise<KnownHosts | undefined>>();

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** Undefined when it is not there or cannot be read: then the client knows no key from it either. */
  read(file: string): Promise<KnownHosts | undefined> {
    const reading = this.#files.get(file) ?? this.#read(file);
    this.#files.set(file, reading);
    return reading;
  }

  async #read(file: string): Promise<KnownHosts | undefined> {
    const read = await this.#transport.readFile(Buffer.from(file), { maxBytes: LARGEST_FILE });
    return read.ok ? new KnownHosts(Buffer.from(read.value).toString("latin1")) : undefined;
  }
}
