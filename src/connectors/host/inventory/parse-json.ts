import { getOwn, isJsonObject, type Json, type JsonObject } from "../../../model/json.ts";
import { parseJson } from "../../../model/parse-json.ts";
import { InventoryBuilder, type ParsedInventory } from "./inventory.ts";

/** Reads what a dynamic inventory prints for `--list`: groups, and all variables of hosts under `_meta`. */
export function parseJsonInventory(text: string, source: string): ParsedInventory {
  const builder = new InventoryBuilder(source);
  const value = parsed(text);
  if (!isJsonObject(value)) {
    builder.refuse({
      message: "it is no JSON object",
      hint: "The command must print JSON as `ansible-inventory --list` does",
    });
    return builder.finish();
  }
  for (const [name, group] of Object.entries(value)) if (name !== "_meta") readGroup(name, group, builder);
  readHostVars(getOwn(value, "_meta"), builder);
  return builder.finish();
}

function parsed(text: string): Json | undefined {
  try {
    return parseJson(text);
  } catch {
    // The text may hold secrets, and so may what a parser says of it.
    return undefined;
  }
}

/** Only hosts, or a map. */
function readGroup(name: string, value: Json, builder: InventoryBuilder): void {
  const group = Array.isArray(value) ? { hosts: value } : value;
  if (!isJsonObject(group)) {
    builder.refuse({ message: `group "${name}" must be a list of hosts, or a map` });
    return;
  }
  const { hosts, children, vars } = builder.group(name);
  for (const host of namesIn(group, "hosts", { name, builder })) {
    hosts.add(host);
    builder.host(host);
  }
  for (const child of namesIn(group, "children", { name, builder })) {
    children.add(child);
    builder.group(child);
  }
  const given = getOwn(group, "vars") ?? {};
  if (isJsonObject(given)) builder.addVars(vars, given);
  else builder.refuse({ message: `"vars" of group "${name}" must be a map` });
}

function namesIn(
  group: JsonObject,
  key: string,
  { name, builder }: { readonly name: string; readonly builder: InventoryBuilder },
): readonly string[] {
  const value = getOwn(group, key) ?? [];
  if (Array.isArray(value) && value.every((each) => typeof each === "string")) return value;
  builder.refuse({ message: `"${key}" of group "${name}" must be a list of names` });
  return [];
}

function readHostVars(meta: Json | undefined, builder: InventoryBuilder): void {
  const all = isJsonObject(meta) ? getOwn(meta, "hostvars") : undefined;
  if (!isJsonObject(all)) {
    builder.refuse({
      message: 'it has no "_meta.hostvars"',
      hint: "Without it each host would have to be asked for by itself; `ansible-inventory --list` prints it",
    });
    return;
  }
  for (const [host, vars] of Object.entries(all)) {
    if (isJsonObject(vars)) builder.addVars(builder.host(host).vars, vars);
    else builder.refuse({ message: `the variables of host "${host}" must be a map` });
  }
}
