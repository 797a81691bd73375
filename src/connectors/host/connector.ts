import type { Connector } from "../../connector.ts";
import { kindCatalog } from "../../model/facts.ts";
import { parseDuration } from "../../model/time.ts";
import { type FleetHost, milliseconds, READ_TIMEOUT_MS, readFleet } from "./fleet/fleet.ts";
import type { HostTransport } from "./fleet/read-host.ts";
import { gossFormat } from "./goss/goss-format.ts";
import { hostKinds } from "./kinds/all-kinds.ts";
import { hostKindFacts } from "./kinds/facts.ts";
import { impliedByContent } from "./kinds/files/implied.ts";
import { hostRules } from "./rules/index.ts";
import { openHostSession } from "./session.ts";
import { HostSettings } from "./settings.ts";
import { declareKnownKeys } from "./ssh/known-keys.ts";
import { sshPermissions } from "./ssh/ssh-permissions.ts";
import { openSshTransport } from "./ssh/ssh-transport.ts";
import { openLocalTransport } from "./transport-local.ts";

/** How many hosts are read at the same time. */
const PARALLEL = 10;

/** Observes Linux hosts: files, packages, accounts, kernel parameters, services, ports, cron jobs, the SSH server. */
export const hostConnector: Connector<HostSettings> = hostConnectorOver(({ ssh }, { timeoutMs, hostsAtOnce }) =>
  ssh === undefined ? openLocalTransport({ timeoutMs }) : openSshTransport(ssh, { hostsAtOnce }),
);

/** How the transport of one host is opened. */
interface HostOpenOptions {
  /** Of each read of this machine. */
  readonly timeoutMs: number;
  /** How many hosts are read side by side. */
  readonly hostsAtOnce: number;
}

/** The host connector over another way to reach hosts. */
export function hostConnectorOver(
  openTransport: (host: FleetHost, options: HostOpenOptions) => HostTransport,
): Connector<HostSettings> {
  return {
    name: "host",
    settings: HostSettings,
    kinds: kindCatalog(hostKindFacts),
    rules: hostRules,
    formats: { goss: gossFormat },
    implied: impliedByContent,
    permissions: (settings) => {
      const ofKinds = hostKinds.flatMap((kind) => kind.permissions);
      return [...ofKinds, ...sshPermissions(settings, ofKinds)];
    },
    open: async (settings, { baseDir, now }) => {
      const local = { timeoutMs: milliseconds(settings.readTimeout) ?? READ_TIMEOUT_MS };
      await using transport = openLocalTransport(local);
      const { hosts, warnings } = await readFleet(settings, { baseDir, transport });
      const parallel = settings.parallel ?? PARALLEL;
      const options = { ...local, hostsAtOnce: Math.min(parallel, hosts.length) };
      return openHostSession({
        hosts: hosts.map((host) => ({ place: host.place, open: () => openTransport(host, options) })),
        kinds: hostKinds,
        parallel,
        warnings,
        declared: async () => {
          await using here = openLocalTransport(local);
          return await declareKnownKeys(hosts, { transport: here, baseDir });
        },
        now,
        oneFileSystem: settings.oneFileSystem === true,
        ...(settings.rehash === undefined ? {} : { rehashMs: parseDuration(settings.rehash) ?? 0 }),
      });
    },
  };
}
