import type { JsonObject } from "../../../../model/json.ts";
import { valueText } from "../bytes.ts";
import type { UnitProperties } from "./parse-properties.ts";

/** As getrlimit(2) calls them, without RLIMIT_. */
const LIMITED =
  "CPU FSIZE DATA STACK CORE RSS NOFILE AS NPROC MEMLOCK LOCKS SIGPENDING MSGQUEUE NICE RTPRIO RTTIME".split(" ");

export const LIMIT_PROPERTIES = LIMITED.flatMap((name) => [`Limit${name}`, `Limit${name}Soft`]).join(",");
/** What systemd gives to units that say nothing: some of it follows from how much memory the host has. */
export const DEFAULT_LIMIT_PROPERTIES = LIMITED.flatMap((name) => [
  `DefaultLimit${name}`,
  `DefaultLimit${name}Soft`,
]).join(",");

/** The limits of a service that are not systemd's own defaults: soft and hard, parted by a colon, by name in lower case. */
export function unitLimits(unit: UnitProperties, manager: UnitProperties): JsonObject {
  const limits = LIMITED.flatMap((name) => {
    const limit = limitOf(unit, `Limit${name}`);
    const isOwn = limit !== undefined && limit !== limitOf(manager, `DefaultLimit${name}`);
    return isOwn ? [[name.toLowerCase(), limit] as const] : [];
  });
  return Object.fromEntries(limits);
}

/** Undefined where systemd knows of no such limit. */
function limitOf(properties: UnitProperties, name: string): string | undefined {
  const hard = properties.value(name);
  const soft = properties.value(`${name}Soft`);
  return hard === "" || soft === "" ? undefined : valueText(`${soft}:${hard}`);
}
