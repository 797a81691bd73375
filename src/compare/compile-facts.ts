import { canonicalJson } from "../model/canonical-json.ts";
import type { AttributeFacts, KindFacts, Role } from "../model/facts.ts";
import type { Json } from "../model/json.ts";
import { type Pointer, parsePointer } from "../model/pointer.ts";
import { type Comparer, comparerOf } from "./semantics/comparer.ts";

/** The roles of what is told or folded, but never compared. */
export const NEVER_COMPARED = ["volatile", "evidence", "input"] as const satisfies readonly Role[];

/** The facts of one kind, as a tree along attribute paths, so that a comparison walks both at once. */
export interface CompiledFacts {
  readonly kind: KindFacts;
  /** Equal for equal facts: two values recorded under the same version compare alike. */
  readonly version: string;
  readonly root: FactNode;
  readonly hasSensitive: boolean;
  readonly hasUnrecorded: boolean;
}

/** What is known of the attribute at one path. */
export interface FactNode {
  readonly list: "ordered" | "set" | "sequence" | "keyed";
  readonly keyedBy: readonly string[];
  /** Of a value that is compared as a whole; the exact one where the structure is walked. */
  readonly comparer: Comparer;
  readonly roles: ReadonlySet<Role>;
  /** Whether it, or anything in it, is sensitive. */
  readonly holdsSensitive: boolean;
  readonly defaultValue: Json | undefined;
  readonly closed: boolean;
  /** The attribute that says what changed where this one differs. */
  readonly shownBy: Pointer | undefined;
  readonly members: ReadonlyMap<string, FactNode>;
  readonly anyMember: FactNode | undefined;
}

/** An attribute of which nothing is known: compared exactly. */
const PLAIN: FactNode = freshNode();

/** Compiles the facts of a kind; `version` is a hash of them, made by the caller. */
export function compileFacts(kind: KindFacts, version: string): CompiledFacts {
  const root = freshNode();
  for (const attribute of kind.attributes) place(root, parsePointer(attribute.path), attribute);
  const hasRole = (role: Role) => kind.attributes.some((attribute) => attribute.roles?.includes(role) === true);
  return {
    kind,
    version,
    root,
    hasSensitive: hasRole("sensitive"),
    hasUnrecorded: hasRole("volatile") || hasRole("input"),
  };
}

export function memberFacts(node: FactNode, step: string): FactNode {
  return node.members.get(step) ?? node.anyMember ?? PLAIN;
}

export function elementFacts(node: FactNode): FactNode {
  return node.anyMember ?? PLAIN;
}

/** The first steps of attributes whose facts differ between two versions of a kind; `*` when that may be any. */
export function differingAttributes(before: KindFacts, after: KindFacts): ReadonlySet<string> {
  const differing = new Set<string>();
  if (before.emptyIs !== after.emptyIs) return new Set(["*"]);
  const earlier = new Map(before.attributes.map((attribute) => [attribute.path, comparableFacts(attribute)]));
  for (const attribute of after.attributes) {
    if (earlier.get(attribute.path) !== comparableFacts(attribute)) differing.add(firstStep(attribute.path));
    earlier.delete(attribute.path);
  }
  for (const path of earlier.keys()) differing.add(firstStep(path));
  return differing;
}

function firstStep(path: string): string {
  return parsePointer(path)[0] ?? "*";
}

/** Only what bears on comparing: another description is no other comparison. */
function comparableFacts(attribute: AttributeFacts): string {
  const { semantics, roles, closed, default: value } = attribute;
  const keyed = typeof semantics === "object" ? { keyed: semantics.keyed } : (semantics ?? "exact");
  return canonicalJson([keyed, [...(roles ?? [])].sort(), closed ?? false, value === undefined ? [] : [value]]);
}

type Building = { -readonly [Key in keyof FactNode]: FactNode[Key] } & { members: Map<string, FactNode> };

function freshNode(): Building {
  return {
    list: "ordered",
    keyedBy: [],
    comparer: comparerOf("exact"),
    roles: new Set(),
    holdsSensitive: false,
    defaultValue: undefined,
    closed: false,
    shownBy: undefined,
    members: new Map(),
    anyMember: undefined,
  };
}

function place(root: Building, steps: readonly string[], attribute: AttributeFacts): void {
  const isSensitive = attribute.roles?.includes("sensitive") === true;
  let node = root;
  for (const step of steps) {
    if (isSensitive) node.holdsSensitive = true;
    node = childOf(node, step);
  }
  if (isSensitive) node.holdsSensitive = true;
  const semantics = attribute.semantics ?? "exact";
  if (semantics === "set" || semantics === "sequence") node.list = semantics;
  else if (typeof semantics === "object") {
    node.list = "keyed";
    node.keyedBy = semantics.keyed;
  } else node.comparer = comparerOf(semantics);
  node.roles = new Set(attribute.roles);
  node.defaultValue = attribute.default;
  node.closed = attribute.closed === true;
  node.shownBy = attribute.shownBy;
}

function childOf(node: Building, step: string): Building {
  // Every node below the root was made by freshNode.
  const existing = (step === "*" ? node.anyMember : node.members.get(step)) as Building | undefined;
  if (existing !== undefined) return existing;
  const child = freshNode();
  if (step === "*") node.anyMember = child;
  else node.members.set(step, child);
  return child;
}
