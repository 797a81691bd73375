import type { Json, JsonObject } from "../../../../model/json.ts";
import { linesOf, valueText } from "../bytes.ts";

export interface SshdSettings {
  readonly settings: JsonObject;
  /** A line that is none of a keyword with its value. */
  readonly mistake?: string;
}

/** The host key that is given on standard input so that sshd starts; it is none of the server's. */
export const GIVEN_HOST_KEY = "/dev/stdin";

/**
 * Parses `sshd -T`. A keyword that is repeated is a list, in order; those of `lists` always are.
 * The given host key is taken out of `hostkey`; where no other is configured, the defaults are in force and none is shown.
 */
export function parseSshd(output: Uint8Array, lists: ReadonlySet<string>): SshdSettings {
  const values = new Map<string, string[]>();
  for (const [index, line] of linesOf(output).entries()) {
    if (line === "") continue;
    const [, keyword, value = ""] = /^([A-Za-z0-9]+)(?: (.*))?$/s.exec(line) ?? [];
    if (keyword === undefined) return { settings: {}, mistake: `line ${index + 1} is malformed` };
    const key = keyword.toLowerCase();
    const text = valueText(value.trim());
    if (key !== "hostkey" || text !== GIVEN_HOST_KEY) values.set(key, [...(values.get(key) ?? []), text]);
  }
  const settings = Array.from(values, ([key, texts]): [string, Json] => [
    key,
    lists.has(key) ? texts : oneOrAll(texts),
  ]);
  // fromEntries defines members, so a keyword could not set the prototype.
  return { settings: Object.fromEntries(settings) };
}

function oneOrAll(texts: readonly string[]): Json {
  const [first = "", ...others] = texts;
  return others.length === 0 ? first : texts;
}
