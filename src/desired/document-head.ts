import type { YamlDocument, YamlPath } from "../config/yaml-source.ts";
import type { Problem } from "../errors.ts";
import type { KindCatalog, KindFacts } from "../model/facts.ts";
import { getOwn, isJsonObject, type Json, type JsonObject } from "../model/json.ts";
import { nearest } from "../model/nearest.ts";
import { describe, isList } from "./check-attributes.ts";
import { kindIndex } from "./kind-index.ts";

/** What a document says besides its attributes. */
export interface DocumentHead {
  /** Missing when it has none that is known: then nothing else can be checked. */
  readonly kind: KindFacts | undefined;
  readonly id: string;
  readonly at: readonly string[] | undefined;
  readonly absent: boolean;
  readonly attributes: JsonObject;
  /** Whether a line of the document may hold a secret. */
  readonly secret: boolean;
}

const KEYS = ["kind", "id", "at", "attributes", "absent"];

interface HeadContext {
  readonly kinds: KindCatalog;
  readonly problems: Problem[];
}

/** Reads `kind`, `id`, `at` and `absent`, and reports every mistake in them and every key that no document has. */
export function readHead(value: JsonObject, document: YamlDocument, { kinds, problems }: HeadContext): DocumentHead {
  const secret = holdsKey(value, "$secret") || hasSensitive(value, kinds);
  const mistake: Mistake = (path, message, hint, what = "value") =>
    problems.push(document.problemAt(path, { message, what, ...(hint === undefined ? {} : { hint }), secret }));
  const context: Context = { value, document, mistake };
  const kind = readKind(context, kinds);
  reportUnknownKeys(context, kind);
  const id = readId(context, kind);
  const absent = readAbsent(context);
  const attributes = readAttributeMap(context, absent);
  return { kind, id, at: readPlaces(context), absent, attributes, secret };
}

type Mistake = (path: YamlPath, message: string, hint?: string, what?: "key" | "value") => void;

interface Context {
  readonly value: JsonObject;
  readonly document: YamlDocument;
  readonly mistake: Mistake;
}

function readKind({ value, mistake }: Context, kinds: KindCatalog): KindFacts | undefined {
  const kind = getOwn(value, "kind");
  const names = [...kinds.keys()];
  if (kind === undefined) mistake([], '"kind" is missing', `Write one of: ${names.join(", ")}`);
  else if (typeof kind !== "string") mistake(["kind"], `"kind" must be text, not ${describe(kind)}`);
  else if (!kinds.has(kind)) {
    const near = nearest(kind, names);
    mistake(
      ["kind"],
      `Unknown kind "${kind}"`,
      near === undefined ? `Known are: ${names.join(", ")}` : `Did you mean "${near}"?`,
    );
  } else return kinds.get(kind);
  return undefined;
}

function readId(context: Context, kind: KindFacts | undefined): string {
  const id = getOwn(context.value, "id");
  const example =
    kind === undefined ? undefined : `${capital(kind.id.description)}: write it like "${kind.id.example}"`;
  if (id === undefined) context.mistake([], '"id" is missing', example);
  else if (typeof id !== "string")
    context.mistake(["id"], `"id" must be text, not ${describe(id)}`, quoteHint(context, ["id"]));
  else {
    if (kind !== undefined && kindIndex(kind).id?.test(id) === false)
      context.mistake(["id"], `"${id}" is no id of ${kind.kind}`, example);
    return id;
  }
  return "";
}

function readPlaces(context: Context): readonly string[] | undefined {
  const at = getOwn(context.value, "at");
  if (at === undefined) return undefined;
  if (typeof at === "string") return [at];
  if (isPatternList(at)) return at;
  const patterns = 'Write patterns of places: at: ["web-*"]';
  if (!isList(at))
    context.mistake(["at"], `"at" must be a pattern or a list of patterns, not ${describe(at)}`, patterns);
  else if (at.length === 0)
    context.mistake(["at"], '"at" is empty: the resource is meant for no place', "Leave it out to mean all places");
  else
    for (const [index, pattern] of at.entries())
      if (typeof pattern !== "string")
        context.mistake(
          ["at", index],
          `A pattern must be text, not ${describe(pattern)}`,
          quoteHint(context, ["at", index]),
        );
  return undefined;
}

function isPatternList(at: Json): at is readonly string[] {
  return isList(at) && at.length > 0 && at.every((pattern) => typeof pattern === "string");
}

function readAbsent({ value, mistake }: Context): boolean {
  const absent = getOwn(value, "absent");
  if (absent === undefined || typeof absent === "boolean") return absent === true;
  mistake(["absent"], `"absent" must be true or false, not ${describe(absent)}`, "Write absent: true");
  return false;
}

function readAttributeMap({ value, mistake }: Context, absent: boolean): JsonObject {
  const attributes = getOwn(value, "attributes") ?? {};
  if (!isJsonObject(attributes)) {
    mistake(
      ["attributes"],
      `"attributes" must be a map, not ${describe(attributes)}`,
      'Write a name and a value each: { mode: "0600" }',
    );
    return {};
  }
  if (absent && Object.keys(attributes).length > 0) {
    mistake(["attributes"], '"absent: true" cannot stand together with attributes', "Leave out one of them", "key");
    return {};
  }
  return attributes;
}

function reportUnknownKeys({ value, mistake }: Context, kind: KindFacts | undefined): void {
  for (const key of Object.keys(value)) {
    if (KEYS.includes(key)) continue;
    const attributes = kind === undefined ? [] : kindIndex(kind).names([]);
    const near = nearest(key, KEYS);
    const asKey = near === undefined ? `A document has: ${KEYS.join(", ")}` : `Did you mean "${near}"?`;
    const hint = attributes.includes(key) ? `Move it under "attributes"` : asKey;
    mistake([key], `Unknown key "${key}" in a document`, hint, "key");
  }
}

function quoteHint({ document }: Context, path: YamlPath): string | undefined {
  const source = document.sourceOf(path);
  return source === undefined || source === "" ? undefined : `Put it in quotes: "${source}"`;
}

/** Whether a declared attribute is one whose value must not be shown. */
function hasSensitive(value: JsonObject, kinds: KindCatalog): boolean {
  const kind = getOwn(value, "kind");
  const facts = typeof kind === "string" ? kinds.get(kind) : undefined;
  return facts?.attributes.some((attribute) => attribute.roles?.includes("sensitive")) === true;
}

function holdsKey(value: Json, key: string): boolean {
  if (isJsonObject(value))
    return Object.hasOwn(value, key) || Object.values(value).some((member) => holdsKey(member, key));
  return (
    typeof value === "object" && value !== null && isList(value) && value.some((element) => holdsKey(element, key))
  );
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
