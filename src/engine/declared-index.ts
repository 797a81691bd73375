import { formatExpected } from "../compare/constraints/format-expected.ts";
import { dependsOnTime } from "../compare/constraints/holds.ts";
import { declaresSecret } from "../compare/constraints/nested.ts";
import type { AskedResource } from "../connector.ts";
import type { DeclaredResource } from "../model/declared.ts";
import { type ResourceRef, resourceKey } from "../model/resource.ts";
import { hashJson } from "./identity.ts";

/** What one scan asks about, by key, and what has been answered so far. Its size is that of what is declared, not of what is there. */
export class DeclaredIndex {
  readonly #entries = new Map<string, IndexEntry>();
  #unanswered = 0;
  #declared = 0;

  /** @param former resources that an earlier revision declared and this one does not */
  constructor(declared: readonly DeclaredResource[], former: readonly ResourceRef[]) {
    for (const resource of former) this.#entries.set(resourceKey(resource), { resource, answered: false });
    for (const one of declared)
      this.#entries.set(resourceKey(one.resource), { resource: one.resource, declared: one, answered: false });
    this.#declared = declared.length;
    this.#unanswered = this.#entries.size;
  }

  get declaredCount(): number {
    return this.#declared;
  }

  get unansweredCount(): number {
    return this.#unanswered;
  }

  find(resource: ResourceRef): IndexEntry | undefined {
    return this.#entries.get(resourceKey(resource));
  }

  /** Marks a resource as answered; returns false when it was before. */
  answer(entry: IndexEntry): boolean {
    if (entry.answered) return false;
    entry.answered = true;
    this.#unanswered--;
    return true;
  }

  asked(): AskedResource[] {
    return Array.from(this.#entries.values(), ({ resource, declared }) => ({
      resource,
      ...(declared === undefined ? {} : { desired: declared.desired }),
    }));
  }

  *unanswered(): Iterable<IndexEntry> {
    for (const entry of this.#entries.values()) if (!entry.answered) yield entry;
  }
}

export interface IndexEntry {
  readonly resource: ResourceRef;
  /** Missing when only an earlier revision declared it. */
  readonly declared?: DeclaredResource;
  answered: boolean;
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
