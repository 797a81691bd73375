import { resolve } from "node:path";
import { KnownError, type Problem } from "../../../errors.ts";
import { parseDuration } from "../../../model/time.ts";
import type { InventoryMap } from "../settings.ts";
import type { Read, Transport } from "../transport.ts";
import { type Connection, readConnection } from "./connection.ts";
import type { InventoryMistake, ParsedInventory } from "./inventory.ts";
import { parseIniInventory } from "./parse-ini.ts";
import { parseJsonInventory } from "./parse-json.ts";
import { parseYamlInventory } from "./parse-yaml.ts";
import { runInventory } from "./run-inventory.ts";
import { type SelectedHost, selectHosts } from "./select-hosts.ts";

/** A host of an inventory. Its name is that of the place. */
export interface FoundHost {
  readonly name: string;
  readonly connection: Connection;
}

export interface FoundHosts {
  readonly hosts: readonly FoundHost[];
  /** What a person should know, each a sentence. */
  readonly warnings: readonly string[];
}

export interface InventoryContext {
  /** The folder of leeway.yaml. */
  readonly baseDir: string;
  /** Reads this machine. */
  readonly transport: Pick<Transport, "readFile" | "stat">;
}

const DEFAULT_TIMEOUT_MS = 60_000;

/**
 * The hosts of an inventory and how they are reached.
 * @throws KnownError `CONFIG_INVALID` when it cannot be read or is wrong, with every mistake and the line where one is known;
 *   `TARGET_UNREACHABLE` when its program fails
 */
export async function readInventory(settings: string | InventoryMap, context: InventoryContext): Promise<FoundHosts> {
  const map: InventoryMap = typeof settings === "string" ? { file: settings } : settings;
  const { command, file = "" } = map;
  const read = command === undefined ? readFile(map, file, context) : runCommand(command, map, context);
  const { inventory, mistakes } = await read;
  if (mistakes.length > 0) throw invalid(inventory.source, mistakes);
  const selection = selectHosts(inventory, map.groups);
  const connections = selection.hosts.map((host) => ({ host, ...readConnection(host) }));
  const wrong = [...selection.mistakes, ...connections.flatMap((each) => each.mistakes)];
  if (wrong.length > 0) throw invalid(inventory.source, wrong);
  return {
    hosts: connections.map(({ host, connection }) => ({ name: host.name, connection })),
    warnings: [
      ...warningsOf(inventory.source, connections),
      ...(command === undefined ? await besideWarning(file, context) : []),
    ],
  };
}

async function readFile({ format }: InventoryMap, file: string, context: InventoryContext): Promise<ParsedInventory> {
  const read: Read<Uint8Array> = await context.transport.readFile(Buffer.from(resolve(context.baseDir, file)));
  if (!read.ok) throw new KnownError("CONFIG_INVALID", `Cannot read inventory "${file}": ${whyUnread(read)}`);
  const text = Buffer.from(read.value).toString("utf8");
  if (text.startsWith("#!"))
    throw new KnownError("CONFIG_INVALID", `Cannot read inventory "${file}": it is a program`, {
      hint: `Let it run: inventory: { command: ["./${file}", --list] }`,
    });
  const isYaml = format === undefined ? /\.(?:ya?ml|json)$/i.test(file) : format === "yaml";
  return isYaml ? parseYamlInventory(text, file) : parseIniInventory(text, file);
}

function whyUnread({ reason, detail }: Exclude<Read<never>, { readonly ok: true }>): string {
  return reason === "absent" ? "there is no such file" : detail.replace(/^Cannot read ".*": /s, "");
}

async function runCommand(
  command: readonly string[],
  { timeout }: InventoryMap,
  { baseDir }: InventoryContext,
): Promise<ParsedInventory> {
  const timeoutMs = timeout === undefined ? DEFAULT_TIMEOUT_MS : (parseDuration(timeout) ?? DEFAULT_TIMEOUT_MS);
  const output = await runInventory(command, { folder: baseDir, timeoutMs });
  const source = command.join(" ");
  if (output.ok) return parseJsonInventory(output.stdout, source);
  throw new KnownError("TARGET_UNREACHABLE", `Cannot read inventory "${source}": ${output.why}`, {
    hint: "It runs in the folder of leeway.yaml and must print what `ansible-inventory --list` prints",
  });
}

/** The first mistake is in the message, because reports show that alone; all of them are its problems. */
function invalid(source: string, mistakes: readonly InventoryMistake[]): KnownError {
  const [first] = mistakes;
  const where = first?.line === undefined ? `"${source}"` : `"${source}", line ${first.line}`;
  const more = mistakes.length === 1 ? "" : ` (and ${mistakes.length - 1} more)`;
  return new KnownError("CONFIG_INVALID", `Cannot use inventory ${where}: ${first?.message}${more}`, {
    problems: mistakes.map((mistake): Problem => ({ file: source, ...mistake })),
    ...(first?.hint === undefined ? {} : { hint: first.hint }),
  });
}

function warningsOf(
  source: string,
  hosts: readonly {
    readonly host: SelectedHost;
    readonly passwords: readonly string[];
    readonly ignored: readonly string[];
  }[],
): readonly string[] {
  const passwords = [...new Set(hosts.flatMap((each) => each.passwords))].sort();
  const ignored = [...new Set(hosts.flatMap((each) => each.ignored))].sort();
  return [
    ...(passwords.length === 0
      ? []
      : [
          `Inventory "${source}" holds passwords (${passwords.join(", ")}), which are not used: log in with keys or an agent, and let sudo ask for none`,
        ]),
    ...(ignored.length === 0
      ? []
      : [`Inventory "${source}" gives the SSH client arguments that are left out: ${ignored.join(", ")}`]),
  ];
}

/** Ansible reads these folders too. What stands there may say how hosts are reached. */
async function besideWarning(file: string, { baseDir, transport }: InventoryContext): Promise<readonly string[]> {
  const names = ["group_vars", "host_vars"];
  const stats = await Promise.all(names.map((name) => transport.stat(Buffer.from(resolve(baseDir, file, "..", name)))));
  const found = names.filter((_, index) => stats[index]?.ok === true);
  if (found.length === 0) return [];
  return [
    `Variables in ${found.join(" and ")} beside inventory "${file}" are not read; with inventory: { command: [ansible-inventory, --list, -i, ${file}] } they are`,
  ];
}
