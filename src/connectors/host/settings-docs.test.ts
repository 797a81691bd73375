import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { parse } from "yaml";
import { HostSettings } from "./settings.ts";

const DOCS = new URL("../../../docs/configuration.md", import.meta.url);

it("takes the settings that docs/configuration.md shows", async () => {
  const text = await readFile(DOCS, "utf8");
  const examples = Array.from(text.matchAll(/```yaml\n([\s\S]*?)```/g), ([, example = ""]) => example);
  const settings = examples.flatMap((example) => {
    const { targets = {} } = parse(example.replaceAll(/\$\{[^}]*\}/g, "scan").split("# file: ")[0] ?? "") ?? {};
    return Object.values(targets).map((target) => (target as { readonly settings?: unknown }).settings ?? {});
  });
  expect(settings.length).toBeGreaterThan(3);
  for (const one of settings) expect(HostSettings.parse(one)).toEqual(one);
});
