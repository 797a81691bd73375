import type { AskedResource } from "../../../../connector.ts";
import type { KindFacts } from "../../../../model/facts.ts";
import type { JsonObject } from "../../../../model/json.ts";
import type { PathFact } from "../../../../model/observation.ts";
import type { KindRequest } from "../../kind.ts";
import type { Transport } from "../../transport.ts";
import { type Entry, presentEntry, type Table, type Unread } from "../table.ts";
import type { UnitProperties } from "./parse-properties.ts";
import { isEnabled, isMasked, isRunning, isTemplate, type Unit } from "./parse-units.ts";
import { type RunningUnits, readUnits, UNIT_NAME, type UnitQuery, type UnitsRead } from "./read-units.ts";

/** A kind of units that are enabled, masked and running or not, and set up somehow. */
export interface UnitKind {
  readonly facts: KindFacts;
  readonly query: UnitQuery;
  /** How a unit is set up, as attributes. @param manager what systemd says of itself, where it is asked */
  readonly details: (unit: UnitProperties, manager: RunningUnits["manager"]) => UnitDetails;
}

export interface UnitDetails {
  readonly actual: JsonObject;
  readonly facts: readonly PathFact[];
}

const NO_DETAILS: UnitDetails = { actual: {}, facts: [] };

/** Reads the units of a kind, also where systemd is installed but does not run: then only what their files say. */
export async function readUnitTable(
  kind: UnitKind,
  request: KindRequest,
  transport: Transport,
): Promise<Table | Unread | Extract<UnitsRead, { readonly status: "none" }>> {
  const units = await readUnits(kind.query, request, transport);
  if (units.status === "unchecked" || units.status === "none") return units;
  return units.status === "offline" ? offlineTable(kind, request, units.files) : runningTable(kind, units);
}

function runningTable(kind: UnitKind, { files, listed, named, manager }: RunningUnits): Table {
  const entries = new Map(unshownEntries(files));
  const entryOf = ({ names, unitFileState, activeState, properties }: Unit) =>
    toEntry({ name: names[0], unitFileState, activeState, details: kind.details(properties, manager) });
  for (const unit of installedUnits(listed.values)) entries.set(unit.names[0], entryOf(unit));
  for (const [name, unit] of named) {
    if (unit === undefined) entries.delete(name);
    else entries.set(name, "status" in unit ? unit : entryOf(unit));
  }
  return { status: "read", entries, gaps: [...files.gaps, ...listed.gaps] };
}

/** Templates, and what systemctl cannot be asked for by name. */
function unshownEntries({ values }: RunningUnits["files"]): readonly (readonly [string, Entry])[] {
  return Array.from(values)
    .filter(
      ([name, state]) => state !== "alias" && state !== "transient" && (!UNIT_NAME.test(name) || isTemplate(name)),
    )
    .map(([name, state]) => [name, toEntry({ name, unitFileState: state, activeState: "inactive" })]);
}

/** What logind starts for whoever logs in, and stops after the last log-out. A scan over SSH is such a log-in itself. */
const OF_LOGINS = /^user(?:-runtime-dir)?@\d+\.service$/;

/**
 * Units without devices, scopes and mounts that others made, which have no file of their own, and without what only shows who is logged in.
 * In order of their names, for systemd shows them in one that depends on what it has loaded.
 */
export function installedUnits(units: readonly Unit[]): readonly Unit[] {
  return units.filter(isInstalled).sort((a, b) => (a.names[0] < b.names[0] ? -1 : 1));
}

function isInstalled({ names, loadState, unitFileState }: Unit): boolean {
  if (OF_LOGINS.test(names[0])) return false;
  return loadState !== "not-found" && unitFileState !== "" && unitFileState !== "transient";
}

function offlineTable({ facts }: UnitKind, request: KindRequest, files: RunningUnits["files"]): Table {
  const asked = new Map(request.asked.map((each) => [each.resource.id, each]));
  const entries = new Map<string, Entry>();
  for (const [name, state] of files.values) {
    if (state !== "alias" || asked.has(name))
      entries.set(name, withoutLoaded(facts, toEntry({ name, unitFileState: state }), asked.get(name)));
  }
  return { status: "read", entries, gaps: files.gaps };
}

/** What the state of a unit's file says. */
const KNOWN_OFFLINE = new Set(["/enabled", "/masked"]);

/** What systemd has not loaded, it cannot tell: that is unknown only to those who want to know. */
function withoutLoaded(kind: KindFacts, entry: Entry, asked: AskedResource | undefined): Entry {
  const desired = asked?.desired;
  const declared = desired?.presence === "present" ? desired.attributes : {};
  const unknown = kind.attributes.filter(
    ({ path }) => !KNOWN_OFFLINE.has(path) && Object.hasOwn(declared, path.slice(1)),
  );
  if (entry.status === "unchecked" || unknown.length === 0) return entry;
  const facts = unknown.map(({ path }): PathFact => {
    const what = path === "/running" ? "what is running" : `"${path.slice(1)}"`;
    const detail = `Cannot tell ${what}: systemd does not run here`;
    return { path, fact: "unchecked", reason: "unsupported", detail };
  });
  return { ...entry, facts: [...(entry.facts ?? []), ...facts] };
}

interface EntryParts {
  readonly name: string;
  readonly unitFileState: string;
  readonly activeState?: string;
  readonly details?: UnitDetails;
}

/** A template never runs itself; a unit without a file is neither enabled nor not. */
function toEntry({ name, unitFileState, activeState, details = NO_DETAILS }: EntryParts): Entry {
  const running = activeState === undefined || isTemplate(name) ? {} : { running: isRunning(activeState) };
  const { facts } = details;
  const rest = { ...running, ...details.actual };
  const enabled = isEnabled(unitFileState);
  if (enabled !== undefined) return presentEntry({ enabled, masked: isMasked(unitFileState), ...rest }, facts);
  if (unitFileState === "") return presentEntry(rest, facts);
  const detail = `Cannot tell whether "${name}" is enabled: systemd says that its unit file is "${unitFileState}"`;
  return presentEntry(rest, [...facts, { path: "/enabled", fact: "unchecked", reason: "failed", detail }]);
}
