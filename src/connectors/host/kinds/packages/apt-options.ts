import type { ByteText } from "../bytes.ts";
import { valueText } from "../bytes.ts";

/** The options of a source, in whichever of the two formats they were given. */
export interface SourceOptions {
  readonly signedBy: readonly ByteText[];
  readonly architectures: readonly ByteText[];
  /** Undefined when it is left to the signature. */
  readonly trusted: boolean | undefined;
  readonly allowInsecure: boolean;
  readonly enabled: boolean;
  readonly others: Readonly<Record<string, string>>;
}

/** One-line names of what has another name in stanzas. */
const NAMES: ReadonlyMap<string, string> = new Map([
  ["arch", "architectures"],
  ["lang", "languages"],
  ["target", "targets"],
]);
/** Made by people and programs for themselves: apt does not read them. */
const COMMENTS = /^(?:x-.*|description)$/;

const YES = /^(?:yes|true|with|on|enable|1)$/i;
const NO = /^(?:no|false|without|off|disable|0)$/i;

/** @param fields by name in lower case. @returns undefined where a truth value is none */
export function optionsOf(fields: ReadonlyMap<string, ByteText>): SourceOptions | undefined {
  const rest = new Map(Array.from(fields, ([name, value]) => [NAMES.get(name) ?? name, value] as const));
  const take = (name: string): ByteText | undefined => {
    const value = rest.get(name);
    rest.delete(name);
    return value;
  };
  const [trusted, allowInsecure, enabled] = ["trusted", "allow-insecure", "enabled"].map((name) => truth(take(name)));
  if (trusted === null || allowInsecure === null || enabled === null) return undefined;
  const [signedBy, architectures] = [list(take("signed-by")), list(take("architectures"))];
  const others = Array.from(rest).filter(([name]) => !COMMENTS.test(name));
  return {
    signedBy,
    architectures,
    trusted,
    allowInsecure: allowInsecure ?? false,
    enabled: enabled ?? true,
    others: Object.fromEntries(others.map(([name, value]) => [valueText(name), valueText(value)])),
  };
}

/** Undefined when it is not given, null when it is neither yes nor no. */
function truth(text: ByteText | undefined): boolean | undefined | null {
  if (text === undefined) return undefined;
  if (YES.test(text)) return true;
  return NO.test(text) ? false : null;
}

function list(text: ByteText | undefined): readonly ByteText[] {
  return text === undefined ? [] : text.split(/[\s,]+/).filter((word) => word !== "");
}
