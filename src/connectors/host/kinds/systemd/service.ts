import type { AskedResource } from "../../../../connector.ts";
import type { PathFact } from "../../../../model/observation.ts";
import type { HostKind, KindRequest } from "../../kind.ts";
import type { Transport } from "../../transport.ts";
import { hostPath, runCommand, unreadOf } from "../command.ts";
import { answerFrom, type Entry, type Table, type Unread, unread } from "../table.ts";
import {
  isEnabled,
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
const SHOW = ["show", "--no-pager", `--property=${UNIT_PROPERTIES}`] as const;
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

async function readServices(request: KindRequest, transport: Transport): Promise<Table | Unread> {
  const booted = await transport.stat(hostPath(BOOTED));
  if (!booted.ok && booted.reason !== "absent") return unreadOf(booted);
  const files = await readUnitFiles(request, transport, booted.ok);
  if ("status" in files) return files;
  return booted.ok ? await readRunningSystem(request, transport, files) : readInstalledSystem(request, files);
}

type UnitFiles = Parsed<ReadonlyMap<string, string>>;

/** Listing all is slow on a running system, where units other than templates are shown by name anyway. */
async function readUnitFiles(
  { asked, inScope, signal }: KindRequest,
  transport: Transport,
  isBooted: boolean,
): Promise<UnitFiles | Unread> {
  const isNeeded = !isBooted || inScope !== undefined || asked.some(({ resource }) => isTemplate(resource.id));
  if (!isNeeded) return { values: new Map(), gaps: [] };
  const root = isBooted ? [] : ["--root=/"];
  const output = await runCommand(transport, ["systemctl", ...root, ...LIST_UNIT_FILES], { signal });
  return output.status === "unchecked" ? output : parseUnitFiles(output.stdout);
}

function readInstalledSystem(request: KindRequest, files: UnitFiles): Table {
  const asked = new Map(request.asked.map((each) => [each.resource.id, each]));
  const entries = new Map<string, Entry>();
  for (const [name, state] of files.values) {
    if (state !== "alias" || asked.has(name)) entries.set(name, withoutRunning(toEntry(name, state), asked.get(name)));
  }
  return { status: "read", entries, gaps: files.gaps };
}

/** Whether it runs is unknown only to those who want to know. */
function withoutRunning(entry: Entry, asked: AskedResource | undefined): Entry {
  const desired = asked?.desired;
  const isDeclared = desired?.presence === "present" && Object.hasOwn(desired.attributes, "running");
  if (entry.status === "unchecked" || !isDeclared) return entry;
  const detail = "Cannot tell what is running: systemd does not run here";
  const fact: PathFact = { path: "/running", fact: "unchecked", reason: "unsupported", detail };
  return { ...entry, facts: [...(entry.facts ?? []), fact] };
}

async function readRunningSystem(
  request: KindRequest,
  transport: Transport,
  files: UnitFiles,
): Promise<Table | Unread> {
  const loaded = request.inScope === undefined ? NOTHING : await show(["*"], transport, request.signal);
  if ("status" in loaded) return loaded;
  const entries = new Map<string, Entry>();
  for (const [name, state] of files.values) {
    // What systemd has not loaded does not run.
    if (state !== "alias" && state !== "transient") entries.set(name, toEntry(name, state, "inactive"));
  }
  for (const unit of loaded.values) {
    const [name] = unit.names;
    if (isInstalled(unit)) entries.set(name, toEntry(name, unit.unitFileState, unit.activeState));
  }
  await replaceAsked(entries, request, transport);
  return { status: "read", entries, gaps: [...files.gaps, ...loaded.gaps] };
}

const NOTHING: Parsed<readonly Unit[]> = { values: [], gaps: [] };

/** Not a device, a scope or a mount that others made: those have no file of their own. */
function isInstalled({ loadState, unitFileState }: Unit): boolean {
  return loadState !== "not-found" && unitFileState !== "" && unitFileState !== "transient";
}

/** Units asked for by name are shown by name: so systemd resolves other names and loads instances of templates. */
async function replaceAsked(entries: Map<string, Entry>, request: KindRequest, transport: Transport): Promise<void> {
  const ids = request.asked.map(({ resource }) => resource.id);
  const names = ids.filter((id) => UNIT_NAME.test(id) && !isTemplate(id));
  for (let start = 0; start < names.length; start += SHOWN_AT_ONCE) {
    const batch = names.slice(start, start + SHOWN_AT_ONCE);
    const shown = await show(["--", ...batch], transport, request.signal);
    for (const [index, name] of batch.entries()) {
      const entry = "status" in shown ? shown : shownEntry(shown, { name, index, asked: batch.length });
      if (entry === undefined) entries.delete(name);
      else entries.set(name, entry);
    }
  }
}

/** Blocks come in the order of the names; were there not one for each, nobody could say which is whose. */
function shownEntry(
  shown: Parsed<readonly Unit[]>,
  { name, index, asked }: { readonly name: string; readonly index: number; readonly asked: number },
): Entry | undefined {
  const unit = shown.values[index];
  if (unit === undefined || shown.values.length !== asked)
    return unread("failed", shown.gaps[0]?.detail ?? `Cannot read what "systemctl show" prints: not one block a unit`);
  return unit.loadState === "not-found" ? undefined : toEntry(name, unit.unitFileState, unit.activeState);
}

async function show(
  what: readonly string[],
  transport: Transport,
  signal: AbortSignal,
): Promise<Parsed<readonly Unit[]> | Unread> {
  const output = await runCommand(transport, ["systemctl", ...SHOW, ...what], { signal });
  return output.status === "unchecked" ? output : parseUnits(output.stdout);
}

/** A template never runs itself; a unit without a file is neither enabled nor not. */
function toEntry(name: string, unitFileState: string, activeState?: string): Entry {
  const running = activeState === undefined || isTemplate(name) ? {} : { running: isRunning(activeState) };
  const enabled = isEnabled(unitFileState);
  if (enabled !== undefined) return { status: "present", actual: { enabled, ...running } };
  if (unitFileState === "") return { status: "present", actual: running };
  const detail = `Cannot tell whether "${name}" is enabled: systemd says that its unit file is "${unitFileState}"`;
  return {
    status: "present",
    actual: running,
    facts: [{ path: "/enabled", fact: "unchecked", reason: "failed", detail }],
  };
}
