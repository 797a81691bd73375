import type { ListingGap } from "../../../../model/observation.ts";
import type { HostKind, KindRequest } from "../../kind.ts";
import type { Transport } from "../../transport.ts";
import { answerFrom, type Entry, type Table } from "../table.ts";
import { latentDriftFacts } from "./latent-drift.facts.ts";
import { latentFirewalls } from "./latent-firewall.ts";
import { latentKernel } from "./latent-kernel.ts";
import { latentModules } from "./latent-modules.ts";
import { latentMounts } from "./latent-mounts.ts";
import { latentServices } from "./latent-services.ts";
import { BOOTED, CONTAINER_MARKS, type LatentSource, latentHost } from "./latent-source.ts";
import { latentSysctl } from "./latent-sysctl.ts";

const SOURCES: readonly LatentSource[] = [
  latentSysctl,
  latentServices,
  latentKernel,
  latentMounts,
  latentModules,
  ...latentFirewalls,
];

/** What runs otherwise than it is set up to: drift that shows at the next start. */
export const latentDriftKind: HostKind = {
  facts: latentDriftFacts,
  permissions: [
    ...SOURCES.flatMap(({ permissions }) => permissions),
    { access: [BOOTED, ...CONTAINER_MARKS].join(", "), needs: "anyone", without: "all of it" },
  ].map((permission) => ({ kinds: [latentDriftFacts.kind], ...permission })),
  async *read(request, transport) {
    yield* answerFrom(latentDriftFacts.kind, request, await readSources(request, transport));
  },
};

async function readSources(request: KindRequest, transport: Transport): Promise<Table> {
  const host = latentHost(transport, request.signal);
  const found = await Promise.all(
    SOURCES.filter(({ start }) => isWanted(start, request)).map(async (source) => {
      const { entries, hidden } = await source.read(host);
      const gaps = hidden.map(({ reason, detail }): ListingGap => ({ glob: `${source.start}**`, reason, detail }));
      return { entries: [...entries] as readonly (readonly [string, Entry])[], gaps };
    }),
  );
  return {
    status: "read",
    entries: new Map(found.flatMap(({ entries }) => entries)),
    gaps: found.flatMap(({ gaps }) => gaps),
  };
}

function isWanted(start: string, { asked, inScope, mayHold }: KindRequest): boolean {
  if (asked.some(({ resource }) => resource.id.startsWith(start))) return true;
  return inScope !== undefined && (mayHold === undefined || mayHold(start));
}
