import type { JsonObject } from "../../../../model/json.ts";
import type { HostKind, KindRequest } from "../../kind.ts";
import type { Transport } from "../../transport.ts";
import { toByteText } from "../bytes.ts";
import { command, commandPermission, hostPath, runCommand, unreadOf } from "../command.ts";
import { answerFrom, type Entry, type Table, type Unread, unread } from "../table.ts";
import { readRecords } from "./accounts.ts";
import { type GroupRecord, groupsOfUsers, parseGroup, parsePasswd, type UserRecord } from "./parse-accounts.ts";
import { parseSudoers } from "./parse-sudoers.ts";
import type { GroupsOf } from "./sudo-grants.ts";
import { sudoRuleFacts } from "./sudo-rule.facts.ts";

const PASSWD = "/etc/passwd";
const GROUP = "/etc/group";
const SUDOERS = "/etc/sudoers";
/** What SUSE's sudo reads where the other is not there. */
const VENDOR_SUDOERS = "/usr/etc/sudoers";
const CVTSUDOERS = command("cvtsudoers", "-f", "json", "-e", SUDOERS);
const WHO = command("id", "-u");
const OF_ROOT = { kinds: [sudoRuleFacts.kind], needs: "root", without: "every rule of sudo" };

/** The rules of sudo that are in force, as sudo's own program reads them. Rules out of a directory service are not among them. */
export const sudoRuleKind: HostKind = {
  facts: sudoRuleFacts,
  permissions: [
    ...[CVTSUDOERS, WHO].map((argv) => commandPermission(argv, OF_ROOT)),
    {
      kinds: [sudoRuleFacts.kind],
      access: `${PASSWD}, ${GROUP}, ${VENDOR_SUDOERS}`,
      needs: "anyone",
      without: "which rules of a user a rule of a group overrides, and so every rule of sudo",
    },
  ],
  async *read(request, transport) {
    yield* answerFrom(sudoRuleFacts.kind, request, await readSudoers(request, transport));
  },
};

async function readSudoers({ signal }: KindRequest, transport: Transport): Promise<Table | Unread> {
  const [file, vendor, output, who, users, groups] = await Promise.all([
    transport.stat(hostPath(SUDOERS)),
    transport.stat(hostPath(VENDOR_SUDOERS)),
    runCommand(transport, CVTSUDOERS, { signal }),
    runCommand(transport, WHO, { signal }),
    readRecords(transport, PASSWD, parsePasswd),
    readRecords(transport, GROUP, parseGroup),
  ]);
  if (!file.ok && file.reason !== "absent") return unreadOf(file);
  if (!file.ok && vendor.ok)
    return unread("unsupported", `Cannot tell the rules of sudo: they stand in "${VENDOR_SUDOERS}"`);
  if (!file.ok) return tableOf(new Map());
  if (output.status === "unchecked") return output;
  if (who.status === "unchecked") return who;
  // Files that it may not read and that a folder holds, cvtsudoers leaves out without a word.
  if (toByteText(who.stdout).trim() !== "0")
    return unread("denied", `Cannot run "cvtsudoers": only root may read whatever "${SUDOERS}" includes`);
  if (users.status === "unchecked") return users;
  if (groups.status === "unchecked") return groups;
  const rules = parseSudoers(output.stdout, memberships(users.records, groups.records));
  if (rules !== undefined) return tableOf(rules);
  return unread(
    "failed",
    'Cannot read what "cvtsudoers" prints: it is malformed, as it is where an alias is not defined',
  );
}

/** Supplementary groups and the primary one. */
function memberships(users: ReadonlyMap<string, UserRecord>, groups: ReadonlyMap<string, GroupRecord>): GroupsOf {
  const supplementary = groupsOfUsers(groups);
  const names = new Map(Array.from(groups, ([name, { gid }]) => [gid, name]));
  return (user) => {
    const primary = names.get(users.get(user)?.gid ?? -1);
    return [...(supplementary.get(user) ?? []), ...(primary === undefined ? [] : [primary])];
  };
}

function tableOf(rules: ReadonlyMap<string, JsonObject>): Table {
  const entries = Array.from(rules, ([id, actual]): [string, Entry] => [id, { status: "present", actual }]);
  return { status: "read", entries: new Map(entries), gaps: [] };
}
