import { encodeId } from "../../ids.ts";
import type { Member } from "./parse-sudoers.ts";

/** How sudoers writes what a key of cvtsudoers names. */
const SIGNS: Readonly<Record<string, string>> = {
  username: "",
  userid: "#",
  usergroup: "%",
  usergid: "%#",
  nonunixgroup: "%:",
  nonunixgid: "%:#",
  netgroup: "+",
  hostname: "",
  networkaddr: "",
  command: "",
  useralias: "",
  runasalias: "",
  hostalias: "",
  cmndalias: "",
};

export function isNegated(member: Member): boolean {
  return member["negated"] === true;
}

/** A member as sudoers writes it. Where a list holds groups alone, they are written without their sign. */
export function memberText(member: Member, where: "groups" | "any" = "any"): string {
  const key = Object.keys(member).find((name) => Object.hasOwn(SIGNS, name));
  if (key === undefined) return "";
  const sign = where === "groups" ? "" : (SIGNS[key] ?? "");
  return `${isNegated(member) ? "!" : ""}${sign}${String(member[key])}`;
}

/** Members parted by commas: in order, because it has no meaning, unless some are negated. */
export function listText(members: readonly Member[], where: "groups" | "any" = "any"): string {
  const texts = members.map((member) => memberText(member, where));
  return (members.some(isNegated) ? texts : [...new Set(texts)].sort()).join(",");
}

/** The members one by one, but together where one is negated and so takes from the others. */
export function independent(members: readonly Member[]): readonly (readonly Member[])[] {
  return members.some(isNegated) ? [members] : members.map((member) => [member]);
}

/** A text as part of an id, in which % begins an encoded byte: groups are written out. */
export function partOfId(text: string): string {
  return encodeId(Buffer.from(text.replace(/(^|,|!)%/g, "$1group:")));
}
