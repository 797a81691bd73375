import type { YamlDocument, YamlPath } from "../../../config/yaml-source.ts";
import { readYaml } from "../../../config/yaml-source.ts";
import { isJsonObject, type Json, type JsonObject } from "../../../model/json.ts";
import { expandHosts } from "./host-range.ts";
import { InventoryBuilder, type ParsedInventory } from "./inventory.ts";
import { splitPort } from "./parse-ini.ts";

interface Reading {
  readonly builder: InventoryBuilder;
  readonly document: YamlDocument;
}

const KEYS = ["hosts", "children", "vars"];
const AS_COMMAND = "Let Ansible read it: inventory: { command: [ansible-inventory, --list, -i, FILE] }";

/** Reads Ansible's YAML format (its plug-in `yaml`): groups with `hosts`, `vars` and `children`. JSON of that form is YAML too. */
export function parseYamlInventory(text: string, source: string): ParsedInventory {
  const builder = new InventoryBuilder(source);
  const yaml = readYaml(withoutTags(text), { file: source });
  const [document, second] = yaml.documents();
  for (const { message, line, hint } of [...yaml.problems, ...(document?.problems ?? [])])
    builder.refuse({ message, ...(line === undefined ? {} : { line }), ...(hint === undefined ? {} : { hint }) });
  if (second !== undefined)
    builder.refuse({ line: second.startLine, message: "only the first document of an inventory is read" });
  if (document !== undefined && document.problems.length === 0) readGroups({ builder, document });
  return builder.finish();
}

/** What Ansible's own tags say of a value, that it is encrypted or no template, changes no place in the text. */
function withoutTags(text: string): string {
  return text.replace(/(?<=[:-][ \t]+)!(?:vault-encrypted|vault|unsafe)(?=[ \t])/g, (tag) => " ".repeat(tag.length));
}

function readGroups(reading: Reading): void {
  const { value } = reading.document;
  if (!isJsonObject(value)) refuse(reading, [], "it must be a map of groups");
  else if (Object.hasOwn(value, "plugin"))
    refuse(reading, ["plugin"], "it is the configuration of a plug-in and no list of hosts", AS_COMMAND);
  else for (const [name, group] of Object.entries(value)) readGroup(name, group, { ...reading, path: [name] });
}

interface At extends Reading {
  readonly path: YamlPath;
}

function readGroup(name: string, value: Json, at: At): void {
  at.builder.group(name);
  if (value === null) return;
  if (!isJsonObject(value)) {
    refuse(at, at.path, `group "${name}" must be a map of hosts, children and vars`);
    return;
  }
  for (const key of Object.keys(value).filter((each) => !KEYS.includes(each)))
    refuse(at, [...at.path, key], `group "${name}" has no key "${key}"`, `A group holds ${KEYS.join(", ")}`);
  const members = membersOf(name, value, at);
  for (const [host, vars] of Object.entries(members.hosts))
    readHost(host, vars, { ...at, group: name, path: [...at.path, "hosts", host] });
  for (const [child, group] of Object.entries(members.children)) {
    at.builder.group(name).children.add(child);
    readGroup(child, group, { ...at, path: [...at.path, "children", child] });
  }
  const path = [...at.path, "vars"];
  at.builder.addVars(at.builder.group(name).vars, members.vars, (variable) => lineOf(at, [...path, variable]));
}

/** A key with nothing behind it stands for nothing; one name alone is a map of one. */
function membersOf(
  name: string,
  group: JsonObject,
  at: At,
): Readonly<Record<"hosts" | "children" | "vars", JsonObject>> {
  const read = (key: "hosts" | "children" | "vars"): JsonObject => {
    const value = Object.hasOwn(group, key) ? (group[key] ?? null) : null;
    if (value === null) return {};
    if (isJsonObject(value)) return value;
    if (typeof value === "string" && key !== "vars") return { [value]: null };
    refuse(at, [...at.path, key], `"${key}" of group "${name}" must be a map`);
    return {};
  };
  return { hosts: read("hosts"), children: read("children"), vars: read("vars") };
}

function readHost(pattern: string, value: Json, at: At & { readonly group: string }): void {
  const { builder, group, path } = at;
  const { name, port } = splitPort(pattern);
  const names = pattern === name || port !== undefined ? expandHosts(name) : [name];
  if (typeof names === "string") {
    refuse(at, path, names);
    return;
  }
  if (value !== null && !isJsonObject(value)) {
    refuse(at, path, `host "${pattern}" must hold a map of variables, or nothing`);
    return;
  }
  for (const host of names) {
    builder.group(group).hosts.add(host);
    const { vars } = builder.host(host, lineOf(at, path));
    if (port !== undefined) vars.set("ansible_port", { value: port, line: lineOf(at, path) });
    builder.addVars(vars, value ?? {}, (variable) => lineOf(at, [...path, variable]));
  }
}

function lineOf({ document }: Reading, path: YamlPath): number {
  return document.positionOf(path, "key").line;
}

function refuse(reading: Reading, path: YamlPath, ...[message, hint]: readonly [string, string?]): void {
  reading.builder.refuse({ line: lineOf(reading, path), message, ...(hint === undefined ? {} : { hint }) });
}
