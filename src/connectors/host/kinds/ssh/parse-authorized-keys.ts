import { createHash } from "node:crypto";
import { type ByteText, linesOf, valueText } from "../bytes.ts";

export interface AuthorizedKey {
  /** `SHA256:` and the digest in base64, as ssh-keygen prints it. */
  readonly fingerprint: string;
  readonly algorithm: string;
  /** Of RSA keys. */
  readonly bits?: number;
  readonly options: readonly string[];
  /** Variables that options set. */
  readonly environment: Readonly<Record<string, string>>;
  readonly comment: string;
}

export interface AuthorizedKeys {
  readonly keys: readonly AuthorizedKey[];
  /** Numbers of the lines that are neither a key, nor a comment, nor empty. */
  readonly malformed: readonly number[];
}

/** Parses the AUTHORIZED_KEYS FILE FORMAT of sshd(8). */
export function parseAuthorizedKeys(bytes: Uint8Array): AuthorizedKeys {
  const keys: AuthorizedKey[] = [];
  const malformed: number[] = [];
  for (const [index, line] of linesOf(bytes).entries()) {
    const text = line.trim();
    if (text === "" || text.startsWith("#")) continue;
    const key = parseKey(text, []) ?? parseWithOptions(text);
    if (key === undefined) malformed.push(index + 1);
    else keys.push(key);
  }
  return { keys, malformed };
}

/** Options are parted by commas and end at a space, both outside double quotes, in which \\" stands for a quote. */
const OPTION = /^((?:[^",\s]|"(?:\\"|[^"])*")+)(,?)/;

function parseWithOptions(line: ByteText): AuthorizedKey | undefined {
  const options: string[] = [];
  let rest = line;
  for (let more = true; more; ) {
    const [all, option, comma] = OPTION.exec(rest) ?? [];
    if (all === undefined || option === undefined) return undefined;
    options.push(option);
    rest = rest.slice(all.length);
    more = comma === ",";
  }
  return /^\s/.test(rest) ? parseKey(rest.trimStart(), options) : undefined;
}

const ENVIRONMENT = /^environment="([^=]*)=((?:\\"|[^"])*)"$/i;

function parseKey(text: ByteText, options: readonly ByteText[]): AuthorizedKey | undefined {
  const [, algorithm = "", base64 = "", comment = ""] =
    /^(\S+)\s+([A-Za-z0-9+/]+={0,2})(?:\s+(.*))?$/s.exec(text) ?? [];
  const blob = Buffer.from(base64, "base64");
  const [type, ...fields] = fieldsOf(blob);
  // Within a key stands its algorithm once more.
  if (algorithm === "" || type?.toString("latin1") !== algorithm) return undefined;
  const modulus = algorithm === "ssh-rsa" ? fields[1] : undefined;
  const variables = options.flatMap((option) => {
    const [, name, value] = ENVIRONMENT.exec(option) ?? [];
    return name === undefined || value === undefined ? [] : [[valueText(name), valueText(value)] as const];
  });
  return {
    fingerprint: `SHA256:${createHash("sha256").update(blob).digest("base64").replace(/=+$/, "")}`,
    algorithm,
    ...(modulus === undefined ? {} : { bits: bitsOf(modulus) }),
    options: options.filter((option) => !ENVIRONMENT.test(option)).map(valueText),
    environment: Object.fromEntries(variables),
    comment: valueText(comment),
  };
}

/** The parts of a key, each with its length before it; none where the lengths do not add up. */
function fieldsOf(blob: Buffer): readonly Buffer[] {
  const fields: Buffer[] = [];
  for (let at = 0; at < blob.length; ) {
    if (at + 4 > blob.length) return [];
    const end = at + 4 + blob.readUInt32BE(at);
    if (end > blob.length) return [];
    fields.push(blob.subarray(at + 4, end));
    at = end;
  }
  return fields;
}

function bitsOf(number: Buffer): number {
  return number.length === 0 ? 0 : BigInt(`0x${number.toString("hex")}`).toString(2).length;
}
