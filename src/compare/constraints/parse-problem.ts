/** One mistake in a declared value. */
export interface ParseProblem {
  /** The keys and list indexes that lead to it, the operator included. */
  readonly path: readonly string[];
  /** What is wrong and what was expected, without a full stop; never the value of an operand. */
  readonly message: string;
  readonly hint?: string;
}

export type Report = (problem: ParseProblem) => void;
