import { compileGlob } from "../model/glob.ts";
import type { Listing } from "../model/observation.ts";
import { compileScope, type Place, type ResourceRef, type Scope } from "../model/resource.ts";
import type { Collector } from "./collector.ts";

/** What a scan was told of whole kinds and places. A part that was ever said to be unlisted stays so. */
export class Listings {
  readonly #byKey = new Map<string, Told>();

  add(listing: Listing): void {
    const key = listingKey(listing);
    const earlier = this.#byKey.get(key);
    this.#byKey.set(key, compile(earlier === undefined ? listing : lesser(earlier.listing, listing)));
  }

  get size(): number {
    return this.#byKey.size;
  }

  /** Whether the resource, which was not seen, would have been listed if it were there. */
  showsAbsence(resource: ResourceRef): boolean {
    const told = this.#byKey.get(listingKey(resource));
    return told?.listing.status === "listed" && !told.hides.some((hides) => hides(resource.id));
  }

  /** `KIND\0AT` of what was listed without a gap. */
  completeKeys(): string[] {
    return [...this.#byKey]
      .filter(([, { listing, hides }]) => isListed(listing) && hides.length === 0)
      .map(([key]) => key);
  }

  /** Counts as unchecked what could not be listed, and whatever of `expected` nothing was said of. */
  conclude(
    expected: { readonly kinds: readonly string[]; readonly places: readonly Place[] },
    collector: Collector,
  ): void {
    for (const { listing } of this.#byKey.values()) addUnlisted(listing, collector);
    for (const kind of expected.kinds) {
      for (const { name: at } of expected.places) {
        if (this.#byKey.has(listingKey({ kind, at }))) continue;
        const detail = "the connector ended without listing it";
        collector.addUnchecked({ kind, at, id: "**" }, { path: null, reason: "failed", detail });
      }
    }
  }
}

interface Told {
  readonly listing: Listing;
  readonly hides: readonly ((id: string) => boolean)[];
}

function compile(listing: Listing): Told {
  return { listing, hides: isListed(listing) ? (listing.gaps ?? []).map(({ glob }) => compileGlob(glob)) : [] };
}

type Listed = Extract<Listing, { status: "listed" }>;

function isListed(listing: Listing): listing is Listed {
  return listing.status === "listed";
}

function lesser(one: Listing, other: Listing): Listing {
  if (!isListed(one)) return one;
  if (!isListed(other)) return other;
  return { ...other, gaps: [...(one.gaps ?? []), ...(other.gaps ?? [])] };
}

function addUnlisted(listing: Listing, collector: Collector): void {
  const { kind, at } = listing;
  const unlisted = isListed(listing) ? (listing.gaps ?? []) : [{ ...listing, glob: "**" }];
  for (const { glob, reason, detail } of unlisted)
    collector.addUnchecked({ kind, at, id: glob }, { path: null, reason, detail });
}

/**
 * Whether an earlier complete listing, in a scope that held the resource, did not show it.
 * @param complete `KIND\0AT` → scope, as JSON
 */
export function absenceShownBy(complete: ReadonlyMap<string, string>): (resource: ResourceRef) => boolean {
  const scopes = new Map<string, (kind: string, id: string) => boolean>();
  // Written by `scopeText`.
  for (const [key, scope] of complete) scopes.set(key, compileScope(JSON.parse(scope) as Scope));
  return (resource) => scopes.get(listingKey(resource))?.(resource.kind, resource.id) === true;
}

/** A scope as it is stored beside what was listed completely in it. */
export function scopeText(scope: Scope): string {
  return JSON.stringify(scope);
}

/** `KIND\0AT`: what one listing is about. */
export function listingKey({ kind, at }: { readonly kind: string; readonly at: string }): string {
  return `${kind}\0${at}`;
}
