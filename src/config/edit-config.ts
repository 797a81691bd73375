import { createTwoFilesPatch, FILE_HEADERS_ONLY } from "diff";
import {
  isMap,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  parseDocument,
  Scalar,
  stringify,
  type YAMLMap,
  type YAMLSeq,
} from "yaml";
import { KnownError } from "../errors.ts";
import { canonicalJson } from "../model/canonical-json.ts";
import { getOwn, isJsonObject, type Json } from "../model/json.ts";
import type { IgnoreRule } from "./config.ts";
import { readYaml } from "./yaml-source.ts";

export interface EditedConfig {
  readonly text: string;
  /** What changed, as a unified diff. */
  readonly diff: string;
}

/**
 * Adds a rule at the end of `ignore` in the text of a configuration. Every byte that was there stays, but for an empty list
 * (`[]`, `null`) that the rule takes the place of; the rule is written in the style of those before it.
 * @param file what the diff and errors call it
 * @throws KnownError `WRITE_REFUSED` when the text has a form in which that is not possible, with the rule to add by hand
 */
export function addIgnoreRule(text: string, rule: IgnoreRule, file = "leeway.yaml"): EditedConfig {
  return addIgnoreRules(text, [rule], file);
}

/** The same for several rules, all of them or none. */
export function addIgnoreRules(text: string, rules: readonly IgnoreRule[], file = "leeway.yaml"): EditedConfig {
  const edited = rules.reduce((before, rule) => withRule(before, rule, file), text);
  const diff = createTwoFilesPatch(`a/${file}`, `b/${file}`, text, edited, undefined, undefined, {
    headerOptions: FILE_HEADERS_ONLY,
  });
  return { text: edited, diff };
}

function withRule(text: string, rule: IgnoreRule, file: string): string {
  const edit = editFor(text, rule);
  const edited = edit === undefined ? undefined : text.slice(0, edit.from) + edit.insert + text.slice(edit.to);
  if (edited !== undefined && addsOnly(text, edited, rule)) return edited;
  throw new KnownError("WRITE_REFUSED", `Cannot add an ignore rule to "${file}": its form cannot be edited safely`, {
    hint: `Add it by hand under ignore: - ${flowText(rule, true)}`,
  });
}

/** Replaces what stands between two offsets. */
interface Edit {
  readonly from: number;
  readonly to: number;
  readonly insert: string;
}

/** Where the rule goes, and how it is written there; undefined when no way is known. */
function editFor(text: string, rule: IgnoreRule): Edit | undefined {
  // Reading bounds the nesting, which parsing alone does not.
  if (onlyDocument(text) === undefined) return undefined;
  const root = parseDocument(text, { prettyErrors: false, logLevel: "silent" }).contents;
  if (!isMap(root) || root.items.length === 0) return undefined;
  const pair = root.items.find(({ key }) => isScalar(key) && key.value === "ignore");
  if (pair === undefined) return root.flow === true ? memberInFlow(text, root, rule) : sectionAtEnd(text, root, rule);
  // A pair of a parsed tree holds nodes, or null where nothing stands.
  const value = pair.value as Node | null;
  if (isSeq(value) && value.items.length > 0)
    return value.flow === true ? itemInFlow(text, value, rule) : itemInBlock(text, value, rule);
  if (!isNothing(value)) return undefined;
  return root.flow === true ? itemForEmpty(value, rule) : firstItem(text, pair, rule);
}

function isNothing(value: Node | null): boolean {
  return value === null || isSeq(value) || (isScalar(value) && value.value === null);
}

/** `ignore:` as a new last key of the file, before an end marker. */
function sectionAtEnd(text: string, root: YAMLMap, rule: IgnoreRule): Edit {
  const eol = lineEnd(text);
  const indent = " ".repeat(columnOf(text, offsetOf(root)));
  const marker = /^\.\.\.[ \t]*\r?$/m.exec(text);
  const at = marker === null ? text.length : marker.index;
  const before = text.slice(0, at).endsWith("\n") ? "" : eol;
  const after = before === "" || marker !== null ? eol : "";
  return insertion(at, `${before}${indent}ignore:${eol}${indent}  - ${flowText(rule, true)}${after}`);
}

/** In a file in flow style, such as JSON: after its last member. */
function memberInFlow(text: string, root: YAMLMap, rule: IgnoreRule): Edit | undefined {
  const last = root.items.at(-1);
  const value = last?.value as Node | null | undefined;
  if (last === undefined || !value?.range) return undefined;
  // The key of a parsed pair is a node.
  const key = last.key as Node;
  const quoted = text[offsetOf(key)] === '"';
  return insertion(
    value.range[1],
    `,${separator(text, key)}${quoted ? '"ignore"' : "ignore"}: [${quoted ? jsonText(rule) : flowText(rule, true)}]`,
  );
}

function itemInFlow(text: string, list: YAMLSeq, rule: IgnoreRule): Edit | undefined {
  const last = list.items.at(-1) as Node | undefined;
  if (!last?.range) return undefined;
  return insertion(last.range[1], `,${separator(text, last)}${likeItem(text, last, rule)}`);
}

function itemForEmpty(value: Node | null, rule: IgnoreRule): Edit | undefined {
  if (!value?.range) return undefined;
  return { from: value.range[0], to: value.range[1], insert: `[${jsonText(rule)}]` };
}

function itemInBlock(text: string, list: YAMLSeq, rule: IgnoreRule): Edit | undefined {
  const last = list.items.at(-1) as Node | undefined;
  if (!last?.range) return undefined;
  const indent = " ".repeat(columnOf(text, offsetOf(list)));
  return lineAfter(text, last.range[1], `${indent}- ${blockItem(text, last, { rule, indent })}`);
}

/** The first item of a list that is there and empty: what stands for the empty list goes, a comment behind it stays. */
function firstItem(text: string, pair: Pair, rule: IgnoreRule): Edit | undefined {
  const key = pair.key as Node;
  const value = pair.value as Node | null;
  const keyEnd = key.range?.[1];
  if (keyEnd === undefined) return undefined;
  const from = text.indexOf(":", keyEnd) + 1;
  const isWritten = value !== null && !(isScalar(value) && value.source === "");
  const to = isWritten ? Math.max(value.range?.[1] ?? from, from) : from;
  if (text.slice(from, to).includes("\n")) return undefined;
  const indent = " ".repeat(columnOf(text, offsetOf(key)) + 2);
  const added = lineAfter(text, to, `${indent}- ${flowText(rule, true)}`);
  return { from, to: added.to, insert: text.slice(to, added.from) + added.insert };
}

/** Inserts a line behind the one that the offset is on, or at the offset when that starts a line. */
function lineAfter(text: string, offset: number, line: string): Edit {
  const eol = lineEnd(text);
  if (text[offset - 1] === "\n") return insertion(offset, `${line}${eol}`);
  const end = text.indexOf("\n", offset);
  return end === -1 ? insertion(text.length, `${eol}${line}`) : insertion(end + 1, `${line}${eol}`);
}

function insertion(at: number, insert: string): Edit {
  return { from: at, to: at, insert };
}

function blockItem(
  text: string,
  like: Node,
  { rule, indent }: { readonly rule: IgnoreRule; readonly indent: string },
): string {
  if (!isMap(like) || like.flow === true) return likeItem(text, like, rule);
  const lines = stringify(scalars(rule), ONE_LINE).trimEnd().split("\n");
  return lines.join(`${lineEnd(text)}${indent}  `);
}

/** In the flow style of an item: as JSON when its keys are quoted, else with its padding. */
function likeItem(text: string, like: Node, rule: IgnoreRule): string {
  const start = text.slice(offsetOf(like), offsetOf(like) + 2);
  if (isMap(like) && text[offsetOf(like.items[0]?.key as Node)] === '"') return jsonText(rule);
  return flowText(rule, !start.startsWith("{") || /\s/.test(start[1] ?? ""));
}

function flowText(rule: IgnoreRule, padding: boolean): string {
  return stringify(scalars(rule), { ...ONE_LINE, collectionStyle: "flow", flowCollectionPadding: padding }).trimEnd();
}

/** Every text stays on its line, however long it is. */
const ONE_LINE = { lineWidth: 0, blockQuote: false, doubleQuotedMinMultiLineLength: Number.MAX_SAFE_INTEGER } as const;

/** Quoted where the library would otherwise spread a text over lines. */
function scalars(rule: IgnoreRule): object {
  const nodes = Object.entries(ordered(rule)).map(([key, text]) => {
    const node = new Scalar(text);
    if (typeof text === "string" && /[\p{Cc}\p{Zl}\p{Zp}]/u.test(text)) node.type = "QUOTE_DOUBLE";
    return [key, node];
  });
  return Object.fromEntries(nodes);
}

function jsonText(rule: IgnoreRule): string {
  return JSON.stringify(ordered(rule));
}

/** In the order in which the documentation explains them. */
function ordered({ target, at, kind, id, path, drift, reason, until }: IgnoreRule): object {
  return Object.fromEntries(
    Object.entries({ target, at, kind, id, path, drift, reason, until }).filter(([, value]) => value !== undefined),
  );
}

/** What stands between two items of a flow collection: a new line where the last item started one. */
function separator(text: string, item: Node): string {
  const start = offsetOf(item);
  const column = columnOf(text, start);
  const before = text.slice(start - column, start);
  return before.trim() === "" && text.slice(0, start).includes("\n") ? `${lineEnd(text)}${before}` : " ";
}

function offsetOf(node: Node): number {
  return node.range?.[0] ?? 0;
}

/** From 0. */
function columnOf(text: string, offset: number): number {
  return offset - (text.lastIndexOf("\n", offset - 1) + 1);
}

function lineEnd(text: string): string {
  return /\r?\n/.exec(text)?.[0] ?? "\n";
}

/** The proof of an edit: read again, the text says what it said before, and the rule. */
function addsOnly(before: string, after: string, rule: IgnoreRule): boolean {
  const old = onlyDocument(before);
  const now = onlyDocument(after);
  if (!isJsonObject(old) || now === undefined) return false;
  const rules = getOwn(old, "ignore") ?? [];
  if (!Array.isArray(rules)) return false;
  // An ignore rule holds texts only.
  const expected: Json = { ...old, ignore: [...rules, ordered(rule) as Json] };
  return canonicalJson(now) === canonicalJson(expected);
}

function onlyDocument(text: string): Json | undefined {
  const [document, ...others] = readYaml(text, { file: "leeway.yaml" }).documents();
  return document === undefined || document.problems.length > 0 || others.length > 0 ? undefined : document.value;
}
