import { KnownError, type Problem } from "../errors.ts";
import { visible } from "../report/visible.ts";

const MOST_PROBLEMS = 50;

/**
 * A known error in a few lines that say what to do, in which nothing that a file or an argument holds reaches the terminal
 * unescaped; a bug with its stack trace, so that it can be reported.
 */
export function formatError(error: unknown): string {
  if (!(error instanceof KnownError)) {
    const trace = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return `This is a bug in Leeway, not in what you gave it. Please report it with these lines:\n${trace}`;
  }
  const problems = error.problems.slice(0, MOST_PROBLEMS).map(formatProblem);
  const more = error.problems.length - problems.length;
  return [
    `error[${error.code}]: ${visible(error.message)}`,
    ...problems,
    ...(more > 0 ? [`  and ${more} more`] : []),
    ...(error.hint === undefined ? [] : [`  hint: ${visible(error.hint)}`]),
  ].join("\n");
}

function formatProblem(problem: Problem): string {
  const position = [problem.file, problem.line, problem.column].filter((part) => part !== undefined).join(":");
  const lines = [`  ${position}: ${problem.message}`];
  if (problem.excerpt !== undefined) lines.push(`    | ${problem.excerpt}`);
  if (problem.hint !== undefined) lines.push(`    hint: ${problem.hint}`);
  return lines.map(visible).join("\n");
}

/** Whether a person broke off what they were asked: Ctrl-C at a question, which reaches the program as a key and not as a signal. */
export function isInterruption(error: unknown): boolean {
  return error instanceof KnownError && error.code === "INTERRUPTED";
}
