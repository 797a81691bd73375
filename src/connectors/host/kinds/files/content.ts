import { createHash } from "node:crypto";
import { type Expected, isConstraint, OPERATORS } from "../../../../model/expected.ts";
import { getOwn, isJsonObject, type Json, type JsonObject, setOwn } from "../../../../model/json.ts";
import type { FileStat, Read } from "../../transport.ts";
import type { Content } from "../packages/installed/installed.ts";
import type { Attributes } from "./attributes.ts";
import type { PathContext, PathSubject } from "./path.ts";
import { contentDiff } from "./settings/content-diff.ts";
import { type Format, formatOf } from "./settings/formats.ts";
import { MAX_SETTINGS_BYTES, settingsOf, textOf } from "./settings/read-settings.ts";
import { secretPaths } from "./settings/secrets.ts";

/** What was read of a regular file. */
export interface ContentReading {
  readonly parts: TextParts;
  readonly content: Content;
  readonly bytes: Read<Uint8Array> | undefined;
}

/** Reads what stands in a regular file, and its text where that matters. */
export async function readContent(subject: PathSubject, stat: FileStat, context: PathContext): Promise<ContentReading> {
  const parts: TextParts = {
    subject,
    format: formatOf(subject.resource.id),
    desired: declaredText(subject),
    isPublic: (stat.mode & 0o004) !== 0,
  };
  const isText = parts.format !== undefined || parts.desired !== undefined;
  const [content, bytes] = await Promise.all([
    // What the walk read belongs to what it saw, and to nothing seen later.
    context.installed.contentOf(subject.path, stat, {
      recorded: subject.recorded,
      ...(stat === subject.stat && subject.content !== undefined ? { read: subject.content } : {}),
    }),
    isText && stat.size <= BigInt(MAX_SETTINGS_BYTES)
      ? context.transport.readFile(subject.path, { maxBytes: MAX_SETTINGS_BYTES })
      : undefined,
  ]);
  return { parts, content, bytes };
}

/**
 * Adds the hash of a file and, of a known format, its settings; where it is not the text that is declared, what changed. False when
 * the file is no longer what it was taken for.
 */
export function addContent({ parts, content, bytes }: ContentReading, attributes: Attributes): boolean {
  const { sha256, evidence } = content;
  if (hasGone(sha256) || hasGone(bytes)) return false;
  attributes.setRead("sha256", sha256);
  attributes.setEvidence(evidence);
  return bytes === undefined || addText(parts, { sha256, bytes }, attributes);
}

interface TextParts {
  readonly subject: PathSubject;
  readonly format: Format | undefined;
  readonly desired: string | undefined;
  readonly isPublic: boolean;
}

/** False when the text is not what the hash is of. */
function addText(
  { subject, format, desired, isPublic }: TextParts,
  { sha256, bytes }: { readonly sha256: Read<string>; readonly bytes: Read<Uint8Array> },
  attributes: Attributes,
): boolean {
  if (!sha256.ok || !bytes.ok) {
    // Recorded settings must not seem to be gone.
    if (format !== undefined) attributes.setUnread("settings", sha256.ok ? bytes : sha256);
    return true;
  }
  if (createHash("sha256").update(bytes.value).digest("hex") !== sha256.value) return false;
  const text = textOf(bytes.value);
  if (text === undefined) return true;
  if (format !== undefined) addSettings(subject, { format, text }, attributes);
  if (desired !== undefined && desired !== text) {
    const diff = contentDiff({ id: subject.resource.id, format, isPublic, desired, actual: text });
    attributes.setKnown("diff", diff);
  }
  return true;
}

function hasGone(read: Read<unknown> | undefined): boolean {
  return read?.ok === false && (read.reason === "absent" || read.reason === "unsupported");
}

function addSettings(
  subject: PathSubject,
  { format, text }: { readonly format: Format; readonly text: string },
  attributes: Attributes,
): void {
  const settings = settingsOf(text, format);
  attributes.setKnown("settings", settings);
  const sides = [settings ?? {}, declaredSettings(subject)];
  // What only the declaration has is as secret as what is there.
  for (const path of new Set(sides.flatMap((side) => secretPaths(side, format))))
    attributes.note({ path: `/settings${path}`, fact: "sensitive" });
}

function declaredText({ desired }: PathSubject): string | undefined {
  const content = desired?.presence === "present" ? getOwn(desired.attributes, "content") : undefined;
  return typeof content === "string" ? content : undefined;
}

function declaredSettings({ desired }: PathSubject): JsonObject {
  const settings = desired?.presence === "present" ? plain(getOwn(desired.attributes, "settings") ?? null) : null;
  return isJsonObject(settings) ? settings : {};
}

/** The plain values of an expectation, null for what is judged otherwise. */
function plain(expected: Expected): Json {
  if (typeof expected !== "object" || expected === null) return expected;
  if (isConstraint(expected)) {
    const [first] = expected[OPERATORS];
    return first?.op === "only" ? plain(first.members) : null;
  }
  if (Array.isArray(expected)) return expected.map((item: Expected) => plain(item));
  const members: { [key: string]: Json } = {};
  for (const [key, member] of Object.entries(expected)) setOwn(members, key, plain(member));
  return members;
}
