import type { Json, JsonObject } from "../../../../../model/json.ts";
import { Members, withoutQuotes } from "./ini.ts";

const LINE = /^([A-Za-z][A-Za-z0-9]*)(?:\s*=\s*|\s+|(?="))(.+)$/;

/**
 * sshd_config(5) and ssh_config(5): keywords in lower case with their arguments. The first value of most keywords holds, so
 * those of one keyword stay in order; the blocks under `Match` and `Host` stand in order in `blocks`, each with its `condition`.
 * An `Include` behind other keywords is told with them: what it includes only counts for the rest. Undefined when a line is
 * anything else.
 */
export function parseSsh(text: string): JsonObject | undefined {
  const top = new Members();
  const blocks: { readonly condition: string; readonly members: Members }[] = [];
  for (const line of linesIn(text)) {
    const [, name, rest] = LINE.exec(line) ?? [];
    if (name === undefined || rest === undefined) return undefined;
    const keyword = name.toLowerCase();
    const value = withoutQuotes(rest.trim());
    if (keyword === "match" || keyword === "host")
      blocks.push({ condition: `${keyword} ${value.replace(/\s+/g, " ")}`, members: new Members() });
    else addKeyword(blocks.at(-1)?.members ?? top, keyword, value);
  }
  const settings = top.take();
  if (blocks.length === 0) return settings;
  const told: Json = blocks.map(({ condition, members }) => ({ condition, settings: members.take() }));
  return { ...settings, blocks: told };
}

function linesIn(text: string): readonly string[] {
  const lines = text.split("\n").map((line) => line.trim());
  return lines.filter((line) => line !== "" && !line.startsWith("#"));
}

/** Blanks between arguments mean nothing where none is quoted. */
function addKeyword(members: Members, keyword: string, value: string): void {
  const text = /["']/.test(value) ? value : value.split(/\s+/).join(" ");
  const earlier = members.keys.filter((key) => key !== "include" && key !== "late_include").sort();
  if (keyword === "include" && earlier.length > 0) members.add("late_include", { include: text, after: earlier });
  else members.add(keyword, text);
}
