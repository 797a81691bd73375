import { z } from "zod";
import { getOwn, isJsonObject, type JsonObject } from "../../../../model/json.ts";
import { parseJson } from "../../../../model/parse-json.ts";
import { toByteText, valueText } from "../bytes.ts";
import { defaultsOf } from "./sudo-defaults.ts";
import { type GroupsOf, grantsOf } from "./sudo-grants.ts";

const Scalar = z.union([z.string(), z.number(), z.bigint(), z.boolean()]);
/** One member of a list: what it is by its only key, beside whether it is negated and, of a command, its checksums. */
const Member = z.record(z.string(), z.union([Scalar, z.array(Scalar)]));
const Members = z.array(Member);

const CommandSpec = z.object({
  runasusers: Members.default([]),
  runasgroups: Members.default([]),
  Options: Members.default([]),
  Commands: Members,
});

const UserSpec = z.object({ User_List: Members, Host_List: Members, Cmnd_Specs: z.array(CommandSpec) });
const DefaultsLine = z.object({ Binding: Members.default([]), Options: Members });
const Sudoers = z.object({ Defaults: z.array(DefaultsLine).default([]), User_Specs: z.array(UserSpec).default([]) });

export type Member = z.infer<typeof Member>;
export type UserSpec = z.infer<typeof UserSpec>;
export type DefaultsLine = z.infer<typeof DefaultsLine>;

/** Options that versions before 1.9.14 print without the braces that make them members of a list. */
const BARE_OPTION = /^(\s*)("(?:runcwd|runchroot)": "(?:[^"\\]|\\.)*")(,?)$/gm;

/**
 * Parses what `cvtsudoers -f json -e` prints: resources by id, in the order of the file.
 * @returns undefined when it is not what cvtsudoers prints of a file without mistakes
 */
export function parseSudoers(
  output: Uint8Array,
  groupsOf: GroupsOf = () => [],
): ReadonlyMap<string, JsonObject> | undefined {
  const text = valueText(toByteText(output)).replace(BARE_OPTION, "$1{ $2 }$3");
  const parsed = Sudoers.safeParse(jsonOf(text));
  if (!parsed.success) return undefined;
  const { Defaults, User_Specs } = parsed.data;
  const defaults = defaultsOf(Defaults);
  const grants = grantsOf(User_Specs, { runAsDefault: runAsDefault(defaults), groupsOf });
  return new Map([...defaults, ...grants]);
}

/** Of a file without any rule, nothing is printed. */
function jsonOf(text: string): unknown {
  try {
    return text.trim() === "" ? {} : parseJson(text);
  } catch {
    return undefined;
  }
}

/** As whom commands are run where a rule does not say. */
function runAsDefault(defaults: ReadonlyMap<string, JsonObject>): string {
  const settings = defaults.get("defaults")?.["settings"];
  const user = isJsonObject(settings) ? getOwn(settings, "runas_default") : undefined;
  return typeof user === "string" && user !== "" ? user : "root";
}
