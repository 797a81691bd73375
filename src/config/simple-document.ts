import { type Json, type JsonObject, setOwn } from "../model/json.ts";

/**
 * One line: a key, indented by two spaces or not at all, and after it nothing, a plain word, a whole number, JSON's double-quoted
 * text, a list of these on one line, or an empty map. Whatever else YAML knows is left to the library.
 */
const QUOTED =
  '"(?:[^"\\\\\\u0000-\\u001f\\u007f-\\u009f\\u2028\\u2029\\ud800-\\udfff\\ufeff\\ufffe\\uffff]|\\\\(?:["\\\\/bfnrt]|u(?![dD][89a-fA-F])[0-9a-fA-F]{4}))*"';
const WORD = "[A-Za-z_/][A-Za-z0-9_./@+-]*";
const NUMBER = "(?:0|-?[1-9][0-9]{0,14})";
const ITEM = `(?:${WORD}|${NUMBER}|${QUOTED})`;
const LINE = new RegExp(
  `( {2})?([A-Za-z_$][A-Za-z0-9_$-]*):(?: (?:(${WORD})|(${QUOTED})|(${NUMBER})|(\\[${ITEM}(?:, ${ITEM})*\\]|\\{\\})))?\\n`,
  "y",
);
const EACH_ITEM = new RegExp(ITEM, "g");
/** What some version of YAML reads as something other than text. */
const AMBIGUOUS = /^(?:null|true|false|yes|no|on|off|y|n)$/i;

/**
 * The value of a document that is written as `capture` writes flat attributes, one pass over its text and no tree; undefined
 * for any other, about which this says nothing.
 * @param text whole lines from `start` to `end`
 */
export function readSimpleDocument(text: string, start: number, end: number): JsonObject | undefined {
  const reading: Reading = { root: {}, open: undefined };
  LINE.lastIndex = start;
  while (LINE.lastIndex < end) {
    // What a match holds is said by `Line`.
    const line = LINE.exec(text) as unknown as Line | null;
    if (line === null || LINE.lastIndex > end) return undefined;
    // A key with nothing after it opens a map; one that stays empty is null, which is for the library to say.
    const opens = text.startsWith("  ", LINE.lastIndex);
    if (!takeLine(line, reading, opens)) return undefined;
  }
  return reading.root;
}

interface Reading {
  readonly root: { [key: string]: Json };
  /** The map that indented lines belong to. */
  open: { [key: string]: Json } | undefined;
}

/** False for a line that only the library can judge. */
function takeLine(line: Line, reading: Reading, opens: boolean): boolean {
  const [, indent, key] = line;
  const into = indent === undefined ? reading.root : reading.open;
  if (into === undefined || AMBIGUOUS.test(key) || Object.hasOwn(into, key)) return false;
  const value = contentOf(line);
  if (value === undefined && (indent !== undefined || !opens || !line[0].endsWith(":\n"))) return false;
  if (indent === undefined) reading.open = value === undefined ? {} : undefined;
  setOwn(into, key, value ?? reading.open ?? null);
  return true;
}

/** The groups of `LINE`; the key is always there. */
type Line = readonly [
  line: string,
  indent: string | undefined,
  key: string,
  word: string | undefined,
  quoted: string | undefined,
  number: string | undefined,
  collection: string | undefined,
];

/** Undefined where nothing stands, and for words that are no text. */
function contentOf([, , , word, quoted, number, collection]: Line): Json | undefined {
  if (word !== undefined) return wordOf(word);
  // The pattern admits no text but JSON's.
  if (quoted !== undefined) return shared(JSON.parse(quoted) as string);
  if (number !== undefined) return Number(number);
  return collection === undefined ? undefined : collectionOf(collection);
}

function wordOf(word: string): Json | undefined {
  if (word === "true") return true;
  if (word === "false") return false;
  return word.length < 6 && AMBIGUOUS.test(word) ? undefined : shared(word);
}

/** Types, modes and names stand in document after document: each is kept once. */
const words = new Map<string, string>();
const LONGEST_SHARED = 16;

function shared(text: string): string {
  const known = text.length > LONGEST_SHARED ? text : words.get(text);
  if (known === undefined && words.size < MOST_SHARED) words.set(text, text);
  return known ?? text;
}

const NOTHING: JsonObject = {};
const lists = new Map<string, readonly Json[] | undefined>();
const MOST_SHARED = 4096;

/** The same list, such as that of places, stands in document after document. */
function collectionOf(text: string): Json | undefined {
  if (text === "{}") return NOTHING;
  if (lists.has(text)) return lists.get(text);
  const items = Array.from(text.matchAll(EACH_ITEM), ([item]) => itemOf(item));
  const list = items.every((item) => item !== undefined) ? items : undefined;
  if (lists.size < MOST_SHARED) lists.set(text, list);
  return list;
}

function itemOf(item: string): Json | undefined {
  if (item.startsWith('"')) return JSON.parse(item) as string;
  return /^[-0-9]/.test(item) ? Number(item) : wordOf(item);
}
