import type { AttributeFacts, KindFacts } from "../model/facts.ts";
import { parsePointer } from "../model/pointer.ts";

/** The attributes of one kind, found by path. */
export interface KindIndex {
  readonly facts: KindFacts;
  readonly id: RegExp | undefined;
  /** What is known of the attribute at a path; undefined when it is not listed. */
  attribute(path: readonly string[]): IndexedAttribute | undefined;
  /** Whether attributes are listed below a path. */
  hasBelow(path: readonly string[]): boolean;
  /** Names that may stand below a path. */
  names(path: readonly string[]): readonly string[];
  /** What `content:` and `source:` of a document stand for, by those names. */
  readonly digests: ReadonlyMap<string, DigestName>;
}

export interface IndexedAttribute {
  readonly facts: AttributeFacts;
  readonly steps: readonly string[];
  readonly form: RegExp | undefined;
}

/** A name that gives the text, or the file with the text, whose SHA-256 the attribute is. */
export interface DigestName {
  readonly attribute: string;
  readonly from: "text" | "file";
}

const indexes = new WeakMap<KindFacts, KindIndex>();

/** The index of a kind, made once. */
export function kindIndex(facts: KindFacts): KindIndex {
  const known = indexes.get(facts);
  if (known !== undefined) return known;
  const made = makeIndex(facts);
  indexes.set(facts, made);
  return made;
}

function makeIndex(facts: KindFacts): KindIndex {
  const all = facts.attributes.map(indexAttribute);
  // Those without a wildcard first: what is said of one name holds over what is said of all.
  const ordered = [...all].sort((a, b) => wildcards(a) - wildcards(b));
  const deepest = Math.max(0, ...all.map((each) => each.steps.length));
  const names = (path: readonly string[]) => ordered.filter((each) => isBelow(each.steps, path));
  const find = (path: readonly string[]) =>
    ordered.find((each) => each.steps.length === path.length && covers(each.steps, path));
  const ofResource = new Map<string, IndexedAttribute | undefined>();
  for (const { steps } of all) if (steps[0] !== undefined) ofResource.set(steps[0], find([steps[0]]));
  return {
    facts,
    id: wholeValue(facts.id.pattern),
    // Most attributes are those of the resource itself.
    attribute: (path) => (path.length === 1 ? ofResource.get(path[0] ?? "") : undefined) ?? find(path),
    hasBelow: (path) => path.length < deepest && names(path).length > 0,
    names: (path) => [
      ...new Set([...digestNames(all).keys(), ...names(path).flatMap((each) => each.steps[path.length] ?? [])]),
    ],
    digests: digestNames(all),
  };
}

function indexAttribute(facts: AttributeFacts): IndexedAttribute {
  return { facts, steps: parsePointer(facts.path), form: wholeValue(facts.form?.pattern) };
}

function wholeValue(pattern: string | undefined): RegExp | undefined {
  return pattern === undefined ? undefined : new RegExp(`^(?:${pattern})$`, "u");
}

function wildcards(attribute: IndexedAttribute): number {
  return attribute.steps.filter((step) => step === "*").length;
}

/** Only attributes of the resource itself have such names, not members of attributes. */
function digestNames(attributes: readonly IndexedAttribute[]): ReadonlyMap<string, DigestName> {
  const names = new Map<string, DigestName>();
  for (const { facts, steps } of attributes) {
    const [attribute, ...rest] = steps;
    if (facts.digestOf === undefined || attribute === undefined || rest.length > 0) continue;
    names.set(facts.digestOf.text, { attribute, from: "text" });
    names.set(facts.digestOf.file, { attribute, from: "file" });
  }
  return names;
}

function isBelow(steps: readonly string[], path: readonly string[]): boolean {
  return steps.length > path.length && covers(steps, path);
}

/** Whether the start of a pattern matches all of a path. */
function covers(steps: readonly string[], path: readonly string[]): boolean {
  return path.every((step, index) => steps[index] === "*" || steps[index] === step);
}
