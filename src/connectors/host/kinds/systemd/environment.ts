import { type JsonObject, setOwn } from "../../../../model/json.ts";
import type { PathFact } from "../../../../model/observation.ts";
import { decodeId } from "../../ids.ts";
import type { HostKind, KindRequest } from "../../kind.ts";
import type { Transport } from "../../transport.ts";
import { type ByteText, idText, toByteText, valueText } from "../bytes.ts";
import { unreadOf } from "../command.ts";
import { answerFrom, type Entry, presentEntry, type Table, type Unread, unread } from "../table.ts";
import { environmentFacts } from "./environment.facts.ts";
import { EnvironmentReader, type FilesRead, type PathRisks } from "./environment-files.ts";
import {
  ENVIRONMENT_PROPERTIES,
  parseExportedFile,
  parsePamEnvironment,
  parseUnitEnvironment,
  type UnitEnvironment,
  type Variables,
} from "./parse-environment.ts";
import { isTemplate, type Unit } from "./parse-units.ts";
import { type RunningUnits, readUnits, unitPermissions } from "./read-units.ts";
import { installedUnits } from "./unit-table.ts";

const PAM_FILE = "/etc/environment";
const DEFAULTS = "/etc/default";
const KIND = environmentFacts.kind;
const SERVICES = { type: "service", properties: ENVIRONMENT_PROPERTIES };
const NOTHING: Table = { status: "read", entries: new Map(), gaps: [] };

/** What services of systemd find in their environment, and files of variables. Values leave here as sensitive. */
export const environmentKind: HostKind = {
  facts: environmentFacts,
  permissions: [
    ...unitPermissions(KIND, SERVICES, "the environment of every service"),
    {
      kinds: [KIND],
      access: `the files that EnvironmentFile= names, ${PAM_FILE}, ${DEFAULTS}/*`,
      needs: "read permission on them, of those with passwords usually root",
      without: "the variables of services that name them, or of the file",
    },
    {
      kinds: [KIND],
      access: "what the folders in PATH are",
      needs: "the right to reach them",
      without: "whether everybody may write to a folder in PATH",
    },
  ],
  async *read(request, transport) {
    const reader = new EnvironmentReader(transport, request.signal);
    const [units, files] = await Promise.all([
      readUnitEnvironments(request, transport, reader),
      readVariableFiles(request, reader),
    ]);
    const table: Table = {
      status: "read",
      entries: new Map([...units.entries, ...files.entries]),
      gaps: [...units.gaps, ...files.gaps],
    };
    yield* answerFrom(KIND, request, table);
  },
};

async function readUnitEnvironments(
  request: KindRequest,
  transport: Transport,
  reader: EnvironmentReader,
): Promise<Table> {
  const isUnit = (id: string) => !id.startsWith("/");
  const asked = request.asked.filter(({ resource }) => isUnit(resource.id));
  const { inScope, ...rest } = request;
  const isListed = inScope !== undefined && request.prefixes?.every((prefix) => prefix.startsWith("/")) !== true;
  if (asked.length === 0 && !isListed) return NOTHING;
  const onShown = (units: readonly Unit[]) => {
    for (const { properties } of units) {
      const environment = parseUnitEnvironment(properties);
      if (environment !== undefined) reader.begin(environment);
    }
  };
  const wanted = { ...rest, asked, ...(isListed ? { inScope } : {}) };
  const units = await readUnits({ ...SERVICES, onShown }, wanted, transport);
  if (units.status === "none") return NOTHING;
  if (units.status === "unchecked") return hiddenUnits(units);
  if (units.status === "offline") return hiddenUnits(unread("unsupported", OFFLINE));
  return await unitTable(units, wanted, reader);
}

const OFFLINE = "Cannot tell the environment of services: systemd does not run here";

function hiddenUnits({ reason, detail }: Unread): Table {
  return { ...NOTHING, gaps: [{ glob: "*", reason, detail }] };
}

async function unitTable(
  { files, listed, named }: RunningUnits,
  { asked }: Pick<KindRequest, "asked">,
  reader: EnvironmentReader,
): Promise<Table> {
  const templates = asked.map(({ resource }) => resource.id).filter((id) => isTemplate(id) && files.values.has(id));
  const detail = "Cannot tell the environment of a template: only its instances have one";
  const answers = await Promise.all([
    ...installedUnits(listed.values).map(async (unit) => [unit.names[0], await listedEntry(unit, reader)] as const),
    ...Array.from(named, async ([name, unit]) => [name, await namedEntry(unit, reader)] as const),
  ]);
  // Of a unit that is listed and asked for the answer comes last.
  const entries = new Map<string, Entry | undefined>(answers);
  for (const name of templates) entries.set(name, unread("unsupported", detail));
  const known = [...entries].filter((each): each is [string, Entry] => each[1] !== undefined);
  return { status: "read", entries: new Map(known), gaps: [...files.gaps, ...listed.gaps] };
}

/** A unit that sets nothing has no environment of its own, unless somebody says that it has. */
async function listedEntry(unit: Unit, reader: EnvironmentReader): Promise<Entry | undefined> {
  const environment = parseUnitEnvironment(unit.properties);
  const isEmpty =
    environment !== undefined &&
    environment.variables.size + environment.files.length + environment.passed.length === 0;
  return isEmpty ? undefined : await namedEntry(unit, reader);
}

/** A masked unit has none: nothing can start it. */
async function namedEntry(unit: Unit | Unread | undefined, reader: EnvironmentReader): Promise<Entry | undefined> {
  if (unit === undefined || "status" in unit) return unit;
  if (unit.loadState === "masked") return undefined;
  const name = unit.names[0];
  if (unit.loadState !== "loaded")
    return unread("failed", `Cannot tell the environment of "${name}": systemd says that it is "${unit.loadState}"`);
  const environment = parseUnitEnvironment(unit.properties);
  if (environment === undefined)
    return unread("failed", `Cannot read what "systemctl show" prints: the environment of "${name}" is malformed`);
  return await unitEntry(environment, reader);
}

async function unitEntry(environment: UnitEnvironment, reader: EnvironmentReader): Promise<Entry> {
  const { files, passed } = environment;
  const read = await reader.readFiles(files);
  const actual = {
    environment_files: files.map(({ path, isOptional }) => valueText(`${isOptional ? "-" : ""}${path}`)),
    passed: passed.map(valueText),
  };
  // What is hidden may set, or set otherwise, any variable.
  if (read.status === "unchecked") return presentEntry(actual, unreadFacts(["/variables", "/path_risks"], read));
  const variables = merged(environment, read);
  const rest = { ...actual, unusable_files: read.unusable.map(valueText) };
  return variablesEntry(variables, await reader.pathRisks(variables), rest);
}

function merged({ variables, unset }: UnitEnvironment, files: FilesRead): Variables {
  const all = new Map([variables, ...files.variables].flatMap((each) => [...each]));
  const removed = new Set(unset);
  return new Map([...all].filter(([name, value]) => !removed.has(name) && !removed.has(`${name}=${value}`)));
}

function variablesEntry(variables: Variables, path: PathRisks, rest: JsonObject): Entry {
  const byName: { [name: string]: string } = {};
  for (const [name, value] of variables) setOwn(byName, idText(name), valueText(value));
  const known = { variables: byName, ...rest };
  if (path.status === "unchecked") return presentEntry(known, unreadFacts(["/path_risks"], path));
  return presentEntry({ ...known, path_risks: path.risks }, []);
}

function unreadFacts(paths: readonly PathFact["path"][], { reason, detail }: Unread): readonly PathFact[] {
  return paths.map((path) => ({ path, fact: "unchecked", reason, detail }));
}

/** Files asked for by their path, and those that are looked for. */
async function readVariableFiles({ asked, inScope, mayHold }: KindRequest, reader: EnvironmentReader): Promise<Table> {
  const isLooked = inScope !== undefined && mayHold?.(`${DEFAULTS}/`) !== false;
  const found = isLooked ? await reader.listFolder(DEFAULTS) : [];
  const gaps = "status" in found ? [{ glob: `${DEFAULTS}/*`, reason: found.reason, detail: found.detail }] : [];
  const listed = [...("status" in found ? [] : found), PAM_FILE].filter((path) => inScope?.(idText(path)) === true);
  const named = asked.flatMap(({ resource }) => (resource.id.startsWith("/") ? (decodeId(resource.id) ?? []) : []));
  const paths = new Map<ByteText, "asked" | "listed">([
    ...listed.map((path) => [path, "listed"] as const),
    ...named.map((path) => [toByteText(path), "asked"] as const),
  ]);
  const entries = await Promise.all(
    Array.from(paths, async ([path, how]) => [idText(path), await fileEntry(path, how, reader)] as const),
  );
  const known = entries.filter((each): each is [string, Entry] => each[1] !== undefined);
  return { status: "read", entries: new Map(known), gaps };
}

/** A file without a variable is one only to who asks for it. */
async function fileEntry(
  path: ByteText,
  how: "asked" | "listed",
  reader: EnvironmentReader,
): Promise<Entry | undefined> {
  const text = await reader.text(path);
  if (!text.ok) return text.reason === "absent" ? undefined : unreadOf(text);
  const parsed = path === PAM_FILE ? parsePamEnvironment(text.value) : parseExportedFile(text.value);
  const name = idText(path);
  if (parsed === undefined) return unread("failed", `Cannot read the variables of "${name}": it is not UTF-8`);
  if (parsed.otherLine !== undefined)
    return unread(
      "unsupported",
      `Cannot read the variables of "${name}": line ${parsed.otherLine} is no assignment, but a script's`,
    );
  if (parsed.variables.size === 0 && how === "listed") return undefined;
  return variablesEntry(parsed.variables, await reader.pathRisks(parsed.variables), {});
}
