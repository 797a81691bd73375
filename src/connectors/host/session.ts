import { setMaxListeners } from "node:events";
import type { Confirmation, ConfirmRequest, ObserveRequest, Session } from "../../connector.ts";
import type { Declared } from "../../model/declared.ts";
import type { Listing, Observation } from "../../model/observation.ts";
import type { Instant } from "../../model/time.ts";
import { askedByKind, confirmHost, type Host, readHost } from "./fleet/read-host.ts";
import { Slots } from "./fleet/slots.ts";
import type { HostKind } from "./kind.ts";
import { mergeSome } from "./streams.ts";

export interface SessionParts {
  readonly hosts: readonly Host[];
  readonly kinds: readonly HostKind[];
  /** How many hosts are read at the same time; as many more are being connected to meanwhile. */
  readonly parallel: number;
  readonly now: () => Instant;
  /** After how long the contents of files are read again that seem not to have changed. */
  readonly rehashMs?: number;
  /** Whether walks stay on the file system that they start on. */
  readonly oneFileSystem?: boolean;
  readonly warnings?: readonly string[];
  readonly declared?: () => Promise<readonly Declared[]>;
}

/**
 * A session over hosts. Several are read side by side under a limit, and all kinds of each; one that fails costs only its own
 * answers. Each is connected to at its turn, and left when its answers are complete.
 */
export function openHostSession(parts: SessionParts): Session {
  const stopped = new AbortController();
  return {
    places: async () => parts.hosts.map(({ place }) => ({ name: place })),
    observe: (request, signal) => observe(parts, request, AbortSignal.any([signal, stopped.signal])),
    confirm: (request, signal) => confirm(parts, request, AbortSignal.any([signal, stopped.signal])),
    warnings: parts.warnings ?? [],
    ...(parts.declared === undefined ? {} : { declared: parts.declared }),
    [Symbol.asyncDispose]: async () => stopped.abort(),
  };
}

const REHASH_MS = 24 * 3_600_000;

/** Only where there is one host: what is known of several is told apart by none of them. */
async function confirm(
  { hosts, now, rehashMs = REHASH_MS, oneFileSystem = false }: SessionParts,
  request: ConfirmRequest,
  signal: AbortSignal,
): Promise<Confirmation | undefined> {
  const [host, ...others] = hosts;
  if (host === undefined || others.length > 0) return undefined;
  signal.throwIfAborted();
  return await confirmHost(host, request, { now, signal, rehashMs, oneFileSystem });
}

type Answers = AsyncGenerator<Observation | Listing, void>;

async function* observe(parts: SessionParts, request: ObserveRequest, signal: AbortSignal): Answers {
  signal.throwIfAborted();
  const { hosts, kinds, parallel, now } = parts;
  const stopped = new AbortController();
  const either = AbortSignal.any([signal, stopped.signal]);
  // Every program that runs listens for the end: more than ten at a time are no leak of which Node.js should warn.
  setMaxListeners(0, either);
  const reading = {
    kinds,
    request,
    asked: askedByKind(request.asked),
    slots: new Slots(parallel),
    oneFileSystem: parts.oneFileSystem === true,
    now,
    signal: either,
  };
  yield* foreignAnswers(parts, request);
  const streams = hosts.map((host) => () => readHost(host, reading));
  for await (const answers of mergeSome(streams, 2 * parallel, () => stopped.abort())) {
    signal.throwIfAborted();
    yield* answers;
  }
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
