import type { Connector } from "../../connector.ts";
import { kindCatalog } from "../../model/facts.ts";
import { gossFormat } from "./goss/goss-format.ts";
import { hostKinds } from "./kinds/all-kinds.ts";
import { hostKindFacts } from "./kinds/facts.ts";
import { impliedByContent } from "./kinds/files/implied.ts";
import { hostRules } from "./rules/index.ts";
import { openHostSession } from "./session.ts";
import { HostSettings } from "./settings.ts";
import type { Transport } from "./transport.ts";
import { openLocalTransport } from "./transport-local.ts";

/** Observes Linux hosts: files, packages, accounts, kernel parameters, services, ports, cron jobs, the SSH server. */
export const hostConnector: Connector<HostSettings> = hostConnectorOver(() => openLocalTransport());

/** The host connector over another way to reach hosts. */
export function hostConnectorOver(openTransport: (host: string) => Transport): Connector<HostSettings> {
  return {
    name: "host",
    settings: HostSettings,
    kinds: kindCatalog(hostKindFacts),
    rules: hostRules,
    formats: { goss: gossFormat },
    implied: impliedByContent,
    permissions: () => hostKinds.flatMap((kind) => kind.permissions),
    open: async ({ hosts }, { now }) =>
      openHostSession({
        hosts: hosts.map((host) => ({ place: host, transport: openTransport(host) })),
        kinds: hostKinds,
        now,
      }),
  };
}
