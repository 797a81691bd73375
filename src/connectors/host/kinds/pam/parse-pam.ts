import type { ByteText } from "../bytes.ts";

export const PAM_TYPES = ["auth", "account", "password", "session"] as const;
export type PamType = (typeof PAM_TYPES)[number];

/** One rule, or the place where those of another file are put in. */
export interface PamLine {
  /** Missing of a line that stands for whatever types the file that it includes has rules of. */
  readonly type?: PamType;
  /** Whether a module that is not installed is passed over without a word. */
  readonly quiet: boolean;
  readonly control: ByteText;
  /** The module, or the file that is included. */
  readonly module: ByteText;
  readonly args: readonly ByteText[];
}

/** What a file says, or why PAM lets nobody in by it. */
export type PamLines = readonly PamLine[] | { readonly malformedLine: number };

/** A file of /etc/pam.d. */
export function parsePamFile(lines: readonly ByteText[]): PamLines {
  const rules: PamLine[] = [];
  for (const { number, words } of logicalLines(lines)) {
    const rule = parseRule(words);
    if (rule === undefined) return { malformedLine: number };
    rules.push(rule);
  }
  return rules;
}

/** /etc/pam.conf, where each line names its service, whatever its case. */
export function parsePamConf(lines: readonly ByteText[]): ReadonlyMap<ByteText, PamLines> {
  const services = new Map<ByteText, PamLines>();
  for (const { number, words } of logicalLines(lines)) {
    const [service = "", ...rest] = words;
    const name = service.toLowerCase();
    const rule = parseRule(rest);
    const earlier = services.get(name) ?? [];
    if ("malformedLine" in earlier) continue;
    services.set(name, rule === undefined ? { malformedLine: number } : [...earlier, rule]);
  }
  return services;
}

interface LogicalLine {
  readonly number: number;
  readonly words: readonly ByteText[];
}

/** A comment ends a line, also one that would go on. */
function logicalLines(lines: readonly ByteText[]): readonly LogicalLine[] {
  const found: LogicalLine[] = [];
  let open: { readonly number: number; readonly text: ByteText } | undefined;
  for (const [index, raw] of lines.entries()) {
    const line = raw.replace(/#.*$/, "");
    const { number, text }: { readonly number: number; readonly text: ByteText } = open ?? {
      number: index + 1,
      text: "",
    };
    const goesOn = line === raw && line.endsWith("\\") && index < lines.length - 1;
    open = goesOn ? { number, text: `${text}${line.slice(0, -1)} ` } : undefined;
    const words = goesOn ? [] : wordsOf(`${text}${line}`);
    if (words.length > 0) found.push({ number, words });
  }
  return found;
}

/** Words parted by blanks; brackets hold one with blanks in it, and `\]` is a bracket inside. */
function wordsOf(text: ByteText): readonly ByteText[] {
  return Array.from(text.matchAll(/\[(?:\\\]|[^\]])*\]|\S+/g), ([word]) => word);
}

function withoutBrackets(word: ByteText): ByteText {
  return /^\[.*\]$/.test(word) ? word.slice(1, -1).replaceAll("\\]", "]") : word;
}

function parseRule([first = "", second, third, ...args]: readonly ByteText[]): PamLine | undefined {
  // Debian's own: a line without a type.
  if (first.toLowerCase() === "@include")
    return second === undefined || third !== undefined
      ? undefined
      : { quiet: false, control: "@include", module: second, args: [] };
  const quiet = first.startsWith("-");
  const type = PAM_TYPES.find((each) => each === first.slice(quiet ? 1 : 0).toLowerCase());
  const control = controlOf(second ?? "");
  if (type === undefined || control === undefined || third === undefined) return undefined;
  return { type, quiet, control, module: third, args: args.map(withoutBrackets) };
}

const CONTROLS = new Set(["required", "requisite", "sufficient", "optional", "include", "substack"]);
const ACTIONS = /^[a-z_]+=(?:ignore|ok|done|bad|die|reset|[0-9]+)$/;

/** In lower case, and what brackets hold parted by single blanks. */
function controlOf(word: ByteText): ByteText | undefined {
  const text = word.toLowerCase();
  if (CONTROLS.has(text)) return text;
  if (!/^\[.*\]$/.test(text)) return undefined;
  const actions = text
    .slice(1, -1)
    .replace(/\s*=\s*/g, "=")
    .trim()
    .split(/\s+/);
  return actions.every((action) => ACTIONS.test(action)) ? `[${actions.join(" ")}]` : undefined;
}

export function isInclude({ control }: PamLine): boolean {
  return control === "@include" || control === "include" || control === "substack";
}
