import type { Json } from "../../../model/json.ts";

/** One attribute changed for real: what is declared of the resource, what makes it so, and what changes it alone. */
export interface AttributeCase {
  readonly id: string;
  readonly declared: Readonly<Record<string, Json>>;
  /** A shell script that brings the machine to what is declared. */
  readonly before: string;
  /** A shell script after which exactly this attribute differs. */
  readonly change: string;
  /** The path that is reported, where the attribute is a pattern (`/*`). */
  readonly changed?: string;
  /** Paths that cannot but change with it. */
  readonly also?: readonly string[];
  /**
   * What its scripts touch beside its own resource, in any words: cases of other kinds that touch the same are never declared
   * beside it. Those of its own kind never are.
   */
  readonly touches?: readonly string[];
  /** Whether no other case may be declared beside it at all. */
  readonly alone?: boolean;
}

/** Cases by the path of the attribute. */
export type AttributeCases = Readonly<Record<string, AttributeCase>>;

/** Cases by kind: each attribute that `leeway kinds` prints has one. */
export type KindCases = Readonly<Record<string, AttributeCases>>;
