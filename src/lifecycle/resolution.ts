import { canonicalJson } from "../model/canonical-json.ts";
import type { Change } from "../model/drift.ts";
import type { Finding, Resolution } from "../model/finding.ts";
import { getOwn, isJsonObject, type Json, type JsonObject } from "../model/json.ts";
import { parsePointer } from "../model/pointer.ts";
import { actualDigest, type Digest } from "./covers.ts";

/** A resource as it is now that it does not drift any more, sealed like the finding's changes. */
export interface InSyncState {
  readonly desired: JsonObject;
  /** Empty when it is not there. */
  readonly actual: JsonObject;
  readonly presence: "present" | "absent";
}

/**
 * How the finding of a declared resource ended that is in sync now: `adopted` where production is still as it was when it
 * drifted, so that the declaration must have moved; `reverted` where any of it moved back. An unmanaged resource that is
 * declared now was adopted, and one that is gone `vanished`.
 */
export function resolutionOf(finding: Finding, now: InSyncState, digest: Digest): Resolution {
  if (finding.drift === "unmanaged") return now.presence === "present" ? "adopted" : "vanished";
  return finding.changes.every((change) => isUnmoved(change, { finding, now, digest })) ? "adopted" : "reverted";
}

interface Compared {
  readonly finding: Finding;
  readonly now: InSyncState;
  readonly digest: Digest;
}

function isUnmoved(change: Change, { finding, now, digest }: Compared): boolean {
  if (change.path === "") return now.presence === presenceThen(finding);
  const actual = valueAt(now.actual, change.path);
  if (isSetChange(change)) return sameElements(change.actual, actual);
  return actualDigest(change, digest) === actualDigest(actual === undefined ? {} : { actual }, digest);
}

/** Of a finding with a presence change: missing means not there, and moved not there under this reference. */
function presenceThen({ drift }: Finding): InSyncState["presence"] {
  return drift === "missing" || drift === "moved" ? "absent" : "present";
}

function isSetChange({ added, removed }: Change): boolean {
  return added !== undefined || removed !== undefined;
}

/** The order of a set's elements means nothing. */
function sameElements(before: Json | undefined, after: Json | undefined): boolean {
  if (!Array.isArray(before) || !Array.isArray(after))
    return canonicalJson(before ?? null) === canonicalJson(after ?? null);
  const texts = (list: readonly Json[]) => list.map(canonicalJson).sort().join("\n");
  return texts(before) === texts(after);
}

function valueAt(document: JsonObject, path: string): Json | undefined {
  let value: Json | undefined = document;
  for (const step of parsePointer(path)) value = value === undefined ? undefined : stepInto(value, step);
  return value;
}

function stepInto(value: Json, step: string): Json | undefined {
  if (isJsonObject(value)) return getOwn(value, step);
  return Array.isArray(value) ? elementAt(value, step) : undefined;
}

/** An element by position, or of a keyed list by `key=value[,key=value…]`; later ones with an equal key by `#2`, … */
function elementAt(list: readonly Json[], step: string): Json | undefined {
  if (/^\d+$/.test(step)) return list[Number(step)];
  const [, key = step, copy = "1"] = /^(.*)#(\d+)$/s.exec(step) ?? [];
  return withKey(list, step)[0] ?? withKey(list, key)[Number(copy) - 1];
}

function withKey(list: readonly Json[], step: string): Json[] {
  return list.filter((item) => isJsonObject(item) && keysMatch(item, step));
}

/** A value may itself hold a comma or an equals sign, so what is left over belongs to the value before it. */
function keysMatch(item: JsonObject, step: string): boolean {
  const names = Object.keys(item).filter((name) => step.startsWith(`${name}=`) || step.includes(`,${name}=`));
  return matchesFrom(item, step, names);
}

function matchesFrom(item: JsonObject, step: string, names: readonly string[]): boolean {
  return names.some((name) => {
    const part = `${name}=${String(item[name])}`;
    if (step === part) return true;
    return step.startsWith(`${part},`) && matchesFrom(item, step.slice(part.length + 1), names);
  });
}
