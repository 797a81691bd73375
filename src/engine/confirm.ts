import { isDeepStrictEqual } from "node:util";
import type { Target } from "../config/config.ts";
import type { Confirmation, Session } from "../connector.ts";
import { WORKING_TREE } from "../desired/git.ts";
import { KnownStates } from "../model/known-states.ts";
import type { Place } from "../model/resource.ts";
import type { KnownHead, Store } from "../store/store.ts";
import { type Catalog, listedKinds } from "./catalog.ts";
import { sha256 } from "./identity.ts";

/** What is known of a target from the last scan of it, when the same holds still: what was in sync as far as it is as it was. */
export interface Confirmed extends Confirmation {
  readonly head: KnownHead;
  /** What was seen in it is as it was. */
  readonly known: KnownStates;
  /** How many were seen. */
  readonly count: number;
}

/** Raised whenever the same observation may lead to another verdict than before: then nothing is known. */
const VERSION = 1;

/** All that verdicts depend on but the desired state, what is recorded and what is there. */
export interface BasisParts {
  readonly target: Target;
  readonly places: readonly Place[];
  readonly catalog: Catalog;
  readonly ignoreFingerprint: string;
  /** Of the key that sensitive values are digested with. */
  readonly keyId: string;
}

export function basisOf({ target, places, catalog, ignoreFingerprint, keyId }: BasisParts): string {
  const facts = catalog.kinds.map(({ kind }) => catalog.facts(kind)?.version ?? "");
  return sha256(JSON.stringify([VERSION, target, places, facts, ignoreFingerprint, keyId]));
}

export interface Confirming {
  readonly name: string;
  readonly target: Target;
  readonly session: Session;
  readonly catalog: Catalog;
  readonly store: Store;
  readonly head: KnownHead;
  readonly mustProve: boolean;
  readonly signal: AbortSignal;
  /** Told why nothing could be confirmed, where that failed: all is observed then. */
  readonly onFailure: (reason: string) => void;
}

/**
 * Undefined where the connector confirms nothing: all is to be observed. To be called under the target's lease: until that was taken,
 * another process may have put something else in the place of what was known.
 */
export async function confirmKnown(confirming: Confirming): Promise<Confirmed | undefined> {
  const { name, target, session, catalog, store, head, signal } = confirming;
  const { scope } = target;
  if (session.confirm === undefined || scope === undefined) return undefined;
  if (!isDeepStrictEqual(await store.known(name), head)) return undefined;
  const known = new KnownStates(head.size);
  let size = 0;
  for await (const records of store.knownRecords(name)) {
    size += KnownStates.countIn(records);
    // What is damaged says nothing.
    if (size > head.size) return undefined;
    known.addPart(records);
  }
  const request = {
    ...{ known, scope, provenAt: head.provenAt, mustProve: confirming.mustProve },
    listedKinds: listedKinds(catalog, scope, []),
  };
  const confirmation = await session.confirm(request, signal).catch((error: unknown) => {
    signal.throwIfAborted();
    confirming.onFailure(error instanceof Error ? error.message : String(error));
    return undefined;
  });
  return confirmation === undefined ? undefined : { ...confirmation, head, known, count: known.seen };
}

/** Whether nothing has to be known of the desired state and of what is recorded: all of it was found as it was. */
export function isAll({ head, count, others }: Confirmed): boolean {
  return head.isComplete && count === head.size && others.length === 0;
}

/** Whether what is known was known of the same; where the revision is another one, by the hash of what it declares. */
export function holds(
  head: KnownHead,
  now: { readonly basis: string; readonly revision: string; readonly desiredHash?: string },
): boolean {
  if (head.basis !== now.basis || now.revision === WORKING_TREE) return false;
  return head.revision === now.revision || head.desiredHash === now.desiredHash;
}
