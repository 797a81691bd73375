import { escapeGlob } from "../../../../model/glob.ts";
import { getOwn, type JsonObject } from "../../../../model/json.ts";
import type { ListingGap } from "../../../../model/observation.ts";
import { decodeId } from "../../ids.ts";
import type { HostKind, KindRequest } from "../../kind.ts";
import type { Read, Transport } from "../../transport.ts";
import { entriesOfMistakes, GETENT, lookUp, readRecords } from "../accounts/accounts.ts";
import { parsePasswd, type Records, type UserRecord } from "../accounts/parse-accounts.ts";
import { type ByteText, valueText } from "../bytes.ts";
import { commandPermission, hostPath, unreadOf } from "../command.ts";
import { commandFacts } from "../secret-text.ts";
import { answerFrom, type Entry, presentEntry, type Table, type Unread } from "../table.ts";
import { authorizedKeyFacts } from "./authorized-key.facts.ts";
import { MATCH_ACCESS, type MatchBlocks, readMatchBlocks } from "./match-blocks.ts";
import { type AuthorizedKey, parseAuthorizedKeys } from "./parse-authorized-keys.ts";
import { readSshdSettings, sshdCommands } from "./sshd.ts";

const PASSWD = "/etc/passwd";
/** Where sshd looks unless it is told otherwise, and other SSH servers too. */
const DEFAULT_FILES = ".ssh/authorized_keys .ssh/authorized_keys2";

/**
 * Keys that open accounts over SSH, in the files that the SSH server looks into outside any Match block, for each user of the host's own
 * file and those asked for. Where a program hands out further keys (AuthorizedKeysCommand), or a Match block names other files, a gap says so.
 */
export const authorizedKeyKind: HostKind = {
  facts: authorizedKeyFacts,
  permissions: [
    {
      kinds: [authorizedKeyFacts.kind],
      access: `${PASSWD}, ${MATCH_ACCESS}`,
      needs: "anyone",
      without: "every authorized key",
    },
    ...sshdCommands(authorizedKeyFacts.kind, "every authorized key"),
    commandPermission(GETENT.passwd, {
      kinds: [authorizedKeyFacts.kind],
      operands: "NAME…",
      needs: "anyone",
      without: "keys of accounts that a directory service keeps",
    }),
    {
      kinds: [authorizedKeyFacts.kind],
      access: "~/.ssh/authorized_keys, or what AuthorizedKeysFile names",
      needs: "root",
      without: "the authorized keys of the users whose files may not be read",
    },
  ],
  async *read(request, transport) {
    yield* answerFrom(authorizedKeyFacts.kind, request, await readAuthorizedKeys(request, transport));
  },
};

async function readAuthorizedKeys(request: KindRequest, transport: Transport): Promise<Table | Unread> {
  const { signal } = request;
  const [users, sshd, match] = await Promise.all([
    readRecords(transport, PASSWD, parsePasswd),
    readSshdSettings(transport, signal),
    readMatchBlocks(transport, signal),
  ]);
  if (users.status === "unchecked") return users;
  if (sshd?.status === "unchecked") return sshd;
  const setting = sshd === undefined ? undefined : getOwn(sshd.settings, "authorizedkeysfile");
  const foreign = await readForeign(request, users, transport);
  const places = Array.from([...users.records, ...foreign.records], ([user, record]) => ({
    user,
    files: filesOf(typeof setting === "string" ? setting : DEFAULT_FILES, user, record),
  }));
  const contents = await readFiles(new Set(places.flatMap(({ files }) => files)), transport, signal);
  const found = places.map(({ user, files }) => keysOf(user, files, contents));
  const { entries, gaps } = entriesOfMistakes(users.mistakes);
  return {
    status: "read",
    entries: new Map(found.flatMap((each) => each.entries)),
    gaps: [
      ...gaps,
      ...foreign.gaps,
      ...(sshd === undefined ? [] : elsewhere(sshd.settings, match)),
      ...entries.flatMap(([user, entry]) => (entry.status === "unchecked" ? [gapOf(user, entry)] : [])),
      ...found.flatMap((each) => each.gaps),
    ],
  };
}

interface Foreign {
  readonly records: readonly (readonly [user: string, record: UserRecord])[];
  readonly gaps: readonly ListingGap[];
}

/** Users whose keys are asked for and who are not in the host's own file: a directory service may know them. */
async function readForeign(
  { asked, signal }: KindRequest,
  { records, mistakes }: Records<UserRecord>,
  transport: Transport,
): Promise<Foreign> {
  const users = new Set(asked.map(({ resource }) => resource.id.replace(/#.*$/s, "")));
  const names = [...users].filter((user) => !records.has(user) && !user.includes("%") && user !== "");
  const unknown = names.filter((user) => !mistakes.some(({ name }) => name === user));
  const recordOf = await lookUp(unknown, { transport, database: "passwd", signal }, parsePasswd);
  const found = unknown.map((user) => ({ user, record: recordOf(user) }));
  return {
    records: found.flatMap(({ user, record }) => (record === undefined || "status" in record ? [] : [[user, record]])),
    gaps: found.flatMap(({ user, record }) =>
      record !== undefined && "status" in record ? [gapOf(user, record)] : [],
    ),
  };
}

/** Keys that come from where this kind does not look: any key may be among them. */
function elsewhere(settings: JsonObject, { blocks, hidden }: MatchBlocks): readonly ListingGap[] {
  const command = getOwn(settings, "authorizedkeyscommand");
  const asked = blocks.filter((block) => block.settings.some(([keyword, value]) => isElsewhere(keyword, value)));
  return [
    ...(typeof command === "string" && isElsewhere("authorizedkeyscommand", command)
      ? [
          {
            glob: "**",
            reason: "unsupported" as const,
            detail: `Cannot tell which keys "${programOf(command)}" hands out`,
          },
        ]
      : []),
    ...asked.flatMap(({ criteria }) => {
      const detail = `Cannot tell which keys hold where "Match ${valueText(criteria)}" says where they are`;
      return usersIn(criteria).map((user) => ({ glob: user, reason: "unsupported" as const, detail }));
    }),
    ...hidden.map(({ reason, detail }) => ({ glob: "**", reason, detail })),
  ];
}

function isElsewhere(keyword: string, value: string): boolean {
  return /^authorizedkeys(?:file|command)$/.test(keyword) && value.toLowerCase() !== "none";
}

/** Its arguments are nobody's business. */
function programOf(command: string): string {
  return command.split(/\s/, 1)[0] ?? "";
}

/** The keys that a block can be about, as globs: of the users that it names, else of all. */
function usersIn(criteria: ByteText): readonly string[] {
  const [, names] = /^user\s+([\w.-]+(?:,[\w.-]+)*)$/i.exec(criteria) ?? [];
  return names === undefined ? ["**"] : names.split(",").map((name) => `${escapeGlob(name)}#**`);
}

/** The files of one user: %h is the home, %u the name, %U the number; what starts with no / lies in the home. */
function filesOf(setting: string, user: string, { home, uid }: UserRecord): readonly string[] {
  if (setting === "none") return [];
  const values: Readonly<Record<string, string>> = {
    h: home,
    u: Buffer.from(decodeId(user) ?? user).toString(),
    U: String(uid),
    "%": "%",
  };
  const files = setting.split(/\s+/).filter((file) => file !== "");
  return files.map((file) => {
    const path = file.replace(/%([huU%])/g, (_, token: string) => values[token] ?? "");
    return path.startsWith("/") ? path : `${home.replace(/\/+$/, "")}/${path}`;
  });
}

type Contents = ReadonlyMap<string, Read<Uint8Array>>;

async function readFiles(files: ReadonlySet<string>, transport: Transport, signal: AbortSignal): Promise<Contents> {
  const paths = [...files];
  const contents = new Map<string, Read<Uint8Array>>();
  for (let start = 0; start < paths.length; start += transport.readsAtOnce) {
    signal.throwIfAborted();
    const batch = paths.slice(start, start + transport.readsAtOnce);
    const found = await Promise.all(batch.map((path) => transport.readFile(hostPath(path))));
    for (const [index, path] of batch.entries()) {
      const content = found[index];
      if (content !== undefined) contents.set(path, content);
    }
  }
  return contents;
}

interface UserKeys {
  readonly entries: readonly (readonly [id: string, Entry])[];
  readonly gaps: readonly ListingGap[];
}

function keysOf(user: string, files: readonly string[], contents: Contents): UserKeys {
  const keys: { readonly key: AuthorizedKey; readonly file: string }[] = [];
  const gaps: ListingGap[] = [];
  for (const file of files) {
    const content = contents.get(file);
    if (content === undefined || (!content.ok && content.reason === "absent")) continue;
    if (!content.ok) {
      gaps.push(gapOf(user, unreadOf(content)));
      continue;
    }
    const parsed = parseAuthorizedKeys(content.value);
    keys.push(...parsed.keys.map((key) => ({ key, file })));
    const [line] = parsed.malformed;
    if (line === undefined) continue;
    const detail = `Cannot read "${file}": line ${line} is malformed`;
    gaps.push(gapOf(user, { status: "unchecked", reason: "failed", detail }));
  }
  return { entries: entriesOf(user, keys), gaps };
}

/** A key that stands there again with other options opens the account by those too; one that says the same says nothing. */
function entriesOf(
  user: string,
  keys: readonly { readonly key: AuthorizedKey; readonly file: string }[],
): UserKeys["entries"] {
  const seen = new Map<string, Set<string>>();
  return keys.flatMap(({ key: { fingerprint, ...attributes }, file }): UserKeys["entries"] => {
    const variants = seen.get(fingerprint) ?? new Set();
    const how = JSON.stringify([[...attributes.options].sort(), attributes.environment]);
    if (variants.has(how)) return [];
    seen.set(fingerprint, variants.add(how));
    const id = `${user}#${fingerprint}${variants.size === 1 ? "" : `#${variants.size}`}`;
    // A forced command may hold a password as well as any other.
    const commands = attributes.options.filter((option) => /^command=/i.test(option));
    return [[id, presentEntry({ ...attributes, file }, commandFacts("/options", commands))]];
  });
}

/** What hides keys of one user hides those of no other. */
function gapOf(user: string, { reason, detail }: Unread): ListingGap {
  return { glob: `${escapeGlob(user)}#**`, reason, detail };
}
