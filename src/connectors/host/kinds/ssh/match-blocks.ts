import type { Transport } from "../../transport.ts";
import { type ByteText, valueText } from "../bytes.ts";
import { hostPath } from "../command.ts";
import { type ConfigFiles, readConfigFile, readConfigFolders } from "../config-folders.ts";
import { type Unread, unread } from "../table.ts";

const FOLDER = "/etc/ssh";
/** SUSE reads the second where the first is not there. */
const CONFIGS = [`${FOLDER}/sshd_config`, "/usr/etc/ssh/sshd_config"] as const;
/** Included files may include others; sshd itself goes no deeper. */
const MOST_DEPTH = 16;

/** How the Match blocks are read, for people. */
export const MATCH_ACCESS = `${CONFIGS.join(" or ")}, and what it includes`;

/** What holds for some connections alone. `sshd -T` shows nothing of it. */
export interface MatchBlock {
  /** As it is written: `User git Address 10.0.0.0/8`. */
  readonly criteria: ByteText;
  /** Keywords in lower case with their values, in order. */
  readonly settings: readonly (readonly [keyword: string, value: ByteText])[];
}

export interface MatchBlocks {
  readonly blocks: readonly MatchBlock[];
  /** Why there may be others. */
  readonly hidden: readonly Unread[];
}

/** The Match blocks of the server's configuration, in the order in which they are read. */
export async function readMatchBlocks(transport: Transport, signal: AbortSignal): Promise<MatchBlocks> {
  const reading: Reading = { transport, signal, blocks: [], hidden: [] };
  const configs = await Promise.all(CONFIGS.map((path) => readConfigFile(hostPath(path), transport)));
  const config = configs.find(({ files, hidden }) => files.length > 0 || hidden.length > 0);
  if (config !== undefined) await readFiles(config, reading, { depth: 0, block: undefined });
  const { blocks, hidden } = reading;
  // A block in which nothing is set decides nothing.
  return { blocks: blocks.filter(({ settings }) => settings.length > 0), hidden };
}

type Growing = MatchBlock & { readonly settings: (readonly [string, ByteText])[] };

interface Reading {
  readonly transport: Transport;
  readonly signal: AbortSignal;
  readonly blocks: Growing[];
  readonly hidden: Unread[];
}

interface Place {
  readonly depth: number;
  /** The block that a file is included in. */
  readonly block: Growing | undefined;
}

/** A block ends with the file that it stands in. */
async function readFiles({ files, hidden }: ConfigFiles, reading: Reading, { depth, block }: Place): Promise<void> {
  reading.hidden.push(...hidden);
  for (const { lines } of files) {
    let current = block;
    for (const line of lines) {
      const [keyword, value] = settingOf(line);
      if (keyword === "match") {
        current = { criteria: value, settings: [] };
        reading.blocks.push(current);
      } else if (keyword === "include") await include(value, reading, { depth: depth + 1, block: current });
      else if (keyword !== "") current?.settings.push([keyword, value]);
    }
  }
}

/** `Keyword value`, `Keyword=value`; a comment or an empty line has no keyword. */
function settingOf(line: ByteText): readonly [keyword: string, value: ByteText] {
  const [, keyword = "", value = ""] = /^\s*([A-Za-z][A-Za-z0-9]*)(?:\s*=\s*|\s+)(.*?)\s*$/s.exec(line) ?? [];
  return [keyword.toLowerCase(), value.replace(/\s+#[^"]*$/, "")];
}

async function include(patterns: ByteText, reading: Reading, place: Place): Promise<void> {
  const words = Array.from(patterns.matchAll(/"([^"]*)"|\S+/g), ([word, quoted]) => quoted ?? word);
  for (const pattern of words) {
    const files = place.depth > MOST_DEPTH ? undefined : await filesOf(pattern, reading);
    if (files === undefined)
      reading.hidden.push(
        unread("unsupported", `Cannot tell which files "${valueText(pattern)}" means in the configuration of sshd`),
      );
    else await readFiles(files, reading, place);
  }
}

/** Undefined for a pattern that is more than a folder and how names in it end. */
async function filesOf(pattern: ByteText, { transport, signal }: Reading): Promise<ConfigFiles | undefined> {
  const path = pattern.startsWith("/") ? pattern : `${FOLDER}/${pattern}`;
  if (!/[*?[]/.test(path)) return await readConfigFile(Buffer.from(path, "latin1"), transport);
  const [, folder, suffix = ""] = /^([^*?[]+)\/\*([^*?[/]*)$/.exec(path) ?? [];
  if (folder === undefined) return undefined;
  return await readConfigFolders({ folders: [folder], suffix }, transport, signal);
}

/** A block as one line. */
export function matchText({ criteria, settings }: MatchBlock): string {
  return `${toText(criteria)}: ${settings.map(([keyword, value]) => `${keyword} ${toText(value)}`).join("; ")}`;
}

function toText(text: ByteText): string {
  return valueText(text.replace(/\s+/g, " "));
}
