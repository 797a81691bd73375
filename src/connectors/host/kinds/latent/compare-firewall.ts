import type { NftLine } from "./nft-line.ts";

export type Places = ReadonlyMap<string, readonly NftLine[]>;

/** Lines that stand on one side only, each behind its place; what could not be told is a line in `unresolved`. */
export interface FirewallDifference {
  readonly running: readonly string[];
  readonly persisted: readonly string[];
  readonly unresolved: readonly string[];
}

/**
 * Compares place by place. A place whose lines differ only in ways that could be two spellings of the same is no difference that
 * anybody could be sure of: it is unresolved.
 */
export function compareFirewall(running: Places, persisted: Places): FirewallDifference {
  const differences = Array.from(new Set([...running.keys(), ...persisted.keys()]), (place) =>
    comparePlace(place, running.get(place), persisted.get(place)),
  );
  return {
    running: differences.flatMap((each) => each.running),
    persisted: differences.flatMap((each) => each.persisted),
    unresolved: differences.flatMap((each) => each.unresolved),
  };
}

const SAME: FirewallDifference = { running: [], persisted: [], unresolved: [] };

function comparePlace(
  place: string,
  ours: readonly NftLine[] | undefined,
  theirs: readonly NftLine[] | undefined,
): FirewallDifference {
  // A place of its own is a difference even when nothing stands in it.
  if (theirs === undefined) return { ...SAME, running: textsOf(place, ours ?? []) };
  if (ours === undefined) return { ...SAME, persisted: textsOf(place, theirs) };
  const onlyOurs = without(ours, theirs);
  const onlyTheirs = without(theirs, ours);
  const unclear = [...onlyTheirs, ...onlyOurs].filter(({ plain }) => !plain);
  if (onlyOurs.length > 0 && onlyTheirs.length > 0 && unclear.length > 0)
    return { ...SAME, unresolved: unclear.map(({ text }) => `${place}: ${text}`) };
  if (onlyOurs.length > 0 || onlyTheirs.length > 0)
    return {
      ...SAME,
      running: onlyOurs.map(({ text }) => `${place}: ${text}`),
      persisted: onlyTheirs.map(({ text }) => `${place}: ${text}`),
    };
  const isReordered = ours.some(({ text }, index) => text !== theirs[index]?.text);
  return isReordered ? { ...SAME, running: textsOf(place, ours), persisted: textsOf(place, theirs) } : SAME;
}

function textsOf(place: string, lines: readonly NftLine[]): readonly string[] {
  return lines.length === 0 ? [place] : lines.map(({ text }) => `${place}: ${text}`);
}

/** Of a line that stands there several times, each counts. */
function without(lines: readonly NftLine[], others: readonly NftLine[]): readonly NftLine[] {
  const left = new Map<string, number>();
  for (const { text } of others) left.set(text, (left.get(text) ?? 0) + 1);
  return lines.filter(({ text }) => {
    const count = left.get(text) ?? 0;
    if (count > 0) left.set(text, count - 1);
    return count === 0;
  });
}

/** Tables of nftables that belong to a program as a whole: by their exact names, because a name that only begins so is anybody's. */
const FOREIGN_TABLE =
  /^(?:ip6?|inet|arp|bridge|netdev) (?:f2b-table|firewalld|libvirt_network|incus|lxd|docker-bridges|kube-proxy|cni_hostport|cni_plugins_masquerade|netavark|crowdsec6?|sshguard|io\.systemd\.nat)(?: |$)/;
const FOREIGN_CHAIN =
  /(?:^| )(?:DOCKER(?!-USER$)|KUBE-|f2b-|ts-|LIBVIRT_|LIBVIRT-|cali-|CILIUM_|CNI-|NETAVARK|ufw6?-|crowdsec|FWD-)\S*$/;
/** Docker makes the chain, and people put their rules into it. */
const USERS_CHAIN = /(?:^| )DOCKER-USER$/;
const MADE_BY_DOCKER = /^(?:-j RETURN|return|counter return)$/;

/** Without what container runtimes, fail2ban and other firewalls put in and take out themselves: they do so at every start. */
export function withoutForeign(places: Places): Places {
  const kept = [...places].filter(([place, lines]) => !isForeignPlace(place, lines));
  return new Map(kept.map(([place, lines]) => [place, lines.filter(({ text }) => !isForeignRule(text))]));
}

function isForeignPlace(place: string, lines: readonly NftLine[]): boolean {
  if (USERS_CHAIN.test(place)) return lines.every(({ text }) => MADE_BY_DOCKER.test(text));
  return FOREIGN_TABLE.test(place) || FOREIGN_CHAIN.test(place);
}

function isForeignRule(text: string): boolean {
  const target = /(?:jump|goto|-j|-g) (\S+)/.exec(text)?.[1];
  return target !== undefined && (FOREIGN_CHAIN.test(target) || USERS_CHAIN.test(target));
}
