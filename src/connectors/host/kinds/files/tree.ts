import type { AskedResource } from "../../../../connector.ts";
import type { Listing, Observation } from "../../../../model/observation.ts";
import { decodeId } from "../../ids.ts";
import type { KindRequest } from "../../kind.ts";
import { eachOf, mapConcurrently } from "../../streams.ts";
import type { HostPath, Transport } from "../../transport.ts";
import { Owners } from "./owners.ts";
import { type PathContext, readPath, type TreeKind } from "./path.ts";
import { type Found, type ScopeWalk, walkScope } from "./scope-walk.ts";

/** What is wanted of the two kinds that one walk answers; both of one place. */
export type TreeRequests = { readonly [Kind in TreeKind]?: KindRequest };

type Answer = Observation | Listing;

/**
 * Observes files and directories of one place: whatever stands in scope, walked once for both kinds, and what was asked for
 * and not found there. Then one listing for each kind that is looked for.
 */
export async function* readTree(requests: TreeRequests, transport: Transport): AsyncGenerator<readonly Answer[], void> {
  const [first] = Object.values(requests);
  if (first === undefined) return;
  const { now, signal } = first;
  const context = { transport, owners: new Owners(transport, signal), now, signal };
  const unanswered = {
    "host/file": idsAsked(requests["host/file"]),
    "host/directory": idsAsked(requests["host/directory"]),
  };
  const walk = walkScope(requests, transport);
  for await (const answers of readFound(walk, context)) {
    for (const { resource } of answers) unanswered[resource.kind as TreeKind].delete(resource.id);
    yield answers;
  }
  for (const kind of KINDS) {
    const request = requests[kind];
    if (request !== undefined) yield* readAsked({ kind, request, unanswered: unanswered[kind] }, context);
  }
  yield listings(requests, walk, context);
}

const KINDS = ["host/file", "host/directory"] as const;

function idsAsked(request: KindRequest | undefined): Set<string> {
  return new Set(request?.asked.map(({ resource }) => resource.id));
}

/** What a survey found is complete but for what changed meanwhile; of what a walk found the contents are still to be read. */
async function* readFound({ found }: ScopeWalk, context: PathContext): AsyncGenerator<readonly Observation[], void> {
  if (context.transport.survey !== undefined) {
    for await (const batch of found) yield await Promise.all(batch.map((one) => readOne(one, context)));
    return;
  }
  const observations = mapConcurrently(eachOf(found), context.transport.readsAtOnce, (one) => readOne(one, context));
  for await (const observation of observations) yield [observation];
}

function readOne({ kind, at, id, stat, sha256 }: Found, context: PathContext): Promise<Observation> {
  const known = { ...(stat === undefined ? {} : { stat }), ...(sha256 === undefined ? {} : { sha256 }) };
  return readPath({ resource: { kind, at, id }, kind, hash: async () => true, ...known }, context);
}

interface Asked {
  readonly kind: TreeKind;
  readonly request: KindRequest;
  readonly unanswered: ReadonlySet<string>;
}

async function* readAsked(
  { kind, request, unanswered }: Asked,
  context: PathContext,
): AsyncGenerator<readonly Observation[], void> {
  const isDue = ({ resource }: AskedResource) => unanswered.has(resource.id);
  const asked = eachUntil(request.asked.filter(isDue), request.signal);
  const observations = mapConcurrently(asked, context.transport.readsAtOnce, async (one): Promise<Observation> => {
    const { resource } = one;
    if (pathOf(resource.id) !== undefined)
      return await readPath({ resource, kind, hash: () => wantsHash(one, request) }, context);
    const detail = `Cannot read "${resource.id}": it is not a path as it must be written`;
    return { resource, observedAt: request.now(), status: "unchecked", reason: "unsupported", detail };
  });
  for await (const observation of observations) yield [observation];
}

async function* eachUntil<T>(elements: readonly T[], signal: AbortSignal): AsyncGenerator<T, void> {
  for (const element of elements) {
    signal.throwIfAborted();
    yield element;
  }
}

function listings(requests: TreeRequests, walk: ScopeWalk, { now }: PathContext): readonly Listing[] {
  return KINDS.flatMap((kind): Listing[] => {
    const request = requests[kind];
    if (request?.inScope === undefined) return [];
    const gaps = walk.gaps(kind);
    return [{ kind, at: request.at, observedAt: now(), status: "listed", ...(gaps.length === 0 ? {} : { gaps }) }];
  });
}

const STEPS = /^\/$|^(?:\/(?!\.{1,2}(?:\/|$))[^/]+)+$/;

/** Undefined for an id under which no walk would find anything: such a resource must not seem to be absent. */
function pathOf(id: string): HostPath | undefined {
  return STEPS.test(id) ? decodeId(id) : undefined;
}

/**
 * Reading content costs: it is left out for a file of which only other attributes are declared, unless it stands in scope or
 * was read before.
 */
async function wantsHash({ resource, desired }: AskedResource, request: KindRequest): Promise<boolean> {
  if (desired?.presence !== "present" || Object.hasOwn(desired.attributes, "sha256")) return true;
  if (request.inScope?.(resource.id) === true) return true;
  const recorded = await request.lastRecorded?.(resource);
  return recorded !== undefined && Object.hasOwn(recorded, "sha256");
}
