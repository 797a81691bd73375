import { createHash, createHmac } from "node:crypto";
import type { HostKey } from "./ssh-host.ts";

/** One key that a known_hosts file gives to the hosts that its names mean. */
export interface KnownKey extends HostKey {
  readonly line: number;
}

interface KnownLine {
  readonly names: string;
  readonly marker: string | undefined;
  readonly key: KnownKey;
}

const ALGORITHMS: readonly (readonly [RegExp, string])[] = [
  [/^ssh-ed25519$/, "ED25519"],
  [/^ssh-rsa$/, "RSA"],
  [/^ecdsa-sha2-/, "ECDSA"],
  [/^ssh-dss$/, "DSA"],
  [/^sk-ssh-ed25519/, "ED25519-SK"],
  [/^sk-ecdsa-/, "ECDSA-SK"],
];
const SSH_PORT = 22;

/** The keys of a known_hosts file (sshd(8), SSH_KNOWN_HOSTS FILE FORMAT), read once for however many hosts. */
export class KnownHosts {
  readonly #exact = new Map<string, KnownLine[]>();
  readonly #others: KnownLine[] = [];

  constructor(text: string) {
    for (const [index, line] of text.split("\n").entries()) {
      const known = parseLine(line.trim(), index + 1);
      if (known === undefined) continue;
      const names = known.names.split(",");
      if (names.some((name) => /^[|!]|[*?]/.test(name))) this.#others.push(known);
      else
        for (const name of names)
          this.#exact.set(name.toLowerCase(), [...(this.#exact.get(name.toLowerCase()) ?? []), known]);
    }
  }

  /**
   * The keys that a host may have. Empty where it is not known, and where an authority vouches for it instead: then the key may
   * be any.
   */
  keysOf(host: string, port: number): readonly KnownKey[] {
    const name = host.toLowerCase();
    const withPort = port === SSH_PORT ? [] : this.#find(`[${name}]:${port}`);
    // So does the client: a key without a port holds for every port that has none of its own.
    const lines = withPort.length > 0 ? withPort : this.#find(name);
    if (lines.some(({ marker }) => marker === "@cert-authority")) return [];
    return lines.filter(({ marker }) => marker === undefined).map(({ key }) => key);
  }

  #find(name: string): readonly KnownLine[] {
    const lines = [...(this.#exact.get(name) ?? []), ...this.#others.filter(({ names }) => means(names, name))];
    return lines.sort((one, other) => one.key.line - other.key.line);
  }
}

/** Undefined for what is no key: the client skips it too. */
function parseLine(line: string, number: number): KnownLine | undefined {
  if (line === "" || line.startsWith("#")) return undefined;
  const words = line.split(/\s+/);
  const marker = words[0]?.startsWith("@") === true ? words.shift() : undefined;
  const [names, type = "", blob = ""] = words;
  const algorithm = ALGORITHMS.find(([pattern]) => pattern.test(type))?.[1];
  if (names === undefined || algorithm === undefined || !/^[A-Za-z0-9+/]+={0,2}$/.test(blob)) return undefined;
  const digest = createHash("sha256").update(Buffer.from(blob, "base64")).digest("base64").replace(/=+$/, "");
  return { names, marker, key: { algorithm, fingerprint: `SHA256:${digest}`, line: number } };
}

/** Whether a list of patterns, or a hashed name, means a host. */
function means(names: string, name: string): boolean {
  if (names.startsWith("|1|")) {
    const [, , salt = "", hash = ""] = names.split("|");
    return createHmac("sha1", Buffer.from(salt, "base64")).update(name).digest("base64") === hash;
  }
  const patterns = names.toLowerCase().split(",");
  if (patterns.some((pattern) => pattern.startsWith("!") && matches(pattern.slice(1), name))) return false;
  return patterns.some((pattern) => matches(pattern, name));
}

/** `*` and `?` mean any characters and one; all others mean themselves, `[` too. */
function matches(pattern: string, name: string): boolean {
  const source = pattern
    .replaceAll(/[\\^$.|+()[\]{}]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${source}$`, "s").test(name);
}
