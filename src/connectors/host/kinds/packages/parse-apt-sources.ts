import { createHash } from "node:crypto";
import type { JsonObject } from "../../../../model/json.ts";
import type { ListingGap } from "../../../../model/observation.ts";
import { type ByteText, idText, valueText } from "../bytes.ts";
import type { Entry, Table } from "../table.ts";
import { optionsOf, type SourceOptions } from "./apt-options.ts";
import type { DumpedFile } from "./installed/folder-dump.ts";

/** One type, address and suite, as a file gives it. */
interface Source {
  readonly type: ByteText;
  readonly uri: ByteText;
  readonly suite: ByteText;
  readonly components: readonly ByteText[];
  readonly options: SourceOptions;
}

/** Parses files of sources, in the order in which apt reads them. What cannot be understood is a gap, with its line. */
export function parseAptSources(files: readonly DumpedFile[]): Table {
  const entries = new Map<string, Entry>();
  const gaps: ListingGap[] = [];
  for (const file of [...files].sort((one, other) => (one.path < other.path ? -1 : 1))) {
    const { sources, malformed } = file.path.endsWith(".sources") ? stanzaSources(file) : lineSources(file);
    for (const source of sources) entries.set(freeId(source, entries), entryOf(source, file.path));
    for (const line of malformed)
      gaps.push({
        glob: "**",
        reason: "failed",
        detail: `Cannot read "${idText(file.path)}": line ${line} is malformed`,
      });
  }
  return { status: "read", entries, gaps };
}

function freeId({ type, uri, suite }: Source, taken: ReadonlyMap<string, Entry>): string {
  const id = idText(`${type} ${withoutSecret(uri)} ${suite}`);
  if (!taken.has(id)) return id;
  for (let count = 2; ; count += 1) if (!taken.has(`${id}#${count}`)) return `${id}#${count}`;
}

/** A user and password in an address are nobody's business. */
function withoutSecret(uri: ByteText): ByteText {
  return uri.replace(/^([a-z0-9+.-]+:\/\/)[^/@]*@/i, "$1").replace(/\/+$/, "");
}

function entryOf({ components, options }: Source, file: ByteText): Entry {
  const { signedBy, architectures, trusted, allowInsecure, enabled, others } = options;
  const actual: JsonObject = {
    ...listed("components", components),
    ...listed("signed_by", signedBy),
    ...listed("architectures", architectures),
    ...(trusted === undefined ? {} : { trusted }),
    allow_insecure: allowInsecure,
    enabled,
    ...(Object.keys(others).length === 0 ? {} : { options: others }),
    verified_by: verifiedBy(options),
    file: valueText(file),
  };
  return { status: "present", actual };
}

function listed(name: string, values: readonly ByteText[]): JsonObject {
  return values.length === 0 ? {} : { [name]: values.map(valueText) };
}

function verifiedBy({ trusted, allowInsecure, signedBy }: SourceOptions): string {
  if (trusted === true || (allowInsecure && trusted !== false)) return "nothing";
  return signedBy.length > 0 ? "its own key" : "any trusted key";
}

interface ParsedFile {
  readonly sources: readonly Source[];
  /** Line numbers. */
  readonly malformed: readonly number[];
}

const TYPES = new Set(["deb", "deb-src"]);
/** `deb [name=value …] URI SUITE COMPONENT…`; a URI may hold blanks in brackets (`cdrom:[…]/`). */
const LINE = /^(\S+)\s+(?:\[([^\]]*)\]\s+)?((?:[^\s[]|\[[^\]]*\])+)\s+(\S+)(?:\s+(.*))?$/;

function lineSources(file: DumpedFile): ParsedFile {
  const sources: Source[] = [];
  const malformed: number[] = [];
  let number = 0;
  for (const line of file.lines()) {
    number += 1;
    const text = line.replace(/#.*$/, "").trim();
    if (text === "") continue;
    const source = lineSource(text);
    if (source === undefined) malformed.push(number);
    else sources.push(source);
  }
  return { sources, malformed };
}

function lineSource(text: ByteText): Source | undefined {
  const [, type, optionText = "", uri, suite, components = ""] = LINE.exec(text) ?? [];
  if (type === undefined || uri === undefined || suite === undefined || !TYPES.has(type)) return undefined;
  const pairs = words(optionText).map((option): [string, ByteText] => {
    const [, name = option, value = ""] = /^([^=]*?)[+-]?=(.*)$/.exec(option) ?? [];
    return [name.toLowerCase(), value.replaceAll(",", " ")];
  });
  const options = optionsOf(new Map(pairs));
  return options === undefined ? undefined : { type, uri, suite, components: words(components), options };
}

function stanzaSources(file: DumpedFile): ParsedFile {
  const sources: Source[] = [];
  const malformed: number[] = [];
  let number = 0;
  let stanza: { readonly start: number; readonly lines: ByteText[] } | undefined;
  const end = () => {
    if (stanza === undefined || stanza.lines.length === 0) return;
    const found = sourcesOf(stanza.lines);
    if (found === undefined) malformed.push(stanza.start);
    else sources.push(...found);
    stanza = undefined;
  };
  for (const line of file.lines()) {
    number += 1;
    if (line.trim() === "") end();
    else if (!line.startsWith("#")) {
      stanza ??= { start: number, lines: [] };
      stanza.lines.push(line);
    }
  }
  end();
  return { sources, malformed };
}

/** Of one stanza: a source for each type, address and suite. */
function sourcesOf(lines: readonly ByteText[]): readonly Source[] | undefined {
  const fields = fieldsOf(lines);
  if (fields === undefined) return undefined;
  const take = (name: string) => {
    const value = words(fields.get(name) ?? "");
    fields.delete(name);
    return value;
  };
  const [types, uris, suites, components] = [take("types"), take("uris"), take("suites"), take("components")];
  const options = optionsOf(fields);
  if (options === undefined || types.length === 0 || uris.length === 0 || suites.length === 0) return undefined;
  if (!types.every((type) => TYPES.has(type))) return undefined;
  return types.flatMap((type) =>
    uris.flatMap((uri) => suites.map((suite) => ({ type, uri, suite, components, options }))),
  );
}

/** By name in lower case; a value that goes on in further lines keeps their ends. */
function fieldsOf(lines: readonly ByteText[]): Map<string, ByteText> | undefined {
  const fields = new Map<string, ByteText>();
  let name = "";
  for (const line of lines) {
    const [, start, value = ""] = /^([A-Za-z][A-Za-z0-9-]*):(.*)$/.exec(line) ?? [];
    if (start !== undefined) {
      name = start.toLowerCase();
      fields.set(name, value.trim());
    } else if (/^[ \t]/.test(line) && name !== "") fields.set(name, `${fields.get(name) ?? ""}\n${line.trim()}`);
    else return undefined;
  }
  const key = fields.get("signed-by");
  if (key?.includes("-----BEGIN") === true) fields.set("signed-by", digestOfKey(key));
  return fields;
}

/** A key that stands in the source itself; what is between its lines is no part of it. */
function digestOfKey(key: ByteText): ByteText {
  const lines = key.split("\n").map((line) => (line === "." ? "" : line));
  return `sha256:${createHash("sha256")
    .update(Buffer.from(lines.join("\n").trim(), "latin1"))
    .digest("hex")}`;
}

function words(text: ByteText): ByteText[] {
  return text.split(/\s+/).filter((word) => word !== "");
}
