import { resolve } from "node:path";
import type { Connector } from "../connector.ts";
import { KnownError, type Problem } from "../errors.ts";
import { getOwn, isJsonObject, type Json, setOwn } from "../model/json.ts";
import type { Rule } from "../model/rule.ts";
import { checkIgnore } from "./check-ignore.ts";
import { type CheckedTarget, checkTarget } from "./check-targets.ts";
import type { Config } from "./config.ts";
import {
  type ConfigFile,
  mistakes,
  pathKey,
  type ReadBytes,
  readBytes,
  readConfigFile,
  readSecretText,
  unusableError,
} from "./config-file.ts";
import { ConfigReport } from "./config-report.ts";
import { type Interpolation, interpolate } from "./interpolate.ts";
import { type ParsedFile, parseConfigFile } from "./parse-config.ts";
import { readIncludes } from "./read-includes.ts";
import { type Position, sortProblems } from "./source-text.ts";

export interface LoadConfigOptions {
  /** `leeway.yaml` as the person named it; problems show it so. */
  readonly file: string;
  /** Where `${NAME}` takes its values from. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly connectors: ReadonlyMap<string, Connector>;
  /** Reads `leeway.yaml`, included files and `${file:PATH}`: this machine's files when left out. */
  readonly readFile?: ReadBytes;
}

/** A configuration that was checked as a whole: every connector is known, every pattern can match something. */
export interface LoadedConfig {
  readonly file: string;
  /** `leeway.yaml` and every included file, as problems name them. */
  readonly files: readonly string[];
  readonly config: LoadedSettings;
  /** Every value that came from a variable or a file: must not be shown. */
  readonly secrets: ReadonlySet<string>;
  /** Where a rule stands, by its index in `config.rules`. */
  ruleOrigin(index: number): Origin;
  /** Where an ignore rule stands, by its index in `config.ignore`. */
  ignoreOrigin(index: number): Origin;
}

/** Included files and `defaults` are merged in; the `settings` of a target are what its connector made of them. */
export interface LoadedSettings extends Omit<Config, "include" | "defaults" | "rules"> {
  readonly rules: readonly Rule[];
}

export interface Origin extends Position {
  readonly file: string;
}

/**
 * Loads `leeway.yaml` with everything that it includes, and checks all of it.
 * @throws KnownError `CONFIG_INVALID` with every mistake found, in the order of the files
 */
export async function loadConfig(options: LoadConfigOptions): Promise<LoadedConfig> {
  const read = options.readFile ?? readBytes;
  const start = await readConfigFile(options.file, options.file, read);
  if ("message" in start) throw unusableError(start);
  const { files: written, problems: unread } = await readIncludes(start, options.file, read);
  const problems = [...unread];
  const secrets = new Set<string>();
  const files: ConfigFile[] = [];
  for (const file of written) files.push(await fillIn(file, { options, read, secrets, problems, baseDir: start.dir }));
  const main = files[0] ?? start;
  const parsed = files.map((file): ReportedFile => {
    const report = new ConfigReport(file, main, secrets);
    return { report, ...parseConfigFile(file, main, report) };
  });
  const targets = checkTogether(parsed, options.connectors);
  problems.push(...parsed.flatMap(({ report }) => report.problems));
  const names = files.map(({ file }) => file);
  if (problems.length > 0) throw invalid(options.file, sortProblems(problems, names));
  return { file: options.file, files: names, secrets, ...settingsOf(parsed, targets) };
}

type ReportedFile = ParsedFile & { readonly report: ConfigReport };

function invalid(file: string, problems: readonly Problem[]): KnownError {
  const { message, hint } = mistakes(file, problems.length);
  return new KnownError("CONFIG_INVALID", message, { hint, problems });
}

interface FillIn {
  readonly options: LoadConfigOptions;
  readonly read: ReadBytes;
  readonly secrets: Set<string>;
  readonly problems: Problem[];
  /** The folder of `leeway.yaml`: relative `${file:PATH}` starts there. */
  readonly baseDir: string;
}

/** The file with values filled in where they may be: never in rules, ignore rules or scopes, where `${` means itself. */
async function fillIn(file: ConfigFile, { options, read, secrets, problems, baseDir }: FillIn): Promise<ConfigFile> {
  const filled = new Set<string>();
  const unresolved = new Set<string>();
  const context: Interpolation = {
    env: options.env,
    readSecret: (path) => readSecretText(resolve(baseDir, path), read),
    secrets,
    onFilled: (path) => filled.add(pathKey(path)),
    onProblem: (path, details) => {
      unresolved.add(pathKey(path));
      problems.push(file.document.problemAt(path, details));
    },
  };
  const root: { [key: string]: Json } = {};
  for (const [key, value] of Object.entries(file.root)) setOwn(root, key, await fillSection(key, value, context));
  return { ...file, root, filled, unresolved };
}

async function fillSection(section: string, value: Json, context: Interpolation): Promise<Json> {
  if (section === "notify" || section === "store") return interpolate(value, [section], context);
  if (section === "defaults") return fillTarget(value, [section], context);
  if (section !== "targets" || !isJsonObject(value)) return value;
  const targets: { [key: string]: Json } = {};
  for (const [name, target] of Object.entries(value))
    setOwn(targets, name, await fillTarget(target, [section, name], context));
  return targets;
}

async function fillTarget(target: Json, path: readonly string[], context: Interpolation): Promise<Json> {
  if (!isJsonObject(target)) return target;
  const filled: { [key: string]: Json } = { ...target };
  for (const key of ["settings", "desired"]) {
    const value = getOwn(target, key);
    if (value !== undefined) filled[key] = await interpolate(value, [...path, key], context);
  }
  return filled;
}

/** What no file can tell alone: names taken twice, connectors, patterns. */
function checkTogether(
  files: readonly ReportedFile[],
  connectors: ReadonlyMap<string, Connector>,
): readonly CheckedTarget[] {
  reportTakenNames(files);
  const targets = files.flatMap(({ report, targets: each }) =>
    each.map((written) => checkTarget(written, connectors, report)),
  );
  if (files.every(({ report }) => namesNoTarget(report.file))) reportNoTarget(files[0]?.report);
  for (const { report, ignore } of files) for (const rule of ignore) checkIgnore(rule, targets, report);
  return targets;
}

function reportTakenNames(files: readonly ReportedFile[]): void {
  const firstByName = new Map<string, Origin>();
  for (const { report, name, path } of files.flatMap(({ report, targets }) =>
    targets.map((each) => ({ ...each, report })),
  )) {
    const first = firstByName.get(name);
    if (first === undefined) firstByName.set(name, report.originOf(path));
    else {
      const message = `Target "${name}" is declared already, at ${first.file}:${first.line}`;
      report.add(path, { message, hint: "Give it another name", what: "key" });
    }
  }
}

function namesNoTarget({ root }: ConfigFile): boolean {
  const targets = getOwn(root, "targets");
  return targets === undefined || targets === null || (isJsonObject(targets) && Object.keys(targets).length === 0);
}

function reportNoTarget(report: ConfigReport | undefined): void {
  report?.add(["targets"], {
    message: "No target is declared",
    hint: "Name what to watch under targets, or run `leeway init`",
    what: "key",
  });
}

function settingsOf(
  files: readonly ReportedFile[],
  targets: readonly CheckedTarget[],
): Pick<LoadedConfig, "config" | "ruleOrigin" | "ignoreOrigin"> {
  const [main] = files;
  // There always is the main file: loading begins with it.
  if (main === undefined) throw new RangeError("No file was loaded");
  const rules = files.flatMap(({ rules: each, report }) => each.map((rule) => ({ ...rule, report })));
  const ignore = files.flatMap(({ ignore: each, report }) => each.map((rule) => ({ ...rule, report })));
  return {
    config: {
      version: 1,
      targets: Object.fromEntries(
        targets.flatMap(({ name, target }) => (target === undefined ? [] : [[name, target]])),
      ),
      ignore: ignore.map(({ value }) => value),
      rules: rules.map(({ value }) => value),
      notify: main.notify,
      store: main.store,
    },
    ruleOrigin: (index) => originAt(rules, index),
    ignoreOrigin: (index) => originAt(ignore, index),
  };
}

function originAt(
  items: readonly { readonly report: ConfigReport; readonly path: readonly (string | number)[] }[],
  index: number,
): Origin {
  const item = items[index];
  if (item === undefined) throw new RangeError(`There is no item ${index}`);
  return item.report.originOf(item.path);
}
