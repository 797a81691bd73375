import type { Readable, Writable } from "node:stream";
import type { Instant } from "../model/time.ts";

/** What a command may use of the process it runs in. Only `main.ts` makes one from `process`. */
export interface Shell {
  /** The report, and nothing else. Resolves when it is on its way, so that no output is cut at the end. */
  out(text: string): Promise<void>;
  /** Progress and messages, a line each. */
  err(line: string): void;
  /** Values that the configuration took from outside: no message may show them. Whoever loads it adds them. */
  readonly secrets: Set<string>;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** Whether a person can be asked: standard input and error are a terminal. */
  readonly isInteractive: boolean;
  /** Where a person is asked, if anyone is: never on standard output, which may be a file. */
  readonly terminal?: { readonly input: Readable; readonly output: Writable };
  /** Whether standard error is a terminal, where progress may be drawn and taken back. */
  readonly drawsProgress: boolean;
  /** Draws or, with an empty text, takes back the line of progress. */
  draw(line: string): void;
  readonly color: boolean;
  readonly width: number;
  readonly signal: AbortSignal;
  readonly now: () => Instant;
  readonly version: string;
  /** The login name, for the audit log. */
  readonly login: string;
}
