import { getOwn, isJsonObject, type Json } from "../../../model/json.ts";
import type { ResourceSpot } from "./read-resource.ts";
import { below, refuse } from "./spot.ts";

/**
 * The groups that a list asks for, without the primary one: goss counts it in, Leeway has it as `gid`. A group is the primary
 * one for sure where the same file declares its number to be the user's `gid`; then both declarations together say the same.
 * The group of the user's own name is refused where they do not: it is the primary one nearly always.
 */
export function withoutPrimary(groups: Json, spot: ResourceSpot): Json {
  if (!Array.isArray(groups)) return groups;
  const user = getOwn(bodyOf(spot.goss, "user"), String(spot.path[1]));
  const gid = isJsonObject(user) ? getOwn(user, "gid") : undefined;
  const name = (isJsonObject(user) ? getOwn(user, "username") : undefined) ?? spot.path[1];
  // `Array.isArray` widens the elements; they are those of a Json list.
  const list = groups as readonly Json[];
  const others = list.filter((group) => typeof group !== "string" || !isNumbered(group, gid, spot));
  const own = list.indexOf(String(name));
  if (others.includes(String(name)))
    refuse(
      below(spot, own),
      `Cannot tell whether "${name}" is the primary group, which goss counts among the groups and Leeway does not`,
      `Declare gid of the user and of group "${name}" in this file, or leave the group out here`,
    );
  return others;
}

/** Whether the file declares that the group of that name has that number. */
function isNumbered(group: string, gid: Json | undefined, { goss }: ResourceSpot): boolean {
  if (typeof gid !== "number") return false;
  return Object.entries(bodyOf(goss, "group")).some(([heading, body]) => {
    if (!isJsonObject(body) || getOwn(body, "exists") !== true) return false;
    return (getOwn(body, "groupname") ?? heading) === group && getOwn(body, "gid") === gid;
  });
}

function bodyOf(goss: { readonly [key: string]: Json }, type: string): { readonly [key: string]: Json } {
  const body = getOwn(goss, type);
  return isJsonObject(body) ? body : {};
}
