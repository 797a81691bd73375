import { compileGlob, compileGlobStart, globPrefix } from "../../model/glob.ts";
import { compileEntries, compileScope, parseScopeEntry, type Scope } from "../../model/resource.ts";

/** What of one kind is in scope. */
export interface KindScope {
  readonly inScope: (id: string) => boolean;
  /** Literal starts: every id in scope begins with one of them. */
  readonly prefixes: readonly string[];
  /** False only where no id that begins with `start` can be in scope. */
  readonly mayHold: (start: string) => boolean;
  /** True only where `mayHold` is true of whatever begins with `start`. */
  readonly holdsAll: (start: string) => boolean;
}

/** The part of a scope that concerns one kind; with `only`, of that the part which is scanned. */
export function kindScope(kind: string, scope: Scope, only?: readonly string[]): KindScope {
  const isInScope = compileScope(scope);
  const isAsked = only === undefined ? () => true : compileEntries(only);
  const included = globsOf(kind, scope.include);
  const excluded = globsOf(kind, scope.exclude).filter(coversAllBelow);
  const asked = only === undefined ? ["**"] : globsOf(kind, only);
  const mayBeIncluded = anyOf(included.map(compileGlobStart));
  const mayBeAsked = anyOf(asked.map(compileGlobStart));
  const isExcluded = anyOf(excluded.map(compileGlob));
  const mayBeExcluded = anyOf(excluded.map(compileGlobStart));
  const isAllIncluded = anyOf(included.filter(coversAllBelow).map(compileGlob));
  const isAllAsked = anyOf(asked.filter(coversAllBelow).map(compileGlob));
  return {
    inScope: (id) => isInScope(kind, id) && isAsked(kind, id),
    prefixes: included.flatMap((glob) => asked.flatMap((part) => commonPrefix(globPrefix(glob), globPrefix(part)))),
    mayHold: (start) => mayBeIncluded(start) && mayBeAsked(start) && !isExcluded(start),
    holdsAll: (start) => isAllIncluded(start) && isAllAsked(start) && !mayBeExcluded(start),
  };
}

function globsOf(kind: string, entries: readonly string[]): string[] {
  return entries
    .map(parseScopeEntry)
    .filter((entry) => compileGlob(entry.kind)(kind))
    .map((entry) => entry.glob);
}

/** Whether a pattern that matches a text matches everything that begins with it: it ends in `**`. */
function coversAllBelow(glob: string): boolean {
  return /(?:^|[^\\])(?:\\\\)*\*\*$/.test(glob);
}

/** What begins with both begins with the longer one; nothing does unless that begins with the other. */
function commonPrefix(one: string, other: string): string[] {
  if (one.startsWith(other)) return [one];
  return other.startsWith(one) ? [other] : [];
}

function anyOf(tests: readonly ((text: string) => boolean)[]): (text: string) => boolean {
  return (text) => tests.some((test) => test(text));
}
