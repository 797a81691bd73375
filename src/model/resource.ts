import { compileGlob } from "./glob.ts";

/** The identity of a resource: what it is, where it lives, which one. */
export interface ResourceRef {
  /** `host/file`, `aws_security_group`, … */
  readonly kind: string;
  /** The place where it lives: a host, an account and region, a cluster, a database. */
  readonly at: string;
  /** The declared name where there is one, else the physical id. */
  readonly id: string;
  /** Other names (ARN, provider id) under which orphans, events and audit trails know it. */
  readonly aliases?: readonly string[];
}

/** Where in a target resources live. `name` is what `at` says; no two places of a target share one. */
export interface Place {
  readonly name: string;
  /** For people, when the name alone says too little. */
  readonly description?: string;
}

/** A text that is equal for equal references and for no others (the parts cannot contain a NUL). */
export function resourceKey(ref: ResourceRef): string {
  return `${ref.kind}\0${ref.at}\0${ref.id}`;
}

/** Where unmanaged resources are looked for: entries `KIND:GLOB`, split at the first colon; exclude wins. */
export interface Scope {
  readonly include: readonly string[];
  readonly exclude: readonly string[];
}

/** One entry of a scope or of `--only`: a kind pattern and an id pattern. */
export interface ScopeEntry {
  readonly kind: string;
  readonly glob: string;
}

/** Splits `KIND:GLOB` at the first colon; a bare `KIND` means all of its ids. */
export function parseScopeEntry(text: string): ScopeEntry {
  const colon = text.indexOf(":");
  return colon === -1 ? { kind: text, glob: "**" } : { kind: text.slice(0, colon), glob: text.slice(colon + 1) };
}

/** Whether a resource of that kind and id stands in scope. Compiled once, asked often. */
export function compileScope(scope: Scope): (kind: string, id: string) => boolean {
  const isIncluded = compileEntries(scope.include);
  const isExcluded = compileEntries(scope.exclude);
  return (kind, id) => isIncluded(kind, id) && !isExcluded(kind, id);
}

/** Whether any of the entries (as in a scope, or `--only`) means a resource of that kind and id. */
export function compileEntries(entries: readonly string[]): (kind: string, id: string) => boolean {
  const compiled = entries.map(compileEntry);
  return (kind, id) => compiled.some((entry) => entry(kind, id));
}

function compileEntry(text: string): (kind: string, id: string) => boolean {
  const entry = parseScopeEntry(text);
  const kindMatches = compileGlob(entry.kind);
  const idMatches = compileGlob(entry.glob);
  return (kind, id) => kindMatches(kind) && idMatches(id);
}
