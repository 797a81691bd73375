import type { AskedResource } from "../../../../connector.ts";
import type { JsonObject } from "../../../../model/json.ts";
import type { Listing, Observation } from "../../../../model/observation.ts";
import { Slots } from "../../fleet/slots.ts";
import { decodeId } from "../../ids.ts";
import type { KindRequest } from "../../kind.ts";
import { eachOf, inOnes, mapConcurrently } from "../../streams.ts";
import type { ContentPlan, FileStat, HostPath, SurveyedFile, Transport } from "../../transport.ts";
import { type ByteText, toByteText } from "../bytes.ts";
import type { Reach } from "../packages/installed/dpkg-lists.ts";
import { Installed } from "../packages/installed/installed.ts";
import { type ExtendedReads, withExtended } from "./extended/read-extended.ts";
import { readNaming } from "./naming.ts";
import { Owners } from "./owners.ts";
import { type Fingerprints, type PathContext, type PathSubject, readPath, type TreeKind } from "./path.ts";
import { type Found, type ScopeWalk, walkScope } from "./scope-walk.ts";

/** What is wanted of the two kinds that one walk answers; both of one place. */
export type TreeRequests = { readonly [Kind in TreeKind]?: KindRequest };

type Answer = Observation | Listing;

/** What is asked for by id, until it is answered. */
type Unanswered = { readonly [Kind in TreeKind]: Map<string, AskedResource> };

interface TreeContext extends PathContext {
  readonly requests: TreeRequests;
  readonly unanswered: Unanswered;
}

/**
 * Observes files and directories of one place: whatever stands in scope, walked once for both kinds, and what was asked for
 * and not found there. Then one listing for each kind that is looked for.
 */
export async function* readTree(requests: TreeRequests, transport: Transport): AsyncGenerator<readonly Answer[], void> {
  const [first] = Object.values(requests);
  if (first === undefined) return;
  const { now, signal } = first;
  const owners = new Owners(transport, signal);
  const installed = new Installed(transport, signal, reachOf(Object.values(requests)));
  owners.prepare();
  const fingerprints = await startFingerprints(transport, owners);
  const unanswered = {
    "host/file": idsAsked(requests["host/file"]),
    "host/directory": idsAsked(requests["host/directory"]),
  };
  const context: TreeContext = {
    ...{ transport, owners, installed, fingerprints, now, signal, requests, unanswered },
  };
  for (const request of Object.values(requests))
    if (request.inScope !== undefined) installed.prepare(request.prefixes ?? [""]);
  const walk = walkScope(requests, { transport, plan: (files) => planContents(files, installed) });
  for await (const answers of readFound(walk, context)) {
    for (const { resource } of answers) unanswered[resource.kind as TreeKind].delete(resource.id);
    yield answers;
  }
  for (const kind of KINDS) {
    const request = requests[kind];
    if (request !== undefined) yield* readAsked(kind, request, context);
  }
  yield listings(requests, walk, context);
}

/** Undefined where the transport confirms nothing, or nothing can be confirmed of this host. */
async function startFingerprints(transport: Transport, owners: Owners): Promise<Fingerprints | undefined> {
  if (transport.survey === undefined) return undefined;
  const since = Date.now();
  const naming = await readNaming(transport, owners);
  return naming === undefined ? undefined : { naming, since };
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

const KINDS = ["host/file", "host/directory"] as const;

function idsAsked(request: KindRequest | undefined): Map<string, AskedResource> {
  return new Map(request?.asked.map((asked) => [asked.resource.id, asked]));
}

async function planContents(files: readonly SurveyedFile[], installed: Installed): Promise<readonly ContentPlan[]> {
  const algorithms = await installed.algorithmsOf(files.map(({ id }) => decodeId(id) ?? Buffer.from(id)));
  return algorithms.map((read) => ({ read }));
}

/** What a survey found is complete but for what changed meanwhile; of what a walk found the contents are still to be read. */
async function* readFound({ found }: ScopeWalk, context: TreeContext): AsyncGenerator<readonly Observation[], void> {
  const { transport, signal } = context;
  const batches = withExtended(found, transport, signal);
  if (transport.survey === undefined) {
    const each = mapConcurrently(eachOf(batches), transport.readsAtOnce, (one) => readOne(one, context));
    for await (const observation of each) yield [observation];
    return;
  }
  const slots = new Slots(transport.readsAtOnce);
  for await (const batch of batches)
    yield await Promise.all(
      batch.map(async (one) => {
        if (isComplete(one)) return await readOne(one, context);
        using _slot = await slots.take();
        return await readOne(one, context);
      }),
    );
}

/** Whether nothing of it has to be read any more. */
function isComplete({ stat, content }: Found): boolean {
  return stat !== undefined && (stat.type !== "file" || content !== undefined);
}

async function readOne(found: Found & ExtendedReads, context: TreeContext): Promise<Observation> {
  const { kind, at, id, path, stat, content, extended, flags } = found;
  const { desired } = context.unanswered[kind].get(id) ?? {};
  const resource = { kind, at, id };
  const subject: PathSubject = {
    ...{
      resource,
      kind,
      path,
      extended,
      flags,
      ...ofRecord({ resource, ...(desired === undefined ? {} : { desired }) }, context),
    },
    ...(desired === undefined ? {} : { desired }),
    ...(stat === undefined ? {} : { stat }),
    ...(content === undefined ? {} : { content }),
    hash: async () => true,
  };
  return await readPath(subject, context);
}

async function* readAsked(
  kind: TreeKind,
  request: KindRequest,
  context: TreeContext,
): AsyncGenerator<readonly Observation[], void> {
  const { transport, signal, unanswered } = context;
  const asked = eachUntil([...unanswered[kind].values()], signal);
  const looked = mapConcurrently(asked, transport.readsAtOnce, (one) => look(one, transport));
  const each = eachOf(withExtended(inOnes(looked), transport, signal));
  const observations = mapConcurrently(each, transport.readsAtOnce, async (one): Promise<Observation> => {
    const { resource, desired } = one.asked;
    if (one.at === undefined) {
      const detail = `Cannot read "${resource.id}": it is not a path as it must be written`;
      return { resource, observedAt: request.now(), status: "unchecked", reason: "unsupported", detail };
    }
    const record = ofRecord(one.asked, context);
    const subject: PathSubject = {
      ...{ resource, kind, path: one.at, extended: one.extended, flags: one.flags, ...record },
      ...(desired === undefined ? {} : { desired }),
      ...(one.stat === undefined ? {} : { stat: one.stat }),
      hash: () => wantsHash(one.asked, request, record.recorded),
    };
    return await readPath(subject, context);
  });
  for await (const observation of observations) yield [observation];
}

interface Looked {
  readonly asked: AskedResource;
  /** Undefined for an id that is no path. */
  readonly at: HostPath | undefined;
  /** Where something stands there: only then are its extended attributes asked for, for what does not answer would hold up others. */
  readonly path?: HostPath;
  readonly stat?: FileStat;
}

async function look(asked: AskedResource, transport: Transport): Promise<Looked> {
  const path = pathOf(asked.resource.id);
  if (path === undefined) return { asked, at: undefined };
  const stat = await transport.stat(path);
  return stat.ok ? { asked, at: path, path, stat: stat.value } : { asked, at: path };
}

async function* eachUntil<T>(elements: readonly T[], signal: AbortSignal): AsyncGenerator<T, void> {
  for (const element of elements) {
    signal.throwIfAborted();
    yield element;
  }
}

export function listings(
  requests: TreeRequests,
  walk: ScopeWalk,
  { now }: Pick<PathContext, "now">,
): readonly Listing[] {
  return KINDS.flatMap((kind): Listing[] => {
    const request = requests[kind];
    if (request?.inScope === undefined) return [];
    const gaps = walk.gaps(kind);
    return [{ kind, at: request.at, observedAt: now(), status: "listed", ...(gaps.length === 0 ? {} : { gaps }) }];
  });
}

/** What was recorded of a resource, asked for once, and the attributes that are declared of it or were recorded. */
function ofRecord(
  { resource, desired }: AskedResource,
  { requests }: TreeContext,
): Pick<PathSubject, "recorded" | "wanted"> {
  let record: Promise<JsonObject | undefined> | undefined;
  const recorded = () => {
    record ??= requests[resource.kind as TreeKind]?.lastRecorded?.(resource) ?? Promise.resolve(undefined);
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
