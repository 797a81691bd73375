import { compare } from "../compare/compare.ts";
import type { ComparisonInput } from "../compare/comparison.ts";
import { compileFacts } from "../compare/compile-facts.ts";
import { parseExpected } from "../compare/constraints/parse-expected.ts";
import { KnownError } from "../errors.ts";
import type { Drift } from "../model/drift.ts";
import type { ExpectedObject } from "../model/expected.ts";
import type { KindCatalog } from "../model/facts.ts";
import type { JsonObject } from "../model/json.ts";
import type { ResourceRef } from "../model/resource.ts";
import type { RuleExample } from "../model/rule.ts";

/** Examples happen at no time in particular: only constraints on time could tell. */
const THEN = "2000-01-01T00:00:00.000Z";
const FACTS_VERSION = "example";

/**
 * Finds the drift in the examples of rules by the comparison that scans use. Undefined when there is none.
 * @throws KnownError `RULE_INVALID` when an example is of an unknown kind or holds a constraint that cannot be read
 */
export function exampleComparer(kinds: KindCatalog): (example: RuleExample) => Drift | undefined {
  return (example) => {
    const facts = kinds.get(example.kind);
    if (facts === undefined) {
      const message = `Cannot run an example of kind "${example.kind}": there is no such kind`;
      throw new KnownError("RULE_INVALID", message, { hint: "`leeway kinds` lists the kinds" });
    }
    const context = { ignore: () => undefined, now: THEN, accepted: () => false };
    return compare(inputOf(example), compileFacts(facts, FACTS_VERSION), context).drift;
  };
}

function inputOf(example: RuleExample): ComparisonInput {
  const { desired, baseline, actual } = example;
  const resource = { kind: example.kind, at: "example", id: example.id };
  return {
    resource,
    ...(desired === undefined ? {} : declaredAs(resource, desired)),
    ...(baseline === undefined ? {} : recordedAs(baseline)),
    formerlyDeclared: false,
    knownAbsent: false,
    observation: {
      resource,
      observedAt: THEN,
      ...(actual === null ? { status: "absent" } : { status: "present", actual }),
    },
  };
}

function declaredAs(resource: ResourceRef, desired: JsonObject): Pick<ComparisonInput, "declared"> {
  const declaredAt = { file: "example", line: 1 };
  return {
    declared: { resource, desired: { presence: "present", attributes: readAttributes(resource, desired) }, declaredAt },
  };
}

function readAttributes(resource: ResourceRef, desired: JsonObject): ExpectedObject {
  const read = Object.entries(desired).map(([name, value]) => {
    const expected = parseExpected(value, ({ message }) => {
      throw new KnownError("RULE_INVALID", `Cannot read "${name}" of the example "${resource.id}": ${message}`);
    });
    return [name, expected] as const;
  });
  return Object.fromEntries(read);
}

function recordedAs(attributes: JsonObject): Pick<ComparisonInput, "baseline"> {
  return {
    baseline: {
      presence: "present",
      attributes,
      recordedAt: THEN,
      held: {},
      unobserved: [],
      factsVersion: FACTS_VERSION,
    },
  };
}
