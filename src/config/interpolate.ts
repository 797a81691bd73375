import { isJsonObject, type Json, setOwn } from "../model/json.ts";
import type { YamlPath } from "./yaml-source.ts";

/** Where `${NAME}` and `${file:PATH}` take their values from, and what they leave behind. */
export interface Interpolation {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The text of a file, without the line end that editors leave; throws with a reason that fits behind a colon. */
  readonly readSecret: (path: string) => Promise<string>;
  /** Collects every value that was filled in: it may be a secret. */
  readonly secrets: Set<string>;
  /** Called for each scalar that a value was filled into. */
  readonly onFilled: (path: YamlPath) => void;
  readonly onProblem: (path: YamlPath, details: { readonly message: string; readonly hint: string }) => void;
}

/** `$${` is a literal `${`; anything else that opens with `${` is a reference or a mistake. */
const REFERENCE = /\$\$\{|\$\{([^}]*)(\}?)/g;
const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]*$/;
const FILE = /^file:(.+)$/s;

/** Fills `${NAME}` and `${file:PATH}` into every string within a value; keys stay as they are. What is filled in is not read again. */
export async function interpolate(value: Json, path: YamlPath, context: Interpolation): Promise<Json> {
  if (typeof value === "string") return value.includes("${") ? await fill(value, path, context) : value;
  if (isList(value)) {
    const filled: Json[] = [];
    for (const [index, item] of value.entries()) filled.push(await interpolate(item, [...path, index], context));
    return filled;
  }
  if (!isJsonObject(value)) return value;
  const filled: { [key: string]: Json } = {};
  for (const [key, member] of Object.entries(value))
    setOwn(filled, key, await interpolate(member, [...path, key], context));
  return filled;
}

async function fill(text: string, path: YamlPath, context: Interpolation): Promise<string> {
  let filled = "";
  let end = 0;
  for (const match of text.matchAll(REFERENCE)) {
    filled += text.slice(end, match.index);
    end = match.index + match[0].length;
    filled +=
      match[0] === "$${" ? "${" : await resolve({ name: match[1] ?? "", closed: match[2] === "}" }, path, context);
  }
  return filled + text.slice(end);
}

interface Reference {
  readonly name: string;
  readonly closed: boolean;
}

async function resolve({ name, closed }: Reference, path: YamlPath, context: Interpolation): Promise<string> {
  const file = FILE.exec(name)?.[1];
  if (!closed || (file === undefined && !VARIABLE.test(name))) {
    context.onProblem(path, {
      message: `"\${${name}${closed ? "}" : ""}" is no reference`,
      hint: `Write "\${NAME}" for a variable or "\${file:PATH}" for the content of a file; "$\${" is a literal "\${"`,
    });
    return "";
  }
  const value = file === undefined ? readVariable(name, path, context) : await readFile(file, path, context);
  if (value === undefined) return "";
  context.onFilled(path);
  if (value !== "") context.secrets.add(value);
  return value;
}

function readVariable(name: string, path: YamlPath, { env, onProblem }: Interpolation): string | undefined {
  const value = Object.hasOwn(env, name) ? env[name] : undefined;
  if (value === undefined) {
    onProblem(path, {
      message: `Environment variable "${name}" is not set`,
      hint: `Set it before you run leeway; "$\${${name}}" is the literal text`,
    });
  }
  return value;
}

async function readFile(
  file: string,
  path: YamlPath,
  { readSecret, onProblem }: Interpolation,
): Promise<string | undefined> {
  try {
    return await readSecret(file);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    onProblem(path, {
      message: `Cannot read "${file}": ${reason}`,
      hint: "A relative path starts at the folder of leeway.yaml",
    });
    return undefined;
  }
}

/** `Array.isArray` does not narrow a readonly array. */
function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
