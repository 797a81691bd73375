import { z } from "zod";
import { getOwn, isJsonObject, type Json } from "../model/json.ts";
import { Config, IgnoreRule, IncludedFile, RuleSettings, Target, TargetDefaults } from "./config.ts";
import type { ConfigFile } from "./config-file.ts";
import type { ConfigReport } from "./config-report.ts";
import { TARGET_NAME } from "./config-schema.ts";
import { describeIssues, type JsonSchema } from "./describe-issues.ts";
import { mergeDefaults } from "./merge-defaults.ts";
import type { YamlPath } from "./yaml-source.ts";

/** What is sound in one file; the rest was reported. */
export interface ParsedFile {
  readonly targets: readonly WrittenTarget[];
  readonly ignore: readonly Parsed<IgnoreRule>[];
  readonly rules: readonly Parsed<z.infer<typeof RuleSettings>>[];
  readonly store: Config["store"];
  readonly notify: Config["notify"];
}

export interface Parsed<T> {
  readonly value: T;
  readonly path: YamlPath;
}

/** A target with `defaults` merged in, sound or not. */
export interface WrittenTarget {
  readonly name: string;
  readonly path: YamlPath;
  /** The connector that it names, when it names one. */
  readonly connector: string | undefined;
  /** As they are written: a record of the schema would leave out a key named `__proto__`. */
  readonly settings: Json;
  /** Missing when mistakes were reported. */
  readonly value?: Target;
}

/** The parts are parsed one by one, so that a mistake in one does not hide what is wrong with the others. */
const anything = z.unknown().exactOptional();
const loose = { defaults: anything, targets: anything, ignore: anything, rules: anything };
const LooseMain = Config.extend(loose);
const LooseIncluded = IncludedFile.extend({ targets: loose.targets, ignore: loose.ignore, rules: loose.rules });

/** Parses one file whose variables were filled in, and reports every mistake of form. */
export function parseConfigFile(file: ConfigFile, main: ConfigFile, report: ConfigReport): ParsedFile {
  const { root } = file;
  const isMain = file === main;
  const outer = parsePart(isMain ? LooseMain : LooseIncluded, root, { path: [], report });
  const defaults = getOwn(main.root, "defaults");
  if (isMain && defaults !== undefined) parsePart(TargetDefaults, defaults, { path: ["defaults"], report });
  return {
    targets: parseTargets(getOwn(root, "targets"), defaults, report),
    ignore: parseItems(IgnoreRule, getOwn(root, "ignore"), { path: ["ignore"], report }),
    rules: parseItems(RuleSettings, getOwn(root, "rules"), { path: ["rules"], report }),
    store: Config.shape.store.parse(outer !== undefined && "store" in outer ? outer.store : undefined),
    notify: {},
  };
}

interface Place {
  readonly path: YamlPath;
  readonly report: ConfigReport;
}

/** The parsed value; undefined when mistakes were reported. */
export function parsePart<T>(schema: z.ZodType<T>, value: Json, { path, report }: Place): T | undefined {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issues = describeIssues(result.error.issues, {
    input: value,
    name: nameOf(path),
    schema: schemaOf(schema),
    isSecret: (inner) => report.isSecret([...path, ...inner]),
    mask: (text) => report.mask(text),
  });
  for (const { path: inner, ...details } of issues) report.add([...path, ...inner], details);
  return undefined;
}

function nameOf(path: YamlPath): string {
  const last = path.at(-1);
  if (last === undefined) return "The configuration";
  return typeof last === "number" ? `Item ${last + 1} of "${path.at(-2) ?? ""}"` : `"${last}"`;
}

function schemaOf(schema: z.ZodType): JsonSchema {
  // The library writes objects of that shape; only lookups of keys are made in it.
  return z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }) as JsonSchema;
}

function parseTargets(
  targets: Json | undefined,
  defaults: Json | undefined,
  report: ConfigReport,
): readonly WrittenTarget[] {
  if (targets === undefined || targets === null) return [];
  if (!isJsonObject(targets)) {
    parsePart(z.record(z.string(), z.unknown()), targets, { path: ["targets"], report });
    return [];
  }
  return Object.entries(targets).map(([name, written]) => parseTarget(name, mergeDefaults(written, defaults), report));
}

function parseTarget(name: string, merged: Json, report: ConfigReport): WrittenTarget {
  const path = ["targets", name];
  if (!TARGET_NAME.test(name)) {
    const hint = "Use letters, digits, dots, dashes and underscores, a letter or digit first";
    report.add(path, { message: `"${name}" is no name for a target`, hint, what: "key" });
  }
  const value = parsePart(Target, merged, { path, report });
  const members = isJsonObject(merged) ? merged : {};
  const connector = getOwn(members, "connector");
  return {
    name,
    path,
    connector: typeof connector === "string" && connector !== "" ? connector : undefined,
    settings: getOwn(members, "settings") ?? {},
    ...(value === undefined ? {} : { value }),
  };
}

function parseItems<T>(schema: z.ZodType<T>, items: Json | undefined, { path, report }: Place): readonly Parsed<T>[] {
  // Nothing but comments may stand under a key.
  if (items === undefined || items === null) return [];
  if (!Array.isArray(items)) {
    parsePart(z.array(z.unknown()), items, { path, report });
    return [];
  }
  return items.flatMap((item: Json, index) => {
    const value = parsePart(schema, item, { path: [...path, index], report });
    return value === undefined ? [] : [{ value, path: [...path, index] }];
  });
}
