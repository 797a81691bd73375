import type { Json, JsonObject } from "../../../../model/json.ts";
import type { Observation, PathFact, UncheckedReason } from "../../../../model/observation.ts";
import type { Pointer } from "../../../../model/pointer.ts";
import type { ResourceRef } from "../../../../model/resource.ts";
import type { Instant } from "../../../../model/time.ts";
import { decodeId, encodeId } from "../../ids.ts";
import type { FileStat, HostPath, Read, Transport } from "../../transport.ts";
import type { Owners } from "./owners.ts";

export type TreeKind = "host/file" | "host/directory";

/** One path to observe as a resource. */
export interface PathSubject {
  readonly resource: ResourceRef;
  readonly kind: TreeKind;
  /** What a walk saw already. */
  readonly stat?: FileStat;
  /** SHA-256 of the content, where the walk read that too. */
  readonly sha256?: Read<string>;
  /** Whether the content of a regular file is read as well. */
  readonly hash: () => Promise<boolean>;
}

export interface PathContext {
  readonly transport: Transport;
  readonly owners: Owners;
  readonly now: () => Instant;
  readonly signal: AbortSignal;
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
  const detail = `Cannot read "${resource.id}": it changed while it was read`;
  return { resource, observedAt, ...(answer ?? { status: "unchecked", reason: "vanished", detail }) };
}

type Answer =
  | { readonly status: "present"; readonly actual: JsonObject; readonly facts?: readonly PathFact[] }
  | { readonly status: "absent" }
  | { readonly status: "unchecked"; readonly reason: UncheckedReason; readonly detail: string };

function pathOf({ resource }: PathSubject): HostPath {
  const path = decodeId(resource.id);
  if (path === undefined) throw new Error(`"${resource.id}" is no path`);
  return path;
}

/** Undefined when the path changed meanwhile. */
async function look(
  subject: PathSubject,
  known: Read<FileStat> | undefined,
  context: PathContext,
): Promise<Answer | undefined> {
  const stat = known ?? (await context.transport.stat(pathOf(subject)));
  if (!stat.ok)
    return stat.reason === "absent"
      ? { status: "absent" }
      : { status: "unchecked", reason: stat.reason, detail: stat.detail };
  if ((stat.value.type === "directory") !== (subject.kind === "host/directory")) return { status: "absent" };
  const attributes = await readAttributes(subject, stat.value, context);
  return attributes === undefined ? undefined : { status: "present", ...attributes.take() };
}

/** Undefined when the path is no longer what `stat` says. */
async function readAttributes(
  subject: PathSubject,
  stat: FileStat,
  context: PathContext,
): Promise<Attributes | undefined> {
  const attributes = new Attributes();
  if (subject.kind === "host/file") attributes.set("type", stat.type);
  // The mode of a link is always 0777 and means nothing.
  if (stat.type !== "link") attributes.set("mode", stat.mode.toString(8).padStart(4, "0"));
  attributes.setRead("owner", await context.owners.user(stat.uid));
  attributes.setRead("group", await context.owners.group(stat.gid));
  attributes.set("uid", stat.uid);
  attributes.set("gid", stat.gid);
  if (stat.linkTarget !== undefined) attributes.set("link_target", encodeId(stat.linkTarget));
  if (stat.type !== "file") return attributes;
  attributes.set("size", toInteger(stat.size));
  // What the walk read belongs to what it saw, and to nothing seen later.
  const read = stat === subject.stat ? subject.sha256 : undefined;
  if (read === undefined && !(await subject.hash())) return attributes;
  const sha256 = read ?? (await context.transport.hash(pathOf(subject), { signal: context.signal }));
  if (!sha256.ok && (sha256.reason === "absent" || sha256.reason === "unsupported")) return undefined;
  attributes.setRead("sha256", sha256);
  return attributes;
}

function toInteger(size: bigint): number | bigint {
  return size <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(size) : size;
}

/** Attributes as they are read, with those that could not be. */
class Attributes {
  readonly #actual: { [name: string]: Json } = {};
  readonly #facts: PathFact[] = [];

  set(name: string, value: Json): void {
    this.#actual[name] = value;
  }

  setRead(name: string, read: Read<Json>): void {
    if (read.ok) this.set(name, read.value);
    else this.#facts.push(unread(`/${name}`, read.reason, read.detail));
  }

  take(): { actual: JsonObject; facts?: readonly PathFact[] } {
    return { actual: this.#actual, ...(this.#facts.length === 0 ? {} : { facts: this.#facts }) };
  }
}

/** The resource itself is there: what is absent can only have gone meanwhile. */
function unread(path: Pointer, reason: UncheckedReason | "absent", detail: string): PathFact {
  return { path, fact: "unchecked", reason: reason === "absent" ? "vanished" : reason, detail };
}
