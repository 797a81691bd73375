import type { AskedResource } from "../../../../connector.ts";
import type { JsonObject } from "../../../../model/json.ts";
import type { PathFact } from "../../../../model/observation.ts";
import type { HostKind, KindRequest } from "../../kind.ts";
import type { Transport } from "../../transport.ts";
import { hostPath, runCommand, unreadOf } from "../command.ts";
import { commandFacts } from "../secret-text.ts";
import { answerFrom, type Entry, presentEntry, type Table, type Unread, unread } from "../table.ts";
import {
  isEnabled,
  isMasked,
  isRunning,
  isTemplate,
  type Parsed,
  parseUnitFiles,
  parseUnits,
  UNIT_PROPERTIES,
  type Unit,
} from "./parse-units.ts";
import { serviceFacts } from "./service.facts.ts";

/** sd_booted(3): systemd is in charge where this folder is. */
const BOOTED = "/run/systemd/system";
const LIST_UNIT_FILES = ["list-unit-files", "--no-legend", "--no-pager", "--full"] as const;
const SHOW = ["show", "--all", "--no-pager", `--property=${UNIT_PROPERTIES}`] as const;
/** A command line has its limits. */
const SHOWN_AT_ONCE = 500;
/** What a unit's name may hold; anything else would be a pattern to systemctl, or an error for all names asked with it. */
const UNIT_NAME = /^[A-Za-z0-9:_.\\@-]{1,255}$/;

/** Units of systemd, also where it is installed but does not run (a container, an image). */
export const serviceKind: HostKind = {
  facts: serviceFacts,
  permissions: [
    {
      kinds: [serviceFacts.kind],
      access: `systemctl ${LIST_UNIT_FILES.join(" ")}, systemctl ${SHOW.join(" ")} -- UNIT…`,
      needs: "anyone where the system bus runs, else root",
      without: "every service",
    },
    {
      kinds: [serviceFacts.kind],
      access: `systemctl --root=/ ${LIST_UNIT_FILES.join(" ")}`,
      needs: "anyone (used where systemd does not run)",
      without: "every service",
    },
  ],
  async *read(request, transport) {
    yield* answerFrom(serviceFacts.kind, request, await readServices(request, transport));
  },
};

/** Everything that systemd may be asked is asked at once: what it says where it does not run is of no account. */
async function readServices(request: KindRequest, transport: Transport): Promise<Table | Unread> {
  const { asked, inScope, signal } = request;
  // Listing all is slow on a running system, where units other than templates are shown by name anyway.
  const needsFiles = inScope !== undefined || asked.some(({ resource }) => isTemplate(resource.id));
  const [booted, files, loaded, named] = await Promise.all([
    transport.stat(hostPath(BOOTED)),
    needsFiles ? readUnitFiles(["systemctl"], transport, signal) : NO_FILES,
    inScope === undefined ? NOTHING : show(["*"], transport, signal),
    showAsked(request, transport),
  ]);
  if (!booted.ok) return booted.reason === "absent" ? await readOffline(request, transport) : unreadOf(booted);
  if ("status" in files) return files;
  if ("status" in loaded) return loaded;
  const others = inScope === undefined ? NOTHING : await showOthers(files, loaded, { transport, signal });
  if ("status" in others) return others;
  const entries = runningEntries(files, [...loaded.values, ...others.values]);
  replaceAsked(entries, named);
  return { status: "read", entries, gaps: [...files.gaps, ...loaded.gaps, ...others.gaps] };
}

async function readOffline(request: KindRequest, transport: Transport): Promise<Table | Unread> {
  const installed = await readUnitFiles(["systemctl", "--root=/"], transport, request.signal);
  return "status" in installed ? installed : readInstalledSystem(request, installed);
}

function replaceAsked(entries: Map<string, Entry>, named: ReadonlyMap<string, Entry | undefined>): void {
  for (const [name, entry] of named) {
    if (entry === undefined) entries.delete(name);
    else entries.set(name, entry);
  }
}

type UnitFiles = Parsed<ReadonlyMap<string, string>>;

const NO_FILES: UnitFiles = { values: new Map(), gaps: [] };
const NOTHING: Parsed<readonly Unit[]> = { values: [], gaps: [] };

async function readUnitFiles(
  systemctl: readonly ["systemctl", ...string[]],
  transport: Transport,
  signal: AbortSignal,
): Promise<UnitFiles | Unread> {
  const output = await runCommand(transport, [...systemctl, ...LIST_UNIT_FILES], { signal });
  return output.status === "unchecked" ? output : parseUnitFiles(output.stdout);
}

function readInstalledSystem(request: KindRequest, files: UnitFiles): Table {
  const asked = new Map(request.asked.map((each) => [each.resource.id, each]));
  const entries = new Map<string, Entry>();
  for (const [name, state] of files.values) {
    if (state !== "alias" || asked.has(name))
      entries.set(name, withoutLoaded(toEntry({ name, unitFileState: state }), asked.get(name)));
  }
  return { status: "read", entries, gaps: files.gaps };
}

/** What systemd has not loaded, it cannot tell: that is unknown only to those who want to know. */
function withoutLoaded(entry: Entry, asked: AskedResource | undefined): Entry {
  const desired = asked?.desired;
  const declared = desired?.presence === "present" ? desired.attributes : {};
  const unknown = serviceFacts.attributes.filter(
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

/** What the state of a unit's file says. */
const KNOWN_OFFLINE = new Set(["/enabled", "/masked"]);

function runningEntries(files: UnitFiles, units: readonly Unit[]): Map<string, Entry> {
  const entries = new Map<string, Entry>();
  for (const [name, state] of files.values) {
    const isShown = UNIT_NAME.test(name) && !isTemplate(name);
    if (state !== "alias" && state !== "transient" && !isShown)
      entries.set(name, toEntry({ name, unitFileState: state, activeState: "inactive" }));
  }
  // systemd shows them in an order that depends on what it has loaded.
  const sorted = units.filter(isInstalled).sort((a, b) => (a.names[0] < b.names[0] ? -1 : 1));
  for (const unit of sorted) entries.set(unit.names[0], unitEntry(unit));
  return entries;
}

/** What has a file but is not loaded: showing it by name has systemd look at it, and forget it again. */
async function showOthers(
  files: UnitFiles,
  loaded: Parsed<readonly Unit[]>,
  { transport, signal }: { readonly transport: Transport; readonly signal: AbortSignal },
): Promise<Parsed<readonly Unit[]> | Unread> {
  const known = new Set(loaded.values.flatMap(({ names }) => names));
  const names = [...files.values].flatMap(([name, state]) =>
    state === "alias" || isTemplate(name) || known.has(name) || !UNIT_NAME.test(name) ? [] : [name],
  );
  const shown = await Promise.all(batchesOf(names).map((batch) => show(["--", ...batch], transport, signal)));
  const failed = shown.find((each): each is Unread => "status" in each);
  if (failed !== undefined) return failed;
  const read = shown.filter((each): each is Parsed<readonly Unit[]> => !("status" in each));
  return { values: read.flatMap(({ values }) => values), gaps: read.flatMap(({ gaps }) => gaps) };
}

function batchesOf(names: readonly string[]): readonly (readonly string[])[] {
  const batches: (readonly string[])[] = [];
  for (let start = 0; start < names.length; start += SHOWN_AT_ONCE)
    batches.push(names.slice(start, start + SHOWN_AT_ONCE));
  return batches;
}

function unitEntry({ names, unitFileState, activeState, details }: Unit): Entry {
  return toEntry({ name: names[0], unitFileState, activeState, details });
}

/** Not a device, a scope or a mount that others made: those have no file of their own. */
function isInstalled({ loadState, unitFileState }: Unit): boolean {
  return loadState !== "not-found" && unitFileState !== "" && unitFileState !== "transient";
}

/**
 * Units asked for by name are shown by name: so systemd resolves other names and loads instances of templates. Undefined for those that
 * are not there.
 */
async function showAsked(request: KindRequest, transport: Transport): Promise<ReadonlyMap<string, Entry | undefined>> {
  const ids = request.asked.map(({ resource }) => resource.id);
  const batches = batchesOf(ids.filter((id) => UNIT_NAME.test(id) && !isTemplate(id)));
  const shown = await Promise.all(
    batches.map(async (batch) => ({ batch, units: await show(["--", ...batch], transport, request.signal) })),
  );
  return new Map(
    shown.flatMap(({ batch, units }) =>
      batch.map((name, index): [string, Entry | undefined] => [
        name,
        "status" in units ? units : shownEntry(units, index, batch.length),
      ]),
    ),
  );
}

/** Blocks come in the order of the names; were there not one for each, nobody could say which is whose. */
function shownEntry(shown: Parsed<readonly Unit[]>, index: number, asked: number): Entry | undefined {
  const unit = shown.values[index];
  if (unit === undefined || shown.values.length !== asked)
    return unread("failed", shown.gaps[0]?.detail ?? `Cannot read what "systemctl show" prints: not one block a unit`);
  return unit.loadState === "not-found" ? undefined : unitEntry(unit);
}

async function show(
  what: readonly string[],
  transport: Transport,
  signal: AbortSignal,
): Promise<Parsed<readonly Unit[]> | Unread> {
  const output = await runCommand(transport, ["systemctl", ...SHOW, ...what], { signal });
  return output.status === "unchecked" ? output : parseUnits(output.stdout);
}

interface EntryParts {
  readonly name: string;
  readonly unitFileState: string;
  readonly activeState?: string;
  readonly details?: JsonObject;
}

/** A template never runs itself; a unit without a file is neither enabled nor not. */
function toEntry({ name, unitFileState, activeState, details = {} }: EntryParts): Entry {
  const running = activeState === undefined || isTemplate(name) ? {} : { running: isRunning(activeState) };
  const rest = { ...running, ...details };
  const facts = secretFacts(details);
  const enabled = isEnabled(unitFileState);
  if (enabled !== undefined) return presentEntry({ enabled, masked: isMasked(unitFileState), ...rest }, facts);
  if (unitFileState === "") return presentEntry(rest, facts);
  const detail = `Cannot tell whether "${name}" is enabled: systemd says that its unit file is "${unitFileState}"`;
  return presentEntry(rest, [...facts, { path: "/enabled", fact: "unchecked", reason: "failed", detail }]);
}

/** Whoever may read a unit may read what it runs with; here it must go no further. */
function secretFacts({ exec_start: commands }: JsonObject): readonly PathFact[] {
  return Array.isArray(commands) ? commandFacts("/exec_start", commands.map(String)) : [];
}
