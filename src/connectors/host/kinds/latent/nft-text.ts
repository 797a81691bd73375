import { canonicalLine, type NftLine, type Token } from "./nft-line.ts";

/** A rule set as text, taken apart: the lines of each chain and set, by the place where they stand (`inet filter input`). */
export interface NftText {
  readonly places: ReadonlyMap<string, readonly NftLine[]>;
  /** What could not be resolved without nft itself: an include, a command, an unknown form. */
  readonly unresolved: readonly string[];
}

/**
 * Reads what `nft list ruleset` prints, or a file in the same form, and writes each line as nft would: numbers for priorities and
 * ports, sets in order, names of interfaces without quotes, no comments, no counts.
 */
export function parseNft(source: string): NftText {
  const reader = new Reader(tokenize(source));
  reader.readFile();
  return { places: reader.places, unresolved: reader.unresolved };
}

const NEWLINE = "\n";

/** Line ends are tokens; comments are gone; a backslash at the end of a line joins it with the next. */
function tokenize(source: string): readonly Token[] {
  const pattern = /\\\n|#[^\n]*|"[^"\n]*"|[{};,\n=]|[^\s{};,="#]+/g;
  return Array.from(source.matchAll(pattern), ([token]) => token).filter(
    (token) => token !== "\\\n" && !token.startsWith("#"),
  );
}

class Reader {
  readonly places = new Map<string, NftLine[]>();
  readonly unresolved: string[] = [];
  readonly #tokens: readonly Token[];
  readonly #defined = new Map<string, readonly Token[]>();
  #position = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  readFile(): void {
    for (let line = this.#statement(); line !== undefined; line = this.#statement()) {
      const [first, second] = line.tokens;
      if (first === "table" && line.opens) this.#readTable(line.tokens.slice(1));
      else if (first === "flush" && second === "ruleset") this.places.clear();
      else if (first === "define") this.#define(line);
      else if (first !== undefined && first !== "}" && !isEmptyTable(line)) this.unresolved.push(line.tokens.join(" "));
    }
  }

  #define({ tokens }: Statement): void {
    const [, name, equals, ...value] = tokens;
    if (name === undefined || equals !== "=") this.unresolved.push(tokens.join(" "));
    else this.#defined.set(`$${name}`, value);
  }

  #readTable(names: readonly Token[]): void {
    const table = names.length === 1 ? `ip ${names[0]}` : names.join(" ");
    this.#place(table);
    for (let line = this.#statement(); line !== undefined; line = this.#statement()) {
      if (line.tokens[0] === "}") return;
      if (line.opens) this.#readBlock(table, line.tokens);
      else if (line.tokens.length > 0) this.#add(table, line.tokens);
    }
  }

  #readBlock(table: string, [kind = "", name = ""]: readonly Token[]): void {
    const place = kind === "chain" ? `${table} ${name}` : `${table} ${kind} ${name}`;
    this.#place(place);
    for (let line = this.#statement(); line !== undefined; line = this.#statement()) {
      if (line.tokens[0] === "}") return;
      if (line.tokens.length > 0) this.#add(place, line.tokens);
    }
  }

  #place(name: string): void {
    if (!this.places.has(name)) this.places.set(name, []);
  }

  #add(place: string, tokens: readonly Token[]): void {
    const resolved = tokens.flatMap((token) => this.#defined.get(token) ?? [token]);
    const line = canonicalLine(resolved, place.startsWith("bridge "));
    if (line.text !== "") this.places.get(place)?.push(line);
  }

  /** Up to a line end, a semicolon, or the brace that opens a block. Braces after the first word of a rule enclose sets. */
  #statement(): Statement | undefined {
    if (this.#position >= this.#tokens.length) return undefined;
    const tokens: Token[] = [];
    for (let token = this.#next(tokens); token !== undefined; token = this.#next(tokens)) {
      if (token === "}") return { tokens: ["}"], opens: false };
      if (token !== "{") tokens.push(token);
      else if (opensBlock(tokens)) return { tokens, opens: true };
      else tokens.push(token, ...this.#untilClosed());
    }
    return { tokens, opens: false };
  }

  /** The next token of a statement; undefined at its end. The brace that closes a block ends what stands before it. */
  #next(before: readonly Token[]): Token | undefined {
    const token = this.#tokens[this.#position];
    if (token === "}" && before.length > 0) return undefined;
    this.#position += 1;
    return token === ";" || token === NEWLINE ? undefined : token;
  }

  /** The rest of a set, its last brace included; line ends part nothing in it. */
  #untilClosed(): readonly Token[] {
    const start = this.#position;
    let depth = 1;
    while (depth > 0 && this.#position < this.#tokens.length) {
      const token = this.#tokens[this.#position];
      if (token === "{") depth += 1;
      if (token === "}") depth -= 1;
      this.#position += 1;
    }
    return this.#tokens.slice(start, this.#position).filter((token) => token !== NEWLINE);
  }
}

interface Statement {
  readonly tokens: readonly Token[];
  readonly opens: boolean;
}

const BLOCKS = new Set([
  "table",
  "chain",
  "set",
  "map",
  "flowtable",
  "counter",
  "quota",
  "limit",
  "secmark",
  "synproxy",
]);

function opensBlock(tokens: readonly Token[]): boolean {
  const [kind = ""] = tokens;
  return (kind === "ct" && tokens.length === 3) || (BLOCKS.has(kind) && tokens.length <= 3 && tokens.length >= 2);
}

/** `table inet filter` alone declares the table that a following `delete table` or `flush table` needs. */
function isEmptyTable({ tokens }: Statement): boolean {
  return tokens[0] === "table" && tokens.length <= 3;
}
