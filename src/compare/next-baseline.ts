import type { Baseline } from "../model/baseline.ts";
import { getOwn, isJsonObject, type Json, type JsonObject, setOwn } from "../model/json.ts";
import { formatPointer, isWithin, type Pointer } from "../model/pointer.ts";
import type { Instant } from "../model/time.ts";
import { identical } from "./diff/identical.ts";
import { type BaselineView, baselineTime, isKnown } from "./diff/session.ts";

/**
 * What a baseline becomes after a comparison: what is there now, but for the held attributes, which keep the value they
 * had. A held one without a baseline stays without. Returns undefined when nothing moves.
 */
export function nextBaseline(after: {
  readonly document: JsonObject;
  readonly view: BaselineView | undefined;
  /** Attributes that drifted, could not be read, or are ignored: as member steps. */
  readonly held: readonly (readonly string[])[];
  readonly observedAt: Instant;
  readonly factsVersion: string;
}): Baseline | undefined {
  const next = after.held.length === 0 ? allMoved(after) : withHeld(after);
  return after.view !== undefined && isUnmoved(after.view.record, next) ? undefined : next;
}

type Moving = Parameters<typeof nextBaseline>[0];

const NO_TIMES: Readonly<Record<Pointer, Instant>> = {};
const NONE: readonly Pointer[] = [];

function allMoved({ document, observedAt, factsVersion }: Moving): Baseline {
  return {
    presence: "present",
    attributes: document,
    recordedAt: observedAt,
    held: NO_TIMES,
    unobserved: NONE,
    factsVersion,
  };
}

function withHeld(after: Moving): Baseline {
  const { view, observedAt, factsVersion } = after;
  let attributes = after.document;
  const unobserved = new Set<Pointer>();
  const held: Record<Pointer, Instant> = {};
  for (const steps of after.held) {
    const path = formatPointer(steps);
    if (view !== undefined && isKnown(view, path, steps[0] ?? "")) {
      attributes = replaceAt(attributes, steps, valueAt(view.record.attributes, steps));
      Object.assign(held, timesWithin(view.record, path));
      for (const below of unobservedWithin(view.record, path)) unobserved.add(below);
    } else {
      attributes = replaceAt(attributes, steps, undefined);
      unobserved.add(path);
    }
  }
  return {
    presence: "present",
    attributes,
    recordedAt: observedAt,
    held: withoutInherited(held, observedAt),
    unobserved: [...unobserved].sort(),
    factsVersion,
  };
}

/** The times of a value that stays behind: its own, and those of what lay behind in it already. */
function timesWithin(record: Baseline, path: Pointer): Record<Pointer, Instant> {
  const below = Object.entries(record.held).filter(([at]) => isWithin(at, path));
  return { [path]: baselineTime(record, path), ...Object.fromEntries(below) };
}

function unobservedWithin({ unobserved }: Baseline, path: Pointer): readonly Pointer[] {
  return unobserved.filter((below) => isWithin(below, path));
}

/** A time is worth keeping only where it is not that of what lies around it. */
function withoutInherited(held: Record<Pointer, Instant>, recordedAt: Instant): Record<Pointer, Instant> {
  const kept: Record<Pointer, Instant> = {};
  for (const path of Object.keys(held).sort()) {
    const time = held[path];
    if (time !== undefined && time !== baselineTime({ held: kept, recordedAt }, path)) kept[path] = time;
  }
  return kept;
}

function isUnmoved(before: Baseline, next: Baseline): boolean {
  return (
    before.presence === next.presence &&
    before.factsVersion === next.factsVersion &&
    identical(before.unobserved, next.unobserved) &&
    identical(before.attributes, next.attributes)
  );
}

function valueAt(document: JsonObject, steps: readonly string[]): Json | undefined {
  let value: Json | undefined = document;
  for (const step of steps) value = isJsonObject(value) ? getOwn(value, step) : undefined;
  return value;
}

/** A copy of the document with another value at the steps, or with none; nothing is made where the parent is missing. */
function replaceAt(document: JsonObject, steps: readonly string[], value: Json | undefined): JsonObject {
  const [step, ...rest] = steps;
  if (step === undefined) return isJsonObject(value) ? value : {};
  const current = getOwn(document, step);
  const replaced = rest.length === 0 ? value : nested(current, rest, value);
  const copy: { [key: string]: Json } = {};
  for (const [key, member] of Object.entries(document)) if (key !== step) setOwn(copy, key, member);
  if (replaced !== undefined) setOwn(copy, step, replaced);
  return copy;
}

function nested(current: Json | undefined, steps: readonly string[], value: Json | undefined): Json | undefined {
  if (isJsonObject(current)) return replaceAt(current, steps, value);
  return value === undefined ? current : replaceAt({}, steps, value);
}
