import type { HostKind, KindRequest } from "../../kind.ts";
import type { Transport } from "../../transport.ts";
import { toByteText } from "../bytes.ts";
import { runCommand } from "../command.ts";
import { answerFrom, type Table, type Unread } from "../table.ts";
import { packageFacts } from "./package.facts.ts";
import { PACKAGE_FORMAT, parsePackages } from "./parse-packages.ts";

/** Packages that dpkg has installed. */
export const packageKind: HostKind = {
  facts: packageFacts,
  permissions: [
    {
      kinds: [packageFacts.kind],
      access: `dpkg-query -W -f ${PACKAGE_FORMAT}, dpkg --print-architecture`,
      needs: "anyone",
      without: "every package",
    },
  ],
  async *read(request, transport) {
    yield* answerFrom(packageFacts.kind, request, await readPackages(request, transport));
  },
};

async function readPackages({ signal }: KindRequest, transport: Transport): Promise<Table | Unread> {
  const [architecture, packages] = await Promise.all([
    runCommand(transport, ["dpkg", "--print-architecture"], { signal }),
    runCommand(transport, ["dpkg-query", "-W", "-f", PACKAGE_FORMAT], { signal }),
  ]);
  if (architecture.status === "unchecked") return architecture;
  if (packages.status === "unchecked") return packages;
  return parsePackages(packages.stdout, toByteText(architecture.stdout).trim());
}
