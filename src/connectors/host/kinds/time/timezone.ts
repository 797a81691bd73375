import type { JsonObject } from "../../../../model/json.ts";
import type { PathFact } from "../../../../model/observation.ts";
import type { HostKind } from "../../kind.ts";
import type { FileStat, Read, Transport } from "../../transport.ts";
import { toByteText } from "../bytes.ts";
import { hostPath, unreadOf } from "../command.ts";
import { answerFrom, type Entry, presentEntry, type Unread, unread } from "../table.ts";
import { hardwareClockOf, ruleOf, zoneOfFile, zoneOfLink } from "./parse-timezone.ts";
import { timezoneFacts } from "./timezone.facts.ts";

const KINDS = [timezoneFacts.kind];
const LOCALTIME = "/etc/localtime";
const TIMEZONE = "/etc/timezone";
const ADJTIME = "/etc/adjtime";
/** What the C library goes by where there is no zone. */
const UTC = { name: "UTC", rule: "UTC0" };

export const timezoneKind: HostKind = {
  facts: timezoneFacts,
  permissions: [
    { kinds: KINDS, access: LOCALTIME, needs: "anyone", without: "the zone" },
    { kinds: KINDS, access: TIMEZONE, needs: "anyone", without: "whether it names another zone" },
    { kinds: KINDS, access: ADJTIME, needs: "anyone", without: "what the hardware clock runs in" },
  ],
  async *read(request, transport) {
    const entries = new Map([["system", await readTimezone(transport)]]);
    yield* answerFrom(timezoneFacts.kind, request, { status: "read", entries, gaps: [] });
  },
};

interface Part {
  readonly actual?: JsonObject;
  readonly facts?: readonly PathFact[];
}

async function readTimezone(transport: Transport): Promise<Entry> {
  const [link, zone, file, clock] = await Promise.all([
    transport.stat(hostPath(LOCALTIME)),
    transport.readFile(hostPath(LOCALTIME)),
    transport.readFile(hostPath(TIMEZONE)),
    transport.readFile(hostPath(ADJTIME)),
  ]);
  if (!link.ok && link.reason !== "absent") return unreadOf(link);
  const parts = [...zoneParts({ link, zone, file }), clockPart(clock)];
  return presentEntry(
    Object.fromEntries(parts.flatMap(({ actual = {} }) => Object.entries(actual))),
    parts.flatMap(({ facts = [] }) => facts),
  );
}

interface ZoneReads {
  readonly link: Read<FileStat>;
  readonly zone: Read<Uint8Array>;
  readonly file: Read<Uint8Array>;
}

function zoneParts({ link, zone, file }: ZoneReads): readonly Part[] {
  const name = linkedZone(link, zone);
  return [...(name === undefined ? [] : [named("name", name)]), filePart(file, name), rulePart(zone)];
}

/** Undefined where the zone is a copy, whose name only another file may tell. */
function linkedZone(link: Read<FileStat>, zone: Read<Uint8Array>): string | undefined {
  if (!zone.ok && zone.reason === "absent") return UTC.name;
  return link.ok && link.value.linkTarget !== undefined ? zoneOfLink(toByteText(link.value.linkTarget)) : undefined;
}

function filePart(file: Read<Uint8Array>, name: string | undefined): Part {
  const attribute = name === undefined ? "name" : "timezone_file";
  if (!file.ok) return file.reason === "absent" ? {} : unknown(`/${attribute}`, unreadOf(file));
  const told = zoneOfFile(file.value);
  return named(attribute, told === name ? undefined : told);
}

function named(attribute: string, value: string | undefined): Part {
  return value === undefined ? {} : { actual: { [attribute]: value } };
}

function rulePart(zone: Read<Uint8Array>): Part {
  if (!zone.ok) return zone.reason === "absent" ? named("rule", UTC.rule) : unknown("/rule", unreadOf(zone));
  const rule = ruleOf(zone.value);
  return rule === undefined
    ? unknown("/rule", unread("failed", `Cannot read "${LOCALTIME}": it is no zone with a rule`))
    : named("rule", rule);
}

/** Without the file the hardware clock is taken to run in UTC. */
function clockPart(clock: Read<Uint8Array>): Part {
  if (!clock.ok)
    return clock.reason === "absent" ? named("hardware_clock", "utc") : unknown("/hardware_clock", unreadOf(clock));
  const runsIn = hardwareClockOf(clock.value);
  return runsIn === undefined
    ? unknown("/hardware_clock", unread("failed", `Cannot read "${ADJTIME}": line 3 is neither UTC nor LOCAL`))
    : named("hardware_clock", runsIn);
}

function unknown(path: string, { reason, detail }: Unread): Part {
  return { facts: [{ path, fact: "unchecked", reason, detail }] };
}
