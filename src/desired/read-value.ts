import { parseExpected } from "../compare/constraints/parse-expected.ts";
import type { YamlPath } from "../config/yaml-source.ts";
import type { Expected } from "../model/expected.ts";
import { getOwn, isJsonObject, type Json, setOwn } from "../model/json.ts";
import { type CheckContext, isList, report } from "./check-attributes.ts";

export interface ValueContext extends CheckContext {
  /** What `${NAME}` in `{$secret: …}` stands for. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** The value of one attribute, as a document has it, as what is expected. Every mistake in it is reported. */
export function readValue(name: string, value: Json, context: ValueContext): Expected {
  const path: YamlPath = ["attributes", name];
  if (typeof value === "string") return value;
  const scalarAsText = context.kind.attribute([name])?.facts.scalarAsText === true;
  const prepared = prepare(value, path, { ...context, scalarAsText });
  return parseExpected(prepared, (found) => {
    const { path: below, ...details } = found;
    report(context, [...path, ...yamlPath(value, below)], { ...details, what: "key" });
  });
}

interface Preparation extends ValueContext {
  readonly scalarAsText: boolean;
}

/** Operands that stay numbers where the attribute is text. */
const NEVER_TEXT = new Set(["$min", "$max", "$length", "$absent", "$expiresAfter", "$digest"]);

/** Fills in secrets, and makes text of numbers and booleans where the attribute is text. Gives back what needs neither. */
function prepare(value: Json, path: YamlPath, preparation: Preparation): Json {
  if (isList(value)) return value.map((element, index) => prepare(element, [...path, index], preparation));
  if (!isJsonObject(value)) return preparation.scalarAsText ? asText(value, path, preparation) : value;
  const prepared: { [key: string]: Json } = {};
  for (const [key, member] of Object.entries(value))
    setOwn(prepared, key, prepareMember(key, member, [...path, key], preparation));
  return prepared;
}

function prepareMember(key: string, value: Json, path: YamlPath, preparation: Preparation): Json {
  if (key === "$secret") return fillIn(value, path, preparation);
  if (key === "$literal" && typeof value === "object") return value;
  return prepare(value, path, NEVER_TEXT.has(key) ? { ...preparation, scalarAsText: false } : preparation);
}

function asText(value: Json, path: YamlPath, { document }: Preparation): Json {
  if (typeof value === "string" || value === null) return value;
  return document.sourceOf(path) ?? String(value);
}

/** `$${` is a literal `${`. */
const REFERENCE = /\$\$\{|\$\{([^}]*)\}/g;
const REFERENCE_EXAMPLE = `\${NAME}`;
const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** A secret stands in the environment, never in the document. Its value is in no message. */
function fillIn(value: Json, path: YamlPath, context: Preparation): Json {
  if (typeof value !== "string") return value;
  const mistake = (message: string, hint: string) => report(context, path, { message, hint, secret: true });
  let references = 0;
  const filled = value.replace(REFERENCE, (written, name: string | undefined) => {
    if (name === undefined) return "${";
    references += 1;
    const found = NAME.test(name) ? getOwn(context.env, name) : undefined;
    if (found === undefined)
      mistake(
        NAME.test(name) ? `Environment variable "${name}" is not set` : `"${written}" names no environment variable`,
        `Set the variable where leeway runs, and write it as ${REFERENCE_EXAMPLE}`,
      );
    return found ?? written;
  });
  if (references === 0)
    mistake("A secret must not be written into a document", `Write $secret: "${REFERENCE_EXAMPLE}" and set NAME`);
  return filled;
}

/** Steps into a list are numbers in a path into YAML. */
function yamlPath(value: Json, steps: readonly string[]): YamlPath {
  let at: Json | undefined = value;
  return steps.map((step) => {
    const inList = at !== undefined && isList(at);
    const next = inList ? Number(step) : step;
    at = stepInto(at, step);
    return next;
  });
}

function stepInto(value: Json | undefined, step: string): Json | undefined {
  if (value === undefined) return undefined;
  if (isJsonObject(value)) return getOwn(value, step);
  return isList(value) ? value[Number(step)] : undefined;
}
