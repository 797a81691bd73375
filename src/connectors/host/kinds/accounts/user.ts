import type { HostKind, KindRequest } from "../../kind.ts";
import type { Transport } from "../../transport.ts";
import { idText, toByteText } from "../bytes.ts";
import { runCommand } from "../command.ts";
import { answerFrom, type Entry, type Table, type Unread } from "../table.ts";
import { userFacts } from "./account.facts.ts";
import { entriesOfMistakes, lookUp, namesToLookUp, readRecords } from "./accounts.ts";
import {
  type GroupRecord,
  groupsOfUsers,
  parseGroup,
  parsePasswd,
  type Records,
  type UserRecord,
} from "./parse-accounts.ts";

/** Users of the host's own file, and declared ones that a directory service knows. */
export const userKind: HostKind = {
  facts: userFacts,
  permissions: [
    { kinds: [userFacts.kind], access: "/etc/passwd", needs: "anyone", without: "every user" },
    { kinds: [userFacts.kind], access: "/etc/group", needs: "anyone", without: "the groups of every user" },
    {
      kinds: [userFacts.kind],
      access: "getent -- passwd NAME…, id -zGn -- NAME, id -zgn -- NAME",
      needs: "anyone",
      without: "declared users that are not in /etc/passwd",
    },
  ],
  async *read(request, transport) {
    yield* answerFrom(userFacts.kind, request, await readUsers(request, transport));
  },
};

async function readUsers(request: KindRequest, transport: Transport): Promise<Table | Unread> {
  const local = await readRecords(transport, "/etc/passwd", parsePasswd);
  if (local.status === "unchecked") return local;
  const groupsOf = memberships(await readRecords(transport, "/etc/group", parseGroup));
  const mistakes = entriesOfMistakes(local.mistakes);
  const entries = new Map<string, Entry>(mistakes.entries);
  for (const [name, record] of local.records) {
    if (!entries.has(name)) entries.set(name, toEntry(record, groupsOf(name)));
  }
  for (const [name, entry] of await readForeign(namesToLookUp(request, entries), request, transport))
    entries.set(name, entry);
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
  const entries = new Map<string, Entry>();
  for (const name of names) {
    const record = recordOf(name);
    if (record === undefined) continue;
    const entry = "status" in record ? record : toEntry(record, await foreignGroups(name, signal, transport));
    entries.set(name, entry);
  }
  return entries;
}

/** `id` is asked, because directory services answer for one user but seldom list whole groups. */
async function foreignGroups(name: string, signal: AbortSignal, transport: Transport): Promise<Groups> {
  const all = await runCommand(transport, ["id", "-zGn", "--", name], { signal });
  if (all.status === "unchecked") return all;
  const primary = await runCommand(transport, ["id", "-zgn", "--", name], { signal });
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

function toEntry({ uid, gid, home, shell }: UserRecord, groups: Groups): Entry {
  const record = { uid, gid, home, shell };
  if (!("status" in groups)) return { status: "present", actual: { ...record, groups } };
  const { reason, detail } = groups;
  return { status: "present", actual: record, facts: [{ path: "/groups", fact: "unchecked", reason, detail }] };
}
