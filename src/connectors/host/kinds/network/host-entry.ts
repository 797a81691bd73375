import { escapeGlob } from "../../../../model/glob.ts";
import type { PathFact } from "../../../../model/observation.ts";
import type { HostKind } from "../../kind.ts";
import type { Transport } from "../../transport.ts";
import { hostPath, unreadOf } from "../command.ts";
import { answerFrom, type Entry, type Table, type Unread } from "../table.ts";
import { hostEntryFacts } from "./host-entry.facts.ts";
import { parseHosts } from "./parse-hosts.ts";

const HOSTS = "/etc/hosts";

/** Names with fixed addresses. By name and not by line, so that one more name on a line, or another line with the name, is one finding. */
export const hostEntryKind: HostKind = {
  facts: hostEntryFacts,
  permissions: [
    { kinds: [hostEntryFacts.kind], access: HOSTS, needs: "anyone", without: "all names with fixed addresses" },
  ],
  async *read(request, transport) {
    yield* answerFrom(hostEntryFacts.kind, request, await readHosts(transport));
  },
};

async function readHosts(transport: Transport): Promise<Table | Unread> {
  const content = await transport.readFile(hostPath(HOSTS));
  if (!content.ok) return content.reason === "absent" ? NO_NAMES : unreadOf(content);
  const { addresses, mistakes, isManaged } = parseHosts(content.value);
  const entries = new Map(
    Array.from(addresses, ([name, all]): [string, Entry] => [name, toEntry([...all].sort(), isManaged)]),
  );
  // What stands on a line without an address may have been meant to add one to these names.
  const gaps = mistakes.flatMap(({ names, detail }) =>
    (names.length === 0 ? ["**"] : names.map(escapeGlob)).map((glob) => ({ glob, reason: "failed" as const, detail })),
  );
  return { status: "read", entries, gaps };
}

const NO_NAMES: Table = { status: "read", entries: new Map(), gaps: [] };

/** The address that Debian gives to the machine's own name. */
const OWN_ADDRESS = "127.0.1.1";

function toEntry(addresses: readonly string[], isManaged: boolean): Entry {
  const isOwn = isManaged && addresses.every((address) => address === OWN_ADDRESS);
  const facts: readonly PathFact[] = [{ path: "/addresses", fact: "owned-by", owner: "cloud-init" }];
  return { status: "present", actual: { addresses }, ...(isOwn ? { facts } : {}) };
}
