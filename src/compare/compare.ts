import type { Baseline } from "../model/baseline.ts";
import type { Cause, Change, Drift, DriftKind, Fold } from "../model/drift.ts";
import type { ExpectedObject } from "../model/expected.ts";
import type { JsonObject } from "../model/json.ts";
import type { Observation } from "../model/observation.ts";
import type { Comparison, ComparisonContext, ComparisonInput } from "./comparison.ts";
import { type CompiledFacts, differingAttributes, memberFacts } from "./compile-facts.ts";
import { identical, mayHaveLost } from "./diff/identical.ts";
import { ROOT } from "./diff/path.ts";
import { explainedAbsence, explainedPresence, holdProvenance, startProvenance } from "./diff/provenance.ts";
import { type BaselineView, type DiffSession, UNKNOWN } from "./diff/session.ts";
import { settleShown } from "./diff/shown.ts";
import { collectUnvisited } from "./diff/unread.ts";
import { visit, visitUndeclared } from "./diff/visit.ts";
import { nextBaseline } from "./next-baseline.ts";
import { comparable, recordable } from "./record-document.ts";

type Present = Extract<Observation, { status: "present" }>;
type Absent = Extract<Observation, { status: "absent" }>;

/**
 * Compares one resource: its desired state, baseline and actual state, all sealed. Pure, and never throws on any data.
 * The three-way table of DESIGN §3 is decided here and in `diff/`, nowhere else.
 */
export function compare(input: ComparisonInput, facts: CompiledFacts, context: ComparisonContext): Comparison {
  const { observation } = input;
  switch (observation.status) {
    case "unchecked":
      return { ...NOTHING, unchecked: { reason: observation.reason, detail: observation.detail } };
    case "absent":
      return compareAbsent(input, observation, { facts, context });
    case "present":
      return comparePresent(input, observation, { facts, context });
  }
}

interface Using {
  readonly facts: CompiledFacts;
  readonly context: ComparisonContext;
}

const NOTHING: Comparison = { uncheckedPaths: [], folds: [], gaps: [], baseline: undefined };

function compareAbsent(input: ComparisonInput, observation: Absent, { facts, context }: Using): Comparison {
  const { declared, baseline } = input;
  if (declared === undefined) return { ...NOTHING, baseline: null };
  const knownAbsent = absentBaseline(observation, facts);
  if (declared.desired.presence === "absent") {
    return baseline?.presence === "absent" ? NOTHING : { ...NOTHING, baseline: knownAbsent };
  }
  const explained = explainedAbsence(input, observation, { facts, view: viewOf(input, facts) });
  if (explained !== undefined) return { ...NOTHING, folds: [explained] };
  const wasAbsent = baseline === undefined ? input.knownAbsent : baseline.presence === "absent";
  const recorded = baseline === undefined && wasAbsent ? { baseline: knownAbsent } : {};
  const change: Change = { path: "", ...presentBaseline(baseline), cause: missingCause(baseline, wasAbsent) };
  return { ...NOTHING, ...recorded, ...report({ input, context, drift: "missing", changes: [change] }) };
}

function missingCause(baseline: Baseline | undefined, wasAbsent: boolean): Cause {
  if (baseline?.presence === "present") return "out-of-band";
  return wasAbsent ? "undeployed" : "unrecorded";
}

function absentBaseline(observation: Absent, facts: CompiledFacts): Baseline {
  return {
    presence: "absent",
    attributes: {},
    recordedAt: observation.observedAt,
    held: {},
    unobserved: [],
    factsVersion: facts.version,
  };
}

function comparePresent(input: ComparisonInput, observation: Present, using: Using): Comparison {
  const { declared } = input;
  if (declared === undefined) return compareUndeclared(input, observation, using);
  if (declared.desired.presence === "absent") return compareForbidden(input, observation, using);
  const { actual } = observation;
  const { attributes } = declared.desired;
  const base = baseOf(viewOf(input, using.facts));
  if (observation.facts === undefined && identical(attributes, actual) && !mayHaveLost(base, actual)) {
    return { ...NOTHING, baseline: movedBaseline(input, observation, { facts: using.facts, held: [] }) };
  }
  const session = startSession(input, observation, using);
  visit(session, {
    expected: attributes,
    base,
    actual,
    node: using.facts.root,
    path: ROOT,
    undeclared: false,
  });
  return conclude({ input, observation, session, using, drift: "changed", presence: [] });
}

/** There, and declared not to be. */
function compareForbidden(input: ComparisonInput, observation: Present, { facts, context }: Using): Comparison {
  const { baseline } = input;
  const change: Change = {
    path: "",
    desired: { $absent: true },
    ...presentBaseline(baseline),
    actual: comparable(observation.actual, facts),
    cause: forbiddenCause(baseline),
  };
  return { ...NOTHING, ...report({ input, context, drift: "changed", changes: [change] }) };
}

function forbiddenCause(baseline: Baseline | undefined): Cause {
  if (baseline === undefined) return "unrecorded";
  return baseline.presence === "absent" ? "out-of-band" : "undeployed";
}

/** There, and nobody declares it: unmanaged, with its attributes judged against the baseline from first sight on. */
function compareUndeclared(input: ComparisonInput, observation: Present, using: Using): Comparison {
  const session = startSession(input, observation, using);
  visitUndeclared(session, {
    base: baseOf(session.baseline),
    actual: observation.actual,
    node: using.facts.root,
    path: ROOT,
  });
  const cause: Cause = input.formerlyDeclared ? "undeployed" : "orphaned";
  const installedBy = explainedPresence(session);
  if (installedBy !== undefined) session.folds.push(installedBy);
  const presence: readonly Change[] = installedBy === undefined ? [{ path: "", cause }] : [];
  return conclude({ input, observation, session, using, drift: "unmanaged", presence });
}

function startSession(input: ComparisonInput, observation: Present, { facts, context }: Using): DiffSession {
  return {
    resource: input.resource,
    emptyIs: facts.kind.emptyIs,
    now: context.now,
    pathFacts: observation.facts ?? [],
    baseline: viewOf(input, facts),
    provenance: startProvenance(facts.kind, { view: viewOf(input, facts), actual: observation.actual }),
    accepted: context.accepted,
    strict: false,
    digest: undefined,
    changes: [],
    differing: [],
    shown: [],
    folds: [],
    unchecked: [],
    gaps: [],
    held: [],
  };
}

const NONE: ReadonlySet<string> = new Set();
const ALL: ReadonlySet<string> = new Set(["*"]);

function viewOf(input: ComparisonInput, facts: CompiledFacts): BaselineView | undefined {
  const { baseline, baselineFacts } = input;
  if (baseline === undefined) return undefined;
  if (baseline.factsVersion === facts.version) return { record: baseline, incomparable: NONE };
  return {
    record: baseline,
    incomparable: baselineFacts === undefined ? ALL : differingAttributes(baselineFacts, facts.kind),
  };
}

function baseOf(view: BaselineView | undefined): JsonObject | typeof UNKNOWN {
  return view === undefined || view.record.presence === "absent" ? UNKNOWN : view.record.attributes;
}

function presentBaseline(baseline: Baseline | undefined): { baseline?: JsonObject } {
  return baseline?.presence === "present" ? { baseline: baseline.attributes } : {};
}

function conclude(found: {
  readonly input: ComparisonInput;
  readonly observation: Present;
  readonly session: DiffSession;
  readonly using: Using;
  readonly drift: DriftKind;
  readonly presence: readonly Change[];
}): Comparison {
  const { input, observation, session, using } = found;
  settleShown(session, { desired: desiredOf(input), actual: observation.actual, root: using.facts.root });
  collectUnvisited(session, observation.actual);
  holdProvenance(session);
  const changes = [...found.presence, ...session.changes.sort((left, right) => (left.path < right.path ? -1 : 1))];
  const evidence = evidenceIn(observation.actual, using.facts);
  const reported = report({ input, context: using.context, drift: found.drift, changes, evidence });
  return {
    ...(reported.drift === undefined ? {} : { drift: reported.drift }),
    uncheckedPaths: session.unchecked,
    folds: [...session.folds, ...reported.folds],
    gaps: session.gaps,
    baseline: movedBaseline(input, observation, { facts: using.facts, held: session.held }),
  };
}

function desiredOf({ declared }: ComparisonInput): ExpectedObject {
  return declared?.desired.presence === "present" ? declared.desired.attributes : {};
}

function movedBaseline(
  input: ComparisonInput,
  observation: Present,
  how: { readonly facts: CompiledFacts; readonly held: readonly (readonly string[])[] },
): Baseline | undefined {
  return nextBaseline({
    document: recordable(observation.actual, how.facts),
    view: viewOf(input, how.facts),
    held: how.held,
    observedAt: observation.observedAt,
    factsVersion: how.facts.version,
  });
}

/** Drift out of changes, without those that a rule of the configuration folds. */
function report(found: {
  readonly input: ComparisonInput;
  readonly context: ComparisonContext;
  readonly drift: DriftKind;
  readonly changes: readonly Change[];
  readonly evidence?: JsonObject | undefined;
}): { readonly drift?: Drift; readonly folds: readonly Fold[] } {
  const { resource, observation } = found.input;
  const folds: Fold[] = [];
  const changes = found.changes.filter((change) => {
    const reason = found.context.ignore({ resource, path: change.path, drift: found.drift });
    if (reason !== undefined) folds.push({ resource, path: change.path, reason: `ignored: ${reason}` });
    return reason === undefined;
  });
  const [first] = changes;
  if (first === undefined) return { folds };
  // An unmanaged resource whose presence is folded is still compared: what remains is a change of it.
  const drift = found.drift === "unmanaged" && first.path !== "" ? "changed" : found.drift;
  const { evidence } = found;
  return {
    drift: {
      ...{ resource, drift, cause: leadingCause(changes), changes, observedAt: observation.observedAt },
      ...(evidence === undefined ? {} : { evidence }),
    },
    folds,
  };
}

/** Undefined where there is none. */
function evidenceIn(actual: JsonObject, { root }: CompiledFacts): JsonObject | undefined {
  const found = Object.entries(actual).filter(([name]) => memberFacts(root, name).roles.has("evidence"));
  return found.length === 0 ? undefined : Object.fromEntries(found);
}

function leadingCause(changes: readonly Change[]): Cause {
  const leading = changes.find((change) => change.path === "") ?? changes.find((change) => change.cause !== "external");
  return leading?.cause ?? "external";
}
