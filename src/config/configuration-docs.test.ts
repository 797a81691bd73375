import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import type { Connector } from "../connector.ts";
import { configJsonSchema } from "./config-schema.ts";
import { loadConfig } from "./load-config.ts";

interface KeySchema {
  readonly description?: string;
  readonly default?: unknown;
  readonly properties?: Readonly<Record<string, KeySchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: KeySchema | boolean;
  readonly items?: KeySchema;
  readonly anyOf?: readonly KeySchema[];
  readonly enum?: readonly unknown[];
}

/** A row of the reference for every key, in the order of the schema. */
function rows(schema: KeySchema, path: string): readonly string[] {
  const inner = [...(schema.anyOf ?? []), ...(schema.items === undefined ? [] : [schema.items])];
  const named = schema.additionalProperties;
  return [
    ...Object.entries(schema.properties ?? {}).flatMap(([key, child]) => {
      const at = path === "" ? key : `${path}.${key}`;
      const below = child.items?.properties === undefined ? at : `${at}[]`;
      const row = `| \`${below}\` | ${standard(child, schema.required?.includes(key) ?? false)} | ${(child.description ?? "").replaceAll("|", "\\|")} |`;
      // What stands under `defaults` is what stands under a target.
      return [row, ...(at === "defaults" ? [] : rows(child, below))];
    }),
    ...inner.flatMap((each) => rows(each, path)),
    ...(typeof named === "object" ? rows(named, `${path}.NAME`) : []),
  ];
}

function standard(schema: KeySchema, required: boolean): string {
  if (schema.default !== undefined) return `\`${JSON.stringify(schema.default)}\``;
  return required ? "required" : "";
}

const DOCS = new URL("../../docs/configuration.md", import.meta.url);

const HOST: Connector = {
  name: "host",
  // What the connector itself takes is tested beside it.
  settings: z.record(z.string(), z.unknown()),
  permissions: () => [],
  open: () => Promise.reject(new Error("not opened here")),
};

describe("docs/configuration.md", () => {
  it("lists every key of the schema with its default and meaning, and no other", async () => {
    const text = await readFile(DOCS, "utf8");
    const listed = text.split("\n").filter((line) => line.startsWith("| `"));
    expect(listed).toEqual(rows(configJsonSchema() as KeySchema, ""));
  });

  it("has examples that load", async () => {
    const text = await readFile(DOCS, "utf8");
    const examples = [...text.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, example]) => example ?? "");
    expect(examples.length).toBeGreaterThan(2);
    for (const example of examples) {
      const files = new Map(
        example
          .split(/^# file: (.*)\n/m)
          .flatMap((part, index, parts) => (index % 2 === 1 ? [[part, parts[index + 1] ?? ""]] : [])),
      );
      const file = files.has("leeway.yaml") ? "leeway.yaml" : "example";
      await loadConfig({
        file,
        env: { SCAN_USER: "scan", GIT_TOKEN: "t-1" },
        connectors: new Map([["host", HOST]]),
        readFile: (path) => {
          const found = [...files.keys()].find((name) => path.endsWith(name));
          if (path === "example") return Promise.resolve(Buffer.from(example));
          return Promise.resolve(Buffer.from(files.get(found ?? "") ?? "secret\n"));
        },
      });
    }
  });
});
