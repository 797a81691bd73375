import type { HostKind, KindRequest } from "../../kind.ts";
import type { Transport } from "../../transport.ts";
import { idText, toByteText } from "../bytes.ts";
import { command, commandPermission, runCommand } from "../command.ts";
import { answerFrom, type Entry, type Table, type Unread } from "../table.ts";
import { userFacts } from "./account.facts.ts";
import { entriesOfMistakes, GETENT, lookUp, namesToLookUp, readRecords } from "./accounts.ts";
import {
  type GroupRecord,
  groupsOfUsers,
  parseGroup,
  parsePasswd,
  type Records,
  type UserRecord,
} from "./parse-accounts.ts";
import { readShadow, SHADOW, withoutShadow, withShadow } from "./shadow.ts";

const ALL_GROUPS = command("id", "-zGn", "--");
const PRIMARY_GROUP = command("id", "-zgn", "--");
const FOREIGN = {
  kinds: [userFacts.kind],
  operands: "NAME…",
  needs: "anyone",
  without: "declared users that are not in /etc/passwd",
};

/** Users of the host's own file, and declared ones that a directory service knows. */
export const userKind: HostKind = {
  facts: userFacts,
  permissions: [
    { kinds: [userFacts.kind], access: "/etc/passwd", needs: "anyone", without: "every user" },
    { kinds: [userFacts.kind], access: "/etc/group", needs: "anyone", without: "the groups of every user" },
    {
      kinds: [userFacts.kind],
      access: SHADOW,
      needs: "root, or the group shadow",
      without: "whether a password is set, empty or locked, when it changed, and its ageing",
    },
    ...[GETENT.passwd, ALL_GROUPS, PRIMARY_GROUP].map((argv) => commandPermission(argv, FOREIGN)),
  ],
  async *read(request, transport) {
    yield* answerFrom(userFacts.kind, request, await readUsers(request, transport));
  },
};

async function readUsers(request: KindRequest, transport: Transport): Promise<Table | Unread> {
  const [local, groups, shadow] = await Promise.all([
    readRecords(transport, "/etc/passwd", parsePasswd),
    readRecords(transport, "/etc/group", parseGroup),
    readShadow(transport),
  ]);
  if (local.status === "unchecked") return local;
  const groupsOf = memberships(groups);
  const mistakes = entriesOfMistakes(local.mistakes);
  const entries = new Map<string, Entry>(mistakes.entries);
  for (const [id, record] of local.records) {
    if (entries.has(id)) continue;
    const entry = toEntry(record, groupsOf(id));
    entries.set(id, await withShadow({ id, entry, password: record.password }, shadow, request));
  }
  for (const [id, entry] of await readForeign(namesToLookUp(request, entries), request, transport))
    entries.set(id, await withoutShadow(id, entry, request));
  return { status: "read", entries, gaps: mistakes.gaps };
}

type Groups = readonly string[] | Unread;

/** The supplementary groups of a name. A group file with malformed lines cannot tell them of anybody. */
function memberships(groups: (Records<GroupRecord> & { readonly status: "done" }) | Unread): (name: string) => Groups {
  if (groups.status === "unchecked") return () => groups;
  const mistake = groups.mistakes[0];
  if (mistake !== undefined) return () => ({ status: "unchecked", reason: "failed", detail: mistake.detail });
  const groupsOf = groupsOfUsers(groups.records);
  return (name) => groupsOf.get(name) ?? [];
}

async function readForeign(
  names: readonly string[],
  { signal }: KindRequest,
  transport: Transport,
): Promise<ReadonlyMap<string, Entry>> {
  const recordOf = await lookUp(names, { transport, database: "passwd", signal }, parsePasswd);
  const found = await Promise.all(
    names.map(async (name): Promise<readonly (readonly [string, Entry])[]> => {
      const record = recordOf(name);
      if (record === undefined) return [];
      return [[name, "status" in record ? record : toEntry(record, await foreignGroups(name, signal, transport))]];
    }),
  );
  return new Map(found.flat());
}

/** `id` is asked, because directory services answer for one user but seldom list whole groups. */
async function foreignGroups(name: string, signal: AbortSignal, transport: Transport): Promise<Groups> {
  const [all, primary] = await Promise.all([
    runCommand(transport, ALL_GROUPS, { operands: [name], signal }),
    runCommand(transport, PRIMARY_GROUP, { operands: [name], signal }),
  ]);
  if (all.status === "unchecked") return all;
  if (primary.status === "unchecked") return primary;
  const [own] = namesOf(primary.stdout);
  return namesOf(all.stdout).filter((group) => group !== own);
}

function namesOf(output: Uint8Array): readonly string[] {
  return toByteText(output)
    .split("\0")
    .filter((name) => name !== "")
    .map(idText);
}

function toEntry({ uid, gid, comment, home, shell }: UserRecord, groups: Groups): Entry {
  const record = { uid, gid, comment, home, shell };
  if (!("status" in groups)) return { status: "present", actual: { ...record, groups } };
  const { reason, detail } = groups;
  return { status: "present", actual: record, facts: [{ path: "/groups", fact: "unchecked", reason, detail }] };
}
