import { Environment } from "@marcbachmann/cel-js";
import type { AttributeType } from "../model/facts.ts";
import type { AttributeSchema } from "./attributes.ts";
import type { RuleFunction } from "./functions.ts";
import { Attributes } from "./subject.ts";

const CEL_TYPES: Readonly<Record<AttributeType, string>> = {
  string: "string",
  integer: "int",
  number: "double",
  boolean: "bool",
  list: "list<dyn>",
  object: "map<string, dyn>",
  any: "dyn",
};

const RESOURCE_FIELDS = {
  kind: "string",
  at: "string",
  id: "string",
  drift: "string",
  desired: "Attributes",
  baseline: "Attributes",
  actual: "Attributes",
};
const CHANGE_FIELDS = {
  path: "string",
  cause: "string",
  desired: "dyn",
  baseline: "dyn",
  actual: "dyn",
  before: "dyn",
  after: "dyn",
  added: "list<dyn>",
  removed: "list<dyn>",
};
const TARGET_FIELDS = { name: "string", connector: "string", criticality: "string" };

/** In which rules are checked: every attribute has its type, and any value may be compared with null. */
export function checkingEnvironment(schema: AttributeSchema, functions: readonly RuleFunction[]): Environment {
  const environment = new Environment({ homogeneousAggregateLiterals: false })
    .registerType("Attributes", attributesType(schema))
    .registerType("Change", { ctor: class Change {}, fields: CHANGE_FIELDS })
    .registerType("Target", { ctor: class Target {}, fields: TARGET_FIELDS })
    .registerType("Resource", { ctor: class Resource {}, fields: RESOURCE_FIELDS })
    .registerVariable("resource", "Resource")
    .registerVariable("change", "Change")
    .registerVariable("target", "Target")
    .registerVariable("actor", "string");
  for (const type of ["string", "int", "double", "bool", "list", "map"]) {
    environment.registerOperator(`${type} == null`, (a: unknown, b: unknown) => a === b);
  }
  for (const { signature, call } of functions) environment.registerFunction(signature, call, { async: false });
  return environment;
}

/** A kind whose attributes are not all known is not checked for their names. */
function attributesType(schema: AttributeSchema): { ctor: typeof Attributes; fields?: Record<string, string> } {
  if (schema.open) return { ctor: Attributes };
  return {
    ctor: Attributes,
    fields: Object.fromEntries([...schema.types].map(([name, type]) => [name, CEL_TYPES[type]])),
  };
}

/** In which rules are evaluated: any value may be null, so nothing is typed. */
export function evaluatingEnvironment(functions: readonly RuleFunction[]): Environment {
  const environment = new Environment({ homogeneousAggregateLiterals: false })
    .registerType("Attributes", { ctor: Attributes })
    .registerVariable("resource", "dyn")
    .registerVariable("change", "dyn")
    .registerVariable("target", "dyn")
    .registerVariable("actor", "dyn");
  for (const { lenient, call } of functions) environment.registerFunction(lenient, call, { async: false });
  return environment;
}
