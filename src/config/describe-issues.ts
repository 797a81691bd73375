import type { z } from "zod";
import { isJsonObject, type Json } from "../model/json.ts";
import { nearest } from "../model/nearest.ts";
import type { YamlPath } from "./yaml-source.ts";

type Issue = z.core.$ZodIssue;

/** One mistake that a schema found, in Leeway's words. */
export interface DescribedIssue {
  readonly path: YamlPath;
  readonly what: "key" | "value";
  readonly message: string;
  readonly hint?: string;
}

export interface IssueContext {
  /** The value that was parsed. */
  readonly input: Json;
  /** What the input itself is called. */
  readonly name: string;
  /** The JSON Schema of what was parsed: the source of known keys. */
  readonly schema: JsonSchema;
  /** Whether the value at the path may be a secret: then it is not shown. */
  readonly isSecret: (path: YamlPath) => boolean;
  /** Takes secrets out of a text that somebody else wrote. */
  readonly mask: (text: string) => string;
}

/** The part of a JSON Schema in which known keys are looked up. */
export interface JsonSchema {
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: JsonSchema | boolean;
  readonly items?: JsonSchema | readonly JsonSchema[];
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly allOf?: readonly JsonSchema[];
}

/** Says what a schema's issues mean to the person who wrote the value: what was expected, what was found, what to write. */
export function describeIssues(issues: readonly Issue[], context: IssueContext): readonly DescribedIssue[] {
  return issues.flatMap((issue) => describe(issue, context));
}

function describe(issue: Issue, context: IssueContext): readonly DescribedIssue[] {
  const path = issue.path.map((step) => (typeof step === "number" ? step : String(step)));
  if (path.length > 0 && valueAt(context.input, path) === undefined)
    return [{ path: path.slice(0, -1), what: "key", message: `${label(path, context)} is missing` }];
  switch (issue.code) {
    case "unrecognized_keys":
      return issue.keys.map((key) => unknownKey(key, path, context));
    case "invalid_union":
      return describeUnion(issue, path, context);
    case "invalid_element":
    case "invalid_key":
      return describeIssues(
        issue.issues.map((inner) => ({ ...inner, path: [...path, ...inner.path] })),
        context,
      );
    default:
      return [describeValue(issue, path, context)];
  }
}

function unknownKey(key: string, path: YamlPath, context: IssueContext): DescribedIssue {
  const known = knownKeys(context.schema, path);
  const meant = nearest(key, known);
  const list = known.length === 0 ? undefined : `Known keys are ${known.join(", ")}`;
  const hint = meant === undefined ? list : `Did you mean "${meant}"?`;
  return {
    path: [...path, key],
    what: "key",
    message: `Unknown key "${key}"`,
    ...(hint === undefined ? {} : { hint }),
  };
}

/** The branch that fits the kind of value that was written tells what is wrong; when none does, all of them say what would. */
function describeUnion(
  issue: Extract<Issue, { readonly code: "invalid_union" }>,
  path: YamlPath,
  context: IssueContext,
): readonly DescribedIssue[] {
  const fitting = issue.errors.filter(
    (branch) => !branch.some((inner) => inner.path.length === 0 && inner.code === "invalid_type"),
  );
  const [only] = fitting.length === 1 ? fitting : [];
  if (only !== undefined)
    return describeIssues(
      only.map((inner) => ({ ...inner, path: [...path, ...inner.path] })),
      context,
    );
  const root = issue.errors.flatMap((branch) => branch.filter((inner) => inner.path.length === 0).slice(0, 1));
  const expected = [...new Set(root.map(expectation).filter((text) => text !== undefined))];
  const message = expected.length === 0 ? "has a form that is not known" : `must be ${expected.join(" or ")}`;
  return [found(message, path, context)];
}

function describeValue(issue: Issue, path: YamlPath, context: IssueContext): DescribedIssue {
  const written = valueAt(context.input, path);
  const expected = expectation(issue);
  if (expected !== undefined)
    return { ...found(`must be ${expected}`, path, context), ...valueHint(issue, written, context.isSecret(path)) };
  if (issue.code === "too_small" && (written === "" || (Array.isArray(written) && written.length === 0)))
    return { path, what: "value", message: `${label(path, context)} must not be empty` };
  const message = context.mask(issue.message);
  if (message.startsWith("must ")) return found(message, path, context);
  return {
    path,
    what: "value",
    message: `${label(path, context)}: ${message.slice(0, 1).toLowerCase()}${message.slice(1)}`,
  };
}

/** What the schema wants there; undefined where the issue's own message says it best. */
function expectation(issue: Issue): string | undefined {
  switch (issue.code) {
    case "invalid_type":
      return TYPES[issue.expected] ?? issue.expected;
    case "invalid_value": {
      const values = issue.values.map((value) => (typeof value === "string" ? `"${value}"` : String(value)));
      return values.length === 1 ? values[0] : `one of ${values.join(", ")}`;
    }
    case "too_small":
    case "too_big":
      return boundary(issue);
    default:
      return undefined;
  }
}

const TYPES: Readonly<Record<string, string>> = {
  string: "a text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "a map",
  record: "a map",
  null: "null",
};

function boundary(issue: Extract<Issue, { readonly code: "too_small" | "too_big" }>): string | undefined {
  if (issue.origin !== "number" && issue.origin !== "int") return undefined;
  return issue.code === "too_small" ? `at least ${issue.minimum}` : `at most ${issue.maximum}`;
}

function found(message: string, path: YamlPath, context: IssueContext): DescribedIssue {
  const shown = context.isSecret(path) ? "a value that is not shown" : describeFound(valueAt(context.input, path));
  return { path, what: "value", message: `${label(path, context)} ${message}, found ${shown}` };
}

function valueHint(issue: Issue, written: Json | undefined, secret: boolean): { readonly hint?: string } {
  if (secret) return {};
  if (issue.code === "invalid_type" && issue.expected === "string" && isScalar(written))
    return { hint: `Write it in quotes: "${written}"` };
  if (issue.code === "invalid_value" && typeof written === "string") {
    const meant = nearest(
      written,
      issue.values.filter((value) => typeof value === "string"),
    );
    return meant === undefined ? {} : { hint: `Did you mean "${meant}"?` };
  }
  return {};
}

function isScalar(value: Json | undefined): value is number | bigint | boolean {
  return typeof value === "number" || typeof value === "bigint" || typeof value === "boolean";
}

const LONGEST_SHOWN = 60;

/** A value as a message shows it. */
function describeFound(value: Json | undefined): string {
  if (value === null || value === undefined) return "nothing";
  if (typeof value === "string")
    return JSON.stringify(value.length > LONGEST_SHOWN ? `${value.slice(0, LONGEST_SHOWN)}…` : value);
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" ? "a map" : String(value);
}

/** The key, or the item of the list under a key, as a message calls it. */
function label(path: YamlPath, { name }: IssueContext): string {
  const last = path.at(-1);
  if (last === undefined) return name;
  if (typeof last === "string") return `"${last}"`;
  const key = path.findLast((step) => typeof step === "string");
  return `Item ${last + 1} of ${key === undefined ? name : `"${key}"`}`;
}

/** The value at a path; undefined when it leads nowhere. */
function valueAt(value: Json, path: YamlPath): Json | undefined {
  let at: Json | undefined = value;
  for (const step of path) {
    if (Array.isArray(at) && typeof step === "number") at = at[step];
    else if (isJsonObject(at) && Object.hasOwn(at, String(step))) at = at[String(step)];
    else return undefined;
  }
  return at;
}

/** Every key that a schema knows at a path, over all of its branches. */
function knownKeys(schema: JsonSchema, path: YamlPath): readonly string[] {
  let branches = flatten(schema);
  for (const step of path) branches = branches.flatMap((branch) => child(branch, step)).flatMap(flatten);
  return [...new Set(branches.flatMap(({ properties }) => Object.keys(properties ?? {})))];
}

function flatten(schema: JsonSchema): readonly JsonSchema[] {
  return [schema, ...[...(schema.anyOf ?? []), ...(schema.oneOf ?? []), ...(schema.allOf ?? [])].flatMap(flatten)];
}

function child({ properties, additionalProperties, items }: JsonSchema, step: string | number): readonly JsonSchema[] {
  if (typeof step === "number") return Array.isArray(items) ? items : [items].filter(isSchema);
  const own = properties !== undefined && Object.hasOwn(properties, step) ? properties[step] : additionalProperties;
  return [own].filter(isSchema);
}

function isSchema(value: unknown): value is JsonSchema {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
