import type { Ignore } from "../compare/comparison.ts";
import { canonicalJson } from "../model/canonical-json.ts";
import { compileGlob } from "../model/glob.ts";
import type { Pointer } from "../model/pointer.ts";
import type { Instant } from "../model/time.ts";
import type { IgnoreRule } from "./config.ts";
import { parseUntil } from "./until.ts";

/** A difference, with the target that it was found in. */
export type IgnoreSubject = Parameters<Ignore>[0] & { readonly target: string };

/** The ignore rules in force at one time. */
export interface CompiledIgnore {
  /** The reason of the first rule that covers the difference; undefined when none does. */
  ignore(subject: IgnoreSubject): string | undefined;
  /** Rules in force that covered nothing they were asked about so far. Only after a whole scan does that mean stale. */
  unused(): readonly IgnoreRule[];
  /** Rules whose time is over: they fold nothing. */
  readonly expired: readonly IgnoreRule[];
  /** Equal for rules in force that fold alike. */
  readonly fingerprint: string;
}

/** Compiles ignore rules as they stand at `now`. Rules that ended by then are set aside. */
export function compileIgnore(rules: readonly IgnoreRule[], now: Instant): CompiledIgnore {
  const expired = rules.filter((rule) => hasEnded(rule, now));
  const inForce = rules.filter((rule) => !hasEnded(rule, now));
  const compiled = inForce.map((rule) => ({ rule, covers: compileRule(rule) }));
  const used = new Set<IgnoreRule>();
  return {
    ignore: (subject) => {
      const first = compiled.find(({ covers }) => covers(subject));
      if (first === undefined) return undefined;
      used.add(first.rule);
      return first.rule.reason;
    },
    unused: () => inForce.filter((rule) => !used.has(rule)),
    expired,
    fingerprint: canonicalJson(inForce.map(({ until: _, ...rule }) => rule)),
  };
}

function hasEnded({ until }: IgnoreRule, now: Instant): boolean {
  const end = until === undefined ? undefined : parseUntil(until);
  return end !== undefined && end <= now;
}

function compileRule(rule: IgnoreRule): (subject: IgnoreSubject) => boolean {
  const target = compileOptional(rule.target);
  const at = compileOptional(rule.at);
  const kind = compileOptional(rule.kind);
  const id = compileOptional(rule.id);
  const path = rule.path === undefined ? () => true : compilePath(rule.path);
  return (subject) =>
    (rule.drift === undefined || rule.drift === subject.drift) &&
    target(subject.target) &&
    kind(subject.resource.kind) &&
    at(subject.resource.at) &&
    id(subject.resource.id) &&
    path(subject.path);
}

function compileOptional(pattern: string | undefined): (text: string) => boolean {
  return pattern === undefined ? () => true : compileGlob(pattern);
}

/** Whether the pattern matches the pointer or one above it. */
function compilePath(pattern: string): (pointer: Pointer) => boolean {
  const matches = compileGlob(pattern);
  return (pointer) => matches(pointer) || ancestors(pointer).some(matches);
}

/** The pointers above one, the root among them. */
function ancestors(pointer: Pointer): readonly Pointer[] {
  const above: Pointer[] = [];
  for (let end = pointer.lastIndexOf("/"); end >= 0; end = pointer.lastIndexOf("/", end - 1)) {
    above.push(pointer.slice(0, end));
    if (end === 0) break;
  }
  return above;
}
