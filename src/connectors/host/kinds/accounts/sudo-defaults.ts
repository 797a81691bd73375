import { type JsonObject, setOwn } from "../../../../model/json.ts";
import type { DefaultsLine, Member } from "./parse-sudoers.ts";
import { independent, listText, partOfId } from "./sudo-member.ts";

/** The settings of Defaults lines by id: one resource for each thing they are bound to. */
export function defaultsOf(lines: readonly DefaultsLine[]): ReadonlyMap<string, JsonObject> {
  const settings = new Map<string, Settings>();
  for (const { Binding, Options } of lines) {
    for (const id of idsOf(Binding)) {
      const own = settings.get(id) ?? new Map();
      settings.set(id, own);
      for (const option of Options) apply(own, option);
    }
  }
  return new Map(Array.from(settings, ([id, own]) => [id, { settings: toJson(own) }]));
}

function idsOf(binding: readonly Member[]): readonly string[] {
  if (binding.length === 0) return ["defaults"];
  return independent(binding).map((members) => `defaults${signOf(members)}${partOfId(listText(members))}`);
}

/** cvtsudoers does not tell a user who runs sudo from one as whom it runs. */
function signOf(members: readonly Member[]): string {
  const has = (key: string) => members.some((member) => Object.hasOwn(member, key));
  if (has("command") || has("cmndalias")) return "!";
  return has("hostname") || has("networkaddr") || has("hostalias") ? "@" : ":";
}

/** A list is added to and taken from in order; what it was before any line is known to sudo alone. */
interface ListSetting {
  readonly isAssigned: boolean;
  readonly added: ReadonlySet<string>;
  readonly removed: ReadonlySet<string>;
}

type Settings = Map<string, string | ListSetting>;

const NO_LIST: ListSetting = { isAssigned: false, added: new Set(), removed: new Set() };

function apply(settings: Settings, { operation, ...option }: Member): void {
  for (const [name, value] of Object.entries(option)) {
    if (!Array.isArray(value)) {
      settings.set(name, String(value));
      continue;
    }
    const known = settings.get(name);
    const list = typeof known === "object" ? known : NO_LIST;
    settings.set(name, changeList(list, String(operation), value.map(String)));
  }
}

function changeList(list: ListSetting, operation: string, names: readonly string[]): ListSetting {
  const { isAssigned, added, removed } = list;
  if (operation === "list_add")
    return { isAssigned, added: new Set([...added, ...names]), removed: without(removed, names) };
  if (operation === "list_remove")
    return { isAssigned, added: without(added, names), removed: new Set([...removed, ...names]) };
  return { isAssigned: true, added: new Set(names), removed: new Set() };
}

function without(names: ReadonlySet<string>, taken: readonly string[]): ReadonlySet<string> {
  return new Set([...names].filter((name) => !taken.includes(name)));
}

function toJson(settings: Settings): JsonObject {
  const json: { [key: string]: string | readonly string[] } = {};
  for (const [name, value] of settings) setOwn(json, name, typeof value === "string" ? value : listOf(value));
  return json;
}

function listOf({ isAssigned, added, removed }: ListSetting): readonly string[] {
  if (isAssigned) return [...added];
  return [...Array.from(added, (name) => `+${name}`), ...Array.from(removed, (name) => `-${name}`)];
}
