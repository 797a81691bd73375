import type { Change, Drift } from "../model/drift.ts";
import { isJsonObject, type Json } from "../model/json.ts";
import { valueBefore } from "./subject.ts";

/** What a rule's title may hold between braces. */
export const TITLE_PLACEHOLDERS: readonly string[] = ["id", "path", "before", "after", "added", "removed"];

const MAX_VALUE_LENGTH = 60;

/** A rule's title, filled in: one line, long values cut, secrets not even shown as digests. */
export function fillTitle(title: string, drift: Drift, change: Change): string {
  return title.replace(/\{(\w*)\}/g, (text, name: string) => {
    switch (name) {
      case "id":
        return oneLine(drift.resource.id);
      case "path":
        return pathName(change);
      case "before":
        return valueText(shownBefore(change));
      case "after":
        return valueText(change.actual);
      case "added":
        return listText(change.added);
      case "removed":
        return listText(change.removed);
      default:
        return text;
    }
  });
}

/** The title of a change that no rule matches. */
export function genericTitle(drift: Drift, change: Change): string {
  const resource = `${drift.resource.kind} ${oneLine(drift.resource.id)}`;
  if (change.path !== "") return `${resource}: ${attributeTitle(change)}`;
  switch (drift.drift) {
    case "missing":
      return `${resource} is missing`;
    case "unmanaged":
      return `${resource} is there, but not declared`;
    case "moved":
      return `${resource} has moved${drift.movedTo === undefined ? "" : ` to ${oneLine(drift.movedTo.id)}`}`;
    case "changed":
      return `${resource} is there, but declared absent`;
  }
}

function attributeTitle(change: Change): string {
  const name = pathName(change);
  if (change.added !== undefined || change.removed !== undefined) return `${name} changed: ${membersTitle(change)}`;
  const before = shownBefore(change);
  if (change.actual === undefined) return `${name} is gone (was ${valueText(before)})`;
  if (before === undefined) return `${name} is ${valueText(change.actual)}`;
  return `${name} is ${valueText(change.actual)} instead of ${valueText(before)}`;
}

function membersTitle({ added = [], removed = [] }: Change): string {
  const parts: string[] = [];
  if (added.length > 0) parts.push(`${listText(added)} added`);
  if (removed.length > 0) parts.push(`${listText(removed)} removed`);
  return parts.join(", ");
}

/** A constraint is shown as it is written when nothing better is known. */
function shownBefore(change: Change): Json | undefined {
  return valueBefore(change) ?? change.desired ?? change.baseline;
}

function pathName(change: Change): string {
  return change.path === "" ? "presence" : oneLine(change.path.slice(1));
}

function valueText(value: Json | undefined): string {
  if (value === undefined || value === null) return "nothing";
  if (value === "") return "empty";
  return cut(oneLine(typeof value === "string" ? hideDigest(value) : compact(value)));
}

function listText(values: readonly Json[] | undefined): string {
  if (values === undefined || values.length === 0) return "nothing";
  return cut(
    oneLine(values.map((value) => (typeof value === "string" ? hideDigest(value) : compact(value))).join(", ")),
  );
}

/** JSON with digests hidden and big integers as their digits; a list of texts is written without quotes. */
function compact(value: Json): string {
  if (Array.isArray(value) && value.every((item) => typeof item === "string")) {
    return `[${value.map(hideDigest).join(", ")}]`;
  }
  return JSON.stringify(value, (_key, item: unknown) => {
    if (typeof item === "bigint") return String(item);
    if (typeof item === "string") return hideDigest(item);
    return isJsonObject(item) && Object.hasOwn(item, "$digest") ? "(secret)" : item;
  });
}

/** The form in which sensitive values leave the border: `hmac-sha256:KEYID:HEX`. */
function hideDigest(text: string): string {
  return text.replace(/\bhmac-sha256:[^:\s]+:[0-9a-f]+/g, "(secret)");
}

/** Control characters, line breaks and characters that turn the direction of text would forge what a person reads. */
function oneLine(text: string): string {
  return text.replace(/\s+/g, " ").replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, "\u{fffd}");
}

function cut(text: string): string {
  const characters = [...text];
  return characters.length <= MAX_VALUE_LENGTH ? text : `${characters.slice(0, MAX_VALUE_LENGTH - 1).join("")}…`;
}
