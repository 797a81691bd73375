import type { Json } from "./json.ts";

/** Marks a constraint among plain values; a symbol, because every string is an ordinary key. */
export const OPERATORS: unique symbol = Symbol("operators");

/**
 * A declared value: plain JSON, in which any part may be a constraint instead. A document without constraints is itself
 * an `Expected`: nothing is wrapped, so comparing formats that know only literals costs nothing more.
 */
export type Expected = null | boolean | number | bigint | string | readonly Expected[] | ExpectedObject | Constraint;

export interface ExpectedObject {
  readonly [key: string]: Expected;
}

/** All operators must hold. */
export interface Constraint {
  readonly [OPERATORS]: readonly Operator[];
}

/**
 * `secret` is the plain value of `{$secret: …}`: it exists only between the reading of a document and the border, where
 * it becomes a `digest`. `sealed` is what any other operator on a sensitive value becomes there: its verdict, without operands.
 */
export type Operator =
  | { readonly op: "literal"; readonly value: Json }
  | { readonly op: "secret"; readonly value: string }
  | { readonly op: "digest"; readonly digest: string }
  | { readonly op: "sealed"; readonly holds: boolean }
  | { readonly op: "absent"; readonly absent: boolean }
  | { readonly op: "oneOf" | "anyOf" | "allOf"; readonly options: readonly Expected[] }
  | { readonly op: "not"; readonly option: Expected }
  | { readonly op: "min" | "max"; readonly bound: number | bigint | string }
  | { readonly op: "atLeast" | "atMost"; readonly bound: string }
  | { readonly op: "matches" | "startsWith" | "endsWith" | "semver"; readonly text: string }
  | { readonly op: "contains"; readonly part: Expected }
  | { readonly op: "only"; readonly members: ExpectedObject }
  | { readonly op: "length"; readonly length: Expected }
  | { readonly op: "expiresAfter"; readonly durationMs: number };

export type OperatorName = Operator["op"];

export function isConstraint(expected: Expected): expected is Constraint {
  return typeof expected === "object" && expected !== null && OPERATORS in expected;
}

export function constraint(operators: readonly Operator[]): Constraint {
  return { [OPERATORS]: operators };
}
