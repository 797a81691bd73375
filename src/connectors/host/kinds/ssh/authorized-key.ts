import { escapeGlob } from "../../../../model/glob.ts";
import { getOwn } from "../../../../model/json.ts";
import type { ListingGap } from "../../../../model/observation.ts";
import { decodeId } from "../../ids.ts";
import type { HostKind, KindRequest } from "../../kind.ts";
import type { Read, Transport } from "../../transport.ts";
import { entriesOfMistakes, readRecords } from "../accounts/accounts.ts";
import { parsePasswd, type UserRecord } from "../accounts/parse-accounts.ts";
import { hostPath, unreadOf } from "../command.ts";
import { answerFrom, type Entry, type Table, type Unread } from "../table.ts";
import { authorizedKeyFacts } from "./authorized-key.facts.ts";
import { type AuthorizedKey, parseAuthorizedKeys } from "./parse-authorized-keys.ts";
import { readSshdSettings, SSHD_ACCESS } from "./sshd.ts";

const PASSWD = "/etc/passwd";
/** Where sshd looks unless it is told otherwise, and other SSH servers too. */
const DEFAULT_FILES = ".ssh/authorized_keys .ssh/authorized_keys2";

/**
 * Keys that open accounts over SSH, in the files that the SSH server looks into outside any Match block, for each user of the host's own
 * file. Keys that a program hands out (AuthorizedKeysCommand) are not among them.
 */
export const authorizedKeyKind: HostKind = {
  facts: authorizedKeyFacts,
  permissions: [
    {
      kinds: [authorizedKeyFacts.kind],
      access: `${PASSWD}, ${SSHD_ACCESS}`,
      needs: "anyone, where sshd_config and what it includes are readable to all; else root",
      without: "every authorized key",
    },
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

async function readAuthorizedKeys({ signal }: KindRequest, transport: Transport): Promise<Table | Unread> {
  const [users, sshd] = await Promise.all([
    readRecords(transport, PASSWD, parsePasswd),
    readSshdSettings(transport, signal),
  ]);
  if (users.status === "unchecked") return users;
  if (sshd?.status === "unchecked") return sshd;
  const setting = sshd === undefined ? undefined : getOwn(sshd.settings, "authorizedkeysfile");
  const places = Array.from(users.records, ([user, record]) => ({
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
      ...entries.flatMap(([user, entry]) => (entry.status === "unchecked" ? [gapOf(user, entry)] : [])),
      ...found.flatMap((each) => each.gaps),
    ],
  };
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
    return [[id, { status: "present", actual: { ...attributes, file } }]];
  });
}

/** What hides keys of one user hides those of no other. */
function gapOf(user: string, { reason, detail }: Unread): ListingGap {
  return { glob: `${escapeGlob(user)}#**`, reason, detail };
}
