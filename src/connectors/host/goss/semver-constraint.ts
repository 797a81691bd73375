import { type Constraint, constraint, type Operator } from "../../../model/expected.ts";

/** One comparison: an operator, white space that goss allows between, and a version, maybe with wildcards. */
const COMPARISON = /(>=|<=|==|!=|[<>=!])?\s*v?(\d+(?:\.(?:\d+|[xX*])){0,2}(?:[-+][0-9A-Za-z.+-]+)?)/y;
const SPACE = /\s*/y;

/**
 * A range in the syntax of goss (github.com/blang/semver: comparisons that must all hold, `||` between alternatives) as a
 * constraint; undefined when it is none. A version that is not semantic satisfies no range, `!=` neither.
 */
export function semverConstraint(range: string): Constraint | undefined {
  const alternatives = range.split("||").map(parseAlternative);
  const complete = alternatives.filter((alternative) => alternative !== undefined);
  if (complete.length < alternatives.length) return undefined;
  const [only] = complete;
  if (complete.length === 1 && only !== undefined) return constraint(only);
  return constraint([{ op: "anyOf", options: complete.map(constraint) }]);
}

function parseAlternative(text: string): readonly Operator[] | undefined {
  const wanted: string[] = [];
  const unwanted: string[] = [];
  for (let position = skipSpace(text, 0); position < text.length; position = skipSpace(text, position)) {
    COMPARISON.lastIndex = position;
    const match = COMPARISON.exec(text);
    if (match === null) return undefined;
    const [whole, operator = "=", version = ""] = match;
    if (operator === "!=" || operator === "!") unwanted.push(version);
    else wanted.push(`${operator === "==" ? "=" : operator}${version}`);
    position += whole.length;
  }
  if (wanted.length + unwanted.length === 0) return undefined;
  const holding: Operator = { op: "semver", text: wanted.join(" ") || ">=0.0.0" };
  return [
    holding,
    ...unwanted.map(
      (version): Operator => ({ op: "not", option: constraint([{ op: "semver", text: `=${version}` }]) }),
    ),
  ];
}

function skipSpace(text: string, position: number): number {
  SPACE.lastIndex = position;
  return position + (SPACE.exec(text)?.[0].length ?? 0);
}
