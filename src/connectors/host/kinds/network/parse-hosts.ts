import { isIP } from "node:net";
import { type ByteText, idText, linesOf, valueText } from "../bytes.ts";

export interface ParsedHosts {
  /** Addresses by name, as ids write names. */
  readonly addresses: ReadonlyMap<string, ReadonlySet<string>>;
  /** Lines of which nobody can say what they mean, with the names on them. */
  readonly mistakes: readonly { readonly names: readonly string[]; readonly detail: string }[];
  /** Whether cloud-init writes the file, by what it writes at its start. */
  readonly isManaged: boolean;
}

const MANAGED = /^#.*manage_etc_hosts' as (?:True|localhost)/im;

/** Parses hosts(5). A line with an address and no name says nothing, and is none to the C library either. */
export function parseHosts(bytes: Uint8Array): ParsedHosts {
  const addresses = new Map<string, Set<string>>();
  const mistakes: { names: readonly string[]; detail: string }[] = [];
  const lines = linesOf(bytes);
  for (const [index, line] of lines.entries()) {
    const [address, ...words] = wordsOf(line);
    if (address === undefined || (words.length === 0 && isIP(address) !== 0)) continue;
    const names = words.map((word) => idText(word.toLowerCase()));
    if (isIP(address) === 0) {
      mistakes.push({ names, detail: `Cannot read "/etc/hosts": line ${index + 1} does not begin with an address` });
      continue;
    }
    for (const name of names) {
      const known = addresses.get(name) ?? new Set();
      addresses.set(name, known.add(valueText(address.toLowerCase())));
    }
  }
  return { addresses, mistakes, isManaged: MANAGED.test(lines.join("\n")) };
}

function wordsOf(line: ByteText): readonly ByteText[] {
  return line
    .replace(/#.*$/s, "")
    .split(/\s+/)
    .filter((word) => word !== "");
}
