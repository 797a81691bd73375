import { recordable } from "../compare/record-document.ts";
import { canonicalJson } from "../model/canonical-json.ts";
import type { Observation } from "../model/observation.ts";
import { declaredHash, type IndexEntry } from "./declared-index.ts";
import { findingId, sha256 } from "./identity.ts";
import type { ScanContext } from "./scan-context.ts";

/** All that a verdict depends on but time, on which it must not depend here. */
interface InSync {
  readonly declared: string;
  readonly documentHash: string;
  readonly factsVersion: string;
}

/** Under which desired state, document, facts and ignore rules a resource is in sync. */
export function keyOf({ declared, documentHash, factsVersion }: InSync, context: ScanContext): string {
  return sha256(`${declared}\0${documentHash}\0${factsVersion}\0${context.ignoreFingerprint}`);
}

/**
 * Answers for the observations of what was in sync and is as it was then, and returns the others. This is where nearly all of
 * nearly every scan ends, so it asks the store nothing.
 */
export function withoutUnchanged(observations: readonly Observation[], context: ScanContext): readonly Observation[] {
  return observations.filter((observation) => {
    const entry = context.index.find(observation.resource);
    if (entry === undefined || !isUnchanged(observation, entry, context)) return true;
    // A second answer says nothing.
    if (context.index.answer(entry)) {
      context.collector.checked++;
      context.fresh.add(observation, entry);
    }
    return false;
  });
}

function isUnchanged(observation: Observation, { declared, recorded }: IndexEntry, context: ScanContext): boolean {
  if (observation.status !== "present" || declared === undefined) return false;
  const { resource, observedAt } = observation;
  if (!isNoted(recorded) || observedAt < recorded.observedAt) return false;
  const facts = context.catalog.facts(resource.kind);
  // Nothing must need to be sealed, or to be told but that it is in sync.
  if (facts?.hasSensitive !== false || (observation.facts ?? []).length > 0) return false;
  if (context.stored.size > 0 && context.stored.has(findingId(context.target, resource))) return false;
  const hash = declared.desired.presence === "absent" ? undefined : declaredHash(declared);
  if (hash === undefined) return false;
  const documentHash = sha256(canonicalJson(recordable(observation.actual, facts)));
  return recorded.inSyncKey === keyOf({ declared: hash, documentHash, factsVersion: facts.version }, context);
}

function isNoted(recorded: IndexEntry["recorded"]): recorded is { inSyncKey: string; observedAt: string } {
  return typeof recorded?.inSyncKey === "string";
}
