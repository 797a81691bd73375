/** What went wrong, for programs. Stable: exit codes, tests and documentation name these. */
export type ErrorCode =
  | "USAGE"
  | "CONFIG_INVALID"
  | "DESIRED_INVALID"
  | "DESIRED_UNREADABLE"
  | "RULE_INVALID"
  | "STORE_UNUSABLE"
  | "STORE_BUSY"
  | "TARGET_UNREACHABLE"
  | "NOT_FOUND"
  | "WRITE_REFUSED"
  | "AUDIT_BROKEN"
  | "INTERRUPTED";

/** One mistake in a file that a person wrote. Lines and columns count from 1. */
export interface Problem {
  /** The file as the person knows it: relative to where they stand, or `REVISION:path` when it was read out of Git. */
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
  /** What is wrong and what was expected, without a full stop. */
  readonly message: string;
  /** The offending line as it stands in the file; never the value of a secret. */
  readonly excerpt?: string;
  /** What to write instead. */
  readonly hint?: string;
}

export interface KnownErrorOptions {
  /** What to do next, as one sentence without a full stop. */
  readonly hint?: string;
  readonly cause?: unknown;
  /** Every mistake found, when the input was a file; all of them at once, never only the first. */
  readonly problems?: readonly Problem[];
}

/** An error whose cause is known and outside this program. Anything else that is thrown is a bug and keeps its stack trace. */
export class KnownError extends Error {
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly problems: readonly Problem[];

  /** @param message what was attempted, on what, and what went wrong: `Cannot read "leeway.yaml": permission denied` */
  constructor(code: ErrorCode, message: string, options: KnownErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "KnownError";
    this.code = code;
    this.hint = options.hint;
    this.problems = options.problems ?? [];
  }
}
