import type { Read } from "../../transport.ts";
import { toByteText, valueText } from "../bytes.ts";
import { type Command, command, commandPermission, hostPath, runCommand, unreadOf } from "../command.ts";
import { parseUnitFiles } from "../systemd/parse-units.ts";
import { type Unread, unread } from "../table.ts";
import { compareFirewall, type Places, withoutForeign } from "./compare-firewall.ts";
import { parseIptables } from "./iptables-text.ts";
import { latentDriftFacts } from "./latent-drift.facts.ts";
import {
  hiddenLatent,
  type Latent,
  type LatentHost,
  type LatentSource,
  latentEntry,
  NOTHING_LATENT,
} from "./latent-source.ts";
import { parseNft } from "./nft-text.ts";

/** Shows whether any of the units that load rules is enabled: one command for all firewalls, so that they share one run. */
const UNIT_STATES = command(
  "systemctl",
  ...["list-unit-files", "--no-legend", "--no-pager", "--full"],
  ...["nftables.service", "netfilter-persistent.service", "iptables.service", "ip6tables.service"],
);

/** One firewall: what prints the rules in force, and which unit loads which file at a start. */
interface Firewall {
  readonly id: string;
  readonly list: Command;
  /** The first of them whose file is there counts. */
  readonly loaders: readonly { readonly unit: string; readonly file: string }[];
  readonly parse: (text: string) => { readonly places: Places; readonly unresolved: readonly string[] };
}

const NFTABLES: Firewall = {
  id: "firewall:nftables",
  list: command("nft", "-s", "list", "ruleset"),
  loaders: [
    { unit: "nftables.service", file: "/etc/nftables.conf" },
    { unit: "nftables.service", file: "/etc/sysconfig/nftables.conf" },
  ],
  parse: (text) => {
    const { places, unresolved } = parseNft(text);
    return { places: new Map([...places].filter(([place]) => !isIptablesPlace(place))), unresolved };
  },
};

function iptables(version: "iptables" | "ip6tables", debianFile: string): Firewall {
  return {
    id: `firewall:${version}`,
    list: command(`${version}-save`),
    loaders: [
      { unit: "netfilter-persistent.service", file: `/etc/iptables/${debianFile}` },
      { unit: `${version}.service`, file: `/etc/sysconfig/${version}` },
    ],
    parse: (text) => {
      const { places, malformed } = parseIptables(text);
      return { places, unresolved: malformed === undefined ? [] : [malformed] };
    },
  };
}

/** The tables that iptables keeps in nftables: they are compared as iptables'. */
function isIptablesPlace(place: string): boolean {
  return /^ip6? (?:filter|nat|mangle|raw|security)(?: (?:INPUT|OUTPUT|FORWARD|PREROUTING|POSTROUTING|[A-Z][A-Z0-9_-]+)|$)/.test(
    place,
  );
}

/** The rules of firewalls in force against the file that the next start loads. */
export const latentFirewalls: readonly LatentSource[] = [
  NFTABLES,
  iptables("iptables", "rules.v4"),
  iptables("ip6tables", "rules.v6"),
].map((firewall) => ({
  start: firewall.id,
  permissions: [
    commandPermission(firewall.list, { ...withoutRights(firewall), needs: "CAP_NET_ADMIN" }),
    commandPermission(UNIT_STATES, withoutRights(firewall)),
    { ...withoutRights(firewall), access: firewall.loaders.map(({ file }) => file).join(", "), needs: "root" },
  ],
  read: (host) => readFirewall(firewall, host),
}));

function withoutRights({ id }: Firewall) {
  const without = `whether the next start changes the rules of ${id.replace("firewall:", "")}`;
  return { kinds: [latentDriftFacts.kind], needs: "anyone", without };
}

async function readFirewall(firewall: Firewall, { transport, signal, booted }: LatentHost): Promise<Latent> {
  const [isBooted, listed, units, ...files] = await Promise.all([
    booted,
    runCommand(transport, firewall.list, { signal }),
    // It ends with 1 where there is no such unit.
    runCommand(transport, UNIT_STATES, { signal, answers: [0, 1] }),
    ...firewall.loaders.map(({ file }) => transport.readFile(hostPath(file))),
  ]);
  if (typeof isBooted !== "boolean") return hiddenLatent(isBooted);
  const states = units.status === "done" ? parseUnitFiles(units.stdout).values : new Map<string, string>();
  const index = files.findIndex((file) => file.ok || file.reason !== "absent");
  const isEnabled = firewall.loaders.some(({ unit }) => states.get(unit) === "enabled");
  if (listed.status === "unchecked") {
    // Without the program nobody can load the rules of a file either.
    const isUnused = listed.reason === "unsupported" && !isEnabled;
    return isUnused ? NOTHING_LATENT : hiddenLatent(listed);
  }
  const running = firewall.parse(toByteText(listed.stdout));
  if (running.unresolved.length > 0)
    return hiddenLatent(unread("failed", `Cannot read what "${firewall.list.join(" ")}" prints: it is malformed`));
  const loaded = withoutForeign(running.places);
  const file = readPersisted(firewall, files[index], firewall.loaders[index]?.file);
  if (isEnabled) return compare(firewall, loaded, file);
  if (!hasRules(loaded)) return NOTHING_LATENT;
  return units.status === "unchecked" ? hiddenLatent(units) : withoutLoader(firewall, loaded, file);
}

type Persisted =
  | { readonly status: "read"; readonly places: Places; readonly unresolved: readonly string[]; readonly path: string }
  | Unread;

function readPersisted({ id, parse }: Firewall, file: Read<Uint8Array> | undefined, path = ""): Persisted {
  if (file === undefined)
    return unread("failed", `Cannot tell what the next start loads for "${id}": its file is not there`);
  if (!file.ok) return unreadOf(file);
  const { places, unresolved } = parse(toByteText(file.value));
  return { status: "read", places: withoutForeign(places), unresolved, path };
}

function compare({ id }: Firewall, loaded: Places, file: Persisted): Latent {
  if (file.status === "unchecked") return hiddenLatent(file);
  const { running, persisted, unresolved } = compareFirewall(loaded, file.places);
  const unclear = file.unresolved[0] ?? unresolved[0];
  if (unclear !== undefined)
    return hiddenLatent(
      unread(
        "unsupported",
        `Cannot compare "${file.path}" with the rules in force: only nft itself can resolve ${JSON.stringify(valueText(unclear))}`,
      ),
    );
  if (running.length === 0 && persisted.length === 0) return NOTHING_LATENT;
  return { entries: new Map([[id, entryOf(running, persisted)]]), hidden: [] };
}

function entryOf(running: readonly string[], persisted: readonly string[]) {
  return latentEntry(valueText(running.join("\n")), valueText(persisted.join("\n")));
}

function hasRules(places: Places): boolean {
  return [...places.values()].some((lines) => lines.some(({ text }) => !text.startsWith("type ")));
}

/** Rules in force that the known unit does not load: of those of its file it is sure that nothing does, of others something else may. */
function withoutLoader({ id, loaders }: Firewall, loaded: Places, file: Persisted): Latent {
  const isOfFile = file.status === "read" && [...loaded.keys()].every((place) => file.places.has(place));
  if (isOfFile) {
    const lines = [...loaded].flatMap(([place, each]) => each.map(({ text }) => `${place}: ${text}`));
    return { entries: new Map([[id, entryOf(lines, [])]]), hidden: [] };
  }
  const units = [...new Set(loaders.map(({ unit }) => unit))].join(" and ");
  return hiddenLatent(
    unread(
      "unsupported",
      `Cannot tell what the next start loads for "${id}": rules are in force, but ${units} is not enabled`,
    ),
  );
}
