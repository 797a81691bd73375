import { z } from "zod";
import { Config, Target } from "./config.ts";

/** Names in targets may stand in a terminal, in `TARGET/KIND:ID`, and in a file name. */
export const TARGET_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;

/** With `defaults`, no key is required of a target itself; without `include`, one target is. */
const EditedConfig = Config.extend({
  targets: z
    .record(z.string().regex(TARGET_NAME), Target.partial())
    .default({})
    .describe(Config.shape.targets.description ?? ""),
});

/** JSON Schema (draft 7, which editors know best) of `leeway.yaml` as a person writes it. */
export function configJsonSchema(): object {
  const schema = z.toJSONSchema(EditedConfig, { io: "input", target: "draft-7", unrepresentable: "any" });
  return { ...schema, title: "Configuration of Leeway (leeway.yaml)" };
}

/** The text of `schemas/leeway.schema.json`. */
export function configSchemaText(): string {
  return `${JSON.stringify(configJsonSchema(), null, 2)}\n`;
}
