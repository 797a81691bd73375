import type { Problem } from "../errors.ts";
import type { Declared, DeclaredResource, SourceLocation } from "../model/declared.ts";
import { compileGlob } from "../model/glob.ts";
import { type Place, resourceKey } from "../model/resource.ts";

/**
 * Declares each resource at every place it is meant for. A pattern that matches no place, and a resource that two
 * declarations put at the same place, are problems; the first declaration stands then.
 */
export function expandOverPlaces(
  declared: readonly Declared[],
  places: readonly Place[],
): { readonly resources: readonly DeclaredResource[]; readonly problems: readonly Problem[] } {
  const patterns = new PlacePatterns(places);
  const resources: DeclaredResource[] = [];
  const known = new Map<string, Map<string, DeclaredResource>>();
  const twice = new Map<Declared, Problem>();
  for (const each of declared) {
    for (const at of patterns.placesOf(each)) {
      const resource: DeclaredResource = {
        resource: { kind: each.kind, at, id: each.id },
        desired: each.desired,
        declaredAt: each.declaredAt,
      };
      const group = `${each.kind}\0${at}`;
      const ofGroup = known.get(group) ?? new Map<string, DeclaredResource>();
      const first = ofGroup.get(each.id);
      if (first === undefined) {
        resources.push(resource);
        known.set(group, ofGroup.set(each.id, resource));
      } else if (!twice.has(each)) twice.set(each, declaredTwice(each, at, first.declaredAt));
    }
  }
  return { resources, problems: [...patterns.problems.values(), ...twice.values()] };
}

/** The same, with what the settings themselves declare wherever no document declares that resource. */
export function declareAt(
  places: readonly Place[],
  documents: readonly Declared[],
  settings: readonly Declared[],
): ReturnType<typeof expandOverPlaces> {
  const { resources, problems } = expandOverPlaces(documents, places);
  const own = expandOverPlaces(settings, places);
  if (own.resources.length === 0) return { resources, problems: [...problems, ...own.problems] };
  const taken = new Set(resources.map(({ resource }) => resourceKey(resource)));
  const added = own.resources.filter(({ resource }) => !taken.has(resourceKey(resource)));
  return { resources: [...resources, ...added], problems: [...problems, ...own.problems] };
}

class PlacePatterns {
  /** By file and pattern: one mistake that was copied to a thousand documents is told once. */
  readonly problems = new Map<string, Problem>();
  readonly #all: readonly string[];
  readonly #matched = new Map<string, readonly string[]>();

  constructor(places: readonly Place[]) {
    this.#all = places.map((place) => place.name);
  }

  placesOf({ at, declaredAt }: Declared): readonly string[] {
    if (at === undefined) return this.#all;
    const found = at.map((pattern) => this.#match(pattern, declaredAt));
    return found.length === 1 ? (found[0] ?? []) : [...new Set(found.flat())];
  }

  #match(pattern: string, declaredAt: SourceLocation): readonly string[] {
    const known = this.#matched.get(pattern);
    const names = known ?? this.#all.filter(compileGlob(pattern));
    if (known === undefined) this.#matched.set(pattern, names);
    if (names.length === 0) this.#reportUnmatched(pattern, declaredAt);
    return names;
  }

  #reportUnmatched(pattern: string, declaredAt: SourceLocation): void {
    const key = `${declaredAt.file}\0${pattern}`;
    if (this.problems.has(key)) return;
    this.problems.set(key, {
      ...declaredAt,
      message: `"at" pattern "${pattern}" matches no place of the target`,
      hint: this.#all.length === 0 ? "The target has no place" : `Its places are: ${shortList(this.#all)}`,
    });
  }
}

function declaredTwice(declared: Declared, at: string, first: SourceLocation): Problem {
  return {
    ...declared.declaredAt,
    message: `${declared.kind} "${declared.id}" is declared twice at "${at}", first at ${first.file}:${first.line}`,
    hint: "Remove one of them, or give them places that differ with at",
  };
}

function shortList(names: readonly string[]): string {
  const most = 8;
  const shown = names.slice(0, most).join(", ");
  return names.length > most ? `${shown} and ${names.length - most} more` : shown;
}
