/** A token of nft's language: a word, a quoted text, a brace, a comma, an equals sign. */
export type Token = string;

export interface NftLine {
  readonly text: string;
  /** Whether another way to write the same is ruled out, so that a difference in text is a difference. */
  readonly plain: boolean;
}

/** Stands for the time after which an element goes by itself. */
const PASSING = "(passing)";

const PRIORITIES: ReadonlyMap<string, number> = new Map([
  ["raw", -300],
  ["mangle", -150],
  ["dstnat", -100],
  ["filter", 0],
  ["security", 50],
  ["srcnat", 100],
]);
const BRIDGE_PRIORITIES: ReadonlyMap<string, number> = new Map([
  ["dstnat", -300],
  ["filter", -200],
  ["out", 100],
  ["srcnat", 300],
]);
const PORTS: ReadonlyMap<string, string> = new Map([
  ["ftp", "21"],
  ["ssh", "22"],
  ["smtp", "25"],
  ["domain", "53"],
  ["http", "80"],
  ["ntp", "123"],
  ["snmp", "161"],
  ["https", "443"],
  ["submission", "587"],
  ["imaps", "993"],
]);

/** One line as nft would write it. */
export function canonicalLine(tokens: readonly Token[], isBridge: boolean): NftLine {
  const kept = withoutNoise(tokens);
  if (kept[0] === "type" && kept.includes("hook")) return { text: baseChain(kept, isBridge), plain: true };
  // The policy that a chain has when nobody gives it one.
  if (kept[0] === "policy") return { text: kept[1] === "accept" ? "" : kept.join(" "), plain: true };
  const words = sortSets(kept.map(canonicalWord));
  return { text: words.join(" "), plain: words.every(isPlain) };
}

/** Without what only people read, what counts, and what goes without saying. */
function withoutNoise(tokens: readonly Token[]): readonly Token[] {
  return tokens
    .join("\0")
    .replace(/\0comment\0"[^"]*"/g, "")
    .replace(/(^|\0)comment\0"[^"]*"/g, "")
    .replace(/counter\0packets\0\d+\0bytes\0\d+/g, "counter")
    .replace(/\0level\0warn(?=\0|$)/g, "")
    .replace(/\0burst\0[5]\0packets/g, "")
    .replace(/(^|\0)meta\0(?=(?:iif|oif|iifname|oifname)\0)/g, "$1")
    .replace(/\0(?:timeout|expires)\0[\ddhms]+/g, `\0${PASSING}`)
    .split("\0")
    .filter((token) => token !== "");
}

function baseChain(tokens: readonly Token[], isBridge: boolean): string {
  const text = tokens.join(" ");
  const [, before = text, name = "", sign = "+", offset = "0"] =
    /^(.*\bpriority) (-?\w+)(?: ([+-]) (\d+))?$/.exec(text) ?? [];
  const base = (isBridge ? BRIDGE_PRIORITIES : PRIORITIES).get(name) ?? Number(name);
  return Number.isNaN(base) ? text : `${before} ${sign === "-" ? base - Number(offset) : base + Number(offset)}`;
}

function canonicalWord(token: Token, index: number, all: readonly Token[]): string {
  const before = all.slice(0, index).findLast((each) => !/^[{},!=]$/.test(each) && !each.startsWith('"')) ?? "";
  if (/^[io]if(?:name)?$/.test(before)) return token.replace(/^"([^"\s]*)"$/, "$1");
  const lastWord = all[index - 1] ?? "";
  if (/^(?:[{,=]|[sd]port)$/.test(lastWord) && PORTS.has(token) && all.some((each) => /^[sd]port$/.test(each)))
    return PORTS.get(token) ?? token;
  return token.replace(/^([\d.]+)\/32$/, "$1").replace(/^([\da-f:]+)\/128$/i, "$1");
}

/** Elements of sets in order, one element without its braces, and lists parted by commas in order. */
function sortSets(words: readonly string[]): readonly string[] {
  const result: string[] = [];
  for (let index = 0; index < words.length; index += 1) {
    // The loop's condition says that there is one.
    const word = words[index] as string;
    const end = word === "{" ? closingBrace(words, index) : index;
    if (end > index) result.push(setText(elementsOf(words.slice(index + 1, end))));
    else result.push(word);
    index = end;
  }
  return sortLists(result);
}

/** Where the set ends that starts here; the start itself when it never does. */
function closingBrace(words: readonly string[], start: number): number {
  let depth = 0;
  for (let index = start; index < words.length; index += 1) {
    if (words[index] === "{") depth += 1;
    if (words[index] === "}") depth -= 1;
    if (depth === 0) return index;
  }
  return start;
}

/** Sets within a set, as definitions leave them, are part of it; what was put there for a time is not. */
function elementsOf(words: readonly string[]): readonly string[] {
  const text = words.map((word) => (word === "{" || word === "}" ? "," : word)).join(" ");
  const elements = text.split(",").map((element) => element.trim());
  return elements.filter((element) => element !== "" && !element.includes(PASSING));
}

function sortLists(words: readonly string[]): readonly string[] {
  const lists: string[][] = [];
  for (const [index, word] of words.entries()) {
    if (word === ",") continue;
    if (words[index - 1] === ",") lists.at(-1)?.push(word);
    else lists.push([word]);
  }
  return lists.map((list) => list.sort().join(","));
}

function setText(elements: readonly string[]): string {
  const [only] = elements;
  return elements.length === 1 && only !== undefined ? only : `{ ${[...elements].sort().join(", ")} }`;
}

const KEYWORDS =
  "accept|drop|reject|return|continue|queue|counter|log|prefix|jump|goto|masquerade|ct|state|established|related|new|invalid|untracked|ip|ip6|tcp|udp|icmp|icmpv6|ipv6-icmp|type|saddr|daddr|sport|dport|iif|oif|iifname|oifname|meta|l4proto|nfproto|ipv4|ipv6|limit|rate|echo-request|echo-reply|lo|snat|dnat|to|redirect|!|policy|elements|flags|interval|=|ipv4_addr|ipv6_addr|inet_service";
const WORD = new RegExp(`^(?:${KEYWORDS})$`);
const VALUE =
  /^(?:\d+(?:-\d+)?|\d+\/(?:second|minute|hour|day)|[\d.]+(?:-[\d.]+|\/\d+|:\d+)?|[\da-f:]*::?[\da-f:]*(?:\/\d+)?|@[\w-]+|"[^"]*"|[a-z]{2,8}\d[\w.]*\*?)$/i;

/** Words, numbers, addresses and names that are written in one way only; behind `jump` any name is one. */
function isPlain(word: string, index: number, all: readonly string[]): boolean {
  if (/^(?:jump|goto|[io]if|[io]ifname)$/.test(all[index - 1] ?? "")) return true;
  return word
    .replace(/^\{ | \}$/g, "")
    .split(/, ?| /)
    .every((part) => WORD.test(part) || VALUE.test(part));
}
