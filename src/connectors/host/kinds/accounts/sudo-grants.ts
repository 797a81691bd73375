import type { JsonObject } from "../../../../model/json.ts";
import type { Member, UserSpec } from "./parse-sudoers.ts";
import { independent, isNegated, listText, memberText, partOfId } from "./sudo-member.ts";

/** One command that one user or group may, or may not, run. */
interface Grant {
  readonly id: string;
  readonly named: Named;
  /** Without the ! of a negated one. */
  readonly command: string;
  /** What is decided: whether it may be run, and how. */
  readonly effect: string;
  readonly actual: JsonObject;
}

/** The groups that a user of the host's own files is in, by its name. */
export type GroupsOf = (user: string) => readonly string[];

/**
 * The rules one by one, each user with each command, whatever lines and aliases they were written in. Where one is written
 * twice the last decides, as it does for sudo.
 */
export function grantsOf(
  specs: readonly UserSpec[],
  { runAsDefault, groupsOf }: { readonly runAsDefault: string; readonly groupsOf: GroupsOf },
): ReadonlyMap<string, JsonObject> {
  const grants = specs.flatMap((spec) => grantsOfSpec(spec, runAsDefault));
  const last = new Map(grants.map((grant) => [grant.id, grant]));
  const isLast = grants.filter((grant) => last.get(grant.id) === grant);
  return new Map(
    isLast.map((grant, index) => [
      grant.id,
      { ...grant.actual, overridden: isLast.slice(index + 1).some((later) => overrides(later, grant, groupsOf)) },
    ]),
  );
}

/** Of the rules that hold for a command the last decides, whether it is the user's own, of a group or of everybody. */
function overrides(later: Grant, earlier: Grant, groupsOf: GroupsOf): boolean {
  if (later.effect === earlier.effect) return false;
  if (later.command !== "ALL" && later.command !== earlier.command) return false;
  const [{ user, hosts, run_as }, known] = [later.named, earlier.named];
  const holdsUser = user === "ALL" || user === known.user || groupsOf(known.user).some((group) => user === `%${group}`);
  const holdsHosts = hosts === "ALL" || hosts === known.hosts;
  const holdsRunAs = run_as === known.run_as || run_as === "ALL:ALL" || (run_as === "ALL" && !/:/.test(known.run_as));
  return holdsUser && holdsHosts && holdsRunAs;
}

function grantsOfSpec({ User_List, Host_List, Cmnd_Specs }: UserSpec, runAsDefault: string): readonly Grant[] {
  const hosts = listText(Host_List);
  return independent(User_List).flatMap((users) =>
    Cmnd_Specs.flatMap(({ runasusers, runasgroups, Options, Commands }) => {
      const named = { user: listText(users), hosts, run_as: runAsText(runasusers, runasgroups, runAsDefault) };
      return Commands.map((command) => toGrant(named, command, Options));
    }),
  );
}

/** A rule with groups alone is run as the user that asks. */
function runAsText(users: readonly Member[], groups: readonly Member[], runAsDefault: string): string {
  const isUnsaid = users.length === 0 && groups.length === 0;
  const user = isUnsaid ? runAsDefault : listText(users);
  return groups.length === 0 ? user : `${user}:${listText(groups, "groups")}`;
}

interface Named {
  readonly user: string;
  readonly hosts: string;
  readonly run_as: string;
}

function toGrant(named: Named, member: Member, options: readonly Member[]): Grant {
  const command = memberText(member);
  const { user, hosts, run_as } = named;
  const how = { ...optionsOf(options), ...digestsOf(member) };
  return {
    id: `${partOfId(user)} ${partOfId(hosts)}=(${partOfId(run_as)}) ${partOfId(command)}`,
    named,
    command: command.replace(/^!/, ""),
    effect: isNegated(member) ? "forbidden" : JSON.stringify({ ...how, setenv: false }),
    actual: { ...named, command, ...how },
  };
}

const TAGS = ["authenticate", "setenv", "noexec"];

function optionsOf(options: readonly Member[]): JsonObject {
  const all = new Map(options.flatMap((option) => Object.entries(option)));
  const others = [...all]
    .filter(([name]) => !TAGS.includes(name))
    .map(([name, value]) => [name, String(value)] as const);
  return {
    nopasswd: all.get("authenticate") === false,
    setenv: all.get("setenv") === true,
    noexec: all.get("noexec") === true,
    options: Object.fromEntries(others.sort(([one], [other]) => (one < other ? -1 : 1))),
  };
}

function digestsOf(member: Member): { readonly digests: readonly string[] } {
  const digests = Object.entries(member).filter(([name]) => /^sha\d+$/.test(name));
  return { digests: digests.flatMap(([name, value]) => [value].flat().map((digest) => `${name}:${String(digest)}`)) };
}
