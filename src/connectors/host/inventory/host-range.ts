/** More hosts than this are a slip of the pen, and would fill the memory. */
const MOST_HOSTS = 100_000;
const RANGE = /^(?<before>[^[]*)\[(?<from>[^\]:]*):(?<to>[^\]:]*)(?::(?<step>[^\]:]*))?\](?<after>.*)$/s;
const BACKWARDS = "it ends before it starts";
const LETTER = /^[A-Za-z]$/;

/**
 * The hosts that a pattern of an inventory means: `web[01:50]`, `db-[a:f]`, `n[0:10:2]`, several ranges in one. @returns what
 * is wrong with it, where it means none
 */
export function expandHosts(pattern: string): readonly string[] | string {
  let names: readonly string[] = [""];
  let rest = pattern;
  for (let range = parts(rest); range !== undefined; range = parts(rest)) {
    const values = valuesOf(range);
    if (typeof values === "string") return `"${pattern}" is no range of hosts: ${values}`;
    if (names.length * values.length > MOST_HOSTS) return `"${pattern}" means more than ${MOST_HOSTS} hosts`;
    const { before } = range;
    names = names.flatMap((name) => values.map((value) => `${name}${before}${value}`));
    rest = range.after;
  }
  if (/[[\]]/.test(rest)) return `"${pattern}" is no range of hosts: it must be [FROM:TO] or [FROM:TO:STEP]`;
  return names.map((name) => `${name}${rest}`);
}

interface Range {
  readonly before: string;
  readonly from: string;
  readonly to: string;
  readonly step: string;
  readonly after: string;
}

function parts(text: string): Range | undefined {
  const groups = RANGE.exec(text)?.groups;
  if (groups === undefined) return undefined;
  const { before = "", from = "", to = "", step = "1", after = "" } = groups;
  return { before, from: from === "" ? "0" : from, to, step, after };
}

function valuesOf(range: Range): readonly string[] | string {
  const { from, to, step } = range;
  if (!/^\d{1,9}$/.test(step) || Number(step) === 0) return `"${step}" is no step`;
  if (LETTER.test(from) && LETTER.test(to)) {
    const codes = count(from.charCodeAt(0), to.charCodeAt(0), Number(step));
    return codes.length === 0 ? BACKWARDS : codes.map((code) => String.fromCharCode(code));
  }
  return numbersOf(range);
}

function numbersOf({ from, to, step }: Range): readonly string[] | string {
  if (!/^\d{1,9}$/.test(from) || !/^\d{1,9}$/.test(to)) return "it must run over numbers or letters";
  const isPadded = from.length > 1 && from.startsWith("0");
  if (isPadded && from.length !== to.length) return "with leading zeros both ends must have as many digits";
  if ((Number(to) - Number(from)) / Number(step) > MOST_HOSTS) return `it means more than ${MOST_HOSTS} hosts`;
  const numbers = count(Number(from), Number(to), Number(step));
  if (numbers.length === 0) return BACKWARDS;
  return numbers.map((number) => (isPadded ? String(number).padStart(from.length, "0") : String(number)));
}

function count(from: number, to: number, step: number): number[] {
  return from > to ? [] : Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, index) => from + index * step);
}
