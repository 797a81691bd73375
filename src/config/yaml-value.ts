import { type Alias, isAlias, isMap, isScalar, isSeq, type Node, type Pair, type Scalar, type YAMLMap } from "yaml";
import { isJsonObject, type Json, type JsonObject, setOwn } from "../model/json.ts";

/** A mistake at an offset of the text. */
export interface YamlMistake {
  readonly offset: number;
  readonly message: string;
  readonly hint?: string;
  /** The offset of the other place that the message ends with a line number of. */
  readonly firstAt?: number;
}

/** How many values the aliases of a whole file may still stand for. */
export interface AliasBudget {
  remaining: number;
}

export interface YamlValue {
  readonly value: Json;
  readonly mistakes: readonly YamlMistake[];
  /** What each alias stands for. */
  readonly targets: ReadonlyMap<Alias, Node>;
}

/** Nested deeper than this, nobody wrote it by hand, and every walk over it would need a stack as deep. */
export const DEEPEST = 200;

/** Converts the tree of one document. Shared nodes stay shared; a tree that contains itself is a mistake. */
export function yamlValue(root: Node | null, budget: AliasBudget): YamlValue {
  const reading: Reading = {
    mistakes: [],
    targets: new Map(),
    anchors: new Map(),
    budget,
    count: 0,
    isOverspent: false,
  };
  const value = root === null ? null : readNode(root, reading);
  return { value, mistakes: reading.mistakes, targets: reading.targets };
}

interface Reading {
  readonly mistakes: YamlMistake[];
  readonly targets: Map<Alias, Node>;
  readonly anchors: Map<string, Anchored>;
  readonly budget: AliasBudget;
  /** Values seen so far, those behind aliases counted again. */
  count: number;
  isOverspent: boolean;
}

/** `size` is missing while the node is still being read: an alias to it then would make it contain itself. */
interface Anchored {
  readonly node: Node;
  value: Json;
  size: number | undefined;
}

function readNode(node: Node, reading: Reading): Json {
  if (isAlias(node)) return readAlias(node, reading);
  const anchored = openAnchor(node, reading);
  const before = reading.count++;
  const value = readContent(node, reading);
  if (anchored !== undefined) {
    anchored.value = value;
    anchored.size = reading.count - before;
  }
  return value;
}

function readContent(node: Node, reading: Reading): Json {
  if (isMap(node)) return readMap(node, reading);
  if (isSeq(node)) {
    // A sequence in a parsed tree holds nodes, or pairs written as `[a: 1]`, which the library wraps in a map.
    return node.items.map((item) => readNode(item as Node, reading));
  }
  return isScalar(node) ? readScalar(node, reading) : null;
}

function openAnchor(node: Node, reading: Reading): Anchored | undefined {
  const name = (isScalar(node) || isMap(node) || isSeq(node)) && node.anchor;
  if (typeof name !== "string") return undefined;
  const anchored: Anchored = { node, value: null, size: undefined };
  reading.anchors.set(name, anchored);
  return anchored;
}

function readAlias(alias: Alias, reading: Reading): Json {
  const anchored = reading.anchors.get(alias.source);
  if (anchored === undefined)
    return mistake(reading, alias, {
      message: `Alias "*${alias.source}" has no anchor before it`,
      hint: `Write "&${alias.source}" where the value first stands, or quote the text if no alias is meant`,
    });
  if (anchored.size === undefined)
    return mistake(reading, alias, { message: `Alias "*${alias.source}" stands inside its own anchor` });
  reading.targets.set(alias, anchored.node);
  reading.count += anchored.size;
  reading.budget.remaining -= anchored.size;
  return reading.budget.remaining < 0 ? overspent(reading, alias) : anchored.value;
}

/** Said once a document: of every alias after it the same holds. */
function overspent(reading: Reading, alias: Alias): null {
  if (reading.isOverspent) return null;
  reading.isOverspent = true;
  return mistake(reading, alias, {
    message: "Aliases stand for too many values",
    hint: "Write the repeated parts out, or split the file",
  });
}

function readMap(map: YAMLMap, reading: Reading): JsonObject {
  const object: { [key: string]: Json } = {};
  const written = new Map<string, number>();
  const merged: Pair[] = [];
  for (const pair of map.items) {
    if (isMerge(pair)) merged.push(pair);
    else readPair(pair, { object, written, reading });
  }
  for (const pair of merged) mergeInto(object, pair, reading);
  return object;
}

interface OpenMap {
  readonly object: { [key: string]: Json };
  /** The offset of each key that was read. */
  readonly written: Map<string, number>;
  readonly reading: Reading;
}

function readPair(pair: Pair, { object, written, reading }: OpenMap): void {
  const { key: node } = pair;
  // The option `stringKeys` makes any other key an error of the library, and then nothing is read.
  if (!isScalar(node)) return;
  if (node.anchor !== undefined) readNode(node, reading);
  const key = String(node.value);
  const firstAt = written.get(key);
  if (firstAt !== undefined) mistake(reading, node, { message: `Key "${key}" is given twice`, firstAt });
  else written.set(key, startOf(node));
  // A pair of a parsed tree holds a node, or null where nothing stands.
  const value = pair.value as Node | null;
  setOwn(object, key, value === null ? null : readNode(value, reading));
}

/** An unquoted `<<`, as YAML 1.1 merges maps. */
export function isMerge(pair: Pair): boolean {
  return isScalar(pair.key) && pair.key.value === "<<" && pair.key.type === "PLAIN";
}

/** What the map says itself wins, then the earlier of several. */
function mergeInto(object: { [key: string]: Json }, pair: Pair, reading: Reading): void {
  const node = pair.value as Node | null;
  const value = node === null ? null : readNode(node, reading);
  for (const source of Array.isArray(value) ? value : [value]) {
    if (!isJsonObject(source)) {
      mistake(reading, node ?? (pair.key as Scalar), {
        message: `"<<" needs a map or a list of maps to merge`,
        hint: `Quote it ("<<") if a plain key is meant`,
      });
      return;
    }
    for (const [key, member] of Object.entries(source)) if (!Object.hasOwn(object, key)) setOwn(object, key, member);
  }
}

function readScalar(node: Scalar, reading: Reading): Json {
  const { value } = node;
  switch (typeof value) {
    case "bigint": {
      const number = Number(value);
      return Number.isSafeInteger(number) ? number : value;
    }
    case "number":
      if (Number.isFinite(value)) return value;
      return mistake(reading, node, {
        message: `The number "${node.source ?? value}" has no exact value`,
        hint: "Quote it if it is meant as text",
      });
    case "string":
    case "boolean":
      return value;
    default:
      return null;
  }
}

function mistake(reading: Reading, node: Node, found: Omit<YamlMistake, "offset">): null {
  reading.mistakes.push({ offset: startOf(node), ...found });
  return null;
}

/** Where a node starts in the text. */
export function startOf(node: Node): number {
  return node.range?.[0] ?? 0;
}
