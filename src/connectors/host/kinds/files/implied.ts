import { constraint, type Expected, type ExpectedObject } from "../../../../model/expected.ts";
import { isJsonObject, type Json, type JsonObject, setOwn } from "../../../../model/json.ts";
import { formatStep, type Pointer } from "../../../../model/pointer.ts";
import { fileFacts } from "./file.facts.ts";
import { formatOf } from "./settings/formats.ts";
import { settingsOf } from "./settings/read-settings.ts";
import { secretPaths } from "./settings/secrets.ts";

/** What a diff is made from: a longer text would be held in memory for each file that is declared by it. */
const MAX_CONTENT = 64 * 1024;

/**
 * What declared content says of a file besides its hash: exactly these settings, secrets as such, and the text itself to make a
 * diff of.
 */
export function impliedByContent(declared: { kind: string; id: string; text: string }): ExpectedObject | undefined {
  const { kind, id } = declared;
  if (kind !== fileFacts.kind) return undefined;
  const text = declared.text.replaceAll("\r\n", "\n");
  const format = formatOf(id);
  const settings = format === undefined ? undefined : settingsOf(text, format);
  return {
    ...(settings === undefined || format === undefined
      ? {}
      : { settings: exactly(settings, "", new Set(secretPaths(settings, format))) }),
    ...(text.length > MAX_CONTENT || text.includes("\0") ? {} : { content: text }),
  };
}

/** A value that must be just so: an object has no members that are not named. */
function exactly(value: JsonObject, path: Pointer, secret: ReadonlySet<Pointer>): Expected {
  const members: { [key: string]: Expected } = {};
  for (const [key, member] of Object.entries(value)) {
    const below = `${path}${formatStep(key)}`;
    setOwn(members, key, expected(member, below, secret));
  }
  return constraint([{ op: "only", members }]);
}

function expected(value: Json, path: Pointer, secret: ReadonlySet<Pointer>): Expected {
  if (secret.has(path)) return typeof value === "string" ? constraint([{ op: "secret", value }]) : value;
  if (Array.isArray(value)) return value.map((item: Json) => expected(item, `${path}/*`, secret));
  return isJsonObject(value) ? exactly(value, path, secret) : value;
}
