import type { HostKind, KindRequest } from "../../kind.ts";
import type { Transport } from "../../transport.ts";
import { answerFrom, type Entry, type Table, type Unread } from "../table.ts";
import { groupFacts } from "./account.facts.ts";
import { entriesOfMistakes, lookUp, namesToLookUp, readRecords } from "./accounts.ts";
import { type GroupRecord, parseGroup } from "./parse-accounts.ts";

/** Groups of the host's own file, and declared ones that a directory service knows. */
export const groupKind: HostKind = {
  facts: groupFacts,
  permissions: [
    { kinds: [groupFacts.kind], access: "/etc/group", needs: "anyone", without: "every group" },
    {
      kinds: [groupFacts.kind],
      access: "getent -- group NAME…",
      needs: "anyone",
      without: "declared groups that are not in /etc/group",
    },
  ],
  async *read(request, transport) {
    yield* answerFrom(groupFacts.kind, request, await readGroups(request, transport));
  },
};

async function readGroups(request: KindRequest, transport: Transport): Promise<Table | Unread> {
  const local = await readRecords(transport, "/etc/group", parseGroup);
  if (local.status === "unchecked") return local;
  const mistakes = entriesOfMistakes(local.mistakes);
  const entries = new Map<string, Entry>([...toEntries(local.records), ...mistakes.entries]);

  const names = namesToLookUp(request, entries);
  const recordOf = await lookUp(names, { transport, database: "group", signal: request.signal }, parseGroup);
  for (const name of names) {
    const record = recordOf(name);
    if (record !== undefined) entries.set(name, "status" in record ? record : toEntry(record));
  }
  return { status: "read", entries, gaps: mistakes.gaps };
}

function toEntries(records: ReadonlyMap<string, GroupRecord>): readonly (readonly [string, Entry])[] {
  return Array.from(records, ([name, record]) => [name, toEntry(record)]);
}

function toEntry({ gid, members }: GroupRecord): Entry {
  return { status: "present", actual: { gid, members } };
}
