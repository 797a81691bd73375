import type { Digest, Ignore } from "../compare/comparison.ts";
import type { CompiledFacts } from "../compare/compile-facts.ts";
import type { Baseline } from "../model/baseline.ts";
import type { DeclaredResource } from "../model/declared.ts";
import type { Drift } from "../model/drift.ts";
import type { KindFacts } from "../model/facts.ts";
import type { ClassifiedDrift, Finding } from "../model/finding.ts";
import type { JsonObject } from "../model/json.ts";
import type { Observation } from "../model/observation.ts";
import type { ResourceRef } from "../model/resource.ts";
import type { ResourceRecord, ScanWriter, Store } from "../store/store.ts";
import type { Catalog } from "./catalog.ts";
import type { Collector } from "./collector.ts";
import type { DeclaredIndex, IndexEntry } from "./declared-index.ts";
import type { FreshStates } from "./fresh-states.ts";
import type { SeenResources } from "./seen-resources.ts";

/** The documents a drift is judged on, sealed. */
export interface States {
  readonly desired: JsonObject;
  readonly baseline: JsonObject;
  readonly actual: JsonObject;
}

/** What every observation of one scan is worked on with. */
export interface ScanContext {
  readonly target: string;
  readonly store: Store;
  readonly writer: ScanWriter;
  readonly catalog: Catalog;
  readonly index: DeclaredIndex;
  readonly collector: Collector;
  readonly digest: Digest;
  readonly ignore: Ignore;
  /** Equal for equal ignore rules: part of what must not have changed for the short cut. */
  readonly ignoreFingerprint: string;
  readonly classify: (drift: Drift, states: States, declared: DeclaredResource | undefined) => ClassifiedDrift;
  /** Findings of the target that are not resolved, by id. */
  readonly stored: ReadonlyMap<string, Finding>;
  readonly wasListedWithout: (resource: ResourceRef) => boolean;
  readonly isManagedElsewhere: (resource: ResourceRef) => boolean;
  readonly isInScope: (resource: ResourceRef) => boolean;
  readonly isPlace: (at: string) => boolean;
  /** Whether it was found as it was before: then an observation of it says nothing. */
  readonly isConfirmed: (resource: ResourceRef) => boolean;
  /** Facts under which baselines were recorded, by version, as far as they were asked for. */
  readonly earlierFacts: Map<string, KindFacts | undefined>;
  /** Undeclared resources that were seen, so that those that were not can be told. */
  readonly seen: SeenResources;
  /** What is found in sync, by fingerprint. */
  readonly fresh: FreshStates;
  /** Whether anything is recorded that is not declared. */
  readonly recordsUndeclared: boolean;
}

export type Answered = Exclude<Observation, { status: "unchecked" }>;

/** One resource that was observed, with all that is known of it. */
export interface Case {
  readonly observation: Answered;
  readonly entry: IndexEntry | undefined;
  readonly record: ResourceRecord | undefined;
  readonly facts: CompiledFacts;
}

/** The same at the far side of the border: nothing sensitive is in the clear. */
export interface Sealed {
  readonly observation: Answered;
  readonly declared: DeclaredResource | undefined;
  readonly baseline: Baseline | null;
}
