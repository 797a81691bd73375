import type { Json } from "../../../model/json.ts";
import { expandHosts } from "./host-range.ts";
import { InventoryBuilder, type ParsedInventory } from "./inventory.ts";
import { shellWords } from "./shell-words.ts";

type SectionKind = "hosts" | "children" | "vars";

interface Section {
  readonly group: string;
  readonly is: SectionKind;
}

/** A group that a section names before, or without, any section that makes it one. */
interface Named {
  readonly group: string;
  readonly line: number;
  readonly section: string;
}

interface Reading {
  readonly builder: InventoryBuilder;
  /** Groups that a section makes. */
  readonly made: Set<string>;
  readonly named: Named[];
}

/** Reads Ansible's INI dialect (its plug-in `ini`): hosts with variables, `[group]`, `[group:children]`, `[group:vars]`. */
export function parseIniInventory(text: string, source: string): ParsedInventory {
  const reading: Reading = {
    builder: new InventoryBuilder(source),
    made: new Set(["all", "ungrouped"]),
    named: [],
  };
  let section: Section | undefined = { group: "ungrouped", is: "hosts" };
  for (const [index, raw] of text
    .replace(/^\uFEFF/, "")
    .split(/\r?\n/)
    .entries()) {
    const line = raw.trim();
    const number = index + 1;
    if (line === "" || line.startsWith("#") || line.startsWith(";")) continue;
    if (line.startsWith("[") && !isAddress(line)) section = readHeader(line, number, reading);
    else if (section !== undefined) readLine(line, { section, number, ...reading });
  }
  for (const { group, line, section: name } of reading.named)
    if (!reading.made.has(group))
      reading.builder.refuse({ line, message: `"[${name}]" names group "${group}", which is nowhere` });
  return reading.builder.finish();
}

/** `[::1]:22` and `[2001:db8::1]` are hosts. */
function isAddress(line: string): boolean {
  return /^\[[0-9A-Fa-f:.]*::?[0-9A-Fa-f:.]*\](?::\d+)?(?:\s|$)/.test(line) && !/^\[\w+:(?:vars|children)\]/.test(line);
}

/** Undefined, and what follows is left out, when it is no header: that is a mistake already. */
function readHeader(line: string, number: number, { builder, made, named }: Reading): Section | undefined {
  const [, group, is = "hosts"] = /^\[([^\s:\]]+)(?::(\w+))?\]\s*(?:[#;].*)?$/.exec(line) ?? [];
  if (group === undefined || (is !== "hosts" && is !== "children" && is !== "vars")) {
    builder.refuse({
      line: number,
      message: "it is no section",
      hint: "Sections are [GROUP], [GROUP:children] and [GROUP:vars]",
    });
    return undefined;
  }
  if (is === "vars") named.push({ group, line: number, section: `${group}:vars` });
  else made.add(group);
  builder.group(group);
  return { group, is };
}

interface Line extends Reading {
  readonly section: Section;
  readonly number: number;
}

function readLine(line: string, at: Line): void {
  if (at.section.is === "hosts") readHosts(line, at);
  else if (at.section.is === "children") readChild(line, at);
  else readVariable(line, at);
}

function readHosts(line: string, { section, number, builder }: Line): void {
  const [pattern, ...pairs] = shellWords(line, { comments: true }) ?? [];
  if (pattern === undefined) {
    builder.refuse({ line: number, message: "a quote is left open" });
    return;
  }
  const { name, port } = splitPort(pattern);
  const hosts = isAddress(pattern) ? [name] : expandHosts(name);
  if (typeof hosts === "string") {
    builder.refuse({ line: number, message: hosts });
    return;
  }
  const vars = pairs.flatMap((pair): (readonly [string, Json])[] => {
    const equals = pair.indexOf("=");
    if (equals > 0) return [[pair.slice(0, equals), pair.slice(equals + 1)]];
    builder.refuse({ line: number, message: "a variable of a host must be NAME=VALUE" });
    return [];
  });
  for (const host of hosts) {
    builder.group(section.group).hosts.add(host);
    const own = builder.host(host, number).vars;
    if (port !== undefined) own.set("ansible_port", { value: port, line: number });
    for (const [key, value] of vars) own.set(key, { value, line: number });
  }
}

/** `host:2222` and `[::1]:2222`; a colon within a range is none of a port. */
export function splitPort(pattern: string): { readonly name: string; readonly port?: string } {
  const [, bracketed, its] = /^\[([0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*)\](?::(\d+))?$/.exec(pattern) ?? [];
  if (bracketed !== undefined && isAddress(pattern))
    return { name: bracketed, ...(its === undefined ? {} : { port: its }) };
  const [, name, port] = /^((?:[^:[\]]|\[[^\]]*\])+):(\d+)$/.exec(pattern) ?? [];
  return name === undefined || port === undefined ? { name: pattern } : { name, port };
}

function readChild(line: string, { section, number, builder, named }: Line): void {
  const [child, ...more] = shellWords(line, { comments: true }) ?? [];
  if (child === undefined || more.length > 0) {
    builder.refuse({ line: number, message: "it must be the name of one group" });
    return;
  }
  builder.group(section.group).children.add(child);
  named.push({ group: child, line: number, section: `${section.group}:children` });
}

function readVariable(line: string, { section, number, builder }: Line): void {
  const equals = line.indexOf("=");
  if (equals <= 0) {
    builder.refuse({ line: number, message: "a variable must be NAME=VALUE" });
    return;
  }
  const value = literal(line.slice(equals + 1).trim());
  builder.group(section.group).vars.set(line.slice(0, equals).trim(), { value, line: number });
}

/** Ansible reads such a value as Python does where that works, which drops quotes and a comment behind it, else as it stands. */
function literal(text: string): string {
  const [, , quoted] = /^(["'])((?:(?!\1)[^\\])*)\1\s*(?:#.*)?$/.exec(text) ?? [];
  if (quoted !== undefined) return quoted;
  const [, plain] = /^(\d+|True|False)\s*(?:#.*)?$/.exec(text) ?? [];
  return plain ?? text;
}
