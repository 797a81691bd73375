/** The words of a line as a shell takes it apart, without expanding anything; undefined when a quote is left open. */
export function shellWords(line: string, options: { readonly comments?: boolean } = {}): readonly string[] | undefined {
  const words: string[] = [];
  let word: string | undefined;
  let rest = line;
  while (rest !== "") {
    if (options.comments === true && word === undefined && rest.startsWith("#")) break;
    const piece = nextPiece(rest);
    if (piece === undefined) return undefined;
    rest = rest.slice(piece.length);
    if (piece.text !== undefined) word = (word ?? "") + piece.text;
    else if (word !== undefined) {
      words.push(word);
      word = undefined;
    }
  }
  if (word !== undefined) words.push(word);
  return words;
}

interface Piece {
  /** Missing for the space between words. */
  readonly text?: string;
  readonly length: number;
}

function nextPiece(rest: string): Piece | undefined {
  const [space] = /^\s+/.exec(rest) ?? [];
  if (space !== undefined) return { length: space.length };
  const [single, inSingle] = /^'([^']*)'/.exec(rest) ?? [];
  if (single !== undefined) return { text: inSingle ?? "", length: single.length };
  const [double, inDouble = ""] = /^"((?:[^"\\]|\\[\s\S])*)"/.exec(rest) ?? [];
  if (double !== undefined) return { text: inDouble.replaceAll(/\\(["\\$`])/g, "$1"), length: double.length };
  if (/^['"]/.test(rest) || rest === "\\") return undefined;
  const [escaped] = /^\\[\s\S]/.exec(rest) ?? [];
  if (escaped !== undefined) return { text: escaped.slice(1), length: 2 };
  const [plain = ""] = /^[^\s'"\\]+/.exec(rest) ?? [];
  return { text: plain, length: plain.length };
}
