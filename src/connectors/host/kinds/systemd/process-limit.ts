import type { HostKind, KindRequest } from "../../kind.ts";
import type { Transport } from "../../transport.ts";
import { hostPath } from "../command.ts";
import { readConfigFile, readConfigFolders } from "../config-folders.ts";
import { answerFrom, type Table, type Unread } from "../table.ts";
import { parseLimits } from "./parse-limits.ts";
import { processLimitFacts } from "./process-limit.facts.ts";

const FILE = "/etc/security/limits.conf";
const FOLDER = "/etc/security/limits.d";

/** Limits of those who log in. A host without these files sets none. */
export const processLimitKind: HostKind = {
  facts: processLimitFacts,
  permissions: [
    {
      kinds: [processLimitFacts.kind],
      access: `${FILE}, ${FOLDER}/*.conf`,
      needs: "anyone, as they are installed",
      without: "every limit: what is hidden may set another",
    },
  ],
  async *read(request, transport) {
    yield* answerFrom(processLimitFacts.kind, request, await readLimits(request, transport));
  },
};

async function readLimits({ signal }: KindRequest, transport: Transport): Promise<Table | Unread> {
  const [file, folder] = await Promise.all([
    readConfigFile(hostPath(FILE), transport),
    readConfigFolders({ folders: [FOLDER], suffix: ".conf" }, transport, signal),
  ]);
  const [hidden] = [...file.hidden, ...folder.hidden];
  const seen = folder.files.filter(({ path }) => !path.startsWith(`${FOLDER}/.`));
  return hidden ?? parseLimits([...file.files, ...seen]);
}
