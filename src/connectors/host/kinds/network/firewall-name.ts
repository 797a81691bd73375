import { type ByteText, idText } from "../bytes.ts";

/** A name as the ids of firewalls write it: what parts an id, or begins the name of a set, is no part of it. */
export function firewallName(name: ByteText): string {
  return idText(name).replaceAll("/", "%2F").replaceAll(":", "%3A").replace(/^@/, "%40");
}
