/**
 * The one pattern language of Leeway: `*` is any run without `/`, `**` any run, `?` one character but `/`; `\` escapes;
 * everything else, `[` included, is literal. Matching takes time proportional to pattern × text, whatever the pattern.
 */
export function compileGlob(pattern: string): (text: string) => boolean {
  if (!/[\\*?]/.test(pattern)) return (text) => text === pattern;
  const tokens = tokenize(pattern);
  if (tokens.every((token) => token.kind === "literal")) {
    const literal = tokens.map((token) => token.character).join("");
    return (text) => text === literal;
  }
  const prefix = globPrefix(pattern);
  if (tokens.length === [...prefix].length + 1 && tokens.at(-1)?.kind === "deep")
    return (text) => text.startsWith(prefix);
  return (text) => text.startsWith(prefix) && matches(tokens, text);
}

/** Whether some text that begins with `start` matches: whether it is worth looking below a folder. */
export function compileGlobStart(pattern: string): (start: string) => boolean {
  const prefix = globPrefix(pattern);
  const rest = tokenize(pattern).slice([...prefix].length);
  const isAnyBelow = rest[0]?.kind === "deep";
  return (start) => {
    // Every pattern matches something, so one whose literal start goes on as the text does is on its way.
    if (start.length <= prefix.length) return prefix.startsWith(start);
    if (!start.startsWith(prefix)) return false;
    return isAnyBelow || positionsAfter(rest, start.slice(prefix.length)).size > 0;
  };
}

/** The literal start of a pattern: what every match begins with. */
export function globPrefix(pattern: string): string {
  let prefix = "";
  for (const token of tokenize(pattern)) {
    if (token.kind !== "literal") break;
    prefix += token.character;
  }
  return prefix;
}

/** A text as a pattern that matches it alone. */
export function escapeGlob(text: string): string {
  return text.replace(/[\\*?]/g, "\\$&");
}

interface Token {
  readonly kind: "literal" | "one" | "run" | "deep";
  readonly character: string;
}

/** An escaped character, a deep run, a run, one character, or itself. */
const TOKEN = /\\([\s\S])|(\*\*)|(\*)|(\?)|([\s\S])/gu;

function tokenize(pattern: string): Token[] {
  return Array.from(pattern.matchAll(TOKEN), ([, escaped, deep, run, one, plain]): Token => {
    if (deep !== undefined) return { kind: "deep", character: deep };
    if (run !== undefined) return { kind: "run", character: run };
    if (one !== undefined) return { kind: "one", character: one };
    // One of the five groups always matches.
    return { kind: "literal", character: (escaped ?? plain) as string };
  });
}

function matches(tokens: readonly Token[], text: string): boolean {
  return positionsAfter(tokens, text).has(tokens.length);
}

/** Steps all possible positions in the pattern at once (Thompson's simulation), so no pattern backtracks. */
function positionsAfter(tokens: readonly Token[], text: string): ReadonlySet<number> {
  let positions = closure(tokens, new Set([0]));
  for (const character of text) {
    const next = new Set<number>();
    for (const position of positions) step(tokens[position], { character, position, next });
    positions = closure(tokens, next);
    if (positions.size === 0) break;
  }
  return positions;
}

function step(token: Token | undefined, at: { character: string; position: number; next: Set<number> }): void {
  if (token === undefined) return;
  if (token.kind === "literal") {
    if (token.character === at.character) at.next.add(at.position + 1);
  } else if (token.kind === "deep" || at.character !== "/") {
    at.next.add(token.kind === "one" ? at.position + 1 : at.position);
  }
}

/** A run may also be empty, so the position behind it is reached without a character. */
function closure(tokens: readonly Token[], positions: Set<number>): Set<number> {
  for (const position of positions) {
    const kind = tokens[position]?.kind;
    if (kind === "run" || kind === "deep") positions.add(position + 1);
  }
  return positions;
}
