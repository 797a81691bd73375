import { escapeGlob } from "../../../../model/glob.ts";
import type { Json, JsonObject } from "../../../../model/json.ts";
import type { ListingGap, PathFact } from "../../../../model/observation.ts";
import { formatStep } from "../../../../model/pointer.ts";
import { type ByteText, idText, valueText } from "../bytes.ts";
import { commandFacts } from "../secret-text.ts";
import { type Entry, presentEntry, type Table, type Unread, unread } from "../table.ts";
import { isInclude, PAM_TYPES, type PamLine, type PamType } from "./parse-pam.ts";

/** In the order in which PAM looks for a service's file. */
export const PAM_FOLDERS = ["/etc/pam.d", "/usr/lib/pam.d", "/usr/etc/pam.d"];

/** What one service has, or why it cannot be told. */
export type PamService = { readonly file: string; readonly lines: readonly PamLine[] } | Unread;

/** By name, as an id writes it. */
export type PamServices = ReadonlyMap<string, PamService>;

/** The stacks of every service, one for each type that it has rules of. */
export function stacksOf(services: PamServices): Table {
  const entries = new Map<string, Entry>();
  const gaps: ListingGap[] = [];
  for (const [name, service] of services) {
    const problem = problemOf(service, services);
    if (problem !== undefined || "status" in service) {
      const { reason, detail } = problem ?? unread("failed", "");
      gaps.push({ glob: `${escapeGlob(name)}#*`, reason, detail });
      continue;
    }
    for (const type of PAM_TYPES) {
      const lines = service.lines.filter((line) => isOfType(line, type, services));
      if (lines.length > 0) entries.set(`${name}#${type}`, toEntry(lines, service.file));
    }
  }
  return { status: "read", entries, gaps };
}

/** Of which types a service has rules depends on what it includes without naming one. */
function problemOf(service: PamService, services: PamServices, seen: readonly string[] = []): Unread | undefined {
  if ("status" in service) return service;
  for (const { type, module } of service.lines) {
    const name = includedName(module);
    if (type !== undefined || seen.includes(name)) continue;
    const included = services.get(name);
    const problem = included === undefined ? outsideOf(name) : problemOf(included, services, [...seen, name]);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

/** A file of the folders is named with or without its folder. */
function includedName(module: ByteText): string {
  const name = idText(module);
  const folder = PAM_FOLDERS.find((each) => name.startsWith(`${each}/`));
  return folder === undefined ? name : name.slice(folder.length + 1);
}

function outsideOf(name: string): Unread | undefined {
  if (!name.startsWith("/")) return undefined;
  return unread("unsupported", `Cannot tell what rules "${name}" adds: it stands outside the folders of PAM`);
}

/** A file that is included but not there makes each type of the service fail, and so is part of each. */
function isOfType(line: PamLine, type: PamType, services: PamServices, seen: readonly string[] = []): boolean {
  if (line.type !== undefined) return line.type === type;
  const name = includedName(line.module);
  if (seen.includes(name)) return false;
  const included = services.get(name);
  if (included === undefined || "status" in included) return true;
  return included.lines.some((each) => isOfType(each, type, services, [...seen, name]));
}

function toEntry(lines: readonly PamLine[], file: string): Entry {
  const rules = new Map<string, JsonObject>();
  const facts: PathFact[] = [];
  for (const line of lines) {
    const key = freeKey(valueText(line.module), rules);
    const args = line.args.map(valueText);
    facts.push(...commandFacts(`/rules${formatStep(key)}/args`, args));
    const shared = { control: valueText(line.control), args };
    rules.set(key, isInclude(line) ? shared : { ...shared, quiet: line.quiet });
  }
  const actual: Json = { rules: Object.fromEntries(rules), order: [...rules.keys()], file };
  return presentEntry(actual, facts);
}

function freeKey(name: string, taken: ReadonlyMap<string, JsonObject>): string {
  if (!taken.has(name)) return name;
  for (let count = 2; ; count += 1) if (!taken.has(`${name}#${count}`)) return `${name}#${count}`;
}
