import type { ExpectedObject } from "./expected.ts";
import type { ResourceRef } from "./resource.ts";

/** Where a resource is declared; lines count from 1. */
export interface SourceLocation {
  readonly file: string;
  readonly line: number;
}

/** One resource of the desired state, before its places are known. */
export interface Declared {
  readonly kind: string;
  readonly id: string;
  /** Patterns of the places it is meant for; all when left out. */
  readonly at?: readonly string[];
  /** What it should be; `absent` when it must not exist. */
  readonly desired: Desired;
  readonly declaredAt: SourceLocation;
}

export type Desired =
  | { readonly presence: "present"; readonly attributes: ExpectedObject }
  | { readonly presence: "absent" };

/** A declared resource at one place: what is joined with observations. */
export interface DeclaredResource {
  readonly resource: ResourceRef;
  readonly desired: Desired;
  readonly declaredAt: SourceLocation;
}
