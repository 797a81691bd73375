import { createReadStream } from "node:fs";
import { dirname, resolve } from "node:path";
import { KnownError, type Problem } from "../errors.ts";
import { isJsonObject, type JsonObject } from "../model/json.ts";
import { decodeUtf8, readYaml, type YamlDocument, type YamlPath } from "./yaml-source.ts";

/** One file of the configuration, parsed and not yet understood. */
export interface ConfigFile {
  /** As a person knows it. */
  readonly file: string;
  /** The folder that its `include` starts at. */
  readonly dir: string;
  readonly document: YamlDocument;
  readonly root: JsonObject;
  /** Paths, as JSON, of scalars that a variable or a file was filled into. */
  readonly filled: ReadonlySet<string>;
  /** Paths, as JSON, of scalars whose variable or file was not there: nothing more is said of them. */
  readonly unresolved: ReadonlySet<string>;
}

/** Reads the bytes of a file. */
export type ReadBytes = (path: string) => Promise<Uint8Array>;

/** Configurations beyond this are no configurations. */
const MAX_BYTES = 64 * 1024 * 1024;

/** Reads a file of this machine, and no more than one byte beyond what a configuration may have. */
export async function readBytes(path: string): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  // `end` counts the last byte in.
  for await (const chunk of createReadStream(path, { end: MAX_BYTES })) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** Why a file of the configuration cannot be used at all. */
export interface Unusable {
  readonly message: string;
  readonly hint: string;
  /** What is wrong inside it; empty when it could not be read. */
  readonly problems: readonly Problem[];
}

const INIT = "Run `leeway init` to write one";

/** Reads one file of the configuration; what is wrong with it as a whole comes back as a value. */
export async function readConfigFile(file: string, path: string, read: ReadBytes): Promise<ConfigFile | Unusable> {
  let bytes: Uint8Array;
  try {
    bytes = await read(path);
  } catch (cause) {
    return { message: `Cannot read "${file}": ${readFailure(cause)}`, hint: readHint(cause), problems: [] };
  }
  const yaml = readYaml(bytes, { file, maxBytes: MAX_BYTES });
  const [refusal] = yaml.problems;
  if (refusal !== undefined) return { message: refusal.message, hint: refusal.hint ?? INIT, problems: [] };
  return understand(file, resolve(dirname(path)), yaml.documents());
}

function understand(file: string, dir: string, documents: Iterable<YamlDocument>): ConfigFile | Unusable {
  // The others are left unread: there must be none.
  const [document, other] = documents;
  if (document === undefined) return { message: `Cannot load "${file}": it is empty`, hint: INIT, problems: [] };
  const problems = [...document.problems];
  if (other !== undefined) {
    const details = { message: "A configuration is one document", hint: `Remove the "---" before this` };
    problems.push(...other.problems, other.problemAt([], details));
  }
  if (problems.length === 0 && !isJsonObject(document.value))
    problems.push(
      document.problemAt([], { message: "A configuration must be a map", hint: `Start with "version: 1"` }),
    );
  if (problems.length > 0 || !isJsonObject(document.value)) return { ...mistakes(file, problems.length), problems };
  return { file, dir, document, root: document.value, filled: new Set(), unresolved: new Set() };
}

/** How the error over a list of problems reads. */
export function mistakes(file: string, count: number): { readonly message: string; readonly hint: string } {
  return {
    message: `Cannot load "${file}": ${count === 1 ? "1 mistake" : `${count} mistakes`}`,
    hint: "Correct what is listed; docs/configuration.md describes every key",
  };
}

export function unusableError({ message, hint, problems }: Unusable): KnownError {
  return new KnownError("CONFIG_INVALID", message, { hint, problems });
}

/** The text of a file that holds a secret. @throws Error whose message is the reason alone */
export async function readSecretText(path: string, read: ReadBytes): Promise<string> {
  let bytes: Uint8Array;
  try {
    bytes = await read(path);
  } catch (cause) {
    throw new Error(readFailure(cause), { cause });
  }
  const text = bytes.byteLength > MAX_BYTES ? undefined : decodeUtf8(bytes);
  if (text === undefined) throw new Error("it is not UTF-8 text");
  return text.replace(/\r?\n$/, "");
}

const FAILURES: Readonly<Record<string, string>> = {
  ENOENT: "no such file",
  ENOTDIR: "no such file",
  EACCES: "permission denied",
  EPERM: "permission denied",
  EISDIR: "it is a folder",
  ELOOP: "a loop of links",
};

function readFailure(cause: unknown): string {
  const code = codeOf(cause);
  if (code !== undefined) return FAILURES[code] ?? code;
  return cause instanceof Error ? cause.message : String(cause);
}

function readHint(cause: unknown): string {
  switch (codeOf(cause)) {
    case "EACCES":
    case "EPERM":
      return "Make it readable for the user that runs leeway";
    default:
      return `${INIT}, or name another file with --config`;
  }
}

function codeOf(cause: unknown): string | undefined {
  return cause instanceof Error && "code" in cause && typeof cause.code === "string" ? cause.code : undefined;
}

export function pathKey(path: YamlPath): string {
  return JSON.stringify(path);
}
