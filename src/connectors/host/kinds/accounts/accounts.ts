import type { ListingGap } from "../../../../model/observation.ts";
import type { KindRequest } from "../../kind.ts";
import type { Transport } from "../../transport.ts";
import { command, hostPath, type Output, runCommand, unreadOf } from "../command.ts";
import { type Entry, type Unread, unread } from "../table.ts";
import type { Mistake, Records } from "./parse-accounts.ts";

/** Ask the directory services too, by name or number. */
export const GETENT = {
  passwd: command("getent", "--", "passwd"),
  group: command("getent", "--", "group"),
} as const;

/** Reads one of the account files of this host. */
export async function readRecords<R>(
  transport: Transport,
  file: string,
  parse: (bytes: Uint8Array, file: string) => Records<R>,
): Promise<(Records<R> & { readonly status: "done" }) | Unread> {
  const content = await transport.readFile(hostPath(file));
  return content.ok ? { status: "done", ...parse(content.value, file) } : unreadOf(content);
}

/** What malformed lines leave unchecked: a resource where a name can be told, else all that has no record. */
export function entriesOfMistakes(mistakes: readonly Mistake[]): {
  readonly entries: readonly (readonly [string, Entry])[];
  readonly gaps: readonly ListingGap[];
} {
  return {
    entries: mistakes.flatMap(({ name, detail }) => (name === undefined ? [] : [[name, unread("failed", detail)]])),
    gaps: mistakes.flatMap(({ name, detail }) =>
      name === undefined ? [{ glob: "**", reason: "failed", detail }] : [],
    ),
  };
}

/**
 * Declared accounts that are not in the host's own file may come from a directory service: they are asked for by name, so that
 * nobody else's accounts are ever taken for unmanaged ones.
 * @returns for a name its record, why it cannot be told, or undefined when there is no such account
 */
export async function lookUp<R>(
  names: readonly string[],
  source: { readonly transport: Transport; readonly database: "passwd" | "group"; readonly signal: AbortSignal },
  parse: (bytes: Uint8Array, file: string) => Records<R>,
): Promise<(name: string) => R | Unread | undefined> {
  if (names.length === 0) return () => undefined;
  const output = await askDirectory(names, source);
  if (output === undefined) return () => undefined;
  if (output.status === "unchecked") return () => output;
  const { records, mistakes } = parse(output.stdout, `getent ${source.database}`);
  const mistakeOf = (name: string) => mistakes.find((mistake) => mistake.name === undefined || mistake.name === name);
  return (name) => {
    const mistake = mistakeOf(name);
    return mistake === undefined ? records.get(name) : unread("failed", mistake.detail);
  };
}

/**
 * Asks for names, or for numbers as text, whatever services the host has. @returns undefined where there is none but its own files: without
 * getent, and with that of musl, which takes `--` for the name of a database
 */
export async function askDirectory(
  keys: readonly string[],
  source: { readonly transport: Transport; readonly database: "passwd" | "group"; readonly signal: AbortSignal },
): Promise<Output | Unread | undefined> {
  const { transport, database, signal } = source;
  // 2 says that one or more were not found; the others are printed all the same.
  const output = await runCommand(transport, GETENT[database], { operands: keys, signal, answers: [0, 2] });
  if (output.status === "done") return output;
  return output.reason === "unsupported" || /Unknown database/.test(output.detail) ? undefined : output;
}

/** The names asked for that have no entry yet and can be looked up: an encoded one stands for bytes that no argument holds. */
export function namesToLookUp(request: KindRequest, entries: ReadonlyMap<string, Entry>): readonly string[] {
  return request.asked.map(({ resource }) => resource.id).filter((id) => !entries.has(id) && !id.includes("%"));
}
