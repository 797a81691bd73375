import { isUtf8 } from "node:buffer";
import { Composer, type CST, Document, isScalar, Lexer, Parser, Schema, YAMLParseError } from "yaml";
import type { Problem } from "../errors.ts";
import { readSimpleDocument } from "./simple-document.ts";
import { SourceText } from "./source-text.ts";
import { ParsedDocument, SimpleDocument, type YamlDocument } from "./yaml-document.ts";
import { TOO_MANY_PARTS } from "./yaml-message.ts";
import { type AliasBudget, DEEPEST } from "./yaml-value.ts";

export interface YamlOptions {
  /** As the person knows it, for positions. */
  readonly file: string;
  /** 64 MiB when left out; a larger file is refused before anything of it is parsed. */
  readonly maxBytes?: number;
}

/** A file of YAML documents (YAML 1.2 core schema, `<<` merges). */
export interface YamlFile {
  readonly file: string;
  /** Why the file as a whole is refused (binary, too large); then it has no documents. */
  readonly problems: readonly Problem[];
  /** Its documents, each parsed when it is asked for: memory is bounded by the largest one. Empty ones are left out. */
  documents(): Iterable<YamlDocument>;
}

const MAX_BYTES = 64 * 1024 * 1024;
/** What a file's aliases may stand for: a little for every file, and more as the file is longer. */
const FREE_ALIASED_VALUES = 100_000;
const ALIASED_VALUES_PER_CHARACTER = 2;
/** Of one document: about a gigabyte of memory once it is read. */
const MOST_LEXEMES = 3_000_000;

/** One for all documents: making one costs more than reading a small document. */
const SCHEMA = new Schema({ schema: "core", resolveKnownTags: false });
const OPTIONS = {
  schema: SCHEMA,
  intAsBigInt: true,
  stringKeys: true,
  // The library compares each key with each other one; `yamlValue` finds duplicates in one pass.
  uniqueKeys: false,
  prettyErrors: false,
  logLevel: "silent",
} as const;

/**
 * Reads YAML with the position of everything in it. Never throws on what the text holds: whatever is wrong is a problem of
 * the file or of a document.
 * @param source bytes, so that text which is not UTF-8 is noticed; or text that is known to be
 */
export function readYaml(source: string | Uint8Array, options: YamlOptions): YamlFile {
  const { file } = options;
  const refused = (message: string, hint: string): YamlFile => ({
    file,
    problems: [{ file, message, hint }],
    documents: () => [],
  });
  const maxBytes = options.maxBytes ?? MAX_BYTES;
  const bytes = typeof source === "string" ? Buffer.byteLength(source) : source.byteLength;
  if (bytes > maxBytes) {
    return refused(`Cannot read "${file}": it is larger than ${inMebibytes(maxBytes)}`, "Split it into smaller files");
  }
  const text = typeof source === "string" ? source.replace(/^\uFEFF/, "") : decodeUtf8(source);
  if (text === undefined || text.includes("\0"))
    return refused(`Cannot read "${file}": it is not UTF-8 text`, "Save it as UTF-8, or leave it out");
  return { file, problems: [], documents: () => documents(file, new SourceText(text)) };
}

/** The text of bytes without a byte order mark; undefined when they are not UTF-8. */
export function decodeUtf8(bytes: Uint8Array): string | undefined {
  if (!isUtf8(bytes)) return undefined;
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    .toString("utf8")
    .replace(/^\uFEFF/, "");
}

function inMebibytes(bytes: number): string {
  return `${Math.ceil((bytes / 1024 / 1024) * 10) / 10} MiB`;
}

function* documents(file: string, source: SourceText): Generator<YamlDocument> {
  const { text } = source;
  const budget: AliasBudget = { remaining: FREE_ALIASED_VALUES + ALIASED_VALUES_PER_CHARACTER * text.length };
  if (text.length < LARGE || UNSPLITTABLE.test(text)) {
    yield* composed(file, source, budget);
    return;
  }
  for (const part of partsOf(text)) {
    const value = readSimpleDocument(text, part.start, part.end);
    const compose = () => composed(file, partText(text, part), budget);
    if (value === undefined) yield* compose();
    else yield new SimpleDocument(value, part.firstLine + 1, () => firstOf(compose()));
  }
}

/** The documents of a text that holds no other separators than lines of `---`. */
function* partsOf(text: string): Generator<Part> {
  let firstLine = 0;
  for (let start = 0; start < text.length; ) {
    const separator = text.startsWith("---\n", start) ? start - 1 : text.indexOf(SEPARATOR, start);
    const end = separator === -1 ? text.length : separator + 1;
    if (end > start) yield { start, end, firstLine };
    const next = separator === -1 ? text.length : separator + SEPARATOR.length;
    firstLine += countLines(text, start, next);
    start = next;
  }
}

/** From so many characters on it is worth the while to read simple documents without the library. */
const LARGE = 128 * 1024;
const SEPARATOR = "\n---\n";
/** Where documents are parted by more than a line of `---`, only the library knows where they start. */
const UNSPLITTABLE = /\r|^(?:%|\.\.\.|---[^\n])/m;

interface Part {
  readonly start: number;
  readonly end: number;
  readonly firstLine: number;
}

/** A document by itself: nothing in it depends on another. */
function partText(text: string, { start, end, firstLine }: Part): SourceText {
  return new SourceText(text.slice(start, end), firstLine);
}

function countLines(text: string, start: number, end: number): number {
  let count = 0;
  for (let at = text.indexOf("\n", start); at !== -1 && at < end; at = text.indexOf("\n", at + 1)) count += 1;
  return count;
}

function firstOf(documents: Iterable<YamlDocument>): YamlDocument {
  for (const document of documents) return document;
  throw new Error("A document that could be read has vanished");
}

function* composed(file: string, source: SourceText, budget: AliasBudget): Generator<YamlDocument> {
  const composer = new Composer(OPTIONS);
  const bounds: Bounds = {};
  for (const document of composer.compose(tokens(source.text, bounds), true, source.text.length))
    if (!isEmpty(document)) yield new ParsedDocument({ file, source, document, budget });
  if (bounds.crossed === undefined) return;
  const broken = new Document(undefined, OPTIONS);
  broken.errors.push(bounds.crossed);
  yield new ParsedDocument({ file, source, document: broken, budget });
}

/** Where reading stopped, and why: nothing behind that was read. */
interface Bounds {
  crossed?: YAMLParseError;
}

/**
 * The library holds the whole of a document, about a hundred times its text, and composes it by recursion: too much of
 * either ends the process, so reading stops before.
 */
function* tokens(text: string, bounds: Bounds): Generator<CST.Token> {
  const parser = new Parser();
  let lexemes = 0;
  for (const lexeme of new Lexer().lex(text)) {
    lexemes += 1;
    for (const token of parser.next(lexeme)) {
      if (token.type === "document") lexemes = 0;
      yield token;
    }
    const crossed = crossedBound(parser, lexemes);
    if (crossed !== undefined) {
      bounds.crossed = crossed;
      return;
    }
  }
  yield* parser.end();
}

function crossedBound({ stack, offset }: Parser, lexemes: number): YAMLParseError | undefined {
  if (stack.length <= DEEPEST && lexemes <= MOST_LEXEMES) return undefined;
  const message = stack.length > DEEPEST ? `nested deeper than ${DEEPEST} levels` : TOO_MANY_PARTS;
  return new YAMLParseError([offset, offset], "RESOURCE_EXHAUSTION", message);
}

/** Comments and blank lines only: `---` after a last document, or an empty file. */
function isEmpty(document: Document): boolean {
  const { contents } = document;
  return (
    document.errors.length === 0 &&
    (contents === null ||
      (isScalar(contents) && contents.value === null && contents.source === "" && contents.anchor === undefined))
  );
}

export type { PathProblem, YamlDocument, YamlPath } from "./yaml-document.ts";
