import type { AskedResource, Confirmation, ConfirmRequest, ObserveRequest } from "../../../connector.ts";
import type { Listing, Observation } from "../../../model/observation.ts";
import type { Instant } from "../../../model/time.ts";
import { completeAnswers } from "../complete-answers.ts";
import type { HostKind, KindRequest } from "../kind.ts";
import { kindScope } from "../kind-scope.ts";
import { unreadOf } from "../kinds/command.ts";
import { confirmTree } from "../kinds/files/confirm-tree.ts";
import { readTree } from "../kinds/files/tree.ts";
import { answerFrom } from "../kinds/table.ts";
import { inOnes, mergeStreams } from "../streams.ts";
import type { Read, Transport } from "../transport.ts";
import type { Slots } from "./slots.ts";

/** One host of a session: the place that its resources name, and the way to it. */
export interface Host {
  readonly place: string;
  /** Does no I/O yet. Whoever calls it disposes of the transport. */
  readonly open: () => HostTransport;
}

/** A transport that may have to be connected before it can read anything. */
export interface HostTransport extends Transport {
  /** Whether the host can be reached; missing where there is nothing to connect. */
  connect?(): Promise<Read<unknown>>;
}

export interface HostReading extends KindReadings {
  readonly kinds: readonly HostKind[];
  /** One for each host that may be read at the same time. */
  readonly slots: Slots;
}

/** What the requests to kinds are made of. */
interface KindReadings {
  readonly request: Pick<ObserveRequest, "scope" | "only" | "listedKinds" | "lastRecorded">;
  readonly asked: ReadonlyMap<string, readonly AskedResource[]>;
  readonly oneFileSystem: boolean;
  readonly now: () => Instant;
  readonly signal: AbortSignal;
}

type Answers = AsyncGenerator<readonly (Observation | Listing)[], void>;

/** All answers of one host. One that cannot be reached takes no slot, and has the same answer to everything. */
export async function* readHost(host: Host, reading: HostReading): Answers {
  const readings = reading.kinds.flatMap((kind) => {
    const request = kindRequest(kind.facts.kind, host.place, reading);
    return request === undefined ? [] : [{ kind, request }];
  });
  if (readings.length === 0) return;
  reading.signal.throwIfAborted();
  await using transport = host.open();
  const connected = await connect(transport, reading.signal);
  if (connected?.ok === false) {
    yield* unreached(readings, transport, connected);
    return;
  }
  using _slot = await reading.slots.take();
  reading.signal.throwIfAborted();
  yield* mergeStreams(streamsOf(readings, transport));
}

/** Waits no longer than the caller does. @throws the signal's reason once it is aborted */
async function connect(transport: HostTransport, signal: AbortSignal): Promise<Read<unknown> | undefined> {
  if (transport.connect === undefined) return undefined;
  const listening = new AbortController();
  const aborted = new Promise<never>((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true, signal: listening.signal });
  });
  try {
    return await Promise.race([transport.connect(), aborted]);
  } finally {
    listening.abort();
  }
}

interface OfKind {
  readonly kind: HostKind;
  readonly request: KindRequest;
}

/** Looks whether the files and directories of one host are as they are known; see `Session.confirm`. */
export async function confirmHost(
  host: Host,
  request: ConfirmRequest,
  how: HostConfirming,
): Promise<Confirmation | undefined> {
  const { now, signal, rehashMs, oneFileSystem } = how;
  const asking = { ...request, lastRecorded: async () => undefined };
  const wanted = TREE_KINDS.flatMap((kind) => {
    const made = kindRequest(kind, host.place, { request: asking, asked: new Map(), oneFileSystem, now, signal });
    return made === undefined ? [] : [[kind, made] as const];
  });
  if (wanted.length === 0) return undefined;
  await using transport = host.open();
  const age = Date.parse(now()) - Date.parse(request.provenAt);
  // A clock that was set back does not make it younger.
  const readsContent = request.mustProve || age < 0 || age >= rehashMs;
  return await confirmTree(Object.fromEntries(wanted), { transport, known: request.known, readsContent, signal });
}

export interface HostConfirming {
  readonly now: () => Instant;
  readonly signal: AbortSignal;
  /** After how long contents are read again that seem not to have changed. */
  readonly rehashMs: number;
  readonly oneFileSystem: boolean;
}

/** The kinds that one walk finds. */
const TREE_KINDS: readonly string[] = ["host/file", "host/directory"];

/** The streams that read one host: one for each kind, but one for both kinds that a walk finds. */
function streamsOf(wanted: readonly OfKind[], transport: Transport): readonly Answers[] {
  const isInTree = ({ kind }: OfKind) => TREE_KINDS.includes(kind.facts.kind);
  const inTree = wanted.filter(isInTree);
  const requests = Object.fromEntries(inTree.map(({ kind, request }) => [kind.facts.kind, request]));
  return [
    ...(inTree.length === 0 ? [] : [completeAnswers(inTree.map(readingOf), () => readTree(requests, transport))]),
    ...wanted.filter((each) => !isInTree(each)).map((each) => answersOf(each, transport)),
  ];
}

function answersOf(each: OfKind, transport: Transport): Answers {
  return completeAnswers([readingOf(each)], () => inOnes(each.kind.read(each.request, transport)));
}

function readingOf({ kind, request }: OfKind): { readonly kind: string; readonly request: KindRequest } {
  return { kind: kind.facts.kind, request };
}

/** Only what the connection itself tells can still be read. */
async function* unreached(
  readings: readonly OfKind[],
  transport: Transport,
  failure: Exclude<Read<never>, { readonly ok: true }>,
): Answers {
  for (const each of readings) {
    const { kind, request } = each;
    if (kind.ofConnection === true) yield* answersOf(each, transport);
    else yield [...answerFrom(kind.facts.kind, request, unreadOf(failure))];
  }
}

/** Undefined when nothing is wanted of the kind. */
function kindRequest(kind: string, place: string, reading: KindReadings): KindRequest | undefined {
  const { request, asked, oneFileSystem, now, signal } = reading;
  const ofKind = asked.get(kindKey(place, kind)) ?? [];
  const isListed = request.scope !== undefined && request.listedKinds.includes(kind);
  if (ofKind.length === 0 && !isListed) return undefined;
  return {
    at: place,
    asked: ofKind,
    ...(isListed && request.scope !== undefined ? kindScope(kind, request.scope, request.only) : {}),
    oneFileSystem,
    lastRecorded: (resource) => request.lastRecorded(resource),
    now,
    signal,
  };
}

/** What is asked for, by place and kind. */
export function askedByKind(asked: readonly AskedResource[]): ReadonlyMap<string, readonly AskedResource[]> {
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
