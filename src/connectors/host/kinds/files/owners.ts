import { encodeId } from "../../ids.ts";
import type { Nameless, Naming, Read, Transport } from "../../transport.ts";
import { GETENT } from "../accounts/accounts.ts";

/** Names of the users and groups that own files, read once and kept as long as this lives. */
export class Owners {
  readonly #users: NameLookup;
  readonly #groups: NameLookup;

  constructor(transport: Transport, signal: AbortSignal) {
    this.#users = nameLookup({ file: "/etc/passwd", database: "passwd", transport, signal });
    this.#groups = nameLookup({ file: "/etc/group", database: "group", transport, signal });
  }

  /** Begins to read the names. */
  prepare(): void {
    for (const find of [this.#users.nameOf, this.#groups.nameOf]) find(0).catch(() => undefined);
  }

  /** The name of a user, or the number as text when no user has it. */
  user(uid: number): Promise<Read<string>> {
    return this.#users.nameOf(uid);
  }

  /** The name of a group, or the number as text when no group has it. */
  group(gid: number): Promise<Read<string>> {
    return this.#groups.nameOf(gid);
  }

  /** The names that stand in files of the host, by number; undefined where those cannot be read. */
  async inFiles(): Promise<Pick<Naming, "users" | "groups"> | undefined> {
    const [users, groups] = await Promise.all([this.#users.inFile(), this.#groups.inFile()]);
    return users.ok && groups.ok ? { users: users.value, groups: groups.value } : undefined;
  }

  /** Whether none of them has a name anywhere. */
  async areNameless({ users, groups }: Nameless): Promise<boolean> {
    const named = async (ids: readonly number[], nameOf: (id: number) => Promise<Read<string>>) => {
      const names = await Promise.all(ids.map(nameOf));
      return names.every((name, index) => name.ok && name.value === String(ids[index]));
    };
    return (await named(users, (id) => this.user(id))) && (await named(groups, (id) => this.group(id)));
  }
}

interface Database {
  readonly file: string;
  readonly database: "passwd" | "group";
  readonly transport: Transport;
  readonly signal: AbortSignal;
}

interface NameLookup {
  readonly nameOf: (id: number) => Promise<Read<string>>;
  readonly inFile: () => Promise<Read<ReadonlyMap<number, string>>>;
}

function nameLookup(database: Database): NameLookup {
  const known = new Map<number, Promise<Read<string>>>();
  let local: Promise<Read<ReadonlyMap<number, string>>> | undefined;
  const inFile = () => {
    local ??= localNames(database);
    return local;
  };
  const find = async (id: number): Promise<Read<string>> => {
    const names = await inFile();
    if (!names.ok) return names;
    const name = names.value.get(id);
    return name === undefined ? await askDirectory(database, id) : { ok: true, value: name };
  };
  const nameOf = (id: number) => {
    const name = known.get(id) ?? find(id);
    known.set(id, name);
    return name;
  };
  return { nameOf, inFile };
}

async function localNames({ file, transport }: Database): Promise<Read<ReadonlyMap<number, string>>> {
  const read = await transport.readFile(Buffer.from(file));
  if (read.ok) return { ok: true, value: parseNames(read.value) };
  return read.reason === "absent" ? { ok: true, value: new Map() } : read;
}

/** Numbers and names of the colon-separated lines of passwd(5) and group(5). As for the system, the first name of a number counts. */
export function parseNames(bytes: Uint8Array): ReadonlyMap<number, string> {
  const names = new Map<number, string>();
  // Latin-1 keeps every byte of a name that is not UTF-8.
  for (const line of Buffer.from(bytes).toString("latin1").split("\n")) {
    const [name, , id] = line.split(":");
    if (name === undefined || name === "" || id === undefined || !/^\d+$/.test(id)) continue;
    if (!names.has(Number(id))) names.set(Number(id), encodeId(Buffer.from(name, "latin1")));
  }
  return names;
}

/** A name that stands in no file of this host may stand in a directory service, which getent(1) asks. */
async function askDirectory({ database, transport, signal }: Database, id: number): Promise<Read<string>> {
  const read = await transport.run(GETENT[database], { operands: [String(id)], signal });
  if (read.ok && read.value.exitCode === 0) {
    const name = parseNames(read.value.stdout).get(id);
    if (name !== undefined) return { ok: true, value: name };
  }
  // 2: no entry. A host without getent has no directory service either.
  if ((read.ok && read.value.exitCode === 2) || (!read.ok && read.reason === "unsupported"))
    return { ok: true, value: String(id) };
  if (!read.ok) return read;
  const detail = `Cannot find the name of ${database} entry ${id}: getent ended with exit code ${read.value.exitCode}`;
  return { ok: false, reason: "failed", detail };
}
