import { z } from "zod";
import { DRIFT_KINDS } from "../model/drift.ts";
import { FINDING_TYPES, SEVERITIES } from "../model/finding.ts";
import { isJsonObject, type JsonObject } from "../model/json.ts";
import { parseDuration } from "../model/time.ts";
import { parseUntil } from "./until.ts";

const Text = z.string().min(1);

const FILLED_IN = `\${ENV_VAR} and \${file:PATH} are filled in`;

const Duration = z
  .string()
  .refine((text) => parseDuration(text) !== undefined, "must be a duration such as 30d, 1h30m or 250ms");

/** Attributes as plain JSON; zod's own records leave out a key named `__proto__`. */
const Attributes = z.custom<JsonObject>(isJsonObject, "must be a map").meta({ type: "object" });

/** A folder of this repository, or of another one at a ref. Shape of `targets.NAME.desired`. */
export const DesiredSource = z.strictObject({
  path: Text.default(".").describe(
    "Folder or file that holds the desired state, relative to leeway.yaml or, with git, to the root of that repository.",
  ),
  git: Text.exactOptional().describe(
    `URL of another repository that holds the desired state (file, ssh or https). ${FILLED_IN}.`,
  ),
  ref: Text.exactOptional().describe("Branch, tag or commit to read. HEAD when left out."),
  format: Text.default("leeway").describe("Format of the files: leeway, or one that the connector reads (goss)."),
});
export type DesiredSource = z.infer<typeof DesiredSource>;

const PatternList = z.array(Text);

const ScopeSettings = z.strictObject({
  include: PatternList.default([]).describe(
    "Entries KIND:GLOB. What exists there without being declared is unmanaged.",
  ),
  exclude: PatternList.default([]).describe("Entries KIND:GLOB that are left out; exclude wins."),
});

const targetShape = {
  connector: Text.describe("Which connector watches this target: host."),
  settings: z
    .record(z.string(), z.unknown())
    .describe(`Settings of the connector; it checks them itself. ${FILLED_IN}, $\${ is a literal \${.`),
  desired: z
    .union([Text.transform((path): z.input<typeof DesiredSource> => ({ path })).pipe(DesiredSource), DesiredSource])
    .describe("Where the desired state is: a path, or a map with path, git, ref and format."),
  scope: ScopeSettings.describe("Where unmanaged resources are looked for. Without it none are, and coverage says so."),
  mode: z
    .enum(["observe"])
    .describe("What may be done about drift. observe never changes anything; it is the only mode that works so far."),
  schedule: Duration.describe(
    "How often the target is meant to be scanned. One that was not observed for twice as long is stale.",
  ),
  watch: z.boolean().describe("Whether continuous detection watches it between scans."),
  grace: Duration.describe("How long a drift may last before people are told. It changes no exit code."),
  criticality: z.enum(["low", "normal", "high"]).describe("How much the target matters; rules can ask for it."),
} as const;

/** One environment under watch. `settings` belongs to its connector, which parses it. */
export const Target = z.strictObject({
  ...targetShape,
  settings: targetShape.settings.default({}),
  scope: targetShape.scope.exactOptional(),
  mode: targetShape.mode.default("observe"),
  schedule: targetShape.schedule.exactOptional(),
  watch: targetShape.watch.default(false),
  grace: targetShape.grace.default("0s"),
  criticality: targetShape.criticality.default("normal"),
});
export type Target = z.infer<typeof Target>;

/** What every target is given that does not say otherwise. */
export const TargetDefaults = z.strictObject(targetShape).partial();

/** Folds differences that people decided not to see. Patterns are all optional; the reason is not. */
export const IgnoreRule = z.strictObject({
  target: Text.exactOptional().describe("Pattern of target names."),
  at: Text.exactOptional().describe("Pattern of places: a host, an account and region, a cluster."),
  kind: Text.exactOptional().describe("Pattern of kinds, such as host/package or host/*."),
  id: Text.exactOptional().describe("Pattern of resource ids, such as /etc/ssl/**."),
  path: z
    .string()
    .exactOptional()
    .describe("Pattern of attribute paths, such as /version. It covers that attribute and everything below it."),
  drift: z.enum(DRIFT_KINDS).exactOptional().describe("Only this kind of drift."),
  reason: Text.describe("Why it is ignored. Reports show it with the number of differences folded."),
  until: z
    .string()
    .refine(
      (text) => parseUntil(text) !== undefined,
      "must be a date such as 2027-03-01 or a moment such as 2027-03-01T12:00:00Z",
    )
    .exactOptional()
    .describe("When the rule ends: a date (as that day begins in UTC) or a moment."),
});
export type IgnoreRule = z.infer<typeof IgnoreRule>;

const RuleExample = z.strictObject({
  kind: Text.describe("Kind of the resource."),
  id: Text.describe("Its id."),
  desired: Attributes.exactOptional().describe("Declared attributes; left out when nobody declares the resource."),
  baseline: Attributes.exactOptional().describe("Recorded attributes; left out when there is no baseline."),
  actual: Attributes.nullable().describe("Observed attributes; null when it is not there."),
  target: z
    .strictObject({ criticality: targetShape.criticality.exactOptional() })
    .exactOptional()
    .describe("What the rule sees of the target."),
});

const Texts = z.union([Text.transform((text) => [text]), z.array(Text).min(1)]);

/** One classification rule as it is written; `Rule` of the model once read. */
export const RuleSettings = z.strictObject({
  id: Text.describe("Name of the rule, unique: team/what-it-finds."),
  kinds: Texts.describe("Pattern of kinds, or a list of them."),
  paths: Texts.exactOptional().describe("Patterns of changed paths (/mode, /settings/*); any path when left out."),
  drift: z
    .union([z.enum(DRIFT_KINDS).transform((kind) => [kind]), z.array(z.enum(DRIFT_KINDS)).min(1)])
    .exactOptional()
    .describe("Kinds of drift it is for; any when left out."),
  when: Text.exactOptional().describe(
    "CEL over resource, change, target and actor that must be true; always when left out.",
  ),
  severity: z.enum(SEVERITIES).describe("How bad it is."),
  type: z.enum(FINDING_TYPES).describe("What it endangers."),
  title: Text.describe("What happened, in one line. {id}, {path}, {before} and {after} are filled in."),
  controls: z
    .array(
      z.strictObject({
        framework: Text.describe("Name of the benchmark, such as CIS Debian 12."),
        id: z.union([Text, z.number().transform(String)]).describe("Number of the control in it."),
      }),
    )
    .exactOptional()
    .describe("Controls of published benchmarks that it checks."),
  examples: z
    .strictObject({
      fires: z.array(RuleExample).default([]).describe("Cases that it must match."),
      silent: z.array(RuleExample).default([]).describe("Cases that it must not match."),
    })
    .exactOptional()
    .describe("Cases that leeway rules test runs."),
});

const StoreSettings = z.strictObject({
  path: Text.default(".leeway/state.db").describe("File of the state store, relative to leeway.yaml."),
  retention: Duration.default("400d").describe(
    "How long history is kept. Baselines and open findings are never removed.",
  ),
});

/** What an included file may hold: lists grow, targets add up; settings of the whole stay in leeway.yaml. */
export const IncludedFile = z.strictObject({
  version: z.literal(1).exactOptional().describe("Version of this format: 1."),
  include: z
    .array(Text)
    .default([])
    .describe("Further files of this form, relative to the file that names them: they add targets, ignore and rules."),
  targets: z.record(z.string(), Target).default({}).describe("The environments under watch, by name."),
  ignore: z
    .array(IgnoreRule)
    .default([])
    .describe("Differences that people decided not to see. The first rule that matches gives the reason."),
  rules: z.array(RuleSettings).prefault([]).describe("Classification rules, tried in order before the built-in ones."),
});

/** `leeway.yaml`. Unknown keys are errors, so a typo cannot silently disable a check. */
export const Config = IncludedFile.extend({
  version: z.literal(1).describe("Version of this format: 1."),
  defaults: TargetDefaults.exactOptional().describe("What every target is given that does not say otherwise."),
  notify: z.strictObject({}).default({}).describe("Who is told about transitions. No receiver works so far."),
  store: StoreSettings.prefault({}).describe("The state store."),
});
export type Config = z.infer<typeof Config>;
