import type { JsonObject } from "../../../../model/json.ts";
import type { HostKind, KindRequest } from "../../kind.ts";
import type { Transport } from "../../transport.ts";
import { toByteText } from "../bytes.ts";
import { hostPath, runCommand, unreadOf } from "../command.ts";
import { answerFrom, type Entry, type Table, type Unread, unread } from "../table.ts";
import { parseSudoers } from "./parse-sudoers.ts";
import { sudoRuleFacts } from "./sudo-rule.facts.ts";

const SUDOERS = "/etc/sudoers";
const CVTSUDOERS = ["cvtsudoers", "-f", "json", "-e", SUDOERS] as const;
const WHO = ["id", "-u"] as const;

/** The rules of sudo that are in force, as sudo's own program reads them. Rules out of a directory service are not among them. */
export const sudoRuleKind: HostKind = {
  facts: sudoRuleFacts,
  permissions: [
    {
      kinds: [sudoRuleFacts.kind],
      access: `${CVTSUDOERS.join(" ")}, ${WHO.join(" ")}`,
      needs: "root",
      without: "every rule of sudo",
    },
  ],
  async *read(request, transport) {
    yield* answerFrom(sudoRuleFacts.kind, request, await readSudoers(request, transport));
  },
};

async function readSudoers({ signal }: KindRequest, transport: Transport): Promise<Table | Unread> {
  const [file, output, who] = await Promise.all([
    transport.stat(hostPath(SUDOERS)),
    runCommand(transport, CVTSUDOERS, { signal }),
    runCommand(transport, WHO, { signal }),
  ]);
  if (!file.ok) return file.reason === "absent" ? tableOf(new Map()) : unreadOf(file);
  if (output.status === "unchecked") return output;
  if (who.status === "unchecked") return who;
  // Files that it may not read and that a folder holds, cvtsudoers leaves out without a word.
  if (toByteText(who.stdout).trim() !== "0")
    return unread("denied", `Cannot run "cvtsudoers": only root may read whatever "${SUDOERS}" includes`);
  const rules = parseSudoers(output.stdout);
  if (rules !== undefined) return tableOf(rules);
  return unread(
    "failed",
    'Cannot read what "cvtsudoers" prints: it is malformed, as it is where an alias is not defined',
  );
}

function tableOf(rules: ReadonlyMap<string, JsonObject>): Table {
  const entries = Array.from(rules, ([id, actual]): [string, Entry] => [id, { status: "present", actual }]);
  return { status: "read", entries: new Map(entries), gaps: [] };
}
