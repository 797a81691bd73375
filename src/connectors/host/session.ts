import type { AskedResource, ObserveRequest, Session } from "../../connector.ts";
import type { Listing, Observation } from "../../model/observation.ts";
import type { Instant } from "../../model/time.ts";
import { completeAnswers } from "./complete-answers.ts";
import type { HostKind, KindRequest } from "./kind.ts";
import { kindScope } from "./kind-scope.ts";
import { readTree } from "./kinds/files/tree.ts";
import { inOnes, mergeStreams } from "./streams.ts";
import type { Transport } from "./transport.ts";

/** One host of a session: the place that its resources name, and the way to it. */
export interface Host {
  readonly place: string;
  readonly transport: Transport;
}

export interface SessionParts {
  readonly hosts: readonly Host[];
  readonly kinds: readonly HostKind[];
  readonly now: () => Instant;
}

/** A session over hosts: all kinds of all hosts are read side by side, and one that fails costs only its own answers. */
export function openHostSession(parts: SessionParts): Session {
  return {
    places: async () => parts.hosts.map(({ place }) => ({ name: place })),
    observe: (request, signal) => observe(parts, request, signal),
    [Symbol.asyncDispose]: async () => {
      await Promise.all(parts.hosts.map(({ transport }) => transport[Symbol.asyncDispose]()));
    },
  };
}

type Answers = AsyncGenerator<Observation | Listing, void>;

async function* observe(parts: SessionParts, request: ObserveRequest, signal: AbortSignal): Answers {
  signal.throwIfAborted();
  const stopped = new AbortController();
  const either = AbortSignal.any([signal, stopped.signal]);
  const asked = askedByKind(request.asked);
  const readings = parts.hosts.flatMap((host) =>
    readingsOf(host, parts.kinds, (kind) =>
      kindRequest({ kind, host, request, asked, now: parts.now, signal: either }),
    ),
  );
  yield* foreignAnswers(parts, request);
  for await (const answers of mergeStreams(readings, () => stopped.abort())) {
    signal.throwIfAborted();
    yield* answers;
  }
}

/** The streams that read one host: one for each kind, but one for both kinds that a walk finds. */
function readingsOf(
  { transport }: Host,
  kinds: readonly HostKind[],
  requestOf: (kind: string) => KindRequest | undefined,
): readonly AsyncIterable<readonly (Observation | Listing)[]>[] {
  const readings = kinds.flatMap((kind) => {
    const request = requestOf(kind.facts.kind);
    if (request === undefined) return [];
    return [{ kind: kind.facts.kind, request, read: () => inOnes(kind.read(request, transport)) }];
  });
  const inTree = readings.filter(({ kind }) => kind === "host/file" || kind === "host/directory");
  const requests = Object.fromEntries(inTree.map(({ kind, request }) => [kind, request]));
  return [
    ...(inTree.length === 0 ? [] : [completeAnswers(inTree, () => readTree(requests, transport))]),
    ...readings
      .filter((reading) => !inTree.includes(reading))
      .map((reading) => completeAnswers([reading], reading.read)),
  ];
}

interface KindRequestParts extends Pick<KindRequest, "now" | "signal"> {
  readonly kind: string;
  readonly host: Host;
  readonly request: ObserveRequest;
  readonly asked: ReadonlyMap<string, readonly AskedResource[]>;
}

/** Undefined when nothing is wanted of the kind. */
function kindRequest({ kind, host, request, asked, now, signal }: KindRequestParts): KindRequest | undefined {
  const ofKind = asked.get(kindKey(host.place, kind)) ?? [];
  const isListed = request.scope !== undefined && request.listedKinds.includes(kind);
  if (ofKind.length === 0 && !isListed) return undefined;
  return {
    at: host.place,
    asked: ofKind,
    ...(isListed && request.scope !== undefined ? kindScope(kind, request.scope, request.only) : {}),
    lastRecorded: (resource) => request.lastRecorded(resource),
    now,
    signal,
  };
}

function askedByKind(asked: readonly AskedResource[]): ReadonlyMap<string, readonly AskedResource[]> {
  const groups = new Map<string, AskedResource[]>();
  for (const one of asked) {
    const key = kindKey(one.resource.at, one.resource.kind);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [one]);
    else group.push(one);
  }
  return groups;
}

function kindKey(at: string, kind: string): string {
  return `${at}\0${kind}`;
}

/** Whoever asks for what is unknown here is answered too: else it would count as forgotten. */
async function* foreignAnswers({ hosts, kinds, now }: SessionParts, request: ObserveRequest): Answers {
  const known = new Set(kinds.map((kind) => kind.facts.kind));
  const places = new Set(hosts.map((host) => host.place));
  for (const { resource } of request.asked) {
    if (known.has(resource.kind) && places.has(resource.at)) continue;
    const detail = known.has(resource.kind) ? `There is no place "${resource.at}"` : noKind(resource.kind);
    yield { resource, observedAt: now(), status: "unchecked", reason: "unsupported", detail };
  }
  for (const kind of request.listedKinds) {
    if (known.has(kind)) continue;
    for (const at of places)
      yield { kind, at, observedAt: now(), status: "unlisted", reason: "unsupported", detail: noKind(kind) };
  }
}

function noKind(kind: string): string {
  return `There is no kind "${kind}" on hosts`;
}
