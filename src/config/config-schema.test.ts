import { Ajv } from "ajv";
import { describe, expect, it } from "vitest";
import { configJsonSchema, configSchemaText } from "./config-schema.ts";
import { readYaml } from "./yaml-source.ts";

const DESIGN_EXAMPLE = `
version: 1
targets:
  edge:
    connector: host
    settings: { hosts: [local, "ssh://scan@10.0.0.5"] }
    desired: { path: desired/edge }
    scope: { include: ["host/file:/etc/**", "host/user:*"], exclude: ["host/file:/etc/mtab"] }
    mode: observe
    schedule: 60m
    watch: true
    grace: 0s
    criticality: high
ignore:
  - { kind: host/package, path: /version, reason: patched by unattended-upgrades, until: 2027-03-01 }
rules: []
notify: {}
`;

function problems(text: string): unknown {
  const [document] = readYaml(text, { file: "leeway.yaml" }).documents();
  const validate = new Ajv({ strict: false, allErrors: true }).compile(configJsonSchema());
  return validate(document?.value)
    ? []
    : validate.errors?.map(({ instancePath, message }) => `${instancePath} ${message}`);
}

interface Described {
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Described>>;
  readonly additionalProperties?: Described | boolean;
  readonly items?: Described;
  readonly anyOf?: readonly Described[];
}

/** Every key of a schema, at any depth, by its path. */
function keysOf(schema: Described, path = ""): readonly (readonly [string, Described])[] {
  const { properties = {}, additionalProperties, items, anyOf = [] } = schema;
  const keys = Object.entries(properties).map(([name, key]) => [`${path}/${name}`, key] as const);
  const inner = [...anyOf, items, additionalProperties].filter((each) => typeof each === "object");
  return [
    ...keys,
    ...[...keys, ...inner.map((each) => [path, each] as const)].flatMap(([at, each]) => keysOf(each, at)),
  ];
}

describe("configJsonSchema", () => {
  it("equals schemas/leeway.schema.json, which `vitest -u` writes anew", async () => {
    await expect(configSchemaText()).toMatchFileSnapshot("../../schemas/leeway.schema.json");
  });

  it("accepts a configuration with every common key", () => {
    expect(problems(DESIGN_EXAMPLE)).toEqual([]);
  });

  it("lets a target leave to `defaults` what it does not say", () => {
    expect(problems("version: 1\ndefaults: {connector: host, grace: 5m}\ntargets: {a: {desired: d}}")).toEqual([]);
  });

  it.each([
    ["version: 2", ["/version must be equal to constant"]],
    ["version: 1\nignored: []", [" must NOT have additional properties"]],
    [
      "version: 1\ntargets: {a: {connector: host, desired: d, mode: enforce}}",
      ["/targets/a/mode must be equal to one of the allowed values"],
    ],
    ["version: 1\nignore: [{kind: host/file}]", ["/ignore/0 must have required property 'reason'"]],
  ])("refuses %j", (text, expected) => {
    expect(problems(text)).toEqual(expected);
  });

  it("describes every key", () => {
    const bare = keysOf(configJsonSchema() as Described).filter(([, { description }]) => description === undefined);
    expect(bare.map(([path]) => path)).toEqual([]);
  });
});
