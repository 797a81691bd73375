import type { Desired } from "../../../../model/declared.ts";
import type { JsonObject } from "../../../../model/json.ts";
import type { Fingerprint } from "../../../../model/known-states.ts";
import type { AbsenceFact, Observation, PathFact, UncheckedReason } from "../../../../model/observation.ts";
import type { ResourceRef } from "../../../../model/resource.ts";
import type { Instant } from "../../../../model/time.ts";
import { fingerprintOf } from "../../fingerprint.ts";
import { encodeId } from "../../ids.ts";
import type { FileStat, HostPath, Naming, Read, Transport } from "../../transport.ts";
import type { Installed, ReadContent, Recorded } from "../packages/installed/installed.ts";
import { Attributes } from "./attributes.ts";
import { addContent, type ContentReading, readContent } from "./content.ts";
import { addExtended, addFlags, noteUnread } from "./extended/add-extended.ts";
import type { ExtendedReads } from "./extended/read-extended.ts";
import type { Owners } from "./owners.ts";

export type TreeKind = "host/file" | "host/directory";

/** One path to observe as a resource. */
export interface PathSubject extends ExtendedReads {
  readonly resource: ResourceRef;
  readonly kind: TreeKind;
  readonly path: HostPath;
  /** What is declared of it, where anything is. */
  readonly desired?: Desired;
  /** The names of the attributes that are declared of it or were recorded. */
  readonly wanted: () => Promise<ReadonlySet<string>>;
  /** What a walk saw already. */
  readonly stat?: FileStat;
  /** What of the content the walk read, when it was what `stat` says. */
  readonly content?: ReadContent;
  /** Whether the content of a regular file is read as well. */
  readonly hash: () => Promise<boolean>;
  readonly recorded: Recorded;
}

export interface PathContext {
  readonly transport: Transport;
  readonly owners: Owners;
  readonly installed: Installed;
  /** Missing where what is read cannot be confirmed later. */
  readonly fingerprints?: Fingerprints | undefined;
  readonly now: () => Instant;
  readonly signal: AbortSignal;
}

/** What fingerprints are made of beside the path. */
export interface Fingerprints {
  readonly naming: Naming;
  /** A moment before any path was looked at, in milliseconds since 1970. */
  readonly since: number;
}

/** A path that changes between two reads is looked at anew, this often. */
const ATTEMPTS = 3;

/** Observes one path. A directory is absent as a file, and the other way round. */
export async function readPath(subject: PathSubject, context: PathContext): Promise<Observation> {
  const { resource, stat } = subject;
  const observedAt = context.now();
  let answer = await look(subject, stat === undefined ? undefined : { ok: true, value: stat }, context);
  for (let attempt = 1; attempt < ATTEMPTS && answer === undefined; attempt += 1)
    answer = await look(subject, undefined, context);
  const detail = `Cannot read "${encodeId(subject.path)}": it changed while it was read`;
  return { resource, observedAt, ...(answer ?? { status: "unchecked", reason: "vanished", detail }) };
}

type Answer =
  | {
      readonly status: "present";
      readonly actual: JsonObject;
      readonly facts?: readonly PathFact[];
      readonly fingerprint?: Fingerprint;
    }
  | { readonly status: "absent"; readonly facts?: readonly AbsenceFact[] }
  | { readonly status: "unchecked"; readonly reason: UncheckedReason; readonly detail: string };

/** Undefined when the path changed meanwhile. */
async function look(
  subject: PathSubject,
  known: Read<FileStat> | undefined,
  context: PathContext,
): Promise<Answer | undefined> {
  const stat = known ?? (await context.transport.stat(subject.path));
  if (!stat.ok)
    return stat.reason === "absent"
      ? await absent(subject, context)
      : { status: "unchecked", reason: stat.reason, detail: stat.detail };
  if ((stat.value.type === "directory") !== (subject.kind === "host/directory")) return { status: "absent" };
  const attributes = await readAttributes(subject, stat.value, context);
  if (attributes === undefined) return undefined;
  const taken = attributes.take();
  const fingerprint = madeOf(stat.value, taken.actual, context);
  return { status: "present", ...taken, ...(fingerprint === undefined ? {} : { fingerprint }) };
}

/** Undefined where something of it could not be read, or its owners have names that stand in no file of the host. */
function madeOf(stat: FileStat, actual: JsonObject, { fingerprints }: PathContext): Fingerprint | undefined {
  if (fingerprints === undefined) return undefined;
  const { naming, since } = fingerprints;
  const { owner, group, sha256 } = actual;
  const isInFiles = owner === ownerIn(naming.users, stat.uid) && group === ownerIn(naming.groups, stat.gid);
  if (!isInFiles || (stat.type === "file") !== (typeof sha256 === "string")) return undefined;
  return fingerprintOf({ stat, lookedAt: since, ...(typeof sha256 === "string" ? { sha256 } : {}) }, naming);
}

function ownerIn(names: ReadonlyMap<number, string>, id: number): string {
  return names.get(id) ?? String(id);
}

async function absent({ path, recorded }: PathSubject, { installed }: PathContext): Promise<Answer> {
  const facts = await installed.absence(path, recorded);
  return { status: "absent", ...(facts.length === 0 ? {} : { facts }) };
}

/** Undefined when the path is no longer what `stat` says. */
async function readAttributes(
  subject: PathSubject,
  stat: FileStat,
  context: PathContext,
): Promise<Attributes | undefined> {
  const attributes = new Attributes();
  const reading = stat.type === "file" ? startContent(subject, stat, context) : undefined;
  if (subject.kind === "host/file") attributes.set("type", stat.type);
  // The mode of a link is always 0777 and means nothing.
  if (stat.type !== "link") attributes.set("mode", stat.mode.toString(8).padStart(4, "0"));
  attributes.setRead("owner", await context.owners.user(stat.uid));
  attributes.setRead("group", await context.owners.group(stat.gid));
  attributes.set("uid", stat.uid);
  attributes.set("gid", stat.gid);
  const extended = await subject.extended();
  if (extended.ok) await addExtended(extended.value, attributes, context.owners);
  else await noteUnread(extended, attributes, subject);
  await addFlags(await subject.flags(), attributes, subject);
  if (stat.linkTarget !== undefined) attributes.set("link_target", encodeId(stat.linkTarget));
  if (stat.type !== "file") {
    attributes.setEvidence(await context.installed.evidenceOf(subject.path, stat));
    return attributes;
  }
  attributes.set("size", toInteger(stat.size));
  const content = await reading;
  if (content === undefined) return attributes;
  return addContent(content, attributes) ? attributes : undefined;
}

/** Begins to read it beside whatever else is read of the path. Undefined where it is not to be read. */
function startContent(subject: PathSubject, stat: FileStat, context: PathContext): Promise<ContentReading | undefined> {
  const reading = subject.hash().then((wanted) => (wanted ? readContent(subject, stat, context) : undefined));
  // Whoever waits for it is told.
  reading.catch(() => undefined);
  return reading;
}

function toInteger(size: bigint): number | bigint {
  return size <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(size) : size;
}
