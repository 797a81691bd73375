import type { Fold } from "../../model/drift.ts";
import type { KindFacts, Provenance } from "../../model/facts.ts";
import { getOwn, isJsonObject, type Json, type JsonObject } from "../../model/json.ts";
import type { AbsenceFact } from "../../model/observation.ts";
import { formatPointer, isWithin, type Pointer, parsePointer } from "../../model/pointer.ts";
import type { ResourceRef } from "../../model/resource.ts";
import { pointerOf, stableSteps } from "./path.ts";
import { type BaselineView, type DiffSession, isKnown, type Point, UNKNOWN } from "./session.ts";

/** What put a resource there, when the baseline was recorded and now, and what it explains. */
export interface ProvenanceSession {
  readonly facts: Provenance;
  readonly before: string | undefined;
  readonly now: string | undefined;
  /** Whether the baseline, or what is there now, is no longer what was put there. */
  readonly wasAltered: boolean;
  readonly isAltered: boolean;
  /** Differences that it explains, as stable steps. */
  readonly explained: { readonly steps: readonly string[]; readonly undeclared: boolean }[];
}

export function startProvenance(
  { provenance: facts }: KindFacts,
  { view, actual }: { readonly view: BaselineView | undefined; readonly actual: JsonObject },
): ProvenanceSession | undefined {
  if (facts === undefined) return undefined;
  return {
    facts,
    before: recordedText(view, facts.path),
    now: textAt(actual, facts.path),
    wasAltered: recordedText(view, facts.altered) !== undefined,
    isAltered: textAt(actual, facts.altered) !== undefined,
    explained: [],
  };
}

/**
 * Whether a difference lies between what one version put there and what another version of the same did. Under one version
 * nothing can differ, so who altered a file and the list of what should be there is not believed.
 */
export function mayExplain({ provenance }: DiffSession, point: Point): boolean {
  if (provenance === undefined || provenance.wasAltered || point.base === UNKNOWN) return false;
  const { before, now, facts } = provenance;
  if (before === undefined || now === undefined || before === now || nameIn(before) !== nameIn(now)) return false;
  const path = pointerOf(point.path);
  return facts.covers.some((covered) => isWithin(path, covered));
}

/** Folds a difference that `mayExplain` allowed. */
export function explain({ provenance, resource, folds }: DiffSession, point: Point): void {
  if (provenance === undefined) return;
  const { facts, before, now, explained } = provenance;
  const reason = `changed by its ${facts.by}`;
  folds.push({ resource, path: pointerOf(point.path), reason, detail: `${before} → ${now}` });
  explained.push({ steps: stableSteps(point.path), undeclared: point.undeclared });
}

/**
 * The fold of an undeclared resource's presence, once its attributes were visited: something put it there, be it that another
 * hand changed it since the baseline.
 */
export function explainedPresence(session: DiffSession): Fold | undefined {
  const { provenance, resource } = session;
  if (provenance === undefined) return undefined;
  const { facts, before, now, isAltered } = provenance;
  const by = now ?? (isAltered || isHeld(session, provenance) ? before : undefined);
  return by === undefined ? undefined : { resource, path: "", reason: `installed by its ${facts.by}`, detail: by };
}

/**
 * Keeps a baseline's value together with what put it there. What is declared stays behind when a difference of it is
 * explained, so that it is explained at each later scan too; what is undeclared follows.
 */
export function holdProvenance(session: DiffSession): void {
  const { provenance, held } = session;
  if (provenance === undefined) return;
  const { facts, explained, before, now, isAltered } = provenance;
  const [path, altered] = [parsePointer(facts.path), parsePointer(facts.altered)];
  if (isHeld(session, provenance) || explained.some(({ undeclared }) => !undeclared))
    held.push(path, altered, ...explained.map(({ steps }) => steps));
  // A person accepted what differs: still a resource of what put it there, but nothing of it is explained any more.
  else if (isAltered && now === undefined && before !== undefined) held.push(path);
}

/** The fold of a declared resource's absence. */
export function explainedAbsence(
  { resource }: { readonly resource: ResourceRef },
  { facts = [] }: { readonly facts?: readonly AbsenceFact[] },
  from: { readonly facts: { readonly kind: KindFacts }; readonly view: BaselineView | undefined },
): Fold | undefined {
  const { provenance } = from.facts.kind;
  const [fact] = facts;
  if (provenance === undefined || fact === undefined) return undefined;
  if (recordedText(from.view, provenance.path) === undefined) return undefined;
  return { resource, path: "", reason: `removed with its ${provenance.by}`, detail: fact.by };
}

function isHeld({ held }: DiffSession, { facts }: ProvenanceSession): boolean {
  const kept = [facts.path, ...facts.covers];
  return held.some((steps) => kept.some((path) => isWithin(formatPointer(steps), path)));
}

function nameIn(text: string): string {
  return text.slice(0, text.indexOf(" "));
}

function recordedText(view: BaselineView | undefined, path: Pointer): string | undefined {
  if (view === undefined || !isKnown(view, path, parsePointer(path)[0] ?? "")) return undefined;
  return textAt(view.record.attributes, path);
}

function textAt(document: JsonObject, path: Pointer): string | undefined {
  let value: Json | undefined = document;
  for (const step of parsePointer(path)) value = isJsonObject(value) ? getOwn(value, step) : undefined;
  return typeof value === "string" ? value : undefined;
}
