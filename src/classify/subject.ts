import type { Change, Drift } from "../model/drift.ts";
import { isJsonObject, type Json, type JsonObject } from "../model/json.ts";
import type { AttributeSchema } from "./attributes.ts";

/** The three states of a drifted resource: what the rules see as `resource.desired`, `.baseline` and `.actual`. */
export interface ResourceStates {
  readonly desired: JsonObject;
  readonly baseline: JsonObject;
  readonly actual: JsonObject;
}

/** What the rules see as `target`. */
export interface RuleTarget {
  readonly name: string;
  readonly connector: string;
  readonly criticality: string;
}

/** The variables of one evaluation, as CEL takes them. */
export interface CelContext {
  readonly resource: ReadonlyMap<string, unknown>;
  readonly change: ReadonlyMap<string, unknown>;
  readonly target: ReadonlyMap<string, unknown>;
  readonly actor: string | null;
}

/**
 * One state of a resource. An attribute that is not there reads as null, or as the empty list where the kind has a list, so
 * that a rule need not ask for it first.
 */
export class Attributes extends Map<string, unknown> {
  readonly #schema: AttributeSchema;

  constructor(state: JsonObject, schema: AttributeSchema) {
    super();
    this.#schema = schema;
    for (const [name, value] of Object.entries(state)) this.set(name, attributeValue(value, schema.types.get(name)));
  }

  override get(name: string): unknown {
    const value = super.get(name);
    if (value !== undefined && value !== null) return value;
    return this.#schema.types.get(name) === "list" ? [] : null;
  }
}

/** What it should be: `desired` where that is a plain value, else `baseline`; null where neither is. */
export function valueBefore(change: Change): Json {
  if (change.desired !== undefined && isPlain(change.desired)) return change.desired;
  return change.baseline ?? null;
}

/** A value of a document that holds no constraint. */
function isPlain(value: Json): boolean {
  if (Array.isArray(value)) return value.every(isPlain);
  if (!isJsonObject(value)) return true;
  const keys = Object.keys(value);
  if (keys.length > 0 && keys.every((key) => key.startsWith("$"))) return false;
  return Object.values(value).every(isPlain);
}

export function resourceVariable(
  drift: Drift,
  states: ResourceStates,
  schema: AttributeSchema,
): ReadonlyMap<string, unknown> {
  return new Map<string, unknown>([
    ["kind", drift.resource.kind],
    ["at", drift.resource.at],
    ["id", drift.resource.id],
    ["drift", drift.drift],
    ["desired", new Attributes(states.desired, schema)],
    ["baseline", new Attributes(states.baseline, schema)],
    ["actual", new Attributes(states.actual, schema)],
  ]);
}

export function changeVariable(change: Change): ReadonlyMap<string, unknown> {
  const actual = celValue(change.actual ?? null);
  return new Map<string, unknown>([
    ["path", change.path],
    ["cause", change.cause],
    ["desired", celValue(change.desired ?? null)],
    ["baseline", celValue(change.baseline ?? null)],
    ["actual", actual],
    ["before", celValue(valueBefore(change))],
    ["after", actual],
    ["added", celValue(change.added ?? [])],
    ["removed", celValue(change.removed ?? [])],
  ]);
}

export function targetVariable(target: RuleTarget): ReadonlyMap<string, unknown> {
  return new Map(Object.entries(target));
}

function attributeValue(value: Json, type: string | undefined): unknown {
  return type === "number" && typeof value === "bigint" ? Number(value) : celValue(value, type === "number");
}

/**
 * CEL's integers are bigints. Objects become maps, because CEL reads an object's `constructor`, which may be a key of foreign
 * JSON.
 */
function celValue(value: Json, keepNumber = false): unknown {
  if (typeof value === "number") return Number.isInteger(value) && !keepNumber ? BigInt(value) : value;
  if (Array.isArray(value)) return value.map((item: Json) => celValue(item));
  if (isJsonObject(value)) return new Map(Object.entries(value).map(([key, item]) => [key, celValue(item)]));
  return value;
}
