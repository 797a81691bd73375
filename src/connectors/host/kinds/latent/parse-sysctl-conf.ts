import { compileGlob } from "../../../../model/glob.ts";
import type { ByteText } from "../bytes.ts";
import { keyOfPath, SYSCTL_ROOT } from "../kernel/sysctl-key.ts";

/** One line that says something: a value for the keys it matches, or, without one, that patterns leave its key alone. */
export interface SysctlSetting {
  /** As a path below /proc/sys; may be a pattern. */
  readonly path: ByteText;
  readonly value?: ByteText;
}

/**
 * The settings of one file of sysctl.d(5), in order. A line that is neither empty, a comment nor an assignment sets nothing:
 * systemd-sysctl logs it and goes on.
 */
export function parseSysctlConf(lines: readonly ByteText[]): readonly SysctlSetting[] {
  return lines.flatMap((line): SysctlSetting[] => {
    const text = line.trim();
    if (text === "" || text.startsWith("#") || text.startsWith(";")) return [];
    const equals = text.indexOf("=");
    if (equals === -1) return text.startsWith("-") ? [{ path: pathOf(text.slice(1)) }] : [];
    const name = text.slice(0, equals).trim();
    const path = pathOf(name.startsWith("-") ? name.slice(1) : name);
    return path === "" ? [] : [{ path, value: text.slice(equals + 1).trim() }];
  });
}

/** Where the first separator is a slash, slashes part the steps; else dots do, and a slash is a dot within a step. */
function pathOf(name: ByteText): ByteText {
  const separator = /[./]/.exec(name.trim())?.[0];
  const path = separator === "." ? name.trim().replace(/[./]/g, (each) => (each === "." ? "/" : ".")) : name.trim();
  return path
    .split("/")
    .filter((step) => step !== "")
    .join("/");
}

/** The value that each key gets at a start. */
export interface PersistedValue {
  readonly value: ByteText;
  /** Given by a pattern, and so to whatever there is when it is applied. */
  readonly byPattern: boolean;
}

/**
 * What systemd-sysctl makes of settings: of one key the last counts, and a key that is named is left alone by every pattern.
 * @param known the keys that there are, for patterns to match
 * @returns values by key, written with dots
 */
export function persistedValues(
  settings: readonly SysctlSetting[],
  known: readonly string[],
): ReadonlyMap<string, PersistedValue> {
  const named = settings.filter(({ path }) => !isPattern(path));
  const explicit = new Set(named.map(({ path }) => keyOf(path)));
  const matchable = known.filter((key) => !explicit.has(key));
  const values = new Map<string, PersistedValue>();
  for (const { path, value } of settings.filter((setting) => isPattern(setting.path))) {
    if (value === undefined) continue;
    const matches = compilePattern(path);
    for (const key of matchable) if (matches(swapped(key))) values.set(key, { value, byPattern: true });
  }
  for (const { path, value } of named) {
    if (value === undefined) values.delete(keyOf(path));
    else values.set(keyOf(path), { value, byPattern: false });
  }
  return values;
}

function keyOf(path: ByteText): string {
  return keyOfPath(`${SYSCTL_ROOT}/${path}`);
}

function swapped(key: string): string {
  return keyOfPath(`${SYSCTL_ROOT}/${key}`);
}

function isPattern(path: ByteText): boolean {
  return /[*?[]/.test(path);
}

/** As glob(7): `*` and `?` match no slash; so do the classes, which Leeway's own patterns do not have. */
function compilePattern(path: ByteText): (text: string) => boolean {
  if (!path.includes("[")) return compileGlob(path.replace(/\*+/g, "*"));
  const source = path.replace(/\[(!?)([^\]/]+)\]|\*+|\?|[\\^$.|+(){}[\]]/g, (part, not?: string, members?: string) => {
    if (members !== undefined) return `[${not === "!" ? "^/" : ""}${members.replace(/[\\^]/g, "\\$&")}]`;
    if (part.startsWith("*")) return "[^/]*";
    return part === "?" ? "[^/]" : `\\${part}`;
  });
  try {
    const pattern = new RegExp(`^${source}$`);
    return (text) => pattern.test(text);
  } catch {
    // A class that is none (`[z-a]`) matches nothing, as in glob(7).
    return () => false;
  }
}

/** The same value in the same words: the kernel parts fields by tabs and writes numbers in decimal. */
export function canonicalValue(value: ByteText): ByteText {
  return value
    .trim()
    .split(/\s+/)
    .map((field) => (/^0(?:x[0-9a-f]+|[0-7]+)$/i.test(field) ? decimal(field) : field))
    .join("\t");
}

function decimal(field: string): string {
  return BigInt(/^0x/i.test(field) ? field : `0o${field.slice(1)}`).toString();
}
