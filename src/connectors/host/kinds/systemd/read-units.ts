import type { Permission } from "../../../../connector.ts";
import type { KindRequest } from "../../kind.ts";
import type { Transport } from "../../transport.ts";
import { type Command, command, commandPermission, hostPath, runCommand, unreadOf } from "../command.ts";
import { type Unread, unread } from "../table.ts";
import { parseProperties, type UnitProperties } from "./parse-properties.ts";
import { isTemplate, type Parsed, parseUnitFiles, parseUnits, UNIT_PROPERTIES, type Unit } from "./parse-units.ts";
import { SHARED_PROPERTIES } from "./show-units.ts";

/** Which units a kind reads, and what of them. */
export interface UnitQuery {
  /** The type of units that are listed: `timer`; every type when left out. */
  readonly type?: string;
  /** What systemd is asked of each besides what it is and in which state, parted by commas; `SHARED_PROPERTIES` when left out. */
  readonly properties?: string;
  /** What systemd is asked of itself, parted by commas; nothing when left out. */
  readonly managerProperties?: string;
  /** Told of units as soon as they are known, so that what follows from them can be asked for beside the rest. */
  readonly onShown?: (units: readonly Unit[]) => void;
}

/** sd_booted(3): systemd is in charge where this folder is. */
const BOOTED = "/run/systemd/system";
/** Where units come from: a host that has none of these has no systemd. */
const UNIT_FOLDERS = ["/etc/systemd/system", "/usr/lib/systemd/system", "/lib/systemd/system"];
/** A command line has its limits. */
const SHOWN_AT_ONCE = 500;
/** What a unit's name may hold; anything else would be a pattern to systemctl, or an error for all names asked with it. */
export const UNIT_NAME = /^[A-Za-z0-9:_.\\@-]{1,255}$/;

const NO_FILES: UnitFiles = { values: new Map(), gaps: [] };
const NOTHING: Parsed<readonly Unit[]> = { values: [], gaps: [] };

type UnitFiles = Parsed<ReadonlyMap<string, string>>;

/** What systemd says: `running` where it is in charge, `offline` where it is only installed, `none` where it is not there. */
export type UnitsRead =
  | Unread
  | { readonly status: "none"; readonly why: Unread }
  | { readonly status: "offline"; readonly files: UnitFiles }
  | RunningUnits;

export interface RunningUnits {
  readonly status: "running";
  readonly files: UnitFiles;
  /** All of them, loaded or not; none unless unmanaged units are looked for. */
  readonly listed: Parsed<readonly Unit[]>;
  /** Those asked for by name; undefined for one that is not there. Templates are not among them. */
  readonly named: ReadonlyMap<string, Unit | Unread | undefined>;
  /** What systemd says of itself; undefined when it was not asked. */
  readonly manager: UnitProperties | Unread | undefined;
}

/** Everything that systemd may be asked is asked at once: what it says where it does not run is of no account. */
export async function readUnits(query: UnitQuery, request: KindRequest, transport: Transport): Promise<UnitsRead> {
  const { inScope, signal } = request;
  const commands = commandsOf(query);
  const reading: Reading = { query, commands, transport, signal };
  const needsFiles = needsUnitFiles(request);
  const [booted, files, loaded, named, manager] = await Promise.all([
    transport.stat(hostPath(BOOTED)),
    needsFiles ? readUnitFiles(commands.listFiles, reading) : NO_FILES,
    inScope === undefined ? NOTHING : show(commands.showLoaded, reading),
    showAsked(request, reading),
    showManager(reading),
  ]);
  if (!booted.ok) {
    if (booted.reason !== "absent") return unreadOf(booted);
    return await readOffline(reading, needsFiles ? files : undefined);
  }
  if ("status" in files) return files;
  if ("status" in loaded) return loaded;
  const others = inScope === undefined ? NOTHING : await showOthers(files, loaded, reading);
  if ("status" in others) return others;
  const listed = { values: [...loaded.values, ...others.values], gaps: [...loaded.gaps, ...others.gaps] };
  return { status: "running", files, listed, named, manager };
}

/** Listing all is slow on a running system, where units other than templates are shown by name anyway. */
function needsUnitFiles({ asked, inScope }: KindRequest): boolean {
  return inScope !== undefined || asked.some(({ resource }) => isTemplate(resource.id));
}

/** The permissions that `readUnits` needs. @param without what is lost without them */
export function unitPermissions(kind: string, query: UnitQuery, without: string): readonly Permission[] {
  const { listFiles, listInstalled, showLoaded, showNamed, showManager } = commandsOf(query);
  const overBus = { kinds: [kind], needs: "anyone where the system bus runs, else root", without };
  return [
    commandPermission(listFiles, overBus),
    commandPermission(showLoaded, overBus),
    commandPermission(showNamed, { ...overBus, operands: "UNIT…" }),
    ...(showManager === undefined ? [] : [commandPermission(showManager, overBus)]),
    commandPermission(listInstalled, { ...overBus, needs: "anyone (used where systemd does not run)" }),
  ];
}

interface UnitCommands {
  readonly listFiles: Command;
  /** Reads the files itself. */
  readonly listInstalled: Command;
  readonly showLoaded: Command;
  readonly showNamed: Command;
  readonly showManager: Command | undefined;
}

function commandsOf({ type, properties, managerProperties }: UnitQuery): UnitCommands {
  const list = [
    "list-unit-files",
    "--no-legend",
    "--no-pager",
    "--full",
    ...(type === undefined ? [] : [`--type=${type}`]),
  ];
  const show = (what: string) => ["systemctl", "show", "--all", "--no-pager", `--property=${what}`] as const;
  const showUnits = show(properties === undefined ? SHARED_PROPERTIES : `${UNIT_PROPERTIES},${properties}`);
  return {
    listFiles: command("systemctl", ...list),
    listInstalled: command("systemctl", "--root=/", ...list),
    showLoaded: command(...showUnits, type === undefined ? "*" : `*.${type}`),
    showNamed: command(...showUnits, "--"),
    showManager: managerProperties === undefined ? undefined : command(...show(managerProperties)),
  };
}

interface Reading {
  readonly query: UnitQuery;
  readonly commands: UnitCommands;
  readonly transport: Transport;
  readonly signal: AbortSignal;
}

/** @param known what systemctl said when it was not told that systemd does not run: it finds that out, and then reads the files itself */
async function readOffline(reading: Reading, known: UnitFiles | Unread | undefined): Promise<UnitsRead> {
  if (known !== undefined && !("status" in known) && known.values.size > 0) return { status: "offline", files: known };
  const [files, ...folders] = await Promise.all([
    readUnitFiles(reading.commands.listInstalled, reading),
    ...UNIT_FOLDERS.map((folder) => reading.transport.stat(hostPath(folder))),
  ]);
  if (!("status" in files)) return { status: "offline", files };
  const isNone = folders.every((stat) => !stat.ok && stat.reason === "absent");
  return isNone && files.reason === "unsupported" ? { status: "none", why: files } : files;
}

async function readUnitFiles(argv: Command, { transport, signal }: Reading): Promise<UnitFiles | Unread> {
  const output = await runCommand(transport, argv, { signal });
  return output.status === "unchecked" ? output : parseUnitFiles(output.stdout);
}

/** What has a file but is not loaded: showing it by name has systemd look at it, and forget it again. */
async function showOthers(
  files: UnitFiles,
  loaded: Parsed<readonly Unit[]>,
  reading: Reading,
): Promise<Parsed<readonly Unit[]> | Unread> {
  const known = new Set(loaded.values.flatMap(({ names }) => names));
  const names = [...files.values].flatMap(([name, state]) =>
    state === "alias" || isTemplate(name) || known.has(name) || !UNIT_NAME.test(name) ? [] : [name],
  );
  const shown = await Promise.all(batchesOf(names).map((batch) => show(reading.commands.showNamed, reading, batch)));
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

/**
 * Units asked for by name are shown by name: so systemd resolves other names and loads instances of templates. Undefined for those that
 * are not there.
 */
async function showAsked(
  { asked }: KindRequest,
  reading: Reading,
): Promise<ReadonlyMap<string, Unit | Unread | undefined>> {
  const batches = batchesOf(asked.map(({ resource }) => resource.id).filter((id) => isShown(id, reading.query)));
  const shown = await Promise.all(
    batches.map(async (batch) => ({ batch, units: await show(reading.commands.showNamed, reading, batch) })),
  );
  return new Map(
    shown.flatMap(({ batch, units }) =>
      batch.map((name, index): [string, Unit | Unread | undefined] => [
        name,
        "status" in units ? units : shownUnit(units, index, batch.length),
      ]),
    ),
  );
}

/** A unit of another type has nothing of what is asked. */
function isShown(id: string, { type }: UnitQuery): boolean {
  return UNIT_NAME.test(id) && !isTemplate(id) && (type === undefined || id.endsWith(`.${type}`));
}

/** Blocks come in the order of the names; were there not one for each, nobody could say which is whose. */
function shownUnit(shown: Parsed<readonly Unit[]>, index: number, asked: number): Unit | Unread | undefined {
  const unit = shown.values[index];
  if (unit === undefined || shown.values.length !== asked)
    return unread("failed", shown.gaps[0]?.detail ?? `Cannot read what "systemctl show" prints: not one block a unit`);
  return unit.loadState === "not-found" ? undefined : unit;
}

async function show(
  argv: Command,
  { query, transport, signal }: Reading,
  names: readonly string[] = [],
): Promise<Parsed<readonly Unit[]> | Unread> {
  const operands = names.length === 0 ? {} : { operands: names };
  const output = await runCommand(transport, argv, { ...operands, signal });
  if (output.status === "unchecked") return output;
  const parsed = parseUnits(output.stdout);
  query.onShown?.(parsed.values);
  return parsed;
}

async function showManager({ commands, transport, signal }: Reading): Promise<UnitProperties | Unread | undefined> {
  if (commands.showManager === undefined) return undefined;
  const output = await runCommand(transport, commands.showManager, { signal });
  if (output.status === "unchecked") return output;
  const [properties] = parseProperties(output.stdout);
  return properties ?? unread("failed", 'Cannot read what "systemctl show" prints: it is empty');
}
