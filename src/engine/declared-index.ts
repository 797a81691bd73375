import { formatExpected } from "../compare/constraints/format-expected.ts";
import { dependsOnTime } from "../compare/constraints/holds.ts";
import { declaresSecret } from "../compare/constraints/nested.ts";
import type { AskedResource } from "../connector.ts";
import type { DeclaredResource } from "../model/declared.ts";
import type { ResourceRef } from "../model/resource.ts";
import type { RecordedResource } from "../store/store.ts";
import { hashJson } from "./identity.ts";

/** What one scan asks about, by key, and what has been answered so far. Its size is that of what is declared, not of what is there. */
export class DeclaredIndex {
  /** By kind and place, then by id, so that no key of its own is made for each resource. */
  readonly #groups = new Map<string, Map<string, IndexEntry>>();
  #unanswered = 0;
  #declared = 0;

  constructor(declared: readonly DeclaredResource[]) {
    for (const one of declared) this.#add({ resource: one.resource, declared: one, answered: false });
    this.#declared = declared.length;
  }

  /** Asks about a resource that an earlier revision declared and this one does not. */
  addFormer(resource: ResourceRef): void {
    this.#add({ resource, answered: false });
  }

  /** Notes what is recorded of a resource that is asked about; returns false for another one. */
  noteRecorded({ resource, inSyncKey, observedAt }: RecordedResource): boolean {
    const entry = this.find(resource);
    if (entry !== undefined) entry.recorded = { inSyncKey, observedAt };
    return entry !== undefined;
  }

  get declaredCount(): number {
    return this.#declared;
  }

  get unansweredCount(): number {
    return this.#unanswered;
  }

  find({ kind, at, id }: ResourceRef): IndexEntry | undefined {
    return this.#groups.get(`${kind}\0${at}`)?.get(id);
  }

  /** Marks a resource as answered; returns false when it was before. */
  answer(entry: IndexEntry): boolean {
    if (entry.answered) return false;
    entry.answered = true;
    this.#unanswered--;
    return true;
  }

  asked(): AskedResource[] {
    return Array.from(this.#entries(), ({ resource, declared }) => ({
      resource,
      ...(declared === undefined ? {} : { desired: declared.desired }),
    }));
  }

  *unanswered(): Iterable<IndexEntry> {
    for (const entry of this.#entries()) if (!entry.answered) yield entry;
  }

  #add(entry: IndexEntry): void {
    const { kind, at, id } = entry.resource;
    const key = `${kind}\0${at}`;
    const group = this.#groups.get(key) ?? new Map<string, IndexEntry>();
    if (!group.has(id)) this.#unanswered++;
    this.#groups.set(key, group.set(id, entry));
  }

  *#entries(): Iterable<IndexEntry> {
    for (const group of this.#groups.values()) yield* group.values();
  }
}

export interface IndexEntry {
  readonly resource: ResourceRef;
  /** Missing when only an earlier revision declared it. */
  readonly declared?: DeclaredResource;
  answered: boolean;
  /** Under which it was in sync when it was last recorded, and when that was. */
  recorded?: Pick<RecordedResource, "inSyncKey" | "observedAt">;
}

/**
 * A hash of what is declared, for the short cut; undefined where a verdict may change though nothing else does: a constraint
 * on time, or a secret, whose value the hash must not depend on in the clear.
 */
export function declaredHash(declared: DeclaredResource | undefined): string | undefined {
  if (declared === undefined) return "undeclared";
  if (declared.desired.presence === "absent") return "absent";
  const { attributes } = declared.desired;
  return dependsOnTime(attributes) || declaresSecret(attributes) ? undefined : hashJson(formatExpected(attributes));
}
