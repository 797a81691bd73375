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
  const { view, observedAt, factsVersion } = after;
  let attributes = after.document;
  const unobserved = new Set<Pointer>();
  const held: Record<Pointer, Instant> = {};
  for (const steps of after.held) {
    const path = formatPointer(steps);
    if (view !== undefined && isKnown(view, path, steps[0] ?? "")) {
      attributes = replaceAt(attributes, steps, valueAt(view.record.attributes, steps));
      held[path] = baselineTime(view.record, path);
    } else {
      attributes = replaceAt(attributes, steps, undefined);
      unobserved.add(path);
    }
  }
  const next: Baseline = {
    presence: "present",
    attributes,
    recordedAt: observedAt,
    held: withoutNested(held, observedAt),
    unobserved: [...unobserved].sort(),
    factsVersion,
  };
  return view !== undefined && isUnmoved(view.record, next) ? undefined : next;
}

/** A time is worth keeping only where it is not that of the record, and not below a path that has it already. */
function withoutNested(held: Record<Pointer, Instant>, recordedAt: Instant): Record<Pointer, Instant> {
  const paths = Object.keys(held).sort();
  const kept = paths.filter(
    (path) => held[path] !== recordedAt && !paths.some((other) => other !== path && isWithin(path, other)),
  );
  return Object.fromEntries(kept.map((path) => [path, held[path] ?? recordedAt]));
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
