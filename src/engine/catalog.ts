import { type CompiledFacts, compileFacts } from "../compare/compile-facts.ts";
import type { KindCatalog, KindFacts } from "../model/facts.ts";
import { compileGlob } from "../model/glob.ts";
import type { Json } from "../model/json.ts";
import { parseScopeEntry, type Scope } from "../model/resource.ts";
import { hashJson } from "./identity.ts";

/** The kinds of one connector, ready to compare with. */
export interface Catalog {
  facts(kind: string): CompiledFacts | undefined;
  readonly kinds: readonly KindFacts[];
}

export function compileCatalog(kinds: KindCatalog): Catalog {
  const compiled = new Map(
    [...kinds.values()].map((facts) => [facts.kind, compileFacts(facts, hashJson(factsAsJson(facts)))]),
  );
  return { facts: (kind) => compiled.get(kind), kinds: [...kinds.values()] };
}

/**
 * The kinds of a scope's entries, patterns resolved: each of them is to be listed at every place.
 * @param only entries that limit it to a part; all of the scope when empty
 */
export function listedKinds(catalog: Catalog, scope: Scope, only: readonly string[]): string[] {
  const kindOf = (entry: string) => compileGlob(parseScopeEntry(entry).kind);
  const [wanted, part] = [scope.include.map(kindOf), only.map(kindOf)];
  const isWanted = (kind: string) => wanted.some((matches) => matches(kind));
  const isPart = (kind: string) => part.length === 0 || part.some((matches) => matches(kind));
  return catalog.kinds.map(({ kind }) => kind).filter((kind) => isWanted(kind) && isPart(kind));
}

/** Facts as they are stored beside what was recorded under them. */
export function factsAsJson(facts: KindFacts): Json {
  // KindFacts is plain data by contract: nothing in it but JSON.
  return facts as unknown as Json;
}
