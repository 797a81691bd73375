import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { readDocuments } from "../../../desired/documents.ts";
import { Duplicates } from "../../../desired/duplicates.ts";
import { kindCatalog } from "../../../model/facts.ts";
import { hostKindFacts } from "../kinds/facts.ts";
import { gossFormat } from "./goss-format.ts";
import { REFUSED_TYPES, RESOURCE_TYPES } from "./resource-types.ts";

const page = readFileSync(new URL("../../../../docs/desired-state.md", import.meta.url), "utf8");
const examples = Array.from(page.matchAll(/```yaml( goss)?\n([\s\S]*?)```/g), ([, goss, text = ""]) => ({
  format: goss === undefined ? "leeway" : "goss",
  text,
}));

describe("docs/desired-state.md", () => {
  it.each(examples.filter(({ format }) => format === "leeway"))(
    "shows documents that can be read: $text",
    async ({ text }) => {
      const read = await readDocuments("docs/desired-state.md", text, {
        kinds: kindCatalog(hostKindFacts),
        env: { API_TOKEN: "of-the-environment" },
        duplicates: new Duplicates(),
        digestOf: async () => undefined,
      });
      expect(read.problems).toEqual([]);
      expect(read.declared.length).toBeGreaterThan(0);
    },
  );

  it("shows a goss file that can be read", () => {
    const [example, ...more] = examples.filter(({ format }) => format === "goss");
    expect(more).toEqual([]);
    expect(gossFormat.read({ file: "goss.yaml", text: example?.text ?? "" })).toHaveLength(5);
  });

  it("names every resource type of goss that is read, with every attribute", () => {
    for (const [name, type] of RESOURCE_TYPES) {
      const row = page.split("\n").find((line) => line.startsWith(`| \`${name}\` |`)) ?? "";
      const attributes = row.split("|")[3] ?? "";
      expect(Array.from(attributes.matchAll(/`([^`]+)`/g), ([, key]) => key).sort()).toEqual(
        Object.keys(type.attributes).sort(),
      );
    }
    expect([...REFUSED_TYPES.keys()].filter((name) => RESOURCE_TYPES.has(name))).toEqual([]);
  });
});
