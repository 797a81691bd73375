import { z } from "zod";

/** A folder of this repository, or of another one at a ref. Shape of `targets.NAME.desired`. */
export const DesiredSource = z.strictObject({
  path: z.string().min(1).default("."),
  git: z.string().min(1).optional(),
  ref: z.string().min(1).optional(),
  format: z.string().min(1).default("leeway"),
});
export type DesiredSource = z.infer<typeof DesiredSource>;

const PatternList = z.array(z.string().min(1));

export const ScopeSettings = z.strictObject({ include: PatternList.default([]), exclude: PatternList.default([]) });

/** One environment under watch. `settings` belongs to its connector, which parses it. */
export const Target = z.strictObject({
  connector: z.string().min(1),
  settings: z.record(z.string(), z.unknown()).default({}),
  desired: DesiredSource,
  scope: ScopeSettings.optional(),
  /** Only `observe` works yet; the others are refused. */
  mode: z.enum(["observe"]).default("observe"),
  /** How often it is meant to be scanned, such as `60m`: a target not observed for twice that is `stale`. */
  schedule: z.string().optional(),
  /** Read by continuous detection. */
  watch: z.boolean().default(false),
  grace: z.string().default("0s"),
  criticality: z.enum(["low", "normal", "high"]).default("normal"),
});
export type Target = z.infer<typeof Target>;

const Pattern = z.string().min(1);

/** Folds differences that people decided not to see. Patterns are all optional; the reason is not. */
export const IgnoreRule = z.strictObject({
  target: Pattern.optional(),
  at: Pattern.optional(),
  kind: Pattern.optional(),
  id: Pattern.optional(),
  path: z.string().optional(),
  drift: z.enum(["changed", "missing", "unmanaged", "moved"]).optional(),
  reason: z.string().min(1),
  until: z.string().optional(),
});
export type IgnoreRule = z.infer<typeof IgnoreRule>;
