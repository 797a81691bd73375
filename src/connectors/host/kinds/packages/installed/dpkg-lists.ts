import type { Transport } from "../../../transport.ts";
import type { ByteText } from "../../bytes.ts";
import { command } from "../../command.ts";
import type { Unread } from "../../table.ts";
import { otherForms, otherName } from "./aliases.ts";
import { type DumpedFile, FOUND_IN_FOLDER, readDump } from "./folder-dump.ts";

/** Of which paths something is wanted: those that begin so, and single ones. */
export interface Reach {
  readonly starts: readonly ByteText[];
  readonly paths: readonly ByteText[];
}

const INFO = "/var/lib/dpkg/info";

/**
 * Prints the lines of each file about certain paths, after the path of the file. What stands for no letter, digit, `_`, `-` or `/`
 * in a start means any character: more is printed then, never less. A line that is not as dpkg writes it is printed too.
 */
const AWK = [
  String.raw`BEGIN { n = split(ENVIRON["P"], p, "\n");`,
  'for (i = 1; i <= n; i++) if (p[i] == "/") w = 1; else if (sub(/^=/, "", p[i])) { e[p[i]]; x = 1 }',
  String.raw`else { gsub(/[^A-Za-z0-9_\/-]/, ".", p[i]); r = r "|" substr(p[i], 2) }`,
  String.raw`r = r == "" ? "\n" : "(" substr(r, 2) ")"; a = "^/" r; b = "^[0-9a-f]+ [ *][.]?/?" r }`,
  String.raw`function path(q) { q = $0; sub(/^[0-9a-f]+ [ *][.]?\/?/, "/", q); return q }`,
  "FNR == 1 { l = FILENAME ~ /[.]list$/ }",
  String.raw`w || (l ? $0 ~ a || !/^\// || x && ($0 in e) : $0 ~ b || !/^[0-9a-f]+ [ *]./ || x && (path() in e))`,
  '{ if (FILENAME != f) print "=" (f = FILENAME); print }',
].join(" ");

const FIND = ["find", "-L", INFO, ...FOUND_IN_FOLDER, "\\(", "-name", "'*.list'", "-o", "-name", "'*.md5sums'", "\\)"];
/** Its operands are starts of paths (`/` for all), or `=` and a path. */
export const LISTS_COMMAND = command(
  "sh",
  "-c",
  `P=$(printf '%s\\n' "$@"); export P; exec ${FIND.join(" ")} -exec awk '${AWK}' {} +`,
  "sh",
);

const ALL = ["/"];

/** What all starts and paths together may take in a command's environment, with room to spare. */
const MAX_BYTES = 64 * 1024;

/** The lists of a host's packages, of which only as much is read as is asked for. */
export class DpkgLists {
  readonly #transport: Transport;
  readonly #signal: AbortSignal;
  /** Undefined where all is read. */
  #starts: readonly ByteText[] | undefined;
  /** Single paths that were read, and those that are on the way. */
  readonly #paths = new Set<ByteText>();
  #underWay: ReadonlySet<ByteText> = new Set();
  readonly #missing = new Set<ByteText>();

  /** @param reach everything when left out */
  constructor(transport: Transport, signal: AbortSignal, reach: Reach | undefined) {
    this.#transport = transport;
    this.#signal = signal;
    for (const path of reach?.paths ?? []) this.#missing.add(path);
    const isWhole = reach === undefined || reach.starts.some((start) => start === "" || start === "/");
    this.#starts = isWhole ? undefined : reach.starts.flatMap((start) => [start, ...otherForms(start)]);
  }

  /** Whether all that they say of the path was read; where not, `readMore` will. */
  tellOf(path: ByteText): boolean {
    if (this.#starts === undefined || this.#paths.has(path)) return true;
    if (this.#starts.some((start) => path.startsWith(start))) return true;
    // They can say nothing of such a path.
    if (path.includes("\n") || !path.startsWith("/")) return true;
    if (!this.#underWay.has(path)) this.#missing.add(path);
    return false;
  }

  /** What they say of all that begins as it was wanted at first. */
  async readFirst(): Promise<readonly DumpedFile[] | Unread> {
    if (this.#starts !== undefined) return await this.#readPart(this.#starts);
    this.#missing.clear();
    return await this.#dump(ALL);
  }

  /**
   * What they say of the paths of which `tellOf` did not know since. `take` is given it before `tellOf` knows of them. Not to be
   * called before the last read has ended. @returns why it could not be read
   */
  async readMore(take: (files: readonly DumpedFile[]) => void): Promise<Unread | undefined> {
    const files = await this.#readPart([], take);
    return "status" in files ? files : undefined;
  }

  async #readPart(
    starts: readonly ByteText[],
    take: (files: readonly DumpedFile[]) => void = () => {},
  ): Promise<readonly DumpedFile[] | Unread> {
    this.#underWay = new Set([...this.#missing].flatMap((path) => [path, ...otherName(path)]));
    this.#missing.clear();
    const operands = [...starts, ...[...this.#underWay].map((path) => (path === "/" ? "=/." : `=${path}`))];
    if (operands.length === 0) return [];
    const texts = textsOf(operands);
    const files = await this.#dump(texts ?? ALL);
    if (!("status" in files)) {
      take(files);
      if (texts === undefined) this.#starts = undefined;
      for (const path of this.#underWay) this.#paths.add(path);
    }
    this.#underWay = new Set();
    return files;
  }

  #dump(operands: readonly string[]): Promise<readonly DumpedFile[] | Unread> {
    return readDump(this.#transport, LISTS_COMMAND, { signal: this.#signal, mayBeAbsent: true, operands });
  }
}

/** Undefined for what cannot be written as operands, or is too much. */
function textsOf(operands: readonly ByteText[]): readonly string[] | undefined {
  const texts = operands.map((operand) => Buffer.from(operand, "latin1").toString("utf8"));
  const isText = texts.every((text, at) => Buffer.from(text).toString("latin1") === operands[at]);
  return isText && operands.join("\n").length <= MAX_BYTES ? texts : undefined;
}
