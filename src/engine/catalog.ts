import { type CompiledFacts, compileFacts } from "../compare/compile-facts.ts";
import type { KindCatalog, KindFacts } from "../model/facts.ts";
import type { Json } from "../model/json.ts";
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

/** Facts as they are stored beside what was recorded under them. */
export function factsAsJson(facts: KindFacts): Json {
  // KindFacts is plain data by contract: nothing in it but JSON.
  return facts as unknown as Json;
}
