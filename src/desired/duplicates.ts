import type { Declared } from "../model/declared.ts";
import { compileGlob, escapeGlob, globPrefix } from "../model/glob.ts";

/** Notices resources that are declared twice for the same place, as far as that shows before the places are known. */
export class Duplicates {
  /** By kind and id. Nearly all stand there alone. */
  readonly #seen = new Map<string, Map<string, Declared | Declared[]>>();

  /** Remembers a resource; gives back the earlier one that it stands in the way of, if there is one. */
  add(declared: Declared): Declared | undefined {
    const ofKind = this.#seen.get(declared.kind) ?? new Map<string, Declared | Declared[]>();
    this.#seen.set(declared.kind, ofKind);
    const known = ofKind.get(declared.id);
    if (known === undefined) {
      ofKind.set(declared.id, declared);
      return undefined;
    }
    const earlier = Array.isArray(known) ? known : [known];
    ofKind.set(declared.id, [...earlier, declared]);
    return earlier.find((each) => overlap(each.at, declared.at));
  }
}

/** What to say of a resource that is declared a second time. */
export function declaredTwice(
  declared: Declared,
  first: Declared,
): { readonly message: string; readonly hint: string } {
  const { file, line } = first.declaredAt;
  return {
    message: `${declared.kind} "${declared.id}" is declared twice, first at ${file}:${line}`,
    hint: "Remove one of them, or give them places that differ with at",
  };
}

type Patterns = readonly string[] | undefined;

/**
 * Whether both are surely meant for one place. Two patterns with wildcards may still meet at a place; that shows when they
 * are expanded.
 */
function overlap(a: Patterns, b: Patterns): boolean {
  if (a === undefined || b === undefined) return true;
  return a.some((one) => b.some((other) => one === other || names(one, other) || names(other, one)));
}

/** Whether `pattern` matches the one place that `literal` names. */
function names(literal: string, pattern: string): boolean {
  const place = globPrefix(literal);
  return escapeGlob(place) === literal && compileGlob(pattern)(place);
}
