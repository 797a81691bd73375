import { stringify } from "yaml";
import type { JsonObject } from "../model/json.ts";

/** What `leeway init` was told. */
export interface InitialAnswers {
  readonly targets: readonly InitialTarget[];
  /** URL or path of the JSON Schema, for editors; the line is left out when this is. */
  readonly schema?: string;
}

export interface InitialTarget {
  readonly name: string;
  readonly connector: string;
  readonly settings?: JsonObject;
  /** Folder of the desired state, relative to leeway.yaml. */
  readonly desired: string;
  /** Entries `KIND:GLOB`; none means that no unmanaged resources are looked for. */
  readonly include?: readonly string[];
  readonly exclude?: readonly string[];
  readonly schedule?: string;
  readonly criticality?: "low" | "normal" | "high";
}

/** The text of a new leeway.yaml: what was answered, and as comments what else there is. */
export function initialConfig({ targets, schema }: InitialAnswers): string {
  const editor = schema === undefined ? "" : `# yaml-language-server: $schema=${schema}\n`;
  return `${editor}${HEAD}\ntargets:\n${targets.map(targetText).join("\n")}\n${TAIL}`;
}

const HEAD = `# What Leeway watches, and how. docs/configuration.md describes every key.
# Values of variables and files are filled in by \${NAME} and \${file:PATH}: secrets do not belong in here.
version: 1
`;

const TAIL = `# Differences that you decided not to see. Each needs a reason; \`leeway ignore\` adds one.
ignore: []
# - { kind: host/package, path: /version, reason: patched by unattended-upgrades, until: 2099-12-31 }

# Classification rules of your own, tried before the built-in ones. \`leeway rules test\` runs their examples.
rules: []
`;

function targetText(target: InitialTarget): string {
  const { connector, settings = {}, desired, include = [], exclude = [], schedule, criticality } = target;
  const lines = [
    `  ${scalar(target.name)}:`,
    `    connector: ${scalar(connector)}`,
    ...(Object.keys(settings).length === 0 ? [] : [`    settings: ${flow(settings)}`]),
    "    # Desired state: YAML documents, one resource each. `leeway capture` writes them from what is there.",
    `    desired: ${scalar(desired)}`,
    ...scopeLines(include, exclude),
    "    # How often it is meant to be scanned: one that was not observed for twice as long is stale.",
    schedule === undefined ? "    # schedule: 60m" : `    schedule: ${scalar(schedule)}`,
    "    # How long a drift may last before people are told.",
    "    # grace: 5m",
    "    # How much it matters (low, normal, high); rules can ask for it.",
    criticality === undefined ? "    # criticality: normal" : `    criticality: ${criticality}`,
    "",
  ];
  return lines.join("\n");
}

function scopeLines(include: readonly string[], exclude: readonly string[]): readonly string[] {
  const comment =
    "    # Where unmanaged resources are looked for, as KIND:GLOB. Without it, only what is declared is checked.";
  if (include.length === 0) return [comment, `    # scope: { include: ["host/user:*"] }`];
  const entries = (side: string, list: readonly string[]) =>
    list.length === 0 ? [] : [`      ${side}:`, ...list.map((entry) => `        - ${scalar(entry)}`)];
  return [comment, "    scope:", ...entries("include", include), ...entries("exclude", exclude)];
}

function scalar(text: string): string {
  return stringify(text, { lineWidth: 0, blockQuote: false }).trimEnd();
}

function flow(value: JsonObject): string {
  return stringify(value, { collectionStyle: "flow", lineWidth: 0 }).trimEnd();
}

/** The folder that the store lies in by default; it holds state of this machine and the digest key. */
const ENTRY = ".leeway/";
const COVERED = /^\/?\.leeway\/?$/;

/** The text of a .gitignore with an entry for `.leeway/`: the same text when it has one. */
export function withGitignoreEntry(text: string | undefined): string {
  const before = text ?? "";
  if (before.split(/\r?\n/).some((line) => COVERED.test(line.trim()))) return before;
  const eol = /\r?\n/.exec(before)?.[0] ?? "\n";
  const separator = before === "" || before.endsWith("\n") ? "" : eol;
  return `${before}${separator}${ENTRY}${eol}`;
}
