import type { Json, JsonObject } from "../../../../../model/json.ts";
import { isInclude, parsePamFile } from "../../pam/parse-pam.ts";
import { Members } from "./ini.ts";

/** A file of PAM: its rules in their order, which counts. Undefined when a line is no rule. */
export function parsePamSettings(text: string): JsonObject | undefined {
  const lines = parsePamFile(text.split("\n"));
  if ("malformedLine" in lines) return undefined;
  const rules = lines.map((line): Json => {
    const { type, quiet, control, module, args } = line;
    return {
      ...(type === undefined ? {} : { type }),
      control,
      [isInclude(line) ? "file" : "module"]: module,
      ...(args.length === 0 ? {} : { args }),
      ...(quiet ? { quiet } : {}),
    };
  });
  return rules.length === 0 ? {} : { rules };
}

/** limits.conf(5): values by domain, type and item. Undefined when a line is anything else. */
export function parseLimits(text: string): JsonObject | undefined {
  const members = new Members();
  for (const raw of text.split("\n")) {
    const words = raw.replace(/#.*$/, "").trim().split(/\s+/);
    if (words.length === 1 && words[0] === "") continue;
    const [domain = "", type = "", item, value] = words;
    // A domain with `-` alone is one that no limit holds for.
    if (words.length === 2 && type === "-") members.add(`${domain} -`, true);
    else if (words.length === 4 && item !== undefined && value !== undefined && /^(?:hard|soft|-)$/i.test(type))
      members.add(`${domain} ${type.toLowerCase()} ${item.toLowerCase()}`, value.toLowerCase());
    else return undefined;
  }
  const order = groupsInOrder(members.keys);
  return { ...members.take(), ...(order.length < 2 ? {} : { order }) };
}

/** Who is in several groups gets what the last of them says: only among them the order counts. */
function groupsInOrder(keys: readonly string[]): readonly string[] {
  return keys.filter((key) => /^[@%]|^[^ ]*:/.test(key));
}
