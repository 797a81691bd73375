import type { Json } from "../../model/json.ts";

/**
 * The PEM blocks of a text, in their order, each re-wrapped at 64 characters. Text around them, line lengths, line ends and
 * white space say nothing. Text without a whole block, or with a broken one, comes back unchanged. Source: RFC 7468.
 */
export function canonicalPem(value: Json): Json {
  if (typeof value !== "string" || !value.includes(BEGIN)) return value;
  // In an environment variable, line ends are often written as the two characters `\n`.
  const text = value.replaceAll("\\r", "").replaceAll("\\n", "\n");
  const blocks: string[] = [];
  for (let start = text.indexOf(BEGIN); start !== -1; ) {
    const block = readBlock(text, start);
    if (block === undefined) return value;
    blocks.push(block.canonical);
    start = text.indexOf(BEGIN, block.end);
  }
  return blocks.join("");
}

const BEGIN = "-----BEGIN ";
const DASHES = "-----";
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;
/** RFC 1421 headers, such as those of an encrypted key; they end at the first empty line. */
const HEADERS = /^\s*((?:[A-Za-z][A-Za-z0-9-]*:.*\r?\n(?:[ \t]+\S.*\r?\n)*)+)[ \t]*\r?\n/;

function readBlock(text: string, start: number): { readonly canonical: string; readonly end: number } | undefined {
  const labelStart = start + BEGIN.length;
  const bodyStart = text.indexOf(DASHES, labelStart);
  const label = text.slice(labelStart, bodyStart);
  const closing = `-----END ${label}-----`;
  const bodyEnd = bodyStart === -1 ? -1 : text.indexOf(closing, bodyStart + DASHES.length);
  if (bodyEnd === -1 || label.includes("\n")) return undefined;
  const body = text.slice(bodyStart + DASHES.length, bodyEnd);
  const [headerText = "", headers = ""] = HEADERS.exec(body) ?? [];
  const encoded = body.slice(headerText.length).replace(/\s+/g, "");
  if (!BASE64.test(encoded)) return undefined;
  return { canonical: format(label, headers, encoded), end: bodyEnd + closing.length };
}

function format(label: string, headers: string, encoded: string): string {
  const lines = encoded.match(/.{1,64}/g) ?? [];
  const header = headers === "" ? [] : [...headers.trim().split(/\s*\n/), ""];
  return [`${BEGIN}${label}${DASHES}`, ...header, ...lines, `-----END ${label}-----`, ""].join("\n");
}
