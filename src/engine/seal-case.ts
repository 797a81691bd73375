import { type CompiledFacts, memberFacts } from "../compare/compile-facts.ts";
import { identical } from "../compare/diff/identical.ts";
import { type Sealing, seal, sealRecorded } from "../compare/seal.ts";
import type { Baseline } from "../model/baseline.ts";
import type { ExpectedObject } from "../model/expected.ts";
import type { Case, ScanContext, Sealed } from "./scan-context.ts";

/** Takes a case over the border. */
export function sealCase({ observation, entry, record, facts }: Case, context: ScanContext): Sealed {
  const declared = entry?.declared;
  const attributes = declared?.desired.presence === "present" ? withoutInputs(declared.desired.attributes, facts) : {};
  const isPresent = observation.status === "present";
  const sealing = {
    facts,
    pathFacts: isPresent ? (observation.facts ?? []) : [],
    digest: context.digest,
    now: observation.observedAt,
  };
  const pair = seal(attributes, isPresent ? observation.actual : {}, sealing);
  return {
    observation: isPresent ? { ...observation, actual: pair.actual } : observation,
    declared:
      declared?.desired.presence === "present"
        ? { ...declared, desired: { presence: "present", attributes: pair.desired } }
        : declared,
    baseline: sealBaseline(record?.baseline ?? null, attributes, sealing),
  };
}

/** What only the connector reads stays on its side of the border. */
function withoutInputs(attributes: ExpectedObject, { root, hasUnrecorded }: CompiledFacts): ExpectedObject {
  const isInput = (name: string) => memberFacts(root, name).roles.has("input");
  if (!hasUnrecorded || !Object.keys(attributes).some(isInput)) return attributes;
  return Object.fromEntries(Object.entries(attributes).filter(([name]) => !isInput(name)));
}

/** The same baseline where there was nothing to seal in it any more. */
function sealBaseline(baseline: Baseline | null, desired: ExpectedObject, sealing: Sealing): Baseline | null {
  if (baseline === null) return null;
  const attributes = sealRecorded(desired, baseline.attributes, sealing);
  return identical(attributes, baseline.attributes) ? baseline : { ...baseline, attributes };
}
