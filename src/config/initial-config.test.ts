import { describe, expect, it } from "vitest";
import { z } from "zod";
import type { Connector } from "../connector.ts";
import { addIgnoreRule } from "./edit-config.ts";
import { type InitialAnswers, initialConfig, withGitignoreEntry } from "./initial-config.ts";
import { loadConfig } from "./load-config.ts";

const CONNECTOR: Connector = {
  name: "lab",
  settings: z.strictObject({ hosts: z.array(z.string()).optional() }),
  permissions: () => [],
  open: () => Promise.reject(new Error("there is no such system")),
};

const load = (text: string) =>
  loadConfig({
    file: "leeway.yaml",
    env: {},
    connectors: new Map([["lab", CONNECTOR]]),
    readFile: () => Promise.resolve(Buffer.from(text)),
  });

const FULL: InitialAnswers = {
  schema: "./leeway.schema.json",
  targets: [
    {
      name: "edge",
      connector: "lab",
      settings: { hosts: ["local", "ssh://scan@10.0.0.5"] },
      desired: "desired/edge: new",
      include: ["lab/file:/etc/**", "lab/user:*"],
      exclude: ["lab/file:/etc/mtab"],
      schedule: "60m",
      criticality: "high",
    },
    { name: "2", connector: "lab", desired: "desired/2" },
  ],
};

describe("initialConfig", () => {
  it("writes what was answered, as a configuration that loads", async () => {
    const { config } = await load(initialConfig(FULL));
    expect(config.targets).toMatchObject({
      edge: {
        connector: "lab",
        settings: { hosts: ["local", "ssh://scan@10.0.0.5"] },
        desired: { path: "desired/edge: new" },
        scope: { include: ["lab/file:/etc/**", "lab/user:*"], exclude: ["lab/file:/etc/mtab"] },
        schedule: "60m",
        criticality: "high",
      },
      2: { desired: { path: "desired/2" }, grace: "0s" },
    });
    expect(config).toMatchObject({ ignore: [], rules: [] });
  });

  it("explains what else there is in comments that hold once uncommented", async () => {
    const text = initialConfig({ targets: [{ name: "a", connector: "lab", desired: "d" }] });
    const uncommented = text
      .replace("ignore: []\n# - {", "ignore:\n - {")
      .replace(/^( *)# ((scope|schedule|grace|criticality): .*)$/gm, "$1$2");
    const { config } = await load(uncommented);
    expect(config.targets).toMatchObject({
      a: { scope: { include: ["host/user:*"] }, schedule: "60m", grace: "5m", criticality: "normal" },
    });
    expect(config.ignore).toHaveLength(1);
  });

  it("reads well", () => {
    expect(
      initialConfig({
        targets: [{ name: "edge", connector: "host", desired: "desired/edge", include: ["host/user:*"] }],
      }),
    ).toMatchInlineSnapshot(`
      "# What Leeway watches, and how. docs/configuration.md describes every key.
      # Values of variables and files are filled in by \${NAME} and \${file:PATH}: secrets do not belong in here.
      version: 1

      targets:
        edge:
          connector: host
          # Desired state: YAML documents, one resource each. \`leeway capture\` writes them from what is there.
          desired: desired/edge
          # Where unmanaged resources are looked for, as KIND:GLOB. Without it, only what is declared is checked.
          scope:
            include:
              - host/user:*
          # How often it is meant to be scanned: one that was not observed for twice as long is stale.
          # schedule: 60m
          # How long a drift may last before people are told.
          # grace: 5m
          # How much it matters (low, normal, high); rules can ask for it.
          # criticality: normal

      # Differences that you decided not to see. Each needs a reason; \`leeway ignore\` adds one.
      ignore: []
      # - { kind: host/package, path: /version, reason: patched by unattended-upgrades, until: 2099-12-31 }

      # Classification rules of your own, tried before the built-in ones. \`leeway rules test\` runs their examples.
      rules: []
      "
    `);
  });

  it("takes ignore rules as it stands", () => {
    const { diff } = addIgnoreRule(initialConfig(FULL), { kind: "lab/file", reason: "r" });
    expect(diff).toContain("-ignore: []\n+ignore:\n+  - { kind: lab/file, reason: r }\n");
  });
});

describe("withGitignoreEntry", () => {
  it.each([
    [undefined, ".leeway/\n"],
    ["", ".leeway/\n"],
    ["dist\n", "dist\n.leeway/\n"],
    ["dist", "dist\n.leeway/\n"],
    ["dist\r\n", "dist\r\n.leeway/\r\n"],
    ["# .leeway/\n!x\n", "# .leeway/\n!x\n.leeway/\n"],
  ])("adds the entry to %j", (text, expected) => {
    expect(withGitignoreEntry(text)).toBe(expected);
  });

  it.each([".leeway/\n", "dist\n/.leeway\n", ".leeway", "a\r\n.leeway/\r\nb"])("leaves %j as it is", (text) => {
    expect(withGitignoreEntry(text)).toBe(text);
  });
});
