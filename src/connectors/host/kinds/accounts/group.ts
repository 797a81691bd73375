import type { HostKind, KindRequest } from "../../kind.ts";
import type { Read, Transport } from "../../transport.ts";
import { commandPermission, hostPath, unreadOf } from "../command.ts";
import { answerFrom, type Entry, type Table, type Unread, unread } from "../table.ts";
import { groupFacts } from "./account.facts.ts";
import { entriesOfMistakes, GETENT, lookUp, namesToLookUp, readRecords } from "./accounts.ts";
import { type GroupRecord, parseGroup, parseGshadow } from "./parse-accounts.ts";
import { withUnread } from "./unread-attributes.ts";

const GSHADOW = "/etc/gshadow";

/** Groups of the host's own file, and declared ones that a directory service knows. */
export const groupKind: HostKind = {
  facts: groupFacts,
  permissions: [
    { kinds: [groupFacts.kind], access: "/etc/group", needs: "anyone", without: "every group" },
    {
      kinds: [groupFacts.kind],
      access: GSHADOW,
      needs: "root, or the group shadow",
      without: "the administrators of every group",
    },
    commandPermission(GETENT.group, {
      kinds: [groupFacts.kind],
      operands: "NAME…",
      needs: "anyone",
      without: "declared groups that are not in /etc/group",
    }),
  ],
  async *read(request, transport) {
    yield* answerFrom(groupFacts.kind, request, await readGroups(request, transport));
  },
};

async function readGroups(request: KindRequest, transport: Transport): Promise<Table | Unread> {
  const [local, gshadow] = await Promise.all([
    readRecords(transport, "/etc/group", parseGroup),
    transport.readFile(hostPath(GSHADOW)),
  ]);
  if (local.status === "unchecked") return local;
  const mistakes = entriesOfMistakes(local.mistakes);
  const entries = new Map<string, Entry>([...toEntries(local.records), ...mistakes.entries]);
  const administratorsOf = administrators(gshadow);
  for (const [id, entry] of entries)
    entries.set(id, await withAdministrators({ id, entry, found: administratorsOf(id) }, request));

  const names = namesToLookUp(request, entries);
  const recordOf = await lookUp(names, { transport, database: "group", signal: request.signal }, parseGroup);
  for (const name of names) {
    const record = recordOf(name);
    if (record !== undefined) entries.set(name, "status" in record ? record : toEntry(record));
  }
  return { status: "read", entries, gaps: mistakes.gaps };
}

function withAdministrators(
  { id, entry, found }: { readonly id: string; readonly entry: Entry; readonly found: readonly string[] | Unread },
  request: KindRequest,
): Promise<Entry> | Entry {
  if (entry.status === "unchecked") return entry;
  if (!("status" in found)) return { ...entry, actual: { ...entry.actual, administrators: found } };
  return withUnread(entry, { kind: groupFacts.kind, id, names: ["administrators"], why: found }, request);
}

/** Who may change the members of a group, by its name. Where there is no such file, nobody but root may. */
function administrators(content: Read<Uint8Array>): (name: string) => readonly string[] | Unread {
  if (!content.ok) return () => (content.reason === "absent" ? [] : unreadOf(content));
  const { records, mistakes } = parseGshadow(content.value, GSHADOW);
  return (name) => {
    const mistake = mistakes.find((each) => each.name === name || (each.name === undefined && !records.has(name)));
    return mistake === undefined ? (records.get(name) ?? []) : unread("failed", mistake.detail);
  };
}

function toEntries(records: ReadonlyMap<string, GroupRecord>): readonly (readonly [string, Entry])[] {
  return Array.from(records, ([name, record]) => [name, toEntry(record)]);
}

function toEntry({ gid, members }: GroupRecord): Entry {
  return { status: "present", actual: { gid, members } };
}
