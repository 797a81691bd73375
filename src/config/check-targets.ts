import type { Connector } from "../connector.ts";
import { compileGlob } from "../model/glob.ts";
import { isJsonObject } from "../model/json.ts";
import { nearest } from "../model/nearest.ts";
import { parseScopeEntry } from "../model/resource.ts";
import type { Target } from "./config.ts";
import type { ConfigReport } from "./config-report.ts";
import { parsePart, type WrittenTarget } from "./parse-config.ts";
import type { YamlPath } from "./yaml-source.ts";

/** A target as far as it is sound. */
export interface CheckedTarget {
  readonly name: string;
  /** Missing when no connector of that name is known. */
  readonly connector?: Connector;
  /** Its `settings` are what the connector made of them. Missing when mistakes were reported. */
  readonly target?: Target;
}

/** Checks one target against its connector: settings, format of the desired state, scope. */
export function checkTarget(
  written: WrittenTarget,
  connectors: ReadonlyMap<string, Connector>,
  report: ConfigReport,
): CheckedTarget {
  const { name, value, path } = written;
  if (written.connector === undefined) return { name };
  const connector = connectors.get(written.connector);
  if (connector === undefined) {
    const hint = oneOf(written.connector, [...connectors.keys()]);
    report.add([...path, "connector"], { message: `No connector is named "${written.connector}"`, hint });
    return { name };
  }
  if (value !== undefined) checkPatterns(value, connector, { path, report });
  // What is no map was reported with the target itself.
  const settings = isJsonObject(written.settings)
    ? parsePart(connector.settings, written.settings, { path: [...path, "settings"], report })
    : undefined;
  if (value === undefined || settings === undefined) return { name, connector };
  return { name, connector, target: { ...value, settings: asRecord(settings, connector) } };
}

function checkPatterns({ desired, scope }: Target, connector: Connector, { path, report }: Place): void {
  checkFormat(desired.format, connector, { path: [...path, "desired", "format"], report });
  for (const side of ["include", "exclude"] as const)
    for (const [index, entry] of (scope?.[side] ?? []).entries())
      checkScopeEntry(entry, connector, { path: [...path, "scope", side, index], report });
}

function asRecord(parsed: unknown, connector: Connector): Record<string, unknown> {
  if (typeof parsed === "object" && parsed !== null) return { ...parsed };
  throw new TypeError(`The settings of connector "${connector.name}" must parse to an object`);
}

interface Place {
  readonly path: YamlPath;
  readonly report: ConfigReport;
}

function checkFormat(format: string, connector: Connector, { path, report }: Place): void {
  const formats = ["leeway", ...Object.keys(connector.formats ?? {})];
  if (formats.includes(format)) return;
  report.add(path, {
    message: `Connector "${connector.name}" reads no format "${report.mask(format)}"`,
    hint: oneOf(format, formats),
  });
}

function checkScopeEntry(entry: string, { name, kinds }: Connector, { path, report }: Place): void {
  if (kinds === undefined) return;
  const { kind, glob } = parseScopeEntry(entry);
  const matches = compileGlob(kind);
  const known = [...kinds.keys()];
  if (known.some(matches)) return;
  const meant = nearest(kind, known);
  const hint =
    meant === undefined ? scopeHint(entry, known) : `Did you mean "${meant}${entry.includes(":") ? `:${glob}` : ""}"?`;
  report.add(path, { message: `No kind of connector "${name}" matches "${kind}"`, hint });
}

function scopeHint(entry: string, known: readonly string[]): string {
  const [first] = known;
  if (first !== undefined && entry.startsWith("/")) return `Write the kind first: "${first}:${entry}"`;
  return `An entry is KIND:GLOB; known kinds are ${known.join(", ")}`;
}

/** A suggestion out of a few names. */
function oneOf(written: string, known: readonly string[]): string {
  const meant = nearest(written, known);
  return meant === undefined ? `Use one of: ${known.join(", ")}` : `Did you mean "${meant}"?`;
}
