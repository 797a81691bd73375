import {
  type Alias,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  type YAMLError,
  type YAMLMap,
} from "yaml";
import type { Problem } from "../errors.ts";
import type { Json } from "../model/json.ts";
import { type Position, problem, type SourceText } from "./source-text.ts";
import { yamlErrorDetails } from "./yaml-message.ts";
import { type AliasBudget, isMerge, startOf, type YamlMistake, yamlValue } from "./yaml-value.ts";

/** A path into a document: keys and list indices, from its root. */
export type YamlPath = readonly (string | number)[];

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

/** One stray quote makes an error of every following line; the first ones tell. */
const MOST_ERRORS = 20;

interface Parsed {
  readonly file: string;
  readonly source: SourceText;
  readonly document: Document;
  readonly budget: AliasBudget;
}

/** A document as the library composed it, converted and checked. */
export class ParsedDocument implements YamlDocument {
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

/** A document that was read without the library, which is asked only where something in it stands. */
export class SimpleDocument implements YamlDocument {
  readonly value: Json;
  readonly startLine: number;
  readonly #compose: () => YamlDocument;
  #composed: YamlDocument | undefined;

  constructor(value: Json, startLine: number, compose: () => YamlDocument) {
    this.value = value;
    this.startLine = startLine;
    this.#compose = compose;
  }

  get problems(): readonly Problem[] {
    return [];
  }

  positionOf(path: YamlPath, what: "key" | "value"): Position {
    return this.#whole.positionOf(path, what);
  }

  sourceOf(path: YamlPath): string | undefined {
    return this.#whole.sourceOf(path);
  }

  isPlain(path: YamlPath): boolean {
    return this.#whole.isPlain(path);
  }

  problemAt(path: YamlPath, details: PathProblem): Problem {
    return this.#whole.problemAt(path, details);
  }

  get #whole(): YamlDocument {
    this.#composed ??= this.#compose();
    return this.#composed;
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
