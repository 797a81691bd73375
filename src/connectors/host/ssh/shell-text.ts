/**
 * Text of shell scripts. Every character stands for one byte (latin1), because paths and arguments are bytes: a script must be
 * sent as latin1, never as UTF-8.
 */

/** The bytes as text of a script. */
export function byteText(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
}

/** What a string is for the system, as text of a script. */
export function utf8Text(text: string): string {
  return Buffer.from(text).toString("latin1");
}

export function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

export function quoteAll(texts: readonly string[]): string {
  return texts.map(quote).join(" ");
}

const PLAIN = /[^A-Za-z0-9 ,./:;=@_+-]/g;

/** A format for printf that prints the text, whatever is in it. */
export function printfFormat(text: string): string {
  const escaped = text.replaceAll(PLAIN, (byte) => `\\${byte.charCodeAt(0).toString(8).padStart(3, "0")}`);
  // Not an option: a dash at the start is escaped too.
  return escaped.startsWith("-") ? `\\055${escaped.slice(1)}` : escaped;
}

/** A path as an argument that no program takes for an option. */
export function pathText(path: Uint8Array): string {
  const text = byteText(path);
  return text.startsWith("/") ? text : `./${text}`;
}
