import { RE2JS, RE2JSSyntaxException } from "re2js";

/** Compiling costs far more than matching, and a declaration meets many observations. */
const compiled = new Map<string, RE2JS>();
const MOST_KEPT = 1000;

/** Whether the pattern is found anywhere in the text, in time proportional to it; a pattern that is none is found nowhere. */
export function matchesExpression(pattern: string, text: string): boolean {
  const expression = compiled.get(pattern) ?? compile(pattern);
  return expression?.test(text) ?? false;
}

/** What is wrong with a pattern, without quoting it; undefined when it is RE2 syntax. */
export function problemOfExpression(pattern: string): string | undefined {
  try {
    RE2JS.compile(pattern);
    return undefined;
  } catch (error) {
    return error instanceof RE2JSSyntaxException ? error.getDescription() : "it is too large";
  }
}

function compile(pattern: string): RE2JS | undefined {
  if (problemOfExpression(pattern) !== undefined) return undefined;
  if (compiled.size >= MOST_KEPT) compiled.clear();
  const expression = RE2JS.compile(pattern);
  compiled.set(pattern, expression);
  return expression;
}
