import type { AskedResource } from "../../../../connector.ts";
import type { JsonObject } from "../../../../model/json.ts";
import type { Listing, Observation } from "../../../../model/observation.ts";
import type { ResourceRef } from "../../../../model/resource.ts";
import { decodeId } from "../../ids.ts";
import type { KindRequest } from "../../kind.ts";
import { mapConcurrently } from "../../streams.ts";
import type { FileStat, HostPath, Transport } from "../../transport.ts";
import { type ByteText, toByteText } from "../bytes.ts";
import type { Reach } from "../packages/installed/dpkg-lists.ts";
import { Installed } from "../packages/installed/installed.ts";
import { withExtended } from "./extended/read-extended.ts";
import { Owners } from "./owners.ts";
import { type PathContext, type PathSubject, readPath, type TreeKind } from "./path.ts";
import { walkScope } from "./scope-walk.ts";

/** What is wanted of the two kinds that one walk answers; both of one place. */
export type TreeRequests = { readonly [Kind in TreeKind]?: KindRequest };

/**
 * Observes files and directories of one place: those asked for, and whatever else stands in scope, walked once for both kinds.
 * Then one listing for each kind that is looked for.
 */
export async function* readTree(
  requests: TreeRequests,
  transport: Transport,
): AsyncGenerator<Observation | Listing, void> {
  const [first] = Object.values(requests);
  if (first === undefined) return;
  const { now, signal } = first;
  const owners = new Owners(transport, signal);
  const installed = new Installed(transport, signal, reachOf(Object.values(requests)));
  const context = { transport, owners, installed, now, signal };
  owners.prepare();
  for (const request of Object.values(requests))
    if (request.inScope !== undefined) installed.prepare(request.prefixes ?? [""]);
  for (const kind of ["host/file", "host/directory"] as const) {
    const request = requests[kind];
    if (request !== undefined) yield* readAsked(kind, request, context);
  }
  yield* readScope(requests, context);
}

/** What is asked of packages: of all in scope, and of what was asked for. */
function reachOf(requests: readonly KindRequest[]): Reach {
  const scoped = requests.filter(({ inScope }) => inScope !== undefined);
  return {
    starts: [...new Set(scoped.flatMap(({ prefixes }) => prefixes ?? [""]).map(literalStart))],
    paths: requests.flatMap(({ asked }) => asked.flatMap(({ resource }) => pathOf(resource.id) ?? [])).map(toByteText),
  };
}

/** The start of an id as bytes, as far as it is whole. */
function literalStart(start: string): ByteText {
  const [plain = ""] = start.split("%", 1);
  return toByteText(Buffer.from(plain));
}

function readAsked(kind: TreeKind, request: KindRequest, context: PathContext): AsyncIterable<Observation> {
  const { transport, signal } = context;
  const looked = mapConcurrently(eachOf(request), transport.readsAtOnce, (one) => look(one, transport));
  const each = withExtended(looked, transport, signal);
  return mapConcurrently(each, transport.readsAtOnce, async (one): Promise<Observation> => {
    const { asked, at, stat, extended, flags } = one;
    const { resource, desired } = asked;
    if (at === undefined) {
      const detail = `Cannot read "${resource.id}": it is not a path as it must be written`;
      return { resource, observedAt: request.now(), status: "unchecked", reason: "unsupported", detail };
    }
    const record = ofRecord(asked, request);
    const subject: PathSubject = {
      ...{ resource, kind, path: at, extended, flags, ...record },
      ...(desired === undefined ? {} : { desired }),
      ...(stat === undefined ? {} : { stat }),
      hash: () => wantsHash(asked, request, record.recorded),
    };
    return await readPath(subject, context);
  });
}

interface Looked {
  readonly asked: AskedResource;
  /** Undefined for an id that is no path. */
  readonly at: HostPath | undefined;
  /** Where something stands there: only then are its extended attributes asked for, for what does not answer would hold up others. */
  readonly path?: HostPath;
  readonly stat?: FileStat;
}

async function look({ asked, path }: AskedPath, transport: Transport): Promise<Looked> {
  if (path === undefined) return { asked, at: undefined };
  const stat = await transport.stat(path);
  return stat.ok ? { asked, at: path, path, stat: stat.value } : { asked, at: path };
}

async function* readScope(requests: TreeRequests, context: PathContext): AsyncGenerator<Observation | Listing, void> {
  const walk = walkScope(requests, context.transport);
  const each = withExtended(walk.found, context.transport, context.signal);
  yield* mapConcurrently(each, context.transport.readsAtOnce, async (found) => {
    const { kind, at, id, path, stat, extended, flags } = found;
    const resource: ResourceRef = { kind, at, id };
    const record = ofRecord({ resource }, requests[kind]);
    const subject = { resource, kind, path, stat, extended, flags, ...record, hash: async () => true };
    return await readPath(subject, context);
  });
  for (const kind of ["host/file", "host/directory"] as const) {
    const request = requests[kind];
    if (request?.inScope === undefined) continue;
    const gaps = walk.gaps(kind);
    yield { kind, at: request.at, observedAt: context.now(), status: "listed", ...(gaps.length === 0 ? {} : { gaps }) };
  }
}

interface AskedPath {
  readonly asked: AskedResource;
  readonly path: HostPath | undefined;
}

async function* eachOf(request: KindRequest): AsyncGenerator<AskedPath> {
  for (const asked of request.asked) {
    request.signal.throwIfAborted();
    yield { asked, path: pathOf(asked.resource.id) };
  }
}

/** What was recorded of a resource, asked for once, and the attributes that are declared of it or were recorded. */
function ofRecord(
  { resource, desired }: AskedResource,
  request: KindRequest | undefined,
): Pick<PathSubject, "recorded" | "wanted"> {
  let record: Promise<JsonObject | undefined> | undefined;
  const recorded = () => {
    record ??= request?.lastRecorded?.(resource) ?? Promise.resolve(undefined);
    return record;
  };
  const declared = desired?.presence === "present" ? desired.attributes : {};
  return {
    recorded,
    wanted: async () => new Set([...Object.keys(declared), ...Object.keys((await recorded()) ?? {})]),
  };
}

const STEPS = /^\/$|^(?:\/(?!\.{1,2}(?:\/|$))[^/]+)+$/;

/** Undefined for an id under which no walk would find anything: such a resource must not seem to be absent. */
function pathOf(id: string): HostPath | undefined {
  return STEPS.test(id) ? decodeId(id) : undefined;
}

/** What content has to be read for. */
const CONTENT = ["sha256", "settings"];

/**
 * Reading content costs: it is left out for a file of which only other attributes are declared, unless it stands in scope or
 * was read before.
 */
async function wantsHash(
  { resource, desired }: AskedResource,
  request: KindRequest,
  recorded: PathSubject["recorded"],
): Promise<boolean> {
  if (desired?.presence !== "present" || CONTENT.some((name) => Object.hasOwn(desired.attributes, name))) return true;
  if (request.inScope?.(resource.id) === true) return true;
  const before = (await recorded()) ?? {};
  return CONTENT.some((name) => Object.hasOwn(before, name));
}
