import { decodeUtf8 } from "../../../../config/yaml-source.ts";
import type { ByteText } from "../bytes.ts";
import type { UnitProperties } from "./parse-properties.ts";

export const ENVIRONMENT_PROPERTIES = "Environment,EnvironmentFiles,PassEnvironment,UnsetEnvironment";

export type Variables = ReadonlyMap<ByteText, ByteText>;

/** A file or a pattern of files; one that is optional may be missing. */
export interface EnvironmentFile {
  readonly path: ByteText;
  readonly isOptional: boolean;
}

/** What a unit says of its environment. */
export interface UnitEnvironment {
  readonly variables: Variables;
  /** In the order in which they are read; what they set goes before the unit's own variables. */
  readonly files: readonly EnvironmentFile[];
  /** Names of variables that it takes over from systemd. */
  readonly passed: readonly ByteText[];
  /** Names, or assignments that count only where the value is this one. */
  readonly unset: readonly ByteText[];
}

const FILE = /^(\/.*) \(ignore_errors=(yes|no)\)$/;
/** As systemd takes names. */
const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** @returns undefined when something in it is malformed */
export function parseUnitEnvironment(unit: UnitProperties): UnitEnvironment | undefined {
  const assignments = shellWords(unit.value("Environment")).map(splitAssignment);
  const files = unit
    .values("EnvironmentFiles")
    .filter((line) => line !== "")
    .map(fileOf);
  if (!areKnown(assignments) || !areKnown(files)) return undefined;
  return {
    variables: new Map(assignments),
    files,
    passed: shellWords(unit.value("PassEnvironment")),
    unset: shellWords(unit.value("UnsetEnvironment")),
  };
}

function fileOf(line: ByteText): EnvironmentFile | undefined {
  const [, path, ignored] = FILE.exec(line) ?? [];
  return path === undefined ? undefined : { path, isOptional: ignored === "yes" };
}

function areKnown<T>(items: readonly (T | undefined)[]): items is readonly T[] {
  return items.every((item) => item !== undefined);
}

function splitAssignment(word: ByteText): readonly [ByteText, ByteText] | undefined {
  const equals = word.indexOf("=");
  const name = word.slice(0, equals);
  return equals === -1 || !NAME.test(name) ? undefined : [name, word.slice(equals + 1)];
}

const WORD = /\$'((?:[^'\\]|\\[\s\S])*)'|"((?:[^"\\]|\\[\s\S])*)"|[^ ]+/g;
const NAMED_ESCAPES: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r" };

/** Words as systemctl prints them: in quotes where they hold what a shell would take for something else. */
export function shellWords(text: ByteText): readonly ByteText[] {
  return Array.from(text.matchAll(WORD), ([word, escaped, quoted = escaped]) =>
    quoted === undefined ? word : quoted.replace(/\\([\s\S])/g, (_, each: string) => NAMED_ESCAPES[each] ?? each),
  );
}

/** What a file sets. */
export interface ParsedFile {
  readonly variables: Variables;
  /** The first line that is no assignment, from 1. */
  readonly otherLine?: number;
}

const SKIPPED = /(?:[ \t\r\n]+|[#;][^\r\n]*)*/y;
const KEY = /([^=\r\n]*)(=?)/y;
const QUOTED = /[ \t]*(?:'([^']*)(?:'|$)|"((?:[^"\\]+|\\[\s\S])*)(?:"|\\?$))/y;
const UNQUOTED = /[ \t]*((?:[^\r\n\\]+|\\[\s\S]|\\$)*)/y;
const PIECE = /\\([\s\S]?)|([ \t]+)|[^\\ \t]+/g;

/**
 * Parses a file as systemd does for EnvironmentFile= (systemd.exec(5)): quoted values may go over several lines, nothing is
 * expanded, and lines without an equals sign count for nothing, nor do names that are none.
 * @returns undefined when systemd refuses the file, because a value is not UTF-8
 */
export function parseEnvironmentFile(text: ByteText): ParsedFile | undefined {
  const variables = new Map<ByteText, ByteText>();
  let otherLine: number | undefined;
  let at = 0;
  const take: Take = (pattern) => {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (match !== null) at = pattern.lastIndex;
    return match;
  };
  for (take(SKIPPED); at < text.length; take(SKIPPED)) {
    const start = at;
    const { name, value } = takeLine(take);
    if (value === undefined || !NAME.test(name)) otherLine ??= text.slice(0, start).split("\n").length;
    else variables.set(name, value);
    if (value !== undefined && !isUtf8(`${name}=${value}`)) return undefined;
  }
  return { variables, ...(otherLine === undefined ? {} : { otherLine }) };
}

/** Goes on in the text by what a pattern matches there. */
type Take = (pattern: RegExp) => RegExpExecArray | null;

function takeLine(take: Take): { readonly name: ByteText; readonly value: ByteText | undefined } {
  const [, key = "", equals] = take(KEY) ?? [];
  return { name: key.replace(/[ \t]+$/, ""), value: equals === "=" ? takeValue(take) : undefined };
}

/** Quoted pieces, and what stands behind them up to the end of the line. */
function takeValue(take: Take): ByteText {
  let value = "";
  for (let piece = take(QUOTED); piece !== null; piece = take(QUOTED))
    value += piece[1] ?? (piece[2] ?? "").replace(/\\([\n"\\`$])/g, (_, each: string) => (each === "\n" ? "" : each));
  return value + unquoted(take(UNQUOTED)?.[1] ?? "");
}

/** A backslash keeps what follows, at the end of a line it goes on with the next; blanks at the end are dropped unless so kept. */
function unquoted(text: ByteText): ByteText {
  const pieces = Array.from(text.matchAll(PIECE), ([piece, escaped, blanks]) => ({ piece, escaped, blanks }));
  if (pieces.at(-1)?.blanks !== undefined) pieces.pop();
  return pieces
    .map(({ piece, escaped = piece }) => (piece.startsWith("\\") && /[\r\n]/.test(escaped) ? "" : escaped))
    .join("");
}

function isUtf8(text: ByteText): boolean {
  return decodeUtf8(Buffer.from(text, "latin1")) !== undefined;
}

/** Parses a file of assignments that shells read as well: each may be exported. */
export function parseExportedFile(text: ByteText): ParsedFile | undefined {
  return parseEnvironmentFile(text.replace(/^[ \t]*export[ \t]+(?=[A-Za-z_])/gm, ""));
}

const PAM_ASSIGNMENT = /^(?:export )?([A-Za-z0-9_]+)=(["']?)(.*)$/s;

/**
 * Parses /etc/environment as pam_env does: one assignment a line, which a hash sign ends wherever it stands. A quote before a value
 * is dropped, and then one at its end too; blanks at the end are kept. Other lines count for nothing.
 */
export function parsePamEnvironment(text: ByteText): ParsedFile {
  const variables = new Map<ByteText, ByteText>();
  for (const raw of text.replaceAll("\\\n", "").split("\n")) {
    const line = raw.replace(/^[ \t]+/, "").replace(/#.*$/s, "");
    const [, name, quote, value] = PAM_ASSIGNMENT.exec(line) ?? [];
    if (name !== undefined && value !== undefined)
      variables.set(name, quote === "" ? value : value.replace(/["']$/, ""));
  }
  return { variables };
}
