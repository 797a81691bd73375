import { encodeId } from "../ids.ts";

/**
 * The text that parsers take apart: one character a byte, so that nothing is lost of what is not UTF-8. `idText` and
 * `valueText` make the parts readable.
 */
export type ByteText = string;

export function toByteText(bytes: Uint8Array): ByteText {
  return Buffer.from(bytes).toString("latin1");
}

/** Lines without their ends; an end at the very end starts no further line. */
export function linesOf(bytes: Uint8Array): ByteText[] {
  const lines = toByteText(bytes).split("\n");
  if (lines.at(-1) === "") lines.pop();
  return lines;
}

/** A part as an id writes it. */
export function idText(part: ByteText): string {
  return encodeId(Buffer.from(part, "latin1"));
}

/** A part as an attribute writes it: as it stands where it is UTF-8, else with bytes as in an id. */
export function valueText(part: ByteText): string {
  const bytes = Buffer.from(part, "latin1");
  const text = bytes.toString("utf8");
  return Buffer.from(text, "utf8").equals(bytes) ? text : encodeId(bytes);
}

/** A number of 32 bits without sign, as user and group numbers are; undefined when the text is none. */
export function parseNumber32(text: string): number | undefined {
  if (!/^\d{1,10}$/.test(text)) return undefined;
  const number = Number(text);
  return number <= 0xffff_ffff ? number : undefined;
}
