import {
  type Alias,
  Composer,
  type CST,
  Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  Lexer,
  type Node,
  type Pair,
  Parser,
  Schema,
  type YAMLError,
  type YAMLMap,
  YAMLParseError,
} from "yaml";
import type { Problem } from "../errors.ts";
import type { Json } from "../model/json.ts";
import { type Position, problem, SourceText } from "./source-text.ts";
import { TOO_MANY_PARTS, yamlErrorDetails } from "./yaml-message.ts";
import { type AliasBudget, DEEPEST, isMerge, startOf, type YamlMistake, yamlValue } from "./yaml-value.ts";

/** A path into a document: keys and list indices, from its root. */
export type YamlPath = readonly (string | number)[];

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

export interface YamlDocument {
  /** Integers are exact (`bigint` where a number is not); null when there are problems. */
  readonly value: Json;
  /** Every mistake in it, in the order of the text. */
  readonly problems: readonly Problem[];
  /** The line of its first key or value, from 1. */
  readonly startLine: number;
  /** Where the key or the value at a path stands; of the nearest thing around it when there is none. */
  positionOf(path: YamlPath, what: "key" | "value"): Position;
  /** The scalar at a path as it is written, quotes included; undefined when there is none. */
  sourceOf(path: YamlPath): string | undefined;
  /** Whether the scalar at a path is written without quotes, or as a block. */
  isPlain(path: YamlPath): boolean;
  /** A problem at a path, with its position and line. */
  problemAt(path: YamlPath, details: PathProblem): Problem;
}

export interface PathProblem {
  readonly message: string;
  readonly hint?: string;
  /** `value` when left out. */
  readonly what?: "key" | "value";
  /** The line holds a secret: it is not shown. */
  readonly secret?: boolean;
}

const MAX_BYTES = 64 * 1024 * 1024;
/** What a file's aliases may stand for: a little for every file, and more as the file is longer. */
const FREE_ALIASED_VALUES = 100_000;
const ALIASED_VALUES_PER_CHARACTER = 2;
/** Of one document: about a gigabyte of memory once it is read. */
const MOST_LEXEMES = 3_000_000;
/** One stray quote makes an error of every following line; the first ones tell. */
const MOST_ERRORS = 20;

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
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function inMebibytes(bytes: number): string {
  return `${Math.ceil((bytes / 1024 / 1024) * 10) / 10} MiB`;
}

function* documents(file: string, source: SourceText): Generator<YamlDocument> {
  const budget: AliasBudget = {
    remaining: FREE_ALIASED_VALUES + ALIASED_VALUES_PER_CHARACTER * source.text.length,
  };
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

interface Parsed {
  readonly file: string;
  readonly source: SourceText;
  readonly document: Document;
  readonly budget: AliasBudget;
}

class ParsedDocument implements YamlDocument {
  readonly value: Json;
  readonly problems: readonly Problem[];
  readonly #file: string;
  readonly #source: SourceText;
  readonly #root: Node | null;
  readonly #aliases: ReadonlyMap<Alias, Node>;

  constructor({ file, source, document, budget }: Parsed) {
    this.#file = file;
    this.#source = source;
    this.#root = document.contents;
    const errors = libraryMistakes(document);
    const read = errors.length > 0 ? undefined : yamlValue(document.contents, budget);
    const mistakes = read?.mistakes ?? errors;
    this.#aliases = read?.targets ?? new Map();
    this.value = mistakes.length > 0 || read === undefined ? null : read.value;
    this.problems = mistakes.map((mistake) => this.#problemOf(mistake));
  }

  get startLine(): number {
    return this.#source.positionAt(this.#root === null ? 0 : startOf(this.#root)).line;
  }

  positionOf(path: YamlPath, what: "key" | "value"): Position {
    const { key, value } = this.#find(path);
    const written = value !== null && (value.range?.[1] ?? 0) > startOf(value);
    const node = what === "key" || !written ? (key ?? value) : value;
    return this.#source.positionAt(node === null ? 0 : startOf(node));
  }

  sourceOf(path: YamlPath): string | undefined {
    const { value, whole } = this.#find(path);
    const node = this.#behind(value);
    if (!whole || !isScalar(node) || !node.range) return undefined;
    return this.#source.text.slice(node.range[0], node.range[1]);
  }

  isPlain(path: YamlPath): boolean {
    const { value, whole } = this.#find(path);
    const node = this.#behind(value);
    return whole && isScalar(node) && node.type === "PLAIN";
  }

  problemAt(path: YamlPath, { what = "value", secret = false, ...details }: PathProblem): Problem {
    return this.#problem(this.positionOf(path, what), details, secret);
  }

  #problemOf({ offset, firstAt, message, hint }: YamlMistake): Problem {
    const first = firstAt === undefined ? "" : `, first on line ${this.#source.positionAt(firstAt).line}`;
    return this.#problem(
      this.#source.positionAt(offset),
      { message: message + first, ...(hint === undefined ? {} : { hint }) },
      false,
    );
  }

  #problem(
    position: Position,
    details: { readonly message: string; readonly hint?: string },
    secret: boolean,
  ): Problem {
    const excerpt = secret ? undefined : this.#source.excerptAt(position);
    return problem(this.#file, position, excerpt === undefined ? details : { ...details, excerpt });
  }

  /** Follows a path as far as it leads; `whole` says whether that was to its end. */
  #find(path: YamlPath): Found {
    let found: Found = { key: null, value: this.#root, whole: true };
    for (const step of path) {
      const next = this.#step(this.#behind(found.value), step);
      if (next === undefined) return { ...found, whole: false };
      found = { ...next, whole: true };
    }
    return found;
  }

  #step(node: Node | null, step: string | number): Omit<Found, "whole"> | undefined {
    if (isSeq(node) && typeof step === "number") {
      const item = node.items[step];
      return item === undefined ? undefined : { key: null, value: item as Node };
    }
    return isMap(node) ? this.#member(node, String(step)) : undefined;
  }

  #member(map: YAMLMap, name: string): Omit<Found, "whole"> | undefined {
    const pair = map.items.find((each) => !isMerge(each) && isScalar(each.key) && String(each.key.value) === name);
    // Keys are scalars here, and a value is a node, or null where nothing stands.
    if (pair !== undefined) return { key: pair.key as Node, value: pair.value as Node | null };
    return this.#mergedMember(map.items.filter(isMerge), name);
  }

  #mergedMember(merges: readonly Pair[], name: string): Omit<Found, "whole"> | undefined {
    const sources = merges.flatMap((pair) => {
      const node = this.#behind(pair.value as Node | null);
      return isSeq(node) ? node.items.map((item) => this.#behind(item as Node)) : [node];
    });
    for (const source of sources) {
      const member = isMap(source) ? this.#member(source, name) : undefined;
      if (member !== undefined) return member;
    }
    return undefined;
  }

  #behind(node: Node | null): Node | null {
    return isAlias(node) ? (this.#aliases.get(node) ?? null) : node;
  }
}

interface Found {
  readonly key: Node | null;
  readonly value: Node | null;
  readonly whole: boolean;
}

/** Warnings count as mistakes: an unknown tag would turn its value into text without a word. */
function libraryMistakes(document: Document): readonly YamlMistake[] {
  if (document.errors.length === 0 && document.warnings.length === 0) return [];
  return [...document.errors, ...document.warnings]
    .filter((error, index) => index === 0 || !isConsequence(error))
    .sort((a, b) => a.pos[0] - b.pos[0])
    .filter((error, index, errors) => error.pos[0] !== errors[index - 1]?.pos[0])
    .slice(0, MOST_ERRORS)
    .map((error) => ({ offset: error.pos[0], ...yamlErrorDetails(error) }));
}

/** What stands behind a broken value is no mistake of its own. */
function isConsequence(error: YAMLError): boolean {
  return error.code === "UNEXPECTED_TOKEN" && error.message.includes("in YAML stream");
}
