import { type ByteText, linesOf, valueText } from "../bytes.ts";
import { firewallName } from "./firewall-name.ts";

/** One thing of a table of nftables that has a name. */
export type NftObject = NftChain | NftSet | NftOther;

interface Named {
  readonly family: string;
  readonly table: string;
  /** As ids write it, with the `@` of a set and the sort of other things. */
  readonly name: string;
}

export interface NftChain extends Named {
  readonly sort: "chain";
  /** Of a base chain only: where in the kernel packets come to it from. */
  readonly base?: NftBase;
  readonly rules: readonly string[];
}

export interface NftBase {
  readonly type: string;
  readonly hook: string;
  readonly priority: string;
  readonly devices: readonly string[];
  readonly policy: string;
  /** Whether its table is switched off, so that no packet comes to it. */
  readonly dormant: boolean;
}

/** A set or a map. */
export interface NftSet extends Named {
  readonly sort: "set";
  readonly definition: string;
  readonly elements: readonly string[];
}

export interface NftOther extends Named {
  readonly sort: "other";
  readonly definition: string;
}

/** What the text holds, or the number of the first line that is not understood. */
export type ParsedNft = { readonly objects: readonly NftObject[] } | { readonly malformedLine: number };

const TABLE = /^table (\S+) (.+?) \{(?: # .*)?$/;
const BLOCK =
  /^\t(chain|set|map|flowtable|counter|quota|limit|ct helper|ct timeout|ct expectation|synproxy|secmark) (.+?) \{(?: # .*)?$/;
const BASE = /^type (\S+) hook (\S+) (?:devices? (?:= )?(?:\{ (.*?) \}|(\S+)) )?priority ([^;]+);(?: policy (\S+);)?$/;
const TABLE_FLAGS = /^\tflags /;
const TABLE_REMARK = /^(?:|\tcomment ".*"|\t# .*)$/;
const COMMENT = /^comment ".*"$/;

/**
 * Parses `nft -s list ruleset`: of the text, because the JSON of the same leaves out what matters (the state that a rule of
 * iptables matches, that a set is dynamic) and breaks off at a table with flags in versions that are in use.
 */
export function parseNft(output: Uint8Array): ParsedNft {
  const lines = linesOf(output);
  const objects: NftObject[] = [];
  const reader: Reader = { lines, at: 0 };
  while (reader.at < lines.length) {
    const line = lines[reader.at] ?? "";
    const table = TABLE.exec(line);
    if (table !== null) {
      const found = readTable(reader, { family: table[1] ?? "", table: firewallName(table[2] ?? "") });
      if (found === undefined) return { malformedLine: reader.at + 1 };
      objects.push(...found);
    } else if (line !== "" && !line.startsWith("#")) return { malformedLine: reader.at + 1 };
    reader.at += 1;
  }
  return { objects };
}

/** Where the reading stands: at the line that is not understood when a part comes back undefined. */
interface Reader {
  readonly lines: readonly ByteText[];
  at: number;
}

function lineOf({ lines, at }: Reader): ByteText {
  return lines[at] ?? "";
}

type Table = Pick<Named, "family" | "table">;

function readTable(reader: Reader, table: Table): readonly NftObject[] | undefined {
  const objects: NftObject[] = [];
  let dormant = false;
  for (reader.at += 1; reader.at < reader.lines.length; reader.at += 1) {
    const line = lineOf(reader);
    if (line === "}") return objects;
    if (BLOCK.test(line)) {
      const object = readBlock(reader, table, dormant);
      if (object === undefined) return undefined;
      objects.push(object);
    } else if (TABLE_FLAGS.test(line)) dormant = /\bdormant\b/.test(line);
    else if (!TABLE_REMARK.test(line)) return undefined;
  }
  return undefined;
}

function readBlock(reader: Reader, table: Table, dormant: boolean): NftObject | undefined {
  const [, sort = "", name = ""] = BLOCK.exec(lineOf(reader)) ?? [];
  const body = readBody(reader);
  return body === undefined ? undefined : toObject({ ...table, sort, name: firewallName(name) }, body, dormant);
}

/** The lines between the braces, without their indentation; a list of elements on one line. */
function readBody(reader: Reader): readonly ByteText[] | undefined {
  const body: ByteText[] = [];
  for (reader.at += 1; reader.at < reader.lines.length; reader.at += 1) {
    const line = lineOf(reader);
    if (line === "\t}") return body;
    if (line.startsWith("\t\t\t     ")) body.push(`${body.pop() ?? ""} ${line.trim()}`);
    else if (line.startsWith("\t\t")) body.push(line.slice(2).trimEnd());
    else return undefined;
  }
  return undefined;
}

type Head = Named & { readonly sort: string };

function toObject({ sort, ...named }: Head, body: readonly ByteText[], dormant: boolean): NftObject | undefined {
  if (sort === "chain") return toChain(named, body, dormant);
  const lines = body.filter((line) => !COMMENT.test(line));
  const definition = (own: readonly ByteText[]) => valueText([sort, ...own].join("; "));
  if (sort !== "set" && sort !== "map")
    return { ...named, name: `${sort.replace(" ", "-")}:${named.name}`, sort: "other", definition: definition(lines) };
  const own = lines.filter((line) => !line.startsWith("elements = "));
  const list = lines.find((line) => line.startsWith("elements = "));
  const elements = list === undefined ? [] : elementsOf(list, own);
  if (elements === undefined) return undefined;
  return { ...named, name: `@${named.name}`, sort: "set", definition: definition(own), elements };
}

function toChain(named: Named, body: readonly ByteText[], dormant: boolean): NftChain | undefined {
  const lines = body.filter((line) => !COMMENT.test(line));
  const isBase = lines[0]?.startsWith("type ") === true && lines[0].includes(" hook ");
  const rules = lines.slice(isBase ? 1 : 0).map((line) => valueText(withoutComment(line)));
  if (!isBase) return { ...named, sort: "chain", rules };
  const [matched, type = "", hook = "", several, one, priority = "", policy = "accept"] =
    BASE.exec(lines[0] ?? "") ?? [];
  if (matched === undefined) return undefined;
  const devices = (several?.split(", ") ?? (one === undefined ? [] : [one])).map((name) => name.replaceAll('"', ""));
  return {
    ...named,
    sort: "chain",
    base: { type, hook, priority, devices: devices.map(valueText), policy, dormant },
    rules,
  };
}

/** A comment stands last, and is a word to people only. */
function withoutComment(rule: ByteText): ByteText {
  return rule.replace(/ comment "[^"]*"$/, "");
}

/** Elements that were put there to stay; undefined when the list is not understood. */
function elementsOf(list: ByteText, own: readonly ByteText[]): readonly string[] | undefined {
  const inner = /^elements = \{ (.*) \}$/s.exec(list)?.[1];
  if (inner === undefined) return undefined;
  const isPassing = own.some((line) => line.startsWith("timeout ") || /^flags .*\bdynamic\b/.test(line));
  return splitElements(inner)
    .filter((element) => !isPassing && !/ (?:timeout|expires) \S/.test(withoutTexts(element)))
    .map((element) =>
      valueText(element.replace(/ counter(?: packets \d+ bytes \d+)?(?= |$)/, "").replace(/ comment "[^"]*"/, "")),
    );
}

function withoutTexts(text: ByteText): ByteText {
  return text.replace(/"[^"]*"/g, '""');
}

/** At commas, but those in texts and braces. */
function splitElements(list: ByteText): readonly ByteText[] {
  return Array.from(list.matchAll(/(?:"[^"]*"|\{[^}]*\}|[^,"{])+/g), ([element]) => element.trim());
}

const FOREIGN = /(?:^| )(?:xt (?:match|target) |#)/;

/** Whether a rule holds a match or target of iptables, of which nft shows no more than the name. */
export function isOpaque(rule: string): boolean {
  return FOREIGN.test(withoutTexts(rule));
}
