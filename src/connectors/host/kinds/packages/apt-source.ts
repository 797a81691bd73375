import type { HostKind, KindRequest } from "../../kind.ts";
import type { Transport } from "../../transport.ts";
import { commandPermission } from "../command.ts";
import { answerFrom, type Table, type Unread } from "../table.ts";
import { aptSourceFacts } from "./apt-source.facts.ts";
import { dumpCommand, readDump } from "./installed/folder-dump.ts";
import { parseAptSources } from "./parse-apt-sources.ts";

const COMMAND = dumpCommand(["/etc/apt/sources.list", "/etc/apt/sources.list.d"], ["*.list", "*.sources"]);

/** Where apt fetches packages from. A host without apt has none. */
export const aptSourceKind: HostKind = {
  facts: aptSourceFacts,
  permissions: [
    commandPermission(COMMAND, {
      kinds: [aptSourceFacts.kind],
      needs: "read permission on the files; anyone, as they are installed",
      without: "every source of packages",
    }),
  ],
  async *read(request, transport) {
    yield* answerFrom(aptSourceFacts.kind, request, await readSources(request, transport));
  },
};

async function readSources({ signal }: KindRequest, transport: Transport): Promise<Table | Unread> {
  const files = await readDump(transport, COMMAND, { signal, mayBeAbsent: true });
  return "status" in files ? files : parseAptSources(files);
}
